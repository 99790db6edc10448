"""Which types of SES's reports are needed, in the words of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

#: Without these a status stays wrong for ever; without those it is merely known later.
NEEDED: Final = ("DELIVERY", "BOUNCE", "COMPLAINT")
WANTED: Final = ("SEND", "REJECT", "DELIVERY_DELAY", "RENDERING_FAILURE")
#: Engagement only.
OPTIONAL: Final = ("OPEN", "CLICK")


def in_words(kinds: Sequence[str]) -> str:
    return ", ".join(kind.lower().replace("_", " ") for kind in kinds)
