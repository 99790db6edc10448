"""Account, identities, configuration sets and their event destinations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from core.simulator.events import VALIDATED
from core.simulator.service import (
    Call,
    Operation,
    Service,
    SesError,
    already_exists,
    bad_request,
    not_found,
    page,
)
from core.simulator.state import EVENT_TYPES, REASONS, ConfigurationSet, Identity

OPTIONS: Final[Mapping[str, str]] = {
    "archiving-options": "ArchivingOptions",
    "delivery-options": "DeliveryOptions",
    "reputation-options": "ReputationOptions",
    "sending": "SendingOptions",
    "suppression-options": "SuppressionOptions",
    "tracking-options": "TrackingOptions",
    "vdm-options": "VdmOptions",
}
"""The last part of the path of each ``PutConfigurationSet…``, and the member it replaces."""

_MAX_DESTINATIONS: Final = 10
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PAGE: Final = 1000


# --------------------------------------------------------------------------- account


def get_account(service: Service, call: Call) -> dict[str, Any]:
    del call
    account = service.state.account
    return {
        "DedicatedIpAutoWarmupEnabled": True,
        "EnforcementStatus": account.enforcement_status,
        "ProductionAccessEnabled": account.production_access,
        "SendQuota": {
            "Max24HourSend": account.max_24_hour_send,
            "MaxSendRate": account.max_send_rate,
            "SentLast24Hours": float(account.sent_last_24_hours),
        },
        "SendingEnabled": account.sending_enabled,
        "SuppressionAttributes": {"SuppressedReasons": list(account.suppressed_reasons)},
        "VdmAttributes": {"VdmEnabled": "DISABLED"},
    }


def put_account_suppression(service: Service, call: Call) -> dict[str, Any]:
    reasons = call.body.get("SuppressedReasons") or ()
    _check_reasons(reasons)
    service.state.account.suppressed_reasons = tuple(reasons)
    return {}


def put_account_sending(service: Service, call: Call) -> dict[str, Any]:
    service.state.account.sending_enabled = bool(call.body.get("SendingEnabled", False))
    return {}


def _check_reasons(reasons: object) -> None:
    if not isinstance(reasons, list | tuple) or any(each not in REASONS for each in reasons):
        raise bad_request(f"SuppressedReasons may hold {', '.join(REASONS)}.")


# --------------------------------------------------------------------------- identities


def create_identity(service: Service, call: Call) -> dict[str, Any]:
    """Verify at once: nobody can answer a confirmation mail, or change the DNS, of a stand-in."""
    name = str(call.required("EmailIdentity"))
    with service.state.lock:
        if name in service.state.identities:
            raise already_exists(f"Email identity {name} already exist.")
        identity = Identity(name, configuration_set=call.body.get("ConfigurationSetName") or "")
        service.state.identities[name] = identity
    return {
        "IdentityType": _identity_type(name),
        "VerifiedForSendingStatus": identity.verified,
        "DkimAttributes": _dkim(identity),
    }


def get_identity(service: Service, call: Call) -> dict[str, Any]:
    identity = _identity(service, call)
    status = "SUCCESS" if identity.verified else "PENDING"
    answer: dict[str, Any] = {
        "IdentityType": _identity_type(identity.name),
        "FeedbackForwardingStatus": True,
        "VerifiedForSendingStatus": identity.verified,
        "VerificationStatus": status,
        "DkimAttributes": _dkim(identity),
        "Policies": {},
        "Tags": [],
    }
    if identity.configuration_set:
        answer["ConfigurationSetName"] = identity.configuration_set
    return answer


def list_identities(service: Service, call: Call) -> dict[str, Any]:
    found = [
        {
            "IdentityType": _identity_type(each.name),
            "IdentityName": each.name,
            "SendingEnabled": each.verified,
            "VerificationStatus": "SUCCESS" if each.verified else "PENDING",
        }
        for each in service.state.identities.values()
    ]
    return _paged(call, "EmailIdentities", found)


def delete_identity(service: Service, call: Call) -> dict[str, Any]:
    with service.state.lock:
        del service.state.identities[_identity(service, call).name]
    return {}


def _identity(service: Service, call: Call) -> Identity:
    identity = service.state.identities.get(call.path[0])
    if identity is None:
        raise not_found(f"Email identity {call.path[0]} does not exist.")
    return identity


def _identity_type(name: str) -> str:
    return "EMAIL_ADDRESS" if "@" in name else "DOMAIN"


def _dkim(identity: Identity) -> dict[str, Any]:
    return {"SigningEnabled": True, "Status": "SUCCESS" if identity.verified else "PENDING"}


# --------------------------------------------------------------------------- configuration sets


def create_configuration_set(service: Service, call: Call) -> dict[str, Any]:
    name = str(call.required("ConfigurationSetName"))
    if not _NAME.fullmatch(name):
        raise bad_request(f"Configuration set name <{name}> is not valid.")
    options = {key: call.body[key] for key in OPTIONS.values() if call.body.get(key) is not None}
    _check_reasons(options.get("SuppressionOptions", {}).get("SuppressedReasons", ()))
    with service.state.lock:
        if name in service.state.configuration_sets:
            raise already_exists(f"Configuration set <{name}> already exists.")
        service.state.configuration_sets[name] = ConfigurationSet(name, options)
    return {}


def get_configuration_set(service: Service, call: Call) -> dict[str, Any]:
    chosen = _configuration_set(service, call)
    sending = {"SendingOptions": {"SendingEnabled": chosen.sending_enabled}}
    return {"ConfigurationSetName": chosen.name, "Tags": [], **chosen.options, **sending}


def list_configuration_sets(service: Service, call: Call) -> dict[str, Any]:
    return _paged(call, "ConfigurationSets", list(service.state.configuration_sets))


def delete_configuration_set(service: Service, call: Call) -> dict[str, Any]:
    with service.state.lock:
        del service.state.configuration_sets[_configuration_set(service, call).name]
    return {}


def put_option(member: str) -> Operation:
    """Return the operation that replaces one group of options."""

    def put(service: Service, call: Call) -> dict[str, Any]:
        chosen = _configuration_set(service, call)
        _check_reasons(call.body.get("SuppressedReasons", ()))
        chosen.options[member] = dict(call.body)
        return {}

    return put


def _configuration_set(service: Service, call: Call) -> ConfigurationSet:
    chosen = service.state.configuration_sets.get(call.path[0])
    if chosen is None:
        raise not_found(f"Configuration set <{call.path[0]}> does not exist.")
    return chosen


# --------------------------------------------------------------------------- event destinations


def create_destination(service: Service, call: Call) -> dict[str, Any]:
    name = str(call.required("EventDestinationName"))
    definition = dict(call.required("EventDestination"))
    with service.state.lock:
        chosen = _configuration_set(service, call)
        if name in chosen.destinations:
            raise already_exists(f"Event destination <{name}> already exists.")
        if len(chosen.destinations) >= _MAX_DESTINATIONS:
            raise SesError("LimitExceededException", "Too many event destinations.")
        _check_destination(service, definition)
        chosen.destinations[name] = definition
    _greet(service, definition)
    return {}


def update_destination(service: Service, call: Call) -> dict[str, Any]:
    definition = dict(call.required("EventDestination"))
    with service.state.lock:
        chosen, name = _destination(service, call)
        _check_destination(service, definition)
        chosen.destinations[name] = definition
    return {}


def get_destinations(service: Service, call: Call) -> dict[str, Any]:
    found = _configuration_set(service, call).destinations
    shown = [{"Enabled": False, **each, "Name": name} for name, each in found.items()]
    return {"EventDestinations": shown}


def delete_destination(service: Service, call: Call) -> dict[str, Any]:
    with service.state.lock:
        chosen, name = _destination(service, call)
        del chosen.destinations[name]
    return {}


def _destination(service: Service, call: Call) -> tuple[ConfigurationSet, str]:
    chosen, name = _configuration_set(service, call), call.path[1]
    if name not in chosen.destinations:
        raise not_found(f"Event destination <{name}> does not exist.")
    return chosen, name


def _check_destination(service: Service, definition: Mapping[str, Any]) -> None:
    types = definition.get("MatchingEventTypes") or ()
    if not types or any(each not in EVENT_TYPES for each in types):
        raise bad_request(f"MatchingEventTypes must name some of {', '.join(EVENT_TYPES)}.")
    topic = definition.get("SnsDestination", {}).get("TopicArn")
    if topic is not None and not service.topics.has_topic(topic):
        raise bad_request(f"SNS topic <{topic}> not found.")


def _greet(service: Service, definition: Mapping[str, Any]) -> None:
    """SES tells a new topic that it found it, in plain text."""
    if "SnsDestination" in definition:
        service.topics.publish(definition["SnsDestination"]["TopicArn"], "", VALIDATED)


def _paged(call: Call, member: str, items: list[Any]) -> dict[str, Any]:
    try:
        shown, token = page(items, call.body.get("NextToken"), call.body.get("PageSize") or _PAGE)
    except ValueError as error:
        raise SesError("InvalidNextTokenException", "The token is not valid.") from error
    return {member: list(shown)} | ({"NextToken": token} if token else {})
