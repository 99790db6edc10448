"""The account suppression list: managing it matches case exactly, unlike sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from core.simulator.problems import SesError, bad_request, not_found
from core.simulator.service import Call, Service, page
from core.simulator.state import REASONS, Suppressed

_MAX_PAGE: Final = 1000


def get_suppressed(service: Service, call: Call) -> dict[str, Any]:
    _check_fault(service)
    entry = _find(service, call)
    shown = _summary(entry)
    attributes = {"MessageId": entry.message_id, "FeedbackId": entry.feedback_id}
    if entry.message_id:
        shown["Attributes"] = {key: value for key, value in attributes.items() if value}
    return {"SuppressedDestination": shown}


def put_suppressed(service: Service, call: Call) -> dict[str, Any]:
    address, reason = call.required("EmailAddress"), call.required("Reason")
    if reason not in REASONS:
        raise bad_request(f"Reason must be one of {', '.join(REASONS)}.")
    if "@" not in address:
        raise bad_request("Missing final '@domain'")
    with service.state.lock:
        if not service.state.account.production_access:
            raise bad_request("Account is in the sandbox: the suppression list is read only.")
        service.state.suppressed[address] = Suppressed(address, reason, service.clock())
    return {}


def delete_suppressed(service: Service, call: Call) -> dict[str, Any]:
    with service.state.lock:
        del service.state.suppressed[_find(service, call).address]
    return {}


def list_suppressed(service: Service, call: Call) -> dict[str, Any]:
    _check_fault(service)
    with service.state.lock:
        entries = sorted(
            service.state.suppressed.values(), key=lambda each: (each.at, each.address)
        )
    chosen = [entry for entry in entries if _is_wanted(entry, call.query)]
    try:
        size = int(_one(call.query, "PageSize") or _MAX_PAGE)
        shown, token = page(chosen, _one(call.query, "NextToken"), min(max(size, 1), _MAX_PAGE))
    except ValueError as error:
        raise SesError("InvalidNextTokenException", "The token is not valid.") from error
    answer: dict[str, Any] = {"SuppressedDestinationSummaries": [_summary(each) for each in shown]}
    return answer | ({"NextToken": token} if token else {})


def _check_fault(service: Service) -> None:
    if service.faults.take("suppression_fail"):
        raise SesError("InternalFailure", "The request processing has failed.")


def _find(service: Service, call: Call) -> Suppressed:
    address = call.path[0]
    if "/" in address:
        raise bad_request("Invalid email address.")  # boto/boto3#2870
    entry = service.state.suppressed.get(address)
    if entry is None:
        raise not_found(f"Email address {address} does not exist on your suppression list.")
    return entry


def _summary(entry: Suppressed) -> dict[str, Any]:
    return {
        "EmailAddress": entry.address,
        "Reason": entry.reason,
        "LastUpdateTime": round(entry.at.timestamp(), 3),
    }


def _is_wanted(entry: Suppressed, query: Mapping[str, Sequence[str]]) -> bool:
    reasons = query.get("Reason") or REASONS
    since, until = _instant(query, "StartDate"), _instant(query, "EndDate")
    return (
        entry.reason in reasons
        and (since is None or entry.at >= since)
        and (until is None or entry.at <= until)
    )


def _instant(query: Mapping[str, Sequence[str]], name: str) -> datetime | None:
    text = _one(query, name)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise bad_request(f"{name} is not a date.") from error


def _one(query: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(query.get(name, ())), "")
