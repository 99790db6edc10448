"""The stand-in's own paths, ``/_outtray/…``: its record, its faults, and how addresses behave."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from core.simulator import sending
from core.simulator.events import iso
from core.simulator.messages import read_headers
from core.simulator.outcomes import parse_behaviour
from core.simulator.service import Service
from core.simulator.state import Account, Sent, Suppressed, bare

_OF_A_MAIL: Final = ("message_id", "at", "from", "to", "tags", "configuration_set", "raw_base64")

Control = Callable[[Service, Mapping[str, Any]], object]


def show_sent(service: Service, given: Mapping[str, Any]) -> object:
    """Every accepted message, oldest first."""
    del given
    return record(service)


def show_reports(service: Service, given: Mapping[str, Any]) -> object:
    """Every report that was published, oldest first, as often as it was."""
    del given
    return reports(service)


def set_faults(service: Service, given: Mapping[str, Any]) -> object:
    service.faults.set(given)
    return service.faults.as_dict()


def set_behaviours(service: Service, given: Mapping[str, Any]) -> object:
    """Say what addresses do; ``null`` makes one ordinary again."""
    addresses = given.get("addresses", {})
    if not isinstance(addresses, dict) or set(given) - {"addresses"}:
        raise ValueError('Behaviours are {"addresses": {"ADDRESS": "KIND", …}}.')
    read = {
        bare(address).casefold(): None if value is None else parse_behaviour(value)
        for address, value in addresses.items()
    }
    with service.state.lock:
        for address, behaviour in read.items():
            if behaviour is None:
                service.behaviours.pop(address, None)
            else:
                service.behaviours[address] = behaviour
        return {"addresses": {key: asdict(each) for key, each in service.behaviours.items()}}


def set_delays(service: Service, given: Mapping[str, Any]) -> object:
    """Change the seconds until each report, for the messages from now on."""
    try:
        service.delays = replace(service.delays, **given)
    except TypeError as error:
        raise ValueError(f"Delays are seconds for {', '.join(asdict(service.delays))}.") from error
    return asdict(service.delays)


def set_account(service: Service, given: Mapping[str, Any]) -> object:
    """Change what ``GetAccount`` tells: sandbox, quota, enforcement."""
    known = asdict(Account())
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"No account field {name!r}. There are {', '.join(known)}.")
        kind = type(known[name])
        setattr(service.state.account, name, kind(value))
    return asdict(service.state.account)


def set_suppressions(service: Service, given: Mapping[str, Any]) -> object:
    """Put entries on the account's list as SES itself does: with their time and their cause."""
    entries = given.get("entries", [])
    if not isinstance(entries, list) or set(given) - {"entries"}:
        raise ValueError(
            'Suppressions are {"entries": [{"address", "reason", "at", "message_id"}]}.'
        )
    if not all(isinstance(e, dict) and {"address", "reason", "at"} <= set(e) for e in entries):
        raise ValueError("Every entry needs address, reason and at.")
    read = [
        Suppressed(
            str(entry["address"]),
            entry["reason"],
            datetime.fromisoformat(entry["at"]),
            str(entry.get("message_id", "")),
        )
        for entry in entries
    ]
    with service.state.lock:
        for entry in read:
            service.state.suppressed[entry.address] = entry
        return {"entries": len(service.state.suppressed)}


def report_again(service: Service, given: Mapping[str, Any]) -> object:
    """Report about messages that the stand-in took before it was started again."""
    mails = given.get("mails", [])
    if not isinstance(mails, list) or set(given) - {"mails"}:
        raise ValueError(f'Mails are {{"mails": [{{{", ".join(_OF_A_MAIL)}}}]}}.')
    if not all(isinstance(mail, dict) and set(mail) == set(_OF_A_MAIL) for mail in mails):
        raise ValueError(f"Every mail needs {', '.join(_OF_A_MAIL)}.")
    for mail in mails:
        sending.report_again(service, _accepted(service, mail))
    return {"mails": len(mails)}


def _accepted(service: Service, mail: Mapping[str, Any]) -> Sent:
    raw = base64.b64decode(mail["raw_base64"])
    return Sent(
        message_id=str(mail["message_id"]),
        at=datetime.fromisoformat(mail["at"]),
        source=str(mail["from"]),
        source_arn=service.origin.arn(f"identity/{bare(mail['from'])}"),
        to=(str(mail["to"]),),
        cc=(),
        bcc=(),
        tags=tuple((str(name), str(value)) for name, value in dict(mail["tags"]).items()),
        configuration_set=str(mail["configuration_set"]),
        operation="SendRawEmail",
        raw=raw,
        headers=read_headers(raw),
    )


READ: Final[Mapping[str, Control]] = {
    "sent": show_sent,
    "reports": show_reports,
    "faults": set_faults,
    "behaviours": set_behaviours,
    "delays": set_delays,
    "account": set_account,
}
"""What GET answers; with nothing given, a setter changes nothing and shows what is set."""

WRITE: Final[Mapping[str, Control]] = {
    "suppressions": set_suppressions,
    "underway": report_again,
    "faults": set_faults,
    "behaviours": set_behaviours,
    "delays": set_delays,
    "account": set_account,
}


def record(service: Service) -> list[dict[str, Any]]:
    with service.state.lock:
        sent = list(service.state.sent)
    return [_record(each) for each in sent]


def reports(service: Service) -> list[str]:
    with service.state.lock:
        return list(service.state.reports)


def _record(sent: Sent) -> dict[str, Any]:
    return {
        "message_id": sent.message_id,
        "sent_at": iso(sent.at),
        "from": sent.source,
        "to": list(sent.to),
        "cc": list(sent.cc),
        "bcc": list(sent.bcc),
        "recipients": list(sent.recipients),
        "tags": dict(sent.tags),
        "configuration_set": sent.configuration_set,
        "raw": sent.raw.decode("utf-8", "replace"),
        "raw_base64": base64.b64encode(sent.raw).decode("ascii"),
    }
