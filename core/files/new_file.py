"""A finished file gets its name only where there is none of that name."""

from __future__ import annotations

import os
from pathlib import Path


def give_name(part: Path, target: Path) -> None:
    """Make the file ``part`` known as ``target``, on the same disk; it may keep its first name too.

    Raises:
        FileExistsError: there is something of that name; it stays as it is.
        OSError: the disk refuses.
    """
    try:
        os.link(part, target)  # unlike a rename it never replaces what has come meanwhile
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links
        if os.path.lexists(target):
            raise
        part.rename(target)
