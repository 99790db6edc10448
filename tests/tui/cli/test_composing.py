"""From a script: previews, tests to oneself, the current document, the office's templates."""

from __future__ import annotations

import base64
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

from tests.tui.cli.office import Aws, Office

_SIMULATED = "simulator.amazonses.com"
_FIRM = "invoice.follow_up.2.firm.en.md"


def sent(aws: Aws, position: int = -1) -> EmailMessage:
    raw = base64.b64decode(aws.simulator.sent()[position]["raw_base64"])
    message = message_from_bytes(raw, policy=modern)
    assert isinstance(message, EmailMessage)
    return message


def templates(office: Office, **files: str) -> dict[str, str]:
    folder = office.folder / "templates"
    folder.mkdir()
    for name, text in files.items():
        office.write(f"templates/{name.replace('__', '.')}", text)
    return {"OUTTRAY_TEMPLATES": str(folder)}


def test_a_preview_shows_what_would_leave_and_sends_nothing(connected: Office, aws: Aws) -> None:
    arguments = ("follow-up", "INV-1", "--bcc", "boss@acme.example", "--message", "Hi **Ann**")
    (seen,) = connected.json(*arguments, "--preview")
    headers = {each["name"]: each["value"] for each in seen["headers"]}
    assert headers["Subject"] == "Following up on invoice INV-1"
    assert "Bcc" not in headers
    assert (seen["text"], seen["html_text"]) == ("Hi **Ann**\n", "Hi Ann")
    assert [each["role"] for each in seen["recipients"]] == ["to", "bcc"]
    text = connected.ok(*arguments, "--preview").out
    assert "2 emails will leave, one each" in text
    assert "Subject: Following up on invoice INV-1" in text
    assert aws.sent_to() == []
    assert connected.words()["INV-1"] == "NEVER_SENT"


def test_answers_go_where_the_setting_the_template_or_the_command_says(
    connected: Office, aws: Aws
) -> None:
    def reply_to(*more: str, **environment: str) -> str | None:
        (seen,) = connected.json("follow-up", "INV-1", "--preview", *more, **environment)
        return {each["name"]: each["value"] for each in seen["headers"]}.get("Reply-To")

    assert reply_to() is None
    settings = {"OUTTRAY_REPLY_TO": "Acme, Inc. <desk@acme.example>"}
    assert reply_to(**settings) == '"Acme, Inc." <desk@acme.example>'
    text = "subject: Hello\nreply_to: sales@acme.example\n---\nHi"
    settings |= templates(connected, invoice__follow_up__1__friendly__en__md=text)
    assert reply_to(**settings) == "sales@acme.example"
    assert reply_to("--reply-to", "me@acme.example", **settings) == "me@acme.example"
    refused = connected.run("follow-up", "INV-1", "--reply-to", "nobody", "--yes")
    assert refused.code == 1
    assert "Reply-To address is not an email address" in refused.err + refused.out
    assert aws.sent_to() == []


def test_a_test_to_oneself_leaves_and_the_document_knows_nothing_of_it(
    connected: Office, aws: Aws
) -> None:
    me = f"success+me@{_SIMULATED}"
    (answer,) = connected.json("follow-up", "INV-1", "--test-to", me)
    assert (answer["test_to"], answer["error"]) == (me, None)
    assert answer["ses_message_id"]
    assert aws.sent_to() == [me]
    assert sent(aws)["Subject"] == "[test] Following up on invoice INV-1"
    connected.ok("events", "pull")
    assert connected.json("log", "INV-1")["emails"] == []
    assert connected.json("events", "unlinked") == []
    assert connected.words()["INV-1"] == "NEVER_SENT"


def test_a_test_to_a_suppressed_address_is_refused(connected: Office, aws: Aws) -> None:
    aws.suppress(f"success@{_SIMULATED}", "BOUNCE")
    answer = connected.run("follow-up", "INV-1", "--test-to", f"success@{_SIMULATED}", "--json")
    assert answer.code == 1
    assert "Suppressed" in answer.json[0]["error"]
    assert aws.sent_to() == []


def test_resend_sends_what_was_sent_and_with_current_what_is_now(
    connected: Office, aws: Aws
) -> None:
    pdf = connected.write("INV-9.pdf", b"%PDF old")
    head = "kind,number,customer,status,currency,total,balance_due,issued_on,due_on,pdf\n"
    line = "invoice,INV-9,Ninth,OPEN,USD,{},10.00,2026-11-01,2026-12-01,INV-9.pdf\n"
    to = ("--to", f"success+9@{_SIMULATED}")
    connected.ok("import", connected.write("nine.csv", head + line.format("100.00")))
    connected.json("send", "INV-9", *to)
    pdf.write_bytes(b"%PDF new")
    connected.ok("import", connected.write("nine.csv", head + line.format("120.00")))
    connected.json("resend", "INV-9", "--yes")
    connected.json("resend", "INV-9", "--current", "--yes")
    contents = [part.get_content() for n in range(3) for part in sent(aws, n).iter_attachments()]
    assert contents == [b"%PDF old", b"%PDF old", b"%PDF new"]
    body = sent(aws, 2).get_body(("plain",))
    assert body is not None
    assert "120.00 USD" in body.get_content()
    pdf.unlink()
    answer = connected.run("resend", "INV-9", "--current", "--json")
    assert answer.code == 3
    assert "pdf_missing" in {reason["code"] for reason in answer.json[0]["reasons"]}


def test_templates_are_listed_checked_and_shown(stocked: Office) -> None:
    env = templates(
        stocked,
        invoice__follow_up__1__friendly__en__md="subject: One {{ number }}\n---\nHi",
        invoice__follow_up__2__firm__en__md="subject: Two\n---\nHi\n{{ custmer }}",
    )
    good, bad = stocked.json("templates", "list", **env)
    assert (good["step"], good["name"], good["language"], good["problem"]) == (
        1, "friendly", "en", None,
    )  # fmt: skip
    assert (bad["file"], bad["line"]) == (_FIRM, 4)
    checked = stocked.run("templates", "check", **env)
    assert checked.code == 1
    assert "line 4: there is no variable custmer" in checked.out
    first, second = stocked.json("templates", "preview", "INV-1", **env)
    assert (first["subject"], first["fits"], first["file"]) == (
        "One INV-1", True, "invoice.follow_up.1.friendly.en.md",
    )  # fmt: skip
    assert second["problem"].startswith(f"{_FIRM}, line 4:")
    assert second["message"]
    (only,) = stocked.json("templates", "preview", "INV-1", "--step", "2", **env)
    assert only["name"] == "firm"
    missing = stocked.run("templates", "preview", "INV-1", "--step", "7", **env)
    assert missing.code == 1
    assert "There is no step 7" in missing.err


def test_a_follow_up_takes_the_step_asked_for(connected: Office, aws: Aws) -> None:
    env = templates(
        connected,
        invoice__follow_up__1__friendly__de__md="subject: Eins\n---\nHallo",
        invoice__follow_up__2__firm__de__md="subject: Zwei\n---\nHallo {{ number }}",
    )
    connected.json("follow-up", "INV-1", "--step", "2", "--language", "de", "--yes", **env)
    assert sent(aws)["Subject"] == "Zwei"
    assert connected.run("follow-up", "INV-1", "--step", "x").code == 2


def test_a_language_that_is_none_is_a_wrong_setting(stocked: Office) -> None:
    answer = stocked.run("templates", "list", OUTTRAY_LANGUAGE="Deutsch")
    assert answer.code == 2
    assert "OUTTRAY_LANGUAGE is 'Deutsch'" in answer.err
