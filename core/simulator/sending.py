"""``SendEmail`` and the suppression list: accepted or refused, and what is reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from core.simulator import outcomes
from core.simulator.events import reports
from core.simulator.messages import Draft, read_request
from core.simulator.service import Call, Service, SesError, bad_request, not_found, page
from core.simulator.state import REASONS, Identity, Sent, Suppressed, bare


def send_email(service: Service, call: Call) -> dict[str, Any]:
    """Accept a message, record it, and publish or schedule its reports.

    Raises:
        SesError: refused; nothing was recorded.
    """
    if service.faults.take("throttle"):
        raise SesError("TooManyRequestsException", "Maximum sending rate exceeded.")
    if service.faults.take("fail"):
        raise SesError("InternalFailure", "The request processing has failed.")
    draft = read_request(call.body)
    with service.state.lock:
        identity = _check_may_send(service, draft)
        sent = _sent(service, call, draft, identity)
        steps = _steps(service, sent, has_virus=draft.has_virus)
        service.state.sent.append(sent)
        service.state.account.sent_last_24_hours += _counted(draft)
    service.publisher.submit(reports(sent, steps, service.origin, service.delays))
    return {"MessageId": sent.message_id}


def report_again(service: Service, sent: Sent) -> None:
    """Tell what becomes of a message that was accepted before this start; it is not sent again."""
    with service.state.lock:
        steps = _steps(service, sent, has_virus=False)
    service.publisher.submit(reports(sent, steps, service.origin, service.delays))


def _check_may_send(service: Service, draft: Draft) -> Identity:
    account, region = service.state.account, service.origin.region.upper()
    identity = service.state.identity_for(draft.source)
    if not account.sending_enabled:
        raise SesError("SendingPausedException", "Email sending is disabled for your account.")
    unverified = [] if identity else [bare(draft.source)]
    if not account.production_access:
        unverified += [
            bare(each)
            for each in draft.recipients
            if not outcomes.is_simulator(each) and service.state.identity_for(each) is None
        ]
    if identity is None or unverified:
        raise SesError(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region "
            f"{region}: {', '.join(unverified)}",
        )
    _check_configuration_set(service, draft.configuration_set or identity.configuration_set)
    limit = account.max_24_hour_send
    if limit >= 0 and account.sent_last_24_hours + _counted(draft) > limit:
        raise SesError("LimitExceededException", "Daily message quota exceeded.")
    return identity


def _check_configuration_set(service: Service, name: str) -> None:
    if not name:
        return
    chosen = service.state.configuration_sets.get(name)
    if chosen is None:
        raise not_found(f"Configuration set <{name}> does not exist.")
    if not chosen.sending_enabled:
        raise SesError(
            "SendingPausedException", f"Sending is disabled for configuration set <{name}>."
        )


def _counted(draft: Draft) -> int:
    """Mail to the mailbox simulator does not count against the quota."""
    return sum(not outcomes.is_simulator(each) for each in draft.recipients)


def _sent(service: Service, call: Call, draft: Draft, identity: Identity) -> Sent:
    now = service.clock()
    return Sent(
        message_id=service.origin.new_id(now),
        at=now,
        source=draft.source,
        source_arn=service.origin.arn(f"identity/{identity.name}"),
        to=draft.to,
        cc=draft.cc,
        bcc=draft.bcc,
        tags=draft.tags,
        configuration_set=draft.configuration_set or identity.configuration_set,
        operation="SendRawEmail" if draft.is_raw else "SendEmail",
        raw=draft.raw,
        headers=draft.headers,
        track_opens=draft.track_opens,
        track_clicks=draft.track_clicks,
        source_ip=call.source_ip,
    )


def _steps(service: Service, sent: Sent, *, has_virus: bool) -> tuple[outcomes.SimulatedEvent, ...]:
    """Return what happens to the message: one fate with a virus, else one for each recipient."""
    if has_virus:
        return (outcomes.reject_step(sent.recipients),)
    steps: list[outcomes.SimulatedEvent] = []
    for recipient in sent.recipients:
        entry = service.state.suppression_of(recipient, sent.configuration_set)
        if entry is not None:
            steps.append(outcomes.suppressed_step(recipient, entry))
        else:
            behaviour = outcomes.behaviour_of(recipient, service.behaviours)
            steps += outcomes.steps_for(recipient, behaviour)
    return tuple(
        _as_effective(service, sent.configuration_set, step)
        for step in outcomes.merge_bounces(steps)
    )


def _as_effective(
    service: Service, configuration_set: str, step: outcomes.SimulatedEvent
) -> outcomes.SimulatedEvent:
    """A reason that the account does not suppress for adds nobody to its list."""
    reasons = service.state.effective_reasons(configuration_set)
    return step if step.suppress in reasons else outcomes.without_suppression(step)


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
