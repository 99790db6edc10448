"""The bytes that leave: what was meant is in them, and nothing that foreign text wanted to add."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, compat32
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mail.html import to_html
from core.mail.mime import (
    answers,
    attachments_of,
    compose,
    default_body,
    default_subject,
    one_line,
    reply_to_of,
    sender_address,
    size_of,
    thread_id,
    thread_of,
    wire_id,
)
from core.model.delivery import DocumentSummary
from core.model.documents import DocumentRow
from core.model.email import AttachedFile, Draft
from core.model.enums import DocumentKind, EmailKind

_ = to_html("")  # the first call imports the parser; that is no matter of any one example

AT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
SENDER = "Outtray Office <billing@outtray.example>"
SES_ID = "0102018f3b2c4d5e-12345678-1234-1234-1234-123456789abc-000000"
HOSTILE = [
    "Invoice\r\nBcc: thief@evil.example",
    "Invoice\nBcc: thief@evil.example\n\nbody",
    "Invoice\r\n\r\n<html>",
    "=?utf-8?q?Invoice=0D=0ABcc:_thief@evil.example?=",
    "a =?utf-8?b?DQpCY2M6IHRoaWVmQGV2aWwuZXhhbXBsZQ==?= b",
    "Invoice\u2028Bcc: thief@evil.example",
    "Invoice\x85Bcc: thief@evil.example",
    "Invoice\x0bBcc: thief@evil.example",
    "\ud800\x00",
]


def draft(**changes: Any) -> Draft:
    values: dict[str, Any] = {
        "document_id": 1,
        "kind": EmailKind.ORIGINAL,
        "to": ("ann@customer.example",),
        "subject": "Invoice INV-0042",
        "body": "Hi",
        **changes,
    }
    return Draft(**values)


MESSAGE_ID = "<1234@outtray.example>"


NAMES = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}


PDF = AttachedFile("INV-0042.pdf", "application/pdf", b"%PDF-1.4 \x00\xff\r\n")


def made(**changes: Any) -> bytes:
    return compose(draft(**changes), SENDER, MESSAGE_ID, AT)


def header_lines(mime: bytes) -> list[tuple[str, str]]:
    """The headers as any program finds them: by line, before anything is decoded."""
    message = message_from_bytes(mime, policy=compat32)
    return [(name, str(value)) for name, value in message.items()]


def text(mime: bytes, name: str) -> str:
    (value,) = [value for each, value in header_lines(mime) if each == name]
    return str(make_header(decode_header(value)))


def document(**changes: Any) -> DocumentRow:
    values: dict[str, Any] = {
        "id": 1,
        "customer_id": 1,
        "customer": "Krajcik & Sons",
        "kind": DocumentKind.INVOICE,
        "number": "INV-0042",
        "status": "OPEN",
        "currency": "USD",
        "total": Decimal("1350.00"),
        "balance_due": Decimal("849.10"),
        "issued_on": date(2026, 11, 1),
        "due_on": date(2026, 12, 1),
        "pdf": "",
        "summary": DocumentSummary(),
        **changes,
    }
    return DocumentRow(**values)


# --------------------------------------------------------------------------- foreign text


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_a_subject_never_adds_a_header(hostile: str) -> None:
    mime = made(subject=hostile)
    assert {name for name, _ in header_lines(mime)} == NAMES
    assert text(mime, "To") == "ann@customer.example"
    assert text(mime, "Subject") == one_line(hostile)


@given(
    st.text() | st.sampled_from(HOSTILE),
    st.text(),
    st.text() | st.sampled_from(HOSTILE),
    st.lists(st.text() | st.sampled_from(HOSTILE), max_size=2),
)
def test_no_text_adds_a_header_or_a_recipient(
    subject: str, body: str, name: str, literals: list[str]
) -> None:
    file = replace(PDF, name=name)
    mime = compose(
        draft(
            subject=subject,
            body=body.join(literals) or body,
            attachments=(file,),
            cc=("bob@customer.example",),
            bcc=("boss@outtray.example",),
        ),
        SENDER,
        MESSAGE_ID,
        AT,
        literals,
    )
    assert b"boss@outtray.example" not in mime
    names = [name for name, _ in header_lines(mime)]
    assert sorted(names) == sorted(NAMES | {"Cc"})
    assert text(mime, "Subject") == one_line(subject)
    parsed = message_from_bytes(mime, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    for part in parsed.walk():
        assert not part.defects
        assert set(part.keys()) <= NAMES | {
            "Cc",
            "Content-Transfer-Encoding",
            "Content-Disposition",
        }
    (kept,) = attachments_of(mime)
    assert kept.content == file.content
    assert kept.name == (one_line(name) or "attachment")
    assert mime.isascii()
    assert max(map(len, mime.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "sender",
    [
        "Bücher & Söhne GmbH <billing@outtray.example>",
        '"Acme, Inc." <billing@outtray.example>',
        "Acme, Inc. <billing@outtray.example>",
        "Smith & Sons; sales@acme <billing@outtray.example>",
        'The "Best" (and only) Office <billing@outtray.example>',
        "=?utf-8?q?A=0D=0ABcc=3A_thief?= <billing@outtray.example>",
        "A\r\nReply-To <billing@outtray.example>",
        "billing@outtray.example",
        "A very long name of an office " * 8 + "<billing@outtray.example>",
    ],
)
def test_the_sender_is_one_mailbox_whatever_its_name(sender: str) -> None:
    assert sender_address(sender) == "billing@outtray.example"
    mime = compose(draft(), sender, MESSAGE_ID, AT)
    assert [name for name, _ in header_lines(mime)].count("Bcc") == 0
    parsed = message_from_bytes(mime, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    assert [each.addr_spec for each in parsed["From"].addresses] == ["billing@outtray.example"]


@pytest.mark.parametrize(
    "address",
    [
        "ann@customer.example, thief@evil.example",
        "ann@customer.example\r\nBcc: thief@evil.example",
        "Ann <ann@customer.example>",
        "=?utf-8?q?a=0D=0ABcc=3A?=@customer.example",
        "ann",
        "",
        "ann@zürich.example",
    ],
)
def test_what_is_no_bare_address_never_gets_into_a_header(address: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        made(to=(address,))


def test_bcc_is_in_no_header_and_cc_is_seen_by_all() -> None:
    mime = made(cc=("bob@customer.example",), bcc=("boss@outtray.example",))
    assert b"boss" not in mime
    assert text(mime, "Cc") == "bob@customer.example"


# --------------------------------------------------------------------------- content


def test_a_thread_is_named_by_ids_that_are_written_out_and_ends_with_what_is_answered() -> None:
    parent, ids = answers([(SES_ID, "eu-west-1"), (SES_ID.replace("0102", "0103"), "us-east-1")])
    mime = made(kind=EmailKind.FOLLOW_UP, in_reply_to=parent, references=ids)
    assert parent == wire_id(SES_ID, "eu-west-1") == ids[-1]
    assert f"In-Reply-To: {parent}\r\n".encode() in mime
    assert f"References: {ids[0]}\r\n {ids[1]}\r\n".encode() in mime
    assert thread_of(mime) == (parent, ids)


def test_an_email_that_answers_nothing_may_still_name_its_thread() -> None:
    mime = made(references=(thread_id(MESSAGE_ID),))
    assert "In-Reply-To" not in dict(header_lines(mime))
    assert thread_of(mime) == ("", ("<thread.1234@outtray.example>",))


@pytest.mark.parametrize("name", ["", "Acme, Inc. ", "Bücher & Söhne ", "x" * 90 + " "])
def test_answers_go_where_the_draft_says(name: str) -> None:
    mime = made(reply_to=f"{name}<desk@acme.example>" if name else "desk@acme.example")
    parsed = message_from_bytes(mime, policy=SMTP)
    assert [each.addr_spec for each in parsed["Reply-To"].addresses] == ["desk@acme.example"]
    assert name.strip() in text(mime, "Reply-To")
    assert sender_address(reply_to_of(mime)) == "desk@acme.example"


@given(
    subject=st.text() | st.text("äöü€ a", min_size=60, max_size=200),
    name=st.text() | st.text("äöü€ a", min_size=60, max_size=200),
)
def test_an_encoded_word_is_no_longer_than_a_reader_has_to_take(subject: str, name: str) -> None:
    plain_name = one_line(name).replace("<", "").replace(">", "")
    sender = f"{plain_name} <a@b.example>"
    mime = compose(draft(subject=subject), sender, MESSAGE_ID, AT)
    head = mime.partition(b"\r\n\r\n")[0]
    for word in re.findall(rb"=\?[^?]*\?[bqBQ]\?[^?]*\?=", head):
        assert len(word) <= 75  # RFC 2047, 2
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if b"=?" in line)


def test_a_long_thread_keeps_where_it_began_and_how_it_went_on() -> None:
    ids = tuple(f"<{i}@email.amazonses.com>" for i in range(40))
    mime = made(in_reply_to=ids[0], references=ids)
    assert text(mime, "References").split() == [ids[0], *ids[-9:]]


def test_the_id_on_the_wire_is_that_of_the_region() -> None:
    assert wire_id("x", "us-east-1") == "<x@email.amazonses.com>"
    assert wire_id("x", "eu-west-1") == "<x@eu-west-1.amazonses.com>"
    parent, ids = answers([("x", ""), ("x", "us-east-1"), ("y", "eu-west-1")])
    assert parent == "<x@email.amazonses.com>"
    assert ids == ("<y@eu-west-1.amazonses.com>", "<x@email.amazonses.com>")
    assert answers([]) == ("", ())


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("INV-0042.pdf", "application/pdf"),
        ("Größe ✓.csv", "text/csv"),
        ('quoted "name"; x=y.txt', "text/plain"),
        ("a" * 300 + ".bin", "application/octet-stream"),
        ("reply.eml", "message/rfc822"),
        ("parts", "multipart/mixed"),
        ("odd", "text/plain\r\nX-Evil: 1"),
        ("odder", "nonsense"),
    ],
    ids=range(8),
)
def test_an_attachment_comes_back_byte_by_byte(name: str, content_type: str) -> None:
    content = b"Subject: inner\r\n\r\n\x00\xff\n--=_x\r\n" + bytes(range(256))
    mime = made(attachments=(AttachedFile(name, content_type, content), PDF))
    kept, other = attachments_of(mime)
    assert hashlib.sha256(kept.content).digest() == hashlib.sha256(content).digest()
    assert (kept.name, other) == (name, PDF)
    assert b"X-Evil" not in mime


def test_the_same_message_has_the_same_bytes() -> None:
    assert made(attachments=(PDF,)) == made(attachments=(PDF,))
    other = compose(draft(), SENDER, "<other@outtray.example>", AT)
    assert other != made()


def test_the_text_is_readable_as_plain_text_and_as_html() -> None:
    mime = made(body="Grüße <b>\r\n\r\nzwei & drei\x1b[2J")
    parsed = message_from_bytes(mime, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    plain, rich = parsed.get_body(["plain"]), parsed.get_body(["html"])
    assert plain is not None
    assert rich is not None
    assert plain.get_content().replace("\r\n", "\n") == "Grüße <b>\n\nzwei & drei [2J\n"
    assert "<p>Grüße &lt;b&gt;</p>" in rich.get_content()
    assert "zwei &amp; drei" in rich.get_content()


def test_the_time_of_the_message_is_ours() -> None:
    assert text(made(), "Date") == "Fri, 20 Nov 2026 14:00:00 +0000"
    assert text(made(), "Message-ID") == MESSAGE_ID


# --------------------------------------------------------------------------- words


def test_a_follow_up_says_what_was_agreed() -> None:
    assert default_subject(EmailKind.FOLLOW_UP, document()) == "Following up on invoice INV-0042"
    unpaid = document(balance_due=Decimal("1350.00"))
    assert default_body(EmailKind.FOLLOW_UP, unpaid) == (
        "Hi, I wanted to follow up on invoice INV-0042. Let us know if you have any questions."
    )


def test_what_was_paid_in_part_is_asked_for_by_what_is_left_of_it() -> None:
    assert default_body(EmailKind.FOLLOW_UP, document()) == (
        "Hi, I wanted to follow up on invoice INV-0042. 849.10 USD is still due."
        " Let us know if you have any questions."
    )
    estimate = default_body(EmailKind.FOLLOW_UP, document(kind=DocumentKind.ESTIMATE))
    assert "due" not in estimate  # nobody owes an estimate


def test_an_original_names_the_money_and_whether_something_is_attached() -> None:
    estimate = document(kind=DocumentKind.ESTIMATE, number="EST-7\nx")
    assert default_subject(EmailKind.ORIGINAL, estimate) == "Estimate EST-7 x"
    attached = default_body(EmailKind.ORIGINAL, document(), attached=True)
    assert "attached" in attached
    assert "1,350.00 USD" in attached
    assert "attached" not in default_body(EmailKind.ORIGINAL, document())


@given(
    sizes=st.lists(st.integers(min_value=0, max_value=5_000), max_size=6),
    text=st.text(alphabet='a"&<=*\n\t é€', max_size=2_000)
    | st.lists(st.sampled_from(["http://é", " ", "\t", "\n"]), max_size=200).map("".join),
)
def test_the_size_is_foreseen_and_never_too_small(sizes: list[int], text: str) -> None:
    files = tuple(AttachedFile(f"ü{n}.bin", "a/b", b"x" * size) for n, size in enumerate(sizes))
    big = draft(attachments=files, body=text)
    assert len(compose(big, SENDER, MESSAGE_ID, AT)) <= size_of(big)
