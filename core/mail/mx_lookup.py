"""Asks the DNS whether mail to a domain can get anywhere; dnspython stays in here.

It never alarms by itself failing: no answer, a slow one or a broken resolver is UNKNOWN.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.logs.setup import logged
from core.model.email import MailRoute

if TYPE_CHECKING:
    from dns.resolver import Answer, Resolver

PATIENCE_SECONDS: Final = 2.0
_SHORTEST_KEPT: Final = 60.0
_LONGEST_KEPT: Final = 3600.0
_UNKNOWN_KEPT: Final = 30.0
_MOST_KEPT: Final = 10_000
#: RFC 2606 and 6761, and the mailboxes of SES's simulator: nothing to find out there.
_RESERVED: Final = ("example", "test", "invalid", "localhost", "local", "onion")
_RESERVED_DOMAINS: Final = frozenset(
    {"example.com", "example.net", "example.org", "simulator.amazonses.com"}
)

Ask = Callable[[str], tuple[MailRoute, float]]
"""Asks about one domain; gives the answer and how many seconds it may be kept."""


def is_reserved(domain: str) -> bool:
    """Whether ``domain`` is for tests and documents, or only known within one network."""
    if domain in _RESERVED_DOMAINS or any(domain.endswith(f".{d}") for d in _RESERVED_DOMAINS):
        return True
    return domain.rpartition(".")[2] in _RESERVED


class DnsRoutes:
    """One a program; answers are kept as long as the DNS says, between a minute and an hour."""

    def __init__(self, ask: Ask | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask or ask_dns
        self._clock = clock
        self._kept: dict[str, tuple[float, MailRoute]] = {}
        self._running: dict[str, _Question] = {}
        self._lock = threading.Lock()

    def ask(self, domains: Collection[str]) -> Callable[[], Mapping[str, MailRoute]]:
        """See ``core.model.ports.MailRoutes``. A late answer is kept for the next time."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        wanted = {domain for domain in domains if domain and not is_reserved(domain)}
        known = {domain: route for domain in wanted if (route := self._fresh(domain)) is not None}
        questions = [self._begin(domain) for domain in sorted(wanted - set(known))]

        def answers() -> Mapping[str, MailRoute]:
            for question in questions:
                question.answered.wait(max(0.0, give_up - time.monotonic()))
            return {**known, **{q.domain: q.route for q in questions}}

        return answers

    def _fresh(self, domain: str) -> MailRoute | None:
        with self._lock:
            until, route = self._kept.get(domain, (0.0, MailRoute.UNKNOWN))
        return route if self._clock() < until else None

    def _begin(self, domain: str) -> _Question:
        """Ask in a thread of its own, unless somebody is asking the same already."""
        with self._lock:
            question = self._running.get(domain)
            if question is None:
                question = self._running[domain] = _Question(domain)
                threading.Thread(
                    target=self._find_out, args=(question,), name="outtray-dns", daemon=True
                ).start()
        return question

    def _find_out(self, question: _Question) -> None:
        kept = _UNKNOWN_KEPT
        with logged(
            "The DNS could not be asked", Exception
        ):  # whatever a resolver does, it says nothing about the domain
            question.route, kept = self._ask(question.domain)
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[question.domain] = (self._clock() + kept, question.route)
            self._running.pop(question.domain, None)
        question.answered.set()


class _Question:
    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.route = MailRoute.UNKNOWN
        self.answered = threading.Event()


# --------------------------------------------------------------------------- the DNS


@dataclass(frozen=True, slots=True)
class _Found:
    route: MailRoute
    seconds: float


def ask_dns(domain: str) -> tuple[MailRoute, float]:
    """Ask the system's resolvers about ``domain``, which is in ASCII."""
    from dns import exception, resolver

    try:
        found = _found(resolver.Resolver(), f"{domain}.")  # the dot: no search list
    except (exception.DNSException, OSError, UnicodeError):
        return MailRoute.UNKNOWN, _UNKNOWN_KEPT
    return found.route, min(max(found.seconds, _SHORTEST_KEPT), _LONGEST_KEPT)


def _found(asked: Resolver, name: str) -> _Found:
    from dns.resolver import NXDOMAIN, NoAnswer

    asked.lifetime = PATIENCE_SECONDS
    try:
        return _judge_mx(asked.resolve(name, "MX", search=False))
    except NXDOMAIN:
        return _Found(MailRoute.NO_DOMAIN, _SHORTEST_KEPT)
    except NoAnswer:
        pass
    for kind in ("A", "AAAA"):  # RFC 5321 section 5.1: a host stands in for its mail server
        try:
            return _Found(MailRoute.OPEN, _seconds(asked.resolve(name, kind, search=False)))
        except NoAnswer:
            continue
    return _Found(MailRoute.NOWHERE, _SHORTEST_KEPT)


def _judge_mx(answer: Answer) -> _Found:
    hosts = [str(record.exchange) for record in answer]
    return _Found(MailRoute.REFUSES if hosts == ["."] else MailRoute.OPEN, _seconds(answer))


def _seconds(answer: Answer) -> float:
    return float(answer.rrset.ttl) if answer.rrset is not None else _SHORTEST_KEPT
