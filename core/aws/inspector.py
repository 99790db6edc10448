"""Looks at the AWS side of the feed without changing anything; errors are answers too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from core.aws.chain import found
from core.aws.clients import Clients, in_words
from core.aws.queue import attributes
from core.model.errors import NoSuchThingError, OuttrayError, UnansweredError, UnreachableError
from core.rules.doctor.destination_checks import ConfigurationSetFacts, Destination, TopicFacts
from core.rules.doctor.encryption import Key, is_alias, is_awss_own
from core.rules.doctor.filters import Filter, Subscription
from core.rules.doctor.office_checks import AccountFacts, IdentityFacts
from core.rules.doctor.policies import account_of
from core.rules.doctor.queue import SHORTEST_VISIBILITY, parse_address, redrive
from core.rules.doctor.queue_checks import DeadLetterFacts, QueueFacts
from core.rules.doctor.report_path import WayFacts, route

T = TypeVar("T")

_MOST_PAGES = 20
_LONG_SECONDS = 8.0


class AwsInspector:
    """Every method returns what it found, or the error that kept it from looking."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._silent: dict[str, OuttrayError] = {}
        """Services that let one wait in vain."""

    def has_credentials(self) -> bool:
        """Whether boto3's own chain finds any, whatever they are worth; asks nobody at AWS."""
        return bool(found().credentials)

    def account(self) -> AccountFacts | OuttrayError:
        return self._ask("sesv2", self._account)

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
            found = self._ask("sesv2", partial(self._identity, name))
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

    def _configuration_set(self, name: str) -> ConfigurationSetFacts:
        answer = self._clients.control().get_configuration_set(ConfigurationSetName=name)
        sending = answer.get("SendingOptions", {})
        reasons = answer.get("SuppressionOptions", {}).get("SuppressedReasons")
        return ConfigurationSetFacts(
            name,
            bool(sending.get("SendingEnabled", True)),
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

    def region(self) -> str:
        """Return where SQS is asked; empty where none is set."""
        try:
            return str(self._clients.queue_control().meta.region_name or "")
        except OuttrayError:
            return ""

    def way(self, name: str, queue_given: str, *, asks_ses: bool = True) -> WayFacts:
        """Follow the reports of a configuration set into the queue; one no ends nothing else."""
        queue = self.queue(queue_given) if queue_given else None
        chosen: ConfigurationSetFacts | OuttrayError | None = None
        destinations: tuple[Destination, ...] | OuttrayError | None = None
        if name and asks_ses:
            chosen = self._ask("sesv2", lambda: self._configuration_set(name))
            if not isinstance(chosen, NoSuchThingError):
                destinations = self._ask("sesv2", lambda: self._destinations(name))
        topics = tuple(route(destinations, queue).kinds)
        return WayFacts(
            name=name,
            chosen=chosen,
            destinations=destinations,
            topics={arn: self._ask("sns", partial(self._topic, arn)) for arn in topics},
            subscriptions=self._ask("sns", lambda: self._subscribed(topics, name)),
            queue=queue,
            queue_given=queue_given,
            region=self.region() if queue_given else "",
        )

    # ----------------------------------------------------------------- topics

    def _topic(self, arn: str) -> TopicFacts:
        answer = self._clients.topics().get_topic_attributes(TopicArn=arn)
        found = answer.get("Attributes", {})
        key = str(found.get("KmsMasterKeyId") or "")
        return TopicFacts(arn, str(found.get("Policy") or ""), key, self._key(key))

    def _subscribed(self, topics: tuple[str, ...], name: str) -> tuple[Subscription, ...]:
        return tuple(each for topic in topics for each in self._subscriptions(topic, name))

    def _subscriptions(self, topic: str, name: str) -> Iterator[Subscription]:
        client = self._clients.topics()
        token: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            answer = client.list_subscriptions_by_topic(TopicArn=topic, **token)
            for each in answer.get("Subscriptions", ()):
                yield self._subscription(topic, name, each)
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    def _subscription(self, topic: str, name: str, listed: Mapping[str, str]) -> Subscription:
        arn, protocol = listed.get("SubscriptionArn", ""), listed.get("Protocol", "")
        plain = Subscription(topic, protocol, listed.get("Endpoint", ""), arn.startswith("arn:"))
        if protocol != "sqs" or not plain.is_confirmed:
            return plain
        client = self._clients.topics()
        found = self._ask("sns", lambda: client.get_subscription_attributes(SubscriptionArn=arn))
        if isinstance(found, OuttrayError):
            return replace(plain, filter=found, arn=arn)
        said = found.get("Attributes", {})
        policy, scope = str(said.get("FilterPolicy") or ""), str(said.get("FilterPolicyScope", ""))
        return replace(
            plain,
            arn=arn,
            is_raw=str(said.get("RawMessageDelivery", "")).lower() == "true",
            filter=Filter(policy, scope, name, account_of(topic)),
        )

    # ----------------------------------------------------------------- queues

    def queue(self, given: str) -> QueueFacts | OuttrayError:
        """Look at the queue; where only a name is given, at the one of that name."""
        return self._ask("sqs", lambda: self._queue(given))

    def _queue(self, given: str) -> QueueFacts:
        client = self._clients.queue_control()
        address, url = parse_address(given), given
        if not address.is_url and address.name:
            owner = {"QueueOwnerAWSAccountId": address.account} if address.account else {}
            url = str(client.get_queue_url(QueueName=address.name, **owner)["QueueUrl"])
        found = attributes(client, url)
        policy = redrive(found.get("RedrivePolicy", ""))
        key = found.get("KmsMasterKeyId", "")
        return QueueFacts(
            arn=found.get("QueueArn", ""),
            waiting=int(found.get("ApproximateNumberOfMessages", 0)),
            in_flight=int(found.get("ApproximateNumberOfMessagesNotVisible", 0)),
            retention_seconds=int(found.get("MessageRetentionPeriod", 0)),
            dead_letter_arn=policy.target,
            dead_letters=self._ask("sqs", lambda: self._dead_letters(policy.target)),
            policy=found.get("Policy", ""),
            visibility_seconds=int(found.get("VisibilityTimeout", SHORTEST_VISIBILITY)),
            kms_key=key,
            key=self._key(key),
            delay_seconds=int(found.get("DelaySeconds", 0)),
            receives=policy.receives,
            url=url,
        )

    def _dead_letters(self, arn: str) -> DeadLetterFacts | None:
        if not arn:
            return None
        client = self._clients.queue_control()
        account, name = arn.split(":")[4:6]
        answer = client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)
        found = attributes(client, str(answer["QueueUrl"]))
        return DeadLetterFacts(
            int(found.get("ApproximateNumberOfMessages", 0)),
            int(found.get("MessageRetentionPeriod", 0)),
        )

    # ----------------------------------------------------------------- keys

    def _key(self, name: str) -> Key | OuttrayError | None:
        """Return what KMS says of a key; AWS's own is known by its name alone."""
        if not name or is_awss_own(name):
            return None
        client = self._clients.keys()
        told = self._ask("kms", lambda: client.describe_key(KeyId=name)["KeyMetadata"])
        if isinstance(told, OuttrayError):
            return told if is_alias(name) else self._key_policy(Key(name))
        return self._key_policy(
            Key(
                str(told.get("Arn", name)),
                str(told.get("KeyManager", "")),
                str(told.get("KeyState", "")),
            )
        )

    def _key_policy(self, key: Key) -> Key | OuttrayError:
        client = self._clients.keys()
        found = self._ask(
            "kms", lambda: client.get_key_policy(KeyId=key.arn, PolicyName="default")["Policy"]
        )
        if isinstance(found, OuttrayError):
            return found if isinstance(found, NoSuchThingError) else replace(key, problem=found)
        return replace(key, policy=str(found))

    # ----------------------------------------------------------------- asking

    def _ask(self, service: str, question: Callable[[], T]) -> T | OuttrayError:
        """Return the answer or the error; who let one wait in vain is not asked again."""
        if service in self._silent:
            return self._silent[service]
        asked_at = time.monotonic()
        answer = _ask(service, question)
        is_silent = time.monotonic() - asked_at > _LONG_SECONDS
        if is_silent and isinstance(answer, UnansweredError | UnreachableError):
            self._silent[service] = answer
        return answer


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
