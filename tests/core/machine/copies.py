"""Backups, and going back to one."""

from __future__ import annotations

from shutil import copyfile

from tests.core.machine import reports
from tests.core.machine.known import Known
from tests.core.machine.office import OPERATORS, Office


def back_up(office: Office) -> None:
    if not office.can_go_back:
        return
    target = office.folder / f"backup-{len(office.backups)}.db"
    office.programs[0].backend.backup(target)
    waiting = office.database.reader.rows("SELECT tag FROM deliveries WHERE status < 30", {})
    tags = frozenset(str(row[0]) for row in waiting)
    office.backups.append(Known(frozenset(office.post.told), tags, target))
    office.happened["backup"] += 1


def restore(office: Office, a: int) -> None:
    """Go on with a copy. What went out since is not in it, and nobody can take it back."""
    if not office.backups:
        return
    known = office.backups[a % len(office.backups)]
    office.close()
    put_back = getattr(office.programs[0].backend, "restore", None)
    if put_back is not None:
        put_back(known.file, lambda _: None)
    else:
        again = office.folder / f"restored-{office.happened['restore']}.db"
        copyfile(known.file, again)
        office.url = f"sqlite:///{again}"
    office.open_judge()
    stored = reports.stored(office.database)
    # What was stored and not yet deleted when the copy was made is in it as well.
    kept = {body for body in office.post.ever if reports.keys_of(body) <= stored}
    office.post.told = set(known.told) | kept
    office.unheard |= set(office.accepted())
    if put_back is None:
        office.sent_again |= {tag for tag in office.accepted() if tag in known.waiting}
    office.programs = [office.new_program(n) for n in range(len(OPERATORS))]
    office.look_at_own_list()
    office.happened["restore"] += 1
