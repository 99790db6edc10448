"""Looks at the AWS side of the feed without changing anything; errors are answers too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from core.errors import NoSuchThingError, OuttrayError, UnansweredError
from core.examination import AccountFacts, IdentityFacts
from core.examination_feed import (
    ConfigurationSetFacts,
    Destination,
    Subscription,
)
from core.examination_queue import SHORTEST_VISIBILITY, DeadLetterFacts, QueueFacts
from core.ses.clients import Clients, in_words
from core.ses.feed import attributes, dead_letter_arn, dead_letter_url

T = TypeVar("T")

_MOST_PAGES = 20


class AwsInspector:
    """Every method returns what it found, or the error that kept it from looking."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def account(self) -> AccountFacts | OuttrayError:
        return _ask("sesv2", self._account)

    def _account(self) -> AccountFacts:
        client = self._clients.control()
        answer = client.get_account()
        quota = answer.get("SendQuota", {})
        return AccountFacts(
            region=str(client.meta.region_name),
            is_sandbox=not answer.get("ProductionAccessEnabled", False),
            is_sending_enabled=bool(answer.get("SendingEnabled", False)),
            enforcement=str(answer.get("EnforcementStatus", "HEALTHY")),
            most_in_24_hours=float(quota.get("Max24HourSend", -1)),
            most_a_second=float(quota.get("MaxSendRate", 0)),
            sent_in_24_hours=float(quota.get("SentLast24Hours", 0)),
            suppressed_reasons=tuple(
                answer.get("SuppressionAttributes", {}).get("SuppressedReasons", ())
            ),
        )

    def identity(self, address: str) -> IdentityFacts | OuttrayError | None:
        """Return the identity that covers ``address``: itself, its domain, or one above that.

        The first that is verified; else the first there is.
        """
        first: IdentityFacts | None = None
        for name in _covering(address):
            found = _ask("sesv2", partial(self._identity, name))
            if isinstance(found, NoSuchThingError):
                continue
            if isinstance(found, OuttrayError) or found.is_verified:
                return found
            first = first or found
        return first

    def _identity(self, name: str) -> IdentityFacts:
        answer = self._clients.control().get_email_identity(EmailIdentity=name)
        return IdentityFacts(
            name,
            bool(answer.get("VerifiedForSendingStatus", False)),
            str(answer.get("ConfigurationSetName") or ""),
        )

    def configuration_set(self, name: str) -> ConfigurationSetFacts | OuttrayError:
        return _ask("sesv2", lambda: self._configuration_set(name))

    def _configuration_set(self, name: str) -> ConfigurationSetFacts:
        answer = self._clients.control().get_configuration_set(ConfigurationSetName=name)
        sending = answer.get("SendingOptions", {})
        reasons = answer.get("SuppressionOptions", {}).get("SuppressedReasons")
        return ConfigurationSetFacts(
            name,
            bool(sending.get("SendingEnabled", True)),
            _ask("sesv2", lambda: self._destinations(name)),
            None if reasons is None else tuple(reasons),
        )

    def _destinations(self, name: str) -> tuple[Destination, ...]:
        client = self._clients.control()
        answer = client.get_configuration_set_event_destinations(ConfigurationSetName=name)
        return tuple(
            Destination(
                name=each["Name"],
                is_enabled=bool(each.get("Enabled", False)),
                types=frozenset(each.get("MatchingEventTypes", ())),
                topic=each.get("SnsDestination", {}).get("TopicArn", ""),
                bus=each.get("EventBridgeDestination", {}).get("EventBusArn", ""),
            )
            for each in answer.get("EventDestinations", ())
        )

    def subscriptions(self, topics: tuple[str, ...]) -> tuple[Subscription, ...] | OuttrayError:
        """Return who gets what is published to ``topics``."""
        return _ask("sns", lambda: tuple(each for t in topics for each in self._subscriptions(t)))

    def _subscriptions(self, topic: str) -> Iterator[Subscription]:
        client = self._clients.topics()
        token: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            answer = client.list_subscriptions_by_topic(TopicArn=topic, **token)
            for each in answer.get("Subscriptions", ()):
                arn = each.get("SubscriptionArn", "")
                yield Subscription(
                    topic,
                    each.get("Protocol", ""),
                    each.get("Endpoint", ""),
                    arn.startswith("arn:"),
                    self._is_raw(arn) if each.get("Protocol") == "sqs" else None,
                )
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    def _is_raw(self, subscription: str) -> bool | None:
        """``None`` where it may not be asked: that alone is no reason to worry."""
        if not subscription.startswith("arn:"):
            return None
        client = self._clients.topics()
        found = _ask(
            "sns", lambda: client.get_subscription_attributes(SubscriptionArn=subscription)
        )
        if isinstance(found, OuttrayError):
            return None
        return str(found.get("Attributes", {}).get("RawMessageDelivery", "")).lower() == "true"

    def queue(self, url: str) -> QueueFacts | OuttrayError:
        return _ask("sqs", lambda: self._queue(url))

    def _queue(self, url: str) -> QueueFacts:
        client = self._clients.queue_control()
        found = attributes(client, url)
        redrive = found.get("RedrivePolicy", "")
        return QueueFacts(
            arn=found.get("QueueArn", ""),
            waiting=int(found.get("ApproximateNumberOfMessages", 0)),
            in_flight=int(found.get("ApproximateNumberOfMessagesNotVisible", 0)),
            retention_seconds=int(found.get("MessageRetentionPeriod", 0)),
            dead_letter_arn=dead_letter_arn(redrive),
            dead_letters=_ask("sqs", lambda: self._dead_letters(redrive)),
            policy=found.get("Policy", ""),
            visibility_seconds=int(found.get("VisibilityTimeout", SHORTEST_VISIBILITY)),
            kms_key=found.get("KmsMasterKeyId", ""),
        )

    def _dead_letters(self, redrive_policy: str) -> DeadLetterFacts | None:
        client = self._clients.queue_control()
        url = dead_letter_url(client, redrive_policy)
        if not url:
            return None
        found = attributes(client, url)
        return DeadLetterFacts(
            int(found.get("ApproximateNumberOfMessages", 0)),
            int(found.get("MessageRetentionPeriod", 0)),
        )


def _ask(service: str, question: Callable[[], T]) -> T | OuttrayError:
    try:
        with in_words(service):
            return question()
    except OuttrayError as error:
        return error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return UnansweredError(f"What {service} answered could not be understood: {error!r}.")


def _covering(address: str) -> Iterator[str]:
    """Verifying a domain also verifies what is below it."""
    yield address
    domain = address.rpartition("@")[2].lower()
    while "." in domain:
        yield domain
        domain = domain.partition(".")[2]
