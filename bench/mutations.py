"""Broken payloads: none may crash the ingest, none may be lost, and memory stays flat.

``uv run python -m bench.mutations [--bodies N] [--seed N]``. Each body is a payload of SES with one
to three injuries (a byte flipped, a field dropped or of another type, a huge string, cut off,
doubled), stored through ``core.services.feed.ingest`` into a SQLite file, a hundred a commit.
Before that sixty of a hundred were new reports; the others come from the payloads made here, in
every envelope, and from those beside the repository where they are present.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any, Final

from bench import books
from bench.books import NOW, bodies, fill, new_file
from core.aws.events.parser import parse_all, split_bodies
from core.db.engine import Database
from core.model.reports import BodyOutcome
from core.services import integrity_check
from core.services.feed import ingest

_CAPTURED: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "events"
_AT_ONCE: Final = 100
"""Of which sixty are new reports of the usual kinds, and forty one of the seeds."""
_HUGE: Final = 20_000
_WHEN: Final = "2026-11-20T09:30:00.123Z"
_NONSENSE: Final[tuple[Any, ...]] = (
    "", "\x00", "\ud800", "\u202e", "[/b]", "-1", "9" * 5_000, "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00+14:00", "<>", "a@b>", None, True, -1, 1e308, 10**30, [], {}, [None],
    [[]], {"": ""}, [{"emailAddress": 7}], {"a": {"a": {"a": []}}},
)  # fmt: skip

type_of_change = Callable[[Random, str], str]


# --------------------------------------------------------------------------- seeds


def seeds(known: list[tuple[str, str, str]], random: Random) -> list[str]:
    """Return whole payloads in every envelope."""
    wrapped = bodies(known, 60, random)
    events = [json.loads(json.loads(body)["Message"]) for body in wrapped[:20]]
    events += [_event(kind, own, known[n]) for n, (kind, own) in enumerate(_OTHERS)]
    bridge = [{"detail-type": "Email Bounced", "source": "aws.ses", "detail": e} for e in events]
    records = [{"Records": [{"Sns": {"Message": json.dumps(e)}} for e in events[:3]]}]
    made = [*wrapped, *map(json.dumps, events), *map(json.dumps, bridge), *map(json.dumps, records)]
    return made + [json.dumps(each) for each in _NO_EVENTS] + captured()


def captured() -> list[str]:
    """Return what others saved of real feeds; nothing where it is absent."""
    files = sorted(_CAPTURED.rglob("*.json")) if _CAPTURED.is_dir() else []
    texts = [path.read_bytes().decode("utf-8-sig", "backslashreplace") for path in files]
    return [body for text in texts for body in split_bodies(text)]


_OTHERS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("DeliveryDelay", {"deliveryDelay": {"timestamp": _WHEN, "delayType": "MailboxFull"}}),
    (
        "Complaint",
        {"complaint": {"timestamp": _WHEN, "complainedRecipients": [{"emailAddress": "a@b.c"}]}},
    ),
    ("Reject", {"reject": {"reason": "Bad content"}}),
    ("Rendering Failure", {"failure": {"errorMessage": "no such attribute"}}),
    ("Click", {"click": {"timestamp": _WHEN, "link": "https://pay.example/", "linkTags": None}}),
    ("Subscription", {"subscription": {"timestamp": _WHEN, "contactList": "x"}}),
    ("Mail Teleported", {"teleport": {"timestamp": _WHEN}}),
)
_NO_EVENTS: Final = (
    "Successfully validated SNS topic for Amazon SES event publishing.",
    {"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "You have …"},
    {"Type": "SubscriptionConfirmation", "TopicArn": "arn:aws:sns:eu-west-1:1:x"},
)


def _event(kind: str, own: dict[str, Any], known: tuple[str, str, str]) -> dict[str, Any]:
    message_id, tag, address = known
    mail = {
        "timestamp": _WHEN,
        "messageId": message_id,
        "destination": [address],
        "tags": {"outtray": [tag]},
    }
    return {"eventType": kind, "mail": mail, **own}


# --------------------------------------------------------------------------- injuries


def injured(whole: str, random: Random) -> str:
    body = whole
    for _ in range(random.choice((1, 1, 2, 3))):
        body = random.choice(_INJURIES)(random, body)
    return body


def _flip(random: Random, body: str) -> str:
    data = bytearray(body.encode("utf-8", "surrogatepass"))
    for _ in range(random.choice((1, 1, 4)) if data else 0):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return data.decode("utf-8", random.choice(("backslashreplace", "replace", "surrogateescape")))


def _cut(random: Random, body: str) -> str:
    at = random.randrange(len(body) + 1)
    return random.choice((body[:at], body[at:], body + body, body[:at] * 2))


def _in_the_tree(change: Callable[[Random, Any, Any], None]) -> type_of_change:
    """Change one place in the JSON, also in that inside an SNS envelope."""

    def injure(random: Random, body: str) -> str:
        try:
            tree = json.loads(body)
        except (ValueError, RecursionError):
            return body
        inner = tree.get("Message") if isinstance(tree, dict) else None
        if isinstance(inner, str) and random.random() < 0.8:
            return json.dumps({**tree, "Message": injure(random, inner)})
        places = list(_places(tree))
        if places:
            change(random, *random.choice(places))
        return json.dumps(tree, ensure_ascii=random.random() < 0.5)

    return injure


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(tree, dict | list):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield tree, key
            yield from _places(value)


def _drop(_random: Random, holder: Any, key: Any) -> None:
    del holder[key]


def _retype(random: Random, holder: Any, key: Any) -> None:
    holder[key] = deepcopy(random.choice(_NONSENSE))


def _wrap(random: Random, holder: Any, key: Any) -> None:
    value = holder[key]
    holder[key] = random.choice(([value], {"x": value}, json.dumps(value), [value, value]))


def _inflate(random: Random, holder: Any, key: Any) -> None:
    text = random.choice(("x", "é", "\u202e", "\ud83d", '"', "\\", "<", "\x00\n"))
    if random.random() < 0.15:  # bounded traffic: the disk has to hold them all
        holder[key] = text * _HUGE


_INJURIES: Final[tuple[type_of_change, ...]] = (
    _flip,
    _flip,
    _cut,
    _in_the_tree(_drop),
    _in_the_tree(_drop),
    _in_the_tree(_retype),
    _in_the_tree(_retype),
    _in_the_tree(_wrap),
    _in_the_tree(_inflate),
)


# --------------------------------------------------------------------------- storing them


def feed(
    database: Database, count: int, seed: int, marks: Sequence[int] = ()
) -> tuple[Counter[str], list[str]]:
    """Store ``count`` injured bodies; return the counts, and in words whatever went wrong."""
    random = Random(seed)
    known = fill(database, 2_000)
    fixed = seeds(known, random)
    counted: Counter[str] = Counter(seeds=len(fixed))
    wrong: list[str] = []
    for start in range(0, count, _AT_ONCE):
        fresh = [books.body(*random.choice(known), n, random) for n in range(start, start + 60)]
        whole = [*fresh, *random.choices(fixed, k=40)]
        batch = [injured(each, random) for each in whole[: count - start]]
        counted["bodies"] += len(batch)
        try:
            counted += _expected(batch)
            counted += _stored(database, batch)
        except Exception as error:  # noqa: BLE001 (a crash is what is looked for)
            counted["crashes"] += 1
            wrong.append(f"{type(error).__name__}: {error}")
        if counted["bodies"] in marks:
            counted[f"RSS MB at {counted['bodies']}"] = _resident_megabytes()
    return counted, wrong + list(_lost(database, counted))


def _expected(batch: Sequence[str]) -> Counter[str]:
    """What has to be found again: at least one thing from every body."""
    found: Counter[str] = Counter()
    for body in batch:
        parts = parse_all(body)
        found["messages"] += len(parts)
        found["facts"] += sum(len(part.facts) for part in parts)
        found["silent"] += not parts or any(
            part.outcome is BodyOutcome.FACTS and not part.facts for part in parts
        )
    return found


def _stored(database: Database, batch: Sequence[str]) -> Counter[str]:
    report = ingest.ingest(database, batch, "mutations", lambda: NOW)
    names = ("read", "applied", "duplicate", "unmatched", "quarantined", "setup")
    return Counter({name: getattr(report, name) for name in names})


def _lost(database: Database, counted: Counter[str]) -> Iterator[str]:
    """Compare what was counted with what the tables hold."""
    if counted["silent"]:
        yield f"{counted['silent']} bodies said nothing"
    if counted["read"] != counted["messages"]:
        yield f"{counted['messages']} messages, {counted['read']} read"
    refused = counted["facts"] - sum(counted[n] for n in ("applied", "duplicate", "unmatched"))
    if refused:
        yield f"{refused} facts neither stored nor known already"
    ((events,),) = database.reader.rows("SELECT count(*) FROM events", {})
    if events != counted["applied"] + counted["unmatched"]:
        yield f"{events} rows of events"
    differences = integrity_check.check(database).differences
    if differences:
        yield f"{len(differences)} summaries do not follow from the facts: {differences[0]}"


def _resident_megabytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") // 2**20


_SHOWN: Final = (
    "seeds",
    "bodies",
    "messages",
    "facts",
    "applied",
    "duplicate",
    "unmatched",
    "quarantined",
    "setup",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bodies", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.perf_counter()
    marks = [options.bodies // 10, options.bodies // 2, options.bodies]
    with new_file() as database:
        counted, wrong = feed(database, options.bodies, options.seed, marks)
        ((kept,),) = database.reader.rows("SELECT count(*) FROM quarantine", {})
    for name in [*_SHOWN, "crashes", *(f"RSS MB at {mark}" for mark in marks)]:
        print(f"{name:20} {counted[name]:9}")
    print(f"{'different quarantined':21}{kept:9}")
    print(f"{'seconds':20} {time.perf_counter() - started:9.1f}")
    print("\n".join(wrong[:10]) or "nothing crashed, nothing was lost")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
