"""What SES said, what only stood in its way, and what nobody knows: over real HTTP and TLS."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.aws.clients import Clients
from core.aws.mailer import SesAccount, SesMailer
from core.aws.suppression_list import SesSuppressionList
from core.model.errors import (
    BetweenError,
    CredentialsError,
    FalseAnswerError,
    NotPermittedError,
    QuotaUsedUpError,
    RefusedError,
    SendingStoppedError,
    ServiceError,
    ThrottledError,
    UnansweredError,
    UnreachableError,
)
from core.rules.sending import ses_errors
from core.rules.sending.ses_errors import SEND_EMAIL, ErrorAnswer, Reading, is_message_id, read
from tests.core.aws.test_mailer import outgoing
from tests.core.aws_stubs import answering

OF_SES = {"x-amzn-RequestId": "4f1b"}
PAGE = b"<html><title>Log in</title></html>"


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials of nobody, and no other way out than the one that the test gives."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def told(monkeypatch: pytest.MonkeyPatch, url: str) -> ServiceError:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", url)
    with pytest.raises(ServiceError) as error:
        SesMailer(Clients()).send(outgoing())
    return error.value


def said(kind: str, message: str = "the words", **more: str) -> tuple[bytes, dict[str, str]]:
    return json.dumps({"message": message}).encode(), {"x-amzn-ErrorType": kind, **more}


#: status, body and headers → what it means, and whether SES has said so.
TABLE: list[tuple[int, tuple[bytes, dict[str, str]], type[ServiceError], bool]] = [
    (302, (PAGE, {"Location": "http://login.example/"}), BetweenError, False),
    (307, (b"", {"Location": "http://login.example/"}), BetweenError, False),
    (407, (PAGE, {}), BetweenError, False),
    (407, (PAGE, OF_SES), BetweenError, False),
    (511, (PAGE, {}), BetweenError, False),
    (403, (PAGE, {}), BetweenError, False),
    (403, (b"[]", {}), BetweenError, False),
    (400, (b'{"code": "Nope"}', {}), BetweenError, False),
    (429, (b"slow down", {}), BetweenError, False),
    (408, (b"", {}), BetweenError, False),
    (418, (b"teapot", {}), BetweenError, False),
    (500, (b"", {}), UnansweredError, False),
    (500, (b"", OF_SES), UnansweredError, True),
    (502, (PAGE, {}), UnansweredError, False),
    (503, (PAGE, {}), UnansweredError, False),
    (503, said("ServiceUnavailable", **OF_SES), UnansweredError, True),
    (504, (b"[1]", {}), UnansweredError, False),
    (408, said("RequestTimeout", **OF_SES), UnansweredError, True),
    (200, (PAGE, {}), FalseAnswerError, False),
    (200, (b"", {}), FalseAnswerError, False),
    (204, (b"", {}), FalseAnswerError, False),
    (200, (b"{bad", {}), FalseAnswerError, False),
    (200, (b"null", {}), FalseAnswerError, False),
    (200, (b"[1]", {}), FalseAnswerError, False),
    (200, (b'"yes"', {}), FalseAnswerError, False),
    (200, (b"\xff\xfe", {}), FalseAnswerError, False),
    (200, (b"{}", {}), FalseAnswerError, False),
    (200, (b'{"MessageId": null}', {}), FalseAnswerError, False),
    (200, (b'{"MessageId": ["a"]}', {}), FalseAnswerError, False),
    (200, (b'{"MessageId": {"a": 1}}', {}), FalseAnswerError, False),
    (200, (b'{"MessageId": 5}', {}), FalseAnswerError, False),
    (200, (b'{"MessageId": " "}', {}), FalseAnswerError, False),
    (429, said("TooManyRequestsException"), ThrottledError, True),
    (400, said("LimitExceededException"), QuotaUsedUpError, True),
    (400, said("MessageRejected"), RefusedError, True),
    (400, said("MessageRejected:http://internal/"), RefusedError, True),
    (400, said("MessageRejected", "Sending paused for this account."), SendingStoppedError, True),
    (400, said("SomethingNew", **OF_SES), RefusedError, True),
    (400, said("SendingPausedException", **OF_SES), SendingStoppedError, True),
    (400, said("AccountSuspendedException", **OF_SES), SendingStoppedError, True),
    (403, said("AccessDeniedException", **OF_SES), NotPermittedError, True),
    (403, said("ExpiredTokenException", **OF_SES), CredentialsError, True),
    (403, said("SignatureDoesNotMatch", **OF_SES), CredentialsError, True),
    (403, said("RequestExpired", **OF_SES), CredentialsError, True),
]


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize(
    ("status", "answer", "expected", "is_of_ses"),
    TABLE,
    ids=[f"{status}-{number}" for number, (status, *_) in enumerate(TABLE)],
)
def test_an_answer_is_of_ses_or_of_what_stands_in_between_and_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    answer: tuple[bytes, dict[str, str]],
    expected: type[ServiceError],
    is_of_ses: bool,
) -> None:
    with answering(status, *answer) as url:
        error = told(monkeypatch, url)
    assert type(error) is expected
    assert ("SES said" in str(error)) is is_of_ses
    assert "html" not in str(error)
    assert error.hint or expected is RefusedError


@pytest.mark.parametrize("kind", sorted(ses_errors.OF_SEND_EMAIL))
def test_the_error_types_of_ses_are_those_of_the_sdk(kind: str, clients: Clients) -> None:
    model = clients.mail().meta.service_model.operation_model(SEND_EMAIL)
    assert {shape.name for shape in model.error_shapes} == ses_errors.OF_SEND_EMAIL
    body = json.dumps({"__type": f"com.amazonaws#{kind}", "message": "x"})
    assert kind in body
    assert read(ErrorAnswer(400, kind, operation=SEND_EMAIL)) is not Reading.BETWEEN


@given(
    status=st.integers(300, 599),
    code=st.text(max_size=20) | st.sampled_from(sorted(ses_errors.OF_SEND_EMAIL)),
    words=st.text(max_size=30),
    own=st.booleans(),
)
def test_nothing_but_a_word_of_aws_is_ever_a_refusal(
    status: int, code: str, words: str, own: bool
) -> None:
    answer = ErrorAnswer(status, code, words, own, SEND_EMAIL)
    found = read(answer)
    if found is Reading.REFUSED:
        assert answer.is_of_aws
        assert 400 <= status < 500
    if status >= 500 and status != 511:
        assert found is Reading.UNKNOWN


@given(st.none() | st.integers() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))
def test_only_a_text_names_a_message(value: object) -> None:
    assert not is_message_id(value)
    assert is_message_id("0100-a")


# --------------------------------------------------------------------------- connections


@contextmanager
def raw(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with a connection what it likes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    serve(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def read_and_close(connection: socket.socket) -> None:
    connection.recv(65536)


def not_tls(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize(
    ("scheme", "serve", "expected"),
    [
        ("http", read_and_close, UnansweredError),
        ("https", not_tls, UnreachableError),
        ("https", read_and_close, UnreachableError),  # in the handshake: nothing was sent
        ("https", reset, UnreachableError),
    ],
)
def test_a_connection_that_breaks_is_certain_only_before_the_request_has_left(
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    serve: Callable[[socket.socket], None],
    expected: type[ServiceError],
) -> None:
    with raw(serve) as host:
        assert type(told(monkeypatch, f"{scheme}://{host}")) is expected


@pytest.mark.usefixtures("away")
def test_a_tls_error_after_the_request_has_left_is_known_to_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As raised where the answer is read: nothing tells it from one in the handshake but that."""
    import botocore.httpsession
    from botocore.awsrequest import AWSHTTPConnection

    def broken(*_: Any, **__: Any) -> None:
        raise ssl.SSLError(1, "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC]")

    assert botocore.httpsession
    monkeypatch.setattr(AWSHTTPConnection, "getresponse", broken)
    with raw(read_and_close) as host:
        assert type(told(monkeypatch, f"http://{host}")) is UnansweredError


@pytest.mark.usefixtures("away")
def test_a_name_that_nobody_knows_and_a_proxy_that_refuses_are_certain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert type(told(monkeypatch, "https://ses.invalid")) is UnreachableError

    def refuse(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    with raw(refuse) as host:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{host}")
        assert type(told(monkeypatch, "https://ses.invalid")) is UnreachableError


# --------------------------------------------------------------------------- not only the sending


@pytest.mark.usefixtures("away")
def test_a_log_in_page_is_neither_an_empty_list_nor_an_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(200, PAGE, {}) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", url)
        clients = Clients()
        with pytest.raises(UnansweredError):
            SesSuppressionList(clients).page()
        with pytest.raises(UnansweredError):
            SesSuppressionList(clients).get("a@x.example")
        with pytest.raises(UnansweredError):
            SesAccount(clients).quota()
