"""Backups, and going back to one."""

from __future__ import annotations

from tests.core.machine import reports
from tests.core.machine.known import Known
from tests.core.machine.office import OPERATORS, Office


def back_up(office: Office) -> None:
    if not office.can_go_back:
        return
    target = office.folder / f"backup-{len(office.backups)}.db"
    office.programs[0].backend.backup(target)
    office.backups.append(Known(frozenset(office.post.told), target))
    office.happened["backup"] += 1


def restore(office: Office, a: int) -> None:
    """Go on with a copy. What went out since is not in it, and nobody can take it back."""
    if not office.backups:
        return
    known = office.backups[a % len(office.backups)]
    office.close()
    office.programs[0].backend.restore(known.file, lambda _: None)
    office.open_judge()
    stored = reports.stored(office.database)
    # What was stored and not yet deleted when the copy was made is in it as well.
    kept = {body for body in office.post.ever if reports.keys_of(body) <= stored}
    office.post.told = set(known.told) | kept
    office.unheard |= set(office.accepted())
    office.programs = [office.new_program(n) for n in range(len(OPERATORS))]
    office.look_at_own_list()
    office.happened["restore"] += 1
