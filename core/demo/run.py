"""Starts the stand-in for AWS beside a generated company, and stops it with us."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from platformdirs import user_data_path

from core.aws.events.fields import OUR_TAG
from core.db.engine import Database, Reader
from core.db.restoring import replace as replace_database
from core.db.rows import known_instant, to_instant
from core.db.sqlite.copies import private_folder
from core.demo.customers import Temper
from core.demo.store import Company, generate
from core.model.enums import Status, address_key
from core.model.errors import OuttrayError
from core.rules.delivery.events import is_list, letters
from core.settings.loading import Settings, load
from core.simulator import require_extra
from core.simulator.outcomes import SIMULATOR_DOMAIN, is_simulator
from core.simulator.server import CONFIGURATION_SET
from core.simulator.state import Reason, Suppressed

_DELIVERY_SECONDS: Final = "1.6"


@contextmanager
def company(
    *,
    fresh: bool = False,
    folder: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Settings]:
    """Yield settings for the generated company while a stand-in for AWS runs as our child.

    The stand-in ends with us, however we end: it watches its standard input. What the person does
    in the demo is kept until the next ``--fresh``.

    Raises:
        MissingExtraError: what only the stand-in needs is not installed.
    """
    require_extra()
    path = (folder or user_data_path("outtray", appauthor=False)) / "demo.db"
    with _stand_in() as environment:
        os.environ.update(environment)
        notes = _prepare(path, fresh=fresh, tell=tell)
        _tell(environment["AWS_ENDPOINT_URL_SESV2"], notes, _account(path, notes))
        chosen = load({**os.environ, "OUTTRAY_DATABASE_URL": f"sqlite:///{path}"})
        yield replace(chosen, target=None)  # what one tries here is not for one's own office


def _prepare(path: Path, *, fresh: bool, tell: Callable[[str], None]) -> Mapping[str, Any]:
    """Generate the company unless it is there; return what was noted of it when it was."""
    notes = path.with_suffix(".json")
    if fresh or not path.exists() or not notes.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        tell("Generating a company with 600 documents and 1,500 emails, once …")
        with private_folder(path) as folder:
            now = datetime.now(UTC)
            made = generate(folder / "demo.db", now)
            # Another demo may have the old one open: it is written through SQLite, never removed.
            replace_database(path, folder / "demo.db", None)
        notes.write_text(json.dumps(_notes(made, now)), "utf-8")  # last: it says that all is there
    found: Mapping[str, Any] = json.loads(notes.read_text("utf-8"))
    return found


def _notes(made: Company, now: datetime) -> dict[str, Any]:
    return {
        "generated_at": now.isoformat(),
        "suppressions": as_entries(made.suppressions),
        "behaviours": {box.address: _behaviour(box.temper, box) for box in made.mailboxes},
    }


def _behaviour(temper: Temper, box: Any) -> dict[str, str]:
    kind = {
        Temper.OPENS: "open",
        Temper.CLICKS: "click",
        Temper.DEAD: "bounce",
        Temper.FULL: "soft_bounce",
        Temper.SLOW: "delay_then_deliver",
        Temper.AWAY: "ooto",
        Temper.ANNOYED: "complaint",
    }.get(temper, "success")
    words = {
        "diagnostic": box.diagnostic,
        "enhanced_status": box.enhanced_status,
        "user_agent": box.user_agent,
    }
    return {"kind": kind, **{key: value for key, value in words.items() if value}}


@dataclass(frozen=True, slots=True)
class _Account:
    suppressed: tuple[Suppressed, ...]
    sent_in_24_hours: int
    underway: list[dict[str, Any]]


def _account(path: Path, notes: Mapping[str, Any]) -> _Account:
    """Read what has become of SES's list, the quota and the emails in all the demos before."""
    now = datetime.now(UTC)
    # What was in flight when the company was generated stays so: it is there to be seen.
    generated = datetime.fromisoformat(notes.get("generated_at", now.isoformat()))
    with closing(Database(f"sqlite:///{path}")) as database:
        return _Account(
            suppressed_now(database.reader, read_entries(notes["suppressions"])),
            sent_in_24_hours(database.reader, now),
            underway(database.reader, generated, CONFIGURATION_SET),
        )


def _tell(url: str, notes: Mapping[str, Any], account: _Account) -> None:
    """Make the stand-in's mailboxes those of the generated company, and its account the demo's."""
    _post(f"{url}/_outtray/behaviours", {"addresses": notes["behaviours"]})
    _post(f"{url}/_outtray/suppressions", {"entries": as_entries(account.suppressed)})
    _post(f"{url}/_outtray/underway", {"mails": account.underway})
    _post(f"{url}/_outtray/account", {"sent_last_24_hours": account.sent_in_24_hours})


def _post(url: str, body: Mapping[str, Any]) -> None:
    request = urllib.request.Request(  # noqa: S310 (our own child on loopback)
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=30):  # noqa: S310
            pass
    except OSError as error:
        raise OuttrayError(f"The stand-in for AWS did not answer: {error}.") from error


@contextmanager
def _stand_in() -> Iterator[dict[str, str]]:
    """Run the simulator as a child; yield its environment, which is known before it serves."""
    child = subprocess.Popen(  # noqa: S603
        [
            # -P: a folder called core may lie where the person stands
            sys.executable, "-P", "-m", "core.simulator",
            "--json", "--delay", _DELIVERY_SECONDS, "--exit-with-parent",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C is for us; the child ends with its standard input
    )  # fmt: skip
    try:
        line = child.stdout.readline() if child.stdout else ""
        if not line:
            raise OuttrayError(
                "The stand-in for AWS did not start.", "Run outtray simulator to see why."
            )
        environment: dict[str, str] = json.loads(line)["environment"]
        yield environment
    finally:
        if child.stdin:
            child.stdin.close()
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout:
            child.stdout.close()


_QUOTA: Final = timedelta(hours=24)
_REPORTS: Final = (
    "SELECT at, type, subtype, recipient, message_id FROM events"
    " WHERE type IN ('Bounce', 'Complaint') AND recipient <> ''"
)
_CHANGES: Final = (
    "SELECT at, address, action FROM suppression_audit"
    " WHERE list = 'ses' AND outcome = 'done' ORDER BY id"
)
_UNDERWAY: Final = (
    "SELECT x.ses_message_id, x.sent_at, m.sender, x.address, x.tag, b.mime FROM deliveries x"
    " JOIN emails m ON m.id = x.email_id JOIN messages b ON b.email_id = m.id"
    " WHERE x.status = :sent AND m.created_at > :since AND x.ses_message_id <> '' ORDER BY x.id"
)
_SENT: Final = (
    "SELECT count(*) FROM deliveries WHERE sent_at >= :since AND address_key NOT LIKE :simulator"
)


@dataclass(frozen=True, slots=True)
class Release:
    """A person took exactly this spelling off SES's list.

    The stand-in forgets everything when it ends. What happened is in the database, after a crash,
    too: the reports that came, and what people did to SES's list.
    """

    address: str
    at: datetime


Happening = Suppressed | Release


def suppressed_now(reader: Reader, generated: Iterable[Suppressed]) -> tuple[Suppressed, ...]:
    """Return SES's list as it would be now: as it was generated, and all that happened since."""
    return after(generated, [*_from_reports(reader), *_from_people(reader)])


def after(
    generated: Iterable[Suppressed], happenings: Sequence[Happening]
) -> tuple[Suppressed, ...]:
    """Apply what happened, in its order. An address that is listed in any case stays as it is."""
    found = {entry.address: entry for entry in generated}
    for each in sorted(happenings, key=lambda each: each.at):
        if isinstance(each, Release):
            found.pop(each.address, None)
        elif address_key(each.address) not in map(address_key, found):
            found[each.address] = each
    return tuple(found.values())


def sent_in_24_hours(reader: Reader, now: datetime) -> int:
    """Return how much of the day's quota is used up; the mailbox simulator costs nothing."""
    values = {"since": to_instant(now - _QUOTA), "simulator": f"%@{SIMULATOR_DOMAIN}"}
    return int(reader.rows(_SENT, values)[0][0])


def underway(reader: Reader, since: datetime, configuration_set: str) -> list[dict[str, Any]]:
    """Return what was sent after ``since`` without a word yet, for ``POST /_outtray/underway``.

    SES would keep its reports for days; the stand-in and its queue forget theirs.
    """
    values = {"sent": Status.SENT.value, "since": to_instant(since)}
    return [
        {
            "message_id": message_id,
            "at": known_instant(at).isoformat(),
            "from": sender,
            "to": address,
            "tags": {OUR_TAG: tag},
            "configuration_set": configuration_set,
            "raw_base64": b64encode(mime).decode("ascii"),
        }
        for message_id, at, sender, address, tag, mime in reader.rows(_UNDERWAY, values)
    ]


def _from_reports(reader: Reader) -> Iterable[Suppressed]:
    """Hard bounces and complaints put an address on the list, by the rules of the stand-in."""
    for at, kind, subtype, recipient, message_id in reader.rows(_REPORTS, {}):
        reason = _reason(kind, subtype)
        if reason is not None and not is_simulator(recipient):
            yield Suppressed(recipient, reason, known_instant(at), message_id)


def _reason(kind: str, subtype: str) -> Reason | None:
    if is_list(subtype):
        return None  # it was on a list before
    if kind == "Complaint":
        return None if letters(subtype) == "notspam" else "COMPLAINT"
    return "BOUNCE" if letters(subtype.partition("/")[0]) == "permanent" else None


def _from_people(reader: Reader) -> Iterable[Happening]:
    for at, address, action in reader.rows(_CHANGES, {}):
        when = known_instant(at)
        # the screen adds with this reason only
        yield Suppressed(address, "BOUNCE", when) if action == "added" else Release(address, when)


def as_entries(entries: Iterable[Suppressed]) -> list[dict[str, Any]]:
    """Return what ``POST /_outtray/suppressions`` takes."""
    return [
        {
            "address": entry.address,
            "reason": entry.reason,
            "at": entry.at.isoformat(),
            "message_id": entry.message_id,
        }
        for entry in entries
    ]


def read_entries(entries: Iterable[dict[str, Any]]) -> list[Suppressed]:
    return [
        Suppressed(
            entry["address"],
            entry["reason"],
            datetime.fromisoformat(entry["at"]),
            entry["message_id"],
        )
        for entry in entries
    ]
