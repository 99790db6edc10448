"""The DNS: what it says, how long it is believed, and that its failures say nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from core.mail import mx_lookup
from core.mail.mx_lookup import DnsRoutes, ask_dns, is_reserved
from core.model.email import MailRoute

ACME = "acme.com"


class Asked:
    """Answers about domains as told, and counts."""

    def __init__(self, **answers: tuple[MailRoute, float]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, domain: str) -> tuple[MailRoute, float]:
        self.asked.append(domain)
        return self.answers.get(domain.partition(".")[0], (MailRoute.OPEN, 300.0))


def test_several_domains_are_asked_at_once_and_kept_as_long_as_the_dns_says() -> None:
    now = [0.0]
    asked = Asked(gone=(MailRoute.NO_DOMAIN, 60.0))
    routes = DnsRoutes(asked, lambda: now[0])
    wanted = {"gone.com": MailRoute.NO_DOMAIN, ACME: MailRoute.OPEN}
    assert routes.ask(["gone.com", ACME])() == wanted
    assert routes.ask(["gone.com", ACME])() == wanted
    assert sorted(asked.asked) == [ACME, "gone.com"]
    now[0] = 61.0
    assert routes.ask(["gone.com", ACME])() == wanted
    assert sorted(asked.asked) == [ACME, "gone.com", "gone.com"]


def test_a_slow_answer_is_not_waited_for_but_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mx_lookup, "PATIENCE_SECONDS", 0.05)
    come = threading.Event()

    def slow(_: str) -> tuple[MailRoute, float]:
        come.wait(10)
        return MailRoute.NOWHERE, 300.0

    routes = DnsRoutes(slow)
    started = time.monotonic()
    assert routes.ask([ACME])() == {ACME: MailRoute.UNKNOWN}
    assert time.monotonic() - started < 2.0
    waiting = routes.ask([ACME])  # the same question is not asked twice
    come.set()
    monkeypatch.undo()
    for _ in range(500):
        if waiting()[ACME] is not MailRoute.UNKNOWN:
            break
        time.sleep(0.01)
    assert routes.ask([ACME])() == {ACME: MailRoute.NOWHERE}


def test_a_resolver_that_fails_says_nothing() -> None:
    def broken(_: str) -> tuple[MailRoute, float]:
        raise RuntimeError("no such thing")

    assert DnsRoutes(broken).ask([ACME])() == {ACME: MailRoute.UNKNOWN}


@pytest.mark.parametrize(
    "domain",
    ["example.com", "mail.example.org", "customer.example", "a.test", "b.invalid", "localhost",
     "simulator.amazonses.com"],
)  # fmt: skip
def test_domains_for_tests_are_not_looked_up(domain: str) -> None:
    asked = Asked()
    assert is_reserved(domain)
    assert DnsRoutes(asked).ask([domain, ""])() == {}
    assert asked.asked == []


def test_other_domains_are() -> None:
    assert not any(map(is_reserved, (ACME, "example.de", "test.com", "myexample.com")))


# --------------------------------------------------------------------------- dnspython


def answer(name: str, kind: str, *records: str) -> dns.resolver.Answer:
    """What the resolver returns, as far as it is looked at."""
    rrset = dns.rrset.from_text(name, 600, "IN", kind, *records)
    made: Any = dns.resolver.Answer.__new__(dns.resolver.Answer)
    made.rrset = rrset
    return made  # type: ignore[no-any-return]


Resolve = Callable[[dict[str, Any]], list[tuple[str, str]]]


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Resolve:
    asked: list[tuple[str, str]] = []

    def prepare(answers: dict[str, Any]) -> list[tuple[str, str]]:
        def resolve(_: Any, name: str, kind: str, *, search: bool) -> Any:
            asked.append((name, kind))
            found = answers.get(kind, dns.resolver.NoAnswer)
            if isinstance(found, type):
                raise found
            return found

        monkeypatch.setattr(dns.resolver.Resolver, "resolve", resolve)
        return asked

    return prepare


@pytest.mark.parametrize(
    ("answers", "route"),
    [
        ({"MX": answer("acme.com.", "MX", "10 mx.acme.com.")}, MailRoute.OPEN),
        ({"MX": answer("acme.com.", "MX", "0 .")}, MailRoute.REFUSES),
        ({"A": answer("acme.com.", "A", "192.0.2.1")}, MailRoute.OPEN),
        ({"AAAA": answer("acme.com.", "AAAA", "2001:db8::1")}, MailRoute.OPEN),
        ({}, MailRoute.NOWHERE),
        ({"MX": dns.resolver.NXDOMAIN}, MailRoute.NO_DOMAIN),
        ({"MX": dns.exception.Timeout}, MailRoute.UNKNOWN),
        ({"MX": dns.resolver.NoNameservers}, MailRoute.UNKNOWN),
        ({"A": dns.exception.Timeout}, MailRoute.UNKNOWN),
        ({"MX": OSError}, MailRoute.UNKNOWN),
    ],
)
def test_what_the_dns_says(resolve: Resolve, answers: dict[str, Any], route: MailRoute) -> None:
    asked = resolve(answers)
    assert ask_dns(ACME)[0] is route
    assert asked[0] == ("acme.com.", "MX")


def test_an_answer_is_kept_for_its_time_to_live_within_limits(resolve: Resolve) -> None:
    resolve({"MX": answer("acme.com.", "MX", "10 mx.acme.com.")})
    assert ask_dns(ACME)[1] == 600.0
