"""What the account may send, as the real client reads it from the stand-in."""

from __future__ import annotations

from core.aws.clients import Clients
from core.aws.mailer import SesAccount
from core.simulator import Simulator


def test_the_quota_is_what_the_account_says(aws: Simulator, clients: Clients) -> None:
    aws.set_account(
        max_send_rate=28.0, max_24_hour_send=500.0, sent_last_24_hours=500, sending_enabled=False
    )
    quota = SesAccount(clients).quota()
    assert (quota.per_second, quota.per_day, quota.sent_in_24_hours) == (28.0, 500.0, 500.0)
    assert quota.is_used_up
    assert not quota.is_sending_enabled
    assert not quota.is_sandbox


def test_a_quota_without_a_limit_is_never_used_up(aws: Simulator, clients: Clients) -> None:
    aws.set_account(max_24_hour_send=-1.0, sent_last_24_hours=10_000_000)
    assert not SesAccount(clients).quota().is_used_up
