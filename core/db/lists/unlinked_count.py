"""How many emails of other programs wait for a person: all that the first screen says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.db.engine import Reader

#: Not of ours, though no column may say so yet: an event can arrive before our commit.
_NOT_OURS: Final = (
    " AND NOT EXISTS (SELECT 1 FROM deliveries x WHERE x.ses_message_id = m.message_id)"
    " AND NOT EXISTS"
    " (SELECT 1 FROM events v WHERE v.message_id = m.message_id AND v.tag IS NOT NULL)"
)
_EVERYTHING: Final = f"m.email_id IS NULL AND m.is_ours = 0{_NOT_OURS}"
#: The words of ix_external_mails_waiting: the rows that a person should look at are few. The plus
#: keeps SQLite from the index of email_id, in which everything that hangs on no document is alike.
_WAITING: Final = (
    "+m.email_id IS NULL AND m.is_ours = 0 AND m.is_pointed = 1 AND m.dismissed_at = 0" + _NOT_OURS
)


def count(reader: Reader, *, everything: bool = False) -> int:
    """Return how many wait for a person; with ``everything`` also what nothing points to."""
    sql = f"SELECT count(*) FROM external_mails m WHERE {condition(everything=everything)}"
    return int(reader.rows(sql, {})[0][0])


def condition(*, everything: bool) -> str:
    """Return what is true of those that are meant, as SQL about ``m``."""
    return _EVERYTHING if everything else _WAITING
