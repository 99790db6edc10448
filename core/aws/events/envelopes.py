"""Unwraps what SNS, EventBridge, Lambda, Firehose and arrays put around a message of SES.

Pure. An envelope is recognised by its own keys, message by message, because one queue can hold
several styles when a setting was changed (raw message delivery, an EventBridge input path).
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

#: More wrappings than any chain of services makes; ends bodies built to wrap themselves for ever.
_MAX_WRAPPINGS: Final = 12

_CONFIRMATIONS: Final = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
#: What a record of Firehose has beside its data.
_FIREHOSE_KEYS: Final = frozenset({"recordId", "approximateArrivalTimestamp"})
_SNS_KEYS: Final = frozenset({"Type", "TopicArn", "MessageId"})
#: What may hold several messages.
_PLURAL: Final = frozenset({"Records", "Messages", "records"})
#: A lone surrogate has no UTF-8, and PostgreSQL's text cannot hold NUL; databases refuse both.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
#: Raw line breaks inside a string are not JSON, yet seen wherever mails carried the events.
_DECODER: Final = json.JSONDecoder(strict=False)
_BLANK: Final = " \t\r\n\ufeff"


@dataclass(frozen=True, slots=True)
class Message:
    """The innermost thing found in a body."""

    envelope: tuple[str, ...]
    """The wrappings, outermost first."""
    content: object
    """The parsed JSON, or the text itself where it is not JSON."""
    raw: str
    """The text to keep: the whole body, or the part of it that can be read again by itself."""
    fault: str = ""
    """Why the content could not be opened any further, if that is so."""


def storable(text: str) -> str:
    """Return ``text`` with what no database can hold replaced by U+FFFD."""
    if text.isascii() and "\x00" not in text:
        return text  # nearly always, and much faster to find out
    return _UNSTORABLE.sub("\ufffd", text)


def open_envelopes(body: str) -> Iterator[Message]:
    """Yield every message in ``body``, at least one; never raises, whatever the body is."""
    yield from _open_text(body, (), storable(body))


def _open_text(text: str, path: tuple[str, ...], raw: str) -> Iterator[Message]:
    stripped = text.strip(_BLANK)
    if not stripped:
        yield Message(path, "", raw, "there is nothing in it")
        return
    try:
        value = _decoded(stripped)
    except json.JSONDecodeError as error:
        yield Message(path, stripped, raw, f"not JSON: {error.msg} at character {error.pos + 1}")
    except ValueError:  # an integer of more digits than Python converts
        yield Message(path, stripped, raw, "not JSON that can be read: a number is too long")
    except RecursionError:
        yield Message(path, stripped, raw, "not JSON that can be read: nested too deeply")
    else:
        yield from _open(value, path, raw)


def _decoded(text: str) -> object:
    """Raises what ``json`` raises. orjson is three times as fast, and strict: it gives way then.

    It also reads integers beyond 64 bits as floats, so what will be written again, the parts of a
    body that holds several messages, is left to ``json``.
    """
    try:
        value: object = orjson.loads(text)
    except ValueError:
        return _DECODER.decode(text)
    holds_several = isinstance(value, list) or (isinstance(value, dict) and _PLURAL & value.keys())
    return _DECODER.decode(text) if holds_several else value


def _open(value: object, path: tuple[str, ...], raw: str) -> Iterator[Message]:
    if len(path) > _MAX_WRAPPINGS:
        yield Message(path, None, raw, "wrapped into too many envelopes")
    elif isinstance(value, str):
        yield from _open_text(value, (*path, "text"), raw)
    elif isinstance(value, list):
        yield from _open_array(value, path, raw)
    elif isinstance(value, dict):
        yield from _open_object(value, path, raw)
    else:
        yield Message(path, value, raw, "JSON, but not an object")


def _open_array(items: list[object], path: tuple[str, ...], raw: str) -> Iterator[Message]:
    if not any(isinstance(item, dict | str) for item in items):
        yield Message(path, items, raw, "a list without any message")
        return
    for item in items:
        part = raw if len(items) == 1 else _dump(item, raw)
        yield from _open(item, (*path, "array"), part)


def _open_object(value: dict[str, object], path: tuple[str, ...], raw: str) -> Iterator[Message]:
    kind = value.get("eventType")
    if isinstance(kind, str) or isinstance(value.get("notificationType"), str):
        # Identity notifications have one, event publishing the other; both are never seen.
        word = "event-publishing" if isinstance(kind, str) and kind else "feedback-notification"
        yield Message((*path, word), value, raw)
    else:
        yield from _open_envelope(value, path, raw)


def _open_envelope(value: dict[str, object], path: tuple[str, ...], raw: str) -> Iterator[Message]:
    match value:
        case {"Records": [_, *_] as records} | {"Messages": [_, *_] as records}:
            yield from _open_records(records, path, raw)
        case {"detail-type": _, "detail": (dict() | str()) as detail}:
            yield from _open_eventbridge(value, detail, path, raw)
        case {"Type": str(kind)} if kind in _CONFIRMATIONS:
            yield Message((*path, "sns-envelope"), value, raw)
        case {"Message": str(text)} if _SNS_KEYS & value.keys():
            yield from _open_text(text, (*path, "sns-envelope"), raw)
        case {"Message": dict() as message} if _SNS_KEYS & value.keys():
            yield from _open(message, (*path, "sns-envelope"), raw)
        case {"Message": (str() | dict()) as message, **rest} if not rest:
            yield from _open(message, (*path, "sns-message"), raw)
        case {"Sns": dict() as sns}:
            yield from _open(sns, (*path, "lambda-sns-records"), raw)
        case {"body": str(text)} | {"Body": str(text)}:
            yield from _open_text(text, (*path, "sqs-records"), raw)
        case _:
            yield from _open_carrier(value, path, raw)


def _open_carrier(value: dict[str, object], path: tuple[str, ...], raw: str) -> Iterator[Message]:
    """What other services put around a message on its way."""
    match value:
        case {"requestPayload": (dict() | list() | str()) as payload}:
            yield from _open(payload, (*path, "lambda-destination"), raw)
        case {"records": [dict(), *_] as records}:
            yield from _open_data(records, path, raw)
        case {"data": str(data)} if _FIREHOSE_KEYS & value.keys():
            yield from _open_base64(data, (*path, "firehose"), raw)
        case {"kinesis": {"data": str(data)}}:
            yield from _open_base64(data, (*path, "kinesis"), raw)
        case _:
            yield Message(path, value, raw)


def _open_records(records: Sequence[object], path: tuple[str, ...], raw: str) -> Iterator[Message]:
    for record in records:
        part = raw if len(records) == 1 else _dump({"Records": [record]}, raw)
        yield from _open(record, path, part)


def _open_data(records: Sequence[object], path: tuple[str, ...], raw: str) -> Iterator[Message]:
    """What Firehose hands to a function or to an HTTP endpoint: texts in base64."""
    for record in records:
        part = raw if len(records) == 1 else _dump({"records": [record]}, raw)
        data = record.get("data") if isinstance(record, dict) else None
        if isinstance(data, str):
            yield from _open_base64(data, (*path, "firehose"), part)
        else:
            yield Message((*path, "firehose"), record, part, "a record without data")


def _open_base64(data: str, path: tuple[str, ...], raw: str) -> Iterator[Message]:
    try:
        text = b64decode(data, validate=True).decode("utf-8-sig")
    except ValueError:  # no base64, or no text in it
        yield Message(path, data, raw, "its data is not text in base64")
        return
    lines = [line for line in text.splitlines() if line.strip()]
    several = len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines)
    for each in lines if several else [text]:  # a producer may have joined them, a line each
        yield from _open_text(each, path, raw)


def _open_eventbridge(
    value: Mapping[str, object], detail: object, path: tuple[str, ...], raw: str
) -> Iterator[Message]:
    """``detail`` holds the event; what has none is judged by the envelope itself."""
    inner = (*path, "eventbridge")
    found = tuple(_open(detail, inner, raw))
    if any(isinstance(m.content, dict) and m.envelope != inner for m in found):
        yield from found
    else:
        yield Message(inner, value, raw)


def _dump(part: object, whole: str) -> str:
    """A part that cannot be written by itself keeps the whole: repeating facts changes nothing."""
    try:
        return storable(json.dumps(part, ensure_ascii=False))
    except (RecursionError, ValueError):
        return whole
