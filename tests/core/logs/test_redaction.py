"""No address and no secret passes, however it is written; what finds the fault stays."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.logs.redaction import LONGEST, redacted

_ATEXT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"
_LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzäöüßéñпривет日本")
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def words(letters: st.SearchStrategy[str], least: int = 3) -> st.SearchStrategy[str]:
    return st.lists(letters, min_size=least, max_size=12).map("".join)


locals_ = st.lists(words(st.sampled_from(_ATEXT) | _LETTERS), min_size=1, max_size=3).map(".".join)
domains = st.lists(words(_LETTERS), min_size=2, max_size=3).map(".".join)
quoted_locals = words(st.sampled_from("abc XYZ,;:<>()[]@.äö"), 4)

#: How programs write an address down.
WRITTEN: dict[str, Callable[[str, str], str]] = {
    "as it is": lambda local, domain: f"{local}@{domain}",
    "percent-encoded": lambda local, domain: quote(f"{local}@{domain}", safe=""),
    "encoded twice": lambda local, domain: quote(quote(f"{local}@{domain}", safe=""), safe=""),
    "punycode": lambda local, domain: f"{local}@{domain.encode('idna').decode()}",
    "full width": lambda local, domain: f"{local}＠{domain}",
    "ascii()": lambda local, domain: ascii(f"{local}@{domain}"),
    "in bytes": lambda local, domain: repr(f"{local}@{domain}".encode()),
    "as HTML": lambda local, domain: f"{local}&#64;{domain}",
    "bounce address": lambda local, domain: f"bounces+{local}={domain}@list.example",
    "with blanks": lambda local, domain: f"{local} @ {domain}",
}
SURROUNDED = [
    "{}",
    "to={}",
    "KeyError: '{}'",
    "('x', '{}', 3)",
    '{{"to": "{}"}}',
    "<{}>",
    "Ada Lovelace <{}>, others",
    "mailto:{}?subject=x",
    "https://email.eu-west-1.amazonaws.com/v2/email/suppression/addresses/{}",
    "Key (address)=({}) already exists.",
    "550 5.1.1 <{}>: Recipient address rejected",
    "first {} second {}",
]


@pytest.mark.parametrize("how", WRITTEN)
@given(local=locals_, domain=domains, around=st.sampled_from(SURROUNDED))
def test_no_address_is_left(how: str, local: str, domain: str, around: str) -> None:
    try:
        written = WRITTEN[how](local, domain)
    except UnicodeError:
        return  # no such name in the DNS
    text = redacted(around.replace("{{", "{").replace("}}", "}").replace("{}", written))
    for part in (written, written.strip("'\"b"), f"{local}@", domain):
        assert part not in text, text


@example(local="@aaa", domain="aab.aaa", around='{{"to": "{}"}}')
@given(local=quoted_locals, domain=domains, around=st.sampled_from(SURROUNDED))
def test_no_address_with_a_quoted_name_is_left(local: str, domain: str, around: str) -> None:
    for quote_sign in ('"', '\\"'):
        text = redacted(around.replace("{}", f"{quote_sign}{local}{quote_sign}@{domain}"))
        assert local not in text
        assert domain not in text


def test_the_name_before_an_address_goes_with_it() -> None:
    assert redacted('To: "Ada Lovelace" <ada@example.org>, x') == "To: ‹address›, x"


secrets = st.text(_BASE64, min_size=36, max_size=36).map(lambda text: f"aB3{text}x")


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "aws_secret_access_key = {}",
        "AWS_SESSION_TOKEN={}",
        "'SecretAccessKey': '{}'",
        '"password": "{}"',
        "Authorization: Bearer {}",
        "{{'Authorization': b'AWS4-HMAC-SHA256 Credential={}, Signature={}'}}",
        "Cookie: session={}; other={}",
        "http://127.0.0.1:8437/?token={}",
        "https://q.example/?X-Amz-Credential={}&X-Amz-Signature={}",
        "postgresql://anna:{}@db.example:5432/outtray",
        "postgresql+psycopg://anna:p@{}@db.example/outtray",
        "postgresql://db.example/outtray?user=anna&password={}",
        "host=db user=anna password='{}'",
        "https://anna:{}@example.org/x",
    ],
)
@given(secret=secrets)
def test_no_secret_is_left(around: str, secret: str) -> None:
    assert secret not in redacted(around.replace("{}", secret))


@given(key=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=16, max_size=16))
@pytest.mark.parametrize("prefix", ["AKIA", "ASIA"])
def test_no_key_of_aws_is_left(prefix: str, key: str) -> None:
    assert key not in redacted(f"The key {prefix}{key} is not known, '{prefix}{key}'")


@given(token=st.text(_BASE64, min_size=120, max_size=400).map(lambda text: f"Iq0{text}"))
def test_no_session_token_is_left(token: str) -> None:
    assert token not in redacted(f"The token {token} is expired")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("[parameters: {'name': 'Nordwind GmbH'}]", "Nordwind"),
        ("DETAIL:  Failing row contains (1, Nordwind GmbH).", "Nordwind"),
        ("CONTEXT:  unnamed portal parameter $1 = 'Nordwind GmbH'", "Nordwind"),
        ('invalid input syntax for type integer: "Nordwind GmbH"', "Nordwind"),
        ("Invalid type for parameter X, value: Nordwind GmbH, type: <class 'str'>", "Nordwind"),
    ],
)
def test_values_that_libraries_repeat_are_hidden(text: str, hidden: str) -> None:
    assert hidden not in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "core.model.errors.CredentialsError: AWS does not know this key.",
        'File "/Users/Anna2/projects/outtray/lib/python3/site-packages/sqlalchemy/x.py", line 3',
        "delivery 4711 of document 42 (INV-0042), message 0100018f2b3c4d5e-0a1b2c3d-1111-000000",
        "sqlite3.OperationalError: no such table: deliveries",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/outtray-events",
        "[SQL: SELECT id FROM deliveries WHERE id = ?]",
        "return int(getattr(import_module(f'tui.cli.commands.{module}'), action)(options))",
        "fe7ea0c5f0b6bd3b4d63b2f6bd5aa12c6a54c2a0e6a2c2f1a1b2c3d4e5f60718",
    ],
)
def test_what_finds_the_fault_stays(text: str) -> None:
    assert redacted(text) == text


@given(st.text(max_size=300))
def test_it_never_fails_and_never_begins_anew(text: str) -> None:
    once = redacted(text)
    assert "@example.org" not in redacted(f"{once} a@example.org")


@pytest.mark.parametrize(
    "piece", ["a", "a@", '"\\', "://a:", "token=", "%40", "A1a/", "value: ", "'", " \t", "=40a."]
)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    began = time.process_time()
    redacted(piece * (LONGEST // len(piece)))
    assert time.process_time() - began < 2


def test_of_a_long_text_beginning_and_end_are_kept() -> None:
    text = redacted("begin " + "ada@example.org " * 10_000 + "end")
    assert text.startswith("begin ")
    assert text.endswith(" end")
    assert "characters left out" in text
    assert "ada" not in text
    assert "example" not in text
