"""What a preview says of itself."""

from __future__ import annotations

from core.model.email import Preview
from tui.format.text import size


def leaves(seen: Preview) -> str:
    """``3 emails will leave, one each, 84 kB in all``."""
    count = len(seen.recipients)
    emails = "1 email will leave" if count == 1 else f"{count} emails will leave, one each"
    return f"{emails}, {size(seen.size)}"
