"""``trouble``: providers that turn us away, and what the gate then asks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.tui.cli.office import Office

_CUSTOMERS = "name,email\n" + "".join(f"Firm {n},ann@firm{n}.example\n" for n in range(1, 4))
_DOCUMENTS = "number,kind,customer,status,currency,total,balance_due,issued_on,due_on\n" + "".join(
    f"A-{n},invoice,Firm {n},OPEN,EUR,10.00,10.00,2026-01-05,2026-02-04\n" for n in range(1, 4)
)


def deferred(number: int, now: datetime) -> str:
    """Another program's email, sent ten minutes ago, that Google defers."""
    to = f"ann@firm{number}.example"
    return json.dumps(
        {
            "eventType": "DeliveryDelay",
            "mail": {
                "timestamp": (now - timedelta(minutes=10)).isoformat(),
                "messageId": f"0102-{number}",
                "source": "shop@outtray.example",
                "destination": [to],
                "tags": {"document": [f"A-{number}"]},
            },
            "deliveryDelay": {
                "timestamp": (now - timedelta(minutes=9)).isoformat(),
                "delayType": "TransientCommunicationFailure",
                "delayedRecipients": [
                    {
                        "emailAddress": to,
                        "status": "4.7.28",
                        "diagnosticCode": "smtp; 421 4.7.28 unusual rate of mail - gsmtp",
                    }
                ],
            },
        }
    )


@pytest.fixture
def troubled(office: Office) -> Office:
    office.ok("import", office.write("c.csv", _CUSTOMERS), office.write("d.csv", _DOCUMENTS))
    now = datetime.now(UTC)
    events = office.write("e.jsonl", "\n".join(deferred(n, now) for n in (1, 2, 3)))
    assert office.json("events", "load", events)["applied"] == 3
    return office


def test_a_provider_in_trouble_is_named_with_its_extent(troubled: Office) -> None:
    answer = troubled.json("trouble")
    (provider,) = answer["providers"]
    assert (provider["provider"], provider["customers"], provider["deferred"]) == ("Google", 3, 3)
    assert provider["text"].startswith("Google is deferring us since ")
    assert answer["reputation"]["sent"] == 3
    assert answer["reputation"]["warnings"] == []
    assert "do not resend (3 of 3 emails to 3 customers)." in troubled.ok("trouble").out


def test_where_all_is_well_nothing_is_printed(stocked: Office) -> None:
    assert stocked.json("trouble")["providers"] == []
    answer = stocked.ok("trouble")
    assert (answer.out, answer.err) == ("", "No trouble is known.\n")


def test_sending_there_is_asked_about_first(troubled: Office) -> None:
    answer = troubled.run(
        "send", "A-1", "--json", OUTTRAY_FROM="billing@outtray.example", AWS_REGION="eu-west-1"
    )
    assert answer.code == 3
    (outcome,) = answer.json
    assert "provider_trouble" in {reason["code"] for reason in outcome["reasons"]}


def test_the_log_tells_of_each_delivery_whether_it_is_late(troubled: Office) -> None:
    (email,) = troubled.json("log", "A-1")["emails"]
    assert email["recipients"][0]["late"] is None
