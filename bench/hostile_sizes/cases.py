"""The inputs: patterns, diagnostics, settings files, templates, reports, filters, databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from bench.hostile_sizes.office import Case, bounce, event

_MEGABYTE: Final = 1_000_000
_SECRET: Final = "s3cr%5Bet"  # noqa: S105 - nobody's
#: With each of them ``re`` needs longer than anybody waits on the subject beside it.
PATTERNS: Final = (
    (r"(a+)+$", "a" * 380 + "!"),
    (r"(?:a|aa)+$", "a" * 380 + "!"),
    (r"(.*a){25}$", "a" * 380 + "!"),
    (r"INV-(?:\d|\d\d)+$", "INV-" + "1" * 380 + "!"),
)
#: What is repeated to a megabyte.
REPEATED: Final = (
    *("\n", " ", "\r\n", "\t", ".", "1", "a", "4.4.4.", "550-", "550 ", "(", ")", "<", "@", "a@"),
    *("[", "\\", '"', "=C3", "message expired <", "said: ", "in reply to ", "\u00c3 ", "a- "),
)
#: What is repeated twenty thousand times in a template.
MARKS: Final = (
    *("+", ">", "*", "[", "-", "_", "`", "<", "&", "{{", "{% if 1 %}", "(", "!", "\\", "#", "|"),
    *("+ ", "> ", "- ", "1. ", "*a ", "[a](", "![", "](", "**a*", "<a ", "&amp;", "`a``", "- \n"),
    *("http://a", "http://", "{{ not ", "{{ -", "{{ (", "{{ [", "  "),
)


def cases() -> Iterator[Case]:
    """Yield all of them, in the order of the areas."""
    yield from patterns()
    yield from diagnostics()
    yield from settings_files()
    yield from templates()
    yield from reports()
    yield from filters()
    yield from databases()


def patterns() -> Iterator[Case]:
    """A pattern for document numbers that backtracks for ever, or cannot be read."""
    for number, (pattern, subject) in enumerate(PATTERNS):
        yield Case(
            "pattern",
            f"{pattern} on {subject[:12]}…",
            ("events", "load", "{event}"),
            (0,),
            "mail.number_pattern" if number else "",  # the first one is only slow with regex
            {"event.json": event(subject, messageId=f"0102-slow-{number}")},
            {"OUTTRAY_NUMBER_PATTERN": pattern},
        )
    burst = "\n".join(event("a" * 390 + str(i), messageId=f"0102-{i}") for i in range(500))
    yield Case(
        "pattern",
        "(?:a|aa)+$ on 500 emails",
        ("events", "load", "{event}"),
        (0,),
        "mail.number_pattern",
        {"event.jsonl": burst},
        {"OUTTRAY_NUMBER_PATTERN": r"(?:a|aa)+$"},
        seconds=4.0,
    )
    for name, pattern in (
        ("(", "("),
        ("20,000 (", "(" * 20_000),
        ("1,000 (", "(" * 1_000),
        ("a{1,9…9}", "a{1,99999999999999999999}"),
        ("100,000 letters", "a" * 100_000),
        ("[[a]", "[[a]"),
    ):
        yield Case(
            "pattern",
            name,
            ("customers",),
            (2,) if name != "[[a]" else (0,),
            "OUTTRAY_NUMBER_PATTERN" if name != "[[a]" else "",
            environment={"OUTTRAY_NUMBER_PATTERN": pattern},
        )
    yield Case(
        "pattern",
        "(a+)+$ in the doctor",
        ("doctor",),
        (1,),
        "mail.number_pattern",
        environment={"OUTTRAY_NUMBER_PATTERN": "(?:a|aa)+$", "OUTTRAY_FROM": "a@acme.example"},
    )


def diagnostics() -> Iterator[Case]:
    """A megabyte of one thing as a server's answer."""
    for text in REPEATED:
        diagnostic = (text * _MEGABYTE)[:_MEGABYTE]
        yield Case(
            "diagnosis",
            f"1 MB of {text!r}",
            ("explain", "--stdin", "--json"),
            (0,),
            "cause",
            stdin=json.dumps({"diagnostic": diagnostic}),
        )
    yield Case(
        "diagnosis",
        "a bounce with 1 MB of newlines",
        ("events", "load", "{event}"),
        (0,),
        "1",
        {"event.json": bounce("\n" * _MEGABYTE)},
    )
    yield Case("diagnosis", "100,000 newlines as an argument", ("explain", "\n" * 100_000), (0,))


def settings_files() -> Iterator[Case]:
    """Settings that are too long, too deep, or no TOML."""
    contents: dict[str, str | bytes] = {
        "50,000 dotted keys": "\n".join(f"a.b.k{i} = 1" for i in range(50_000)),
        "one key of 50,000 dots": ".".join("a" * 50_000) + " = 1",
        "one table of 50,000 dots": "[" + ".".join("a" * 50_000) + "]\nb = 1",
        "one table of 900 dots": "[" + ".".join("a" * 900) + "]\nb = 1",
        "100,000 brackets": "operator = " + "[" * 100_000,
        "100,000 pairs of brackets": "operator = " + "[" * 100_000 + "]" * 100_000,
        "900 pairs of brackets": "operator = " + "[" * 900 + "]" * 900,
        "400 inline tables": "operator = " + "{a = " * 400 + "1" + "}" * 400,
        "100,000 braces": "operator = " + "{a = " * 100_000,
        "50,000 tables": "\n".join(f"[t{i}]" for i in range(50_000)),
        "50,000 arrays of tables": "\n".join("[[t]]\na = 1" for _ in range(50_000)),
        "50,000 keys": "[keys]\n" + "\n".join(f'"k{i}" = "x"' for i in range(50_000)),
        "3,000 keys": "[keys]\n" + "\n".join(f'"k{i}" = "x"' for i in range(3_000)),
        "a value of 10 MB": 'operator = "' + "a" * 10_000_000 + '"',
        "100,000 quotes": "operator = " + '"' * 100_000,
        "1 MB of newlines": "\n" * _MEGABYTE,
        "1 MB of blanks": " " * _MEGABYTE,
        "60 kB of blanks and letters": "operator = 'a'\n" + "a " * 30_000,
        "a number of 10,000 digits": "[calls]\nquiet_days = " + "1" * 10_000,
        "a number of 10,000 digits in quotes": '[calls]\nquiet_days = "' + "1" * 10_000 + '"',
        "bytes that are no text": b"operator = \xff\xfe",
        "a NUL": "operator = 'a\0b'",
    }
    for name, content in contents.items():
        yield Case(
            "settings",
            name,
            ("customers",),
            (0,) if name == "3,000 keys" else (0, 2),
            "",
            {"settings.toml": content},
            {"OUTTRAY_CONFIG": "{settings}"},
        )
    yield Case("settings", "a folder", ("customers",), (2,), "", {}, {"OUTTRAY_CONFIG": "{folder}"})
    yield Case(
        "settings", "a device", ("customers",), (2,), "", {}, {"OUTTRAY_CONFIG": "/dev/zero"}
    )
    for variable in (
        *("OUTTRAY_OPERATOR", "OUTTRAY_FROM", "OUTTRAY_REPLY_TO", "OUTTRAY_LANGUAGE"),
        *("OUTTRAY_TEMPLATES", "OUTTRAY_CALL_QUIET_DAYS", "OUTTRAY_QUEUE_URL", "OUTTRAY_THEME"),
        *("OUTTRAY_DOCUMENT_URL", "OUTTRAY_EDITOR", "OUTTRAY_MOTION", "OUTTRAY_CONFIG"),
        "OUTTRAY_DATABASE_URL",
    ):
        for mark in ("1", "{", "/"):
            yield Case(
                "settings",
                f"{variable} of 100,000 {mark}",
                ("templates", "list"),
                (0, 1, 2),
                environment={variable: mark * 100_000},
            )


def templates() -> Iterator[Case]:
    """A template with twenty thousand of one mark."""
    for mark in MARKS:
        body = (mark * 20_000)[:90_000]
        yield Case(
            "template",
            f"{len(body) // len(mark):,} {mark!r}",
            ("templates", "preview", "INV-1"),
            (0, 1),
            "",
            {"templates/invoice.follow_up.1.first.en.md": f"subject: Hi\n---\n{body}\n"},
            {"OUTTRAY_TEMPLATES": "{folder}/templates"},
        )
    long = {
        "a sum of 20,000 terms": "{{ " + "+".join("1" * 20_000) + " }}",
        "20,000 filters": "{{ number" + "|d" * 20_000 + " }}",
        "a list in 20,000 lists": "{{ " + "[" * 20_000 + "]" * 20_000 + " }}",
        "25 loops in each other": "{% for a in [1] %}" * 25 + "{% endfor %}" * 25,
        "8,000 elif": "{% if 1 %}" + "{% elif 1 %}" * 8_000 + "{% endif %}",
        "a number of 90,000 digits": "{{ " + "9" * 90_000 + " }}",
        "1e999": "{{ 1e999 }}",
        "a file of 1 MB": "+" * _MEGABYTE,
    }
    for name, body in long.items():
        for act in (("preview", "INV-1"), ("check",)):
            yield Case(
                "template",
                f"{name}: {act[0]}",
                ("templates", *act),
                (1,) if act[0] == "check" else (0, 1),  # a preview then shows the built-in text
                "",
                {"templates/invoice.follow_up.1.first.en.md": f"subject: Hi\n---\n{body}\n"},
                {"OUTTRAY_TEMPLATES": "{folder}/templates"},
            )


def reports() -> Iterator[Case]:
    """Files of events: nested, long, or nothing of the kind."""
    deep = 100_000
    contents: dict[str, str | bytes] = {
        "100,000 [": "[" * deep,
        "100,000 [ and ]": "[" * deep + "]" * deep,
        '100,000 {"a":': '{"a":' * deep,
        '100,000 {"a": and }': '{"a":' * deep + "1" + "}" * deep,
        '100,000 {"Message":': '{"Message":' * deep + "1" + "}" * deep,
        '100,000 {"detail-type":1,"detail":': '{"detail-type":1,"detail":' * deep
        + "1"
        + "}" * deep,
        "an event, 100,000 deep": event("x")[:-1] + ', "x": ' + "[" * deep + "]" * deep + "}",
        "100,000 lines of {": "{\n" * deep,
        "10,000 lines of [": "[\n" * 10_000,
        "100,000 lines, ever further in": "\n".join(" " * (i % 900) + "{" for i in range(20_000)),
        "100,000 braces on a line": "{ " * deep,
        "1 MB of [ and blanks": "[ " * 500_000,
        "1 MB of blanks": " " * _MEGABYTE,
        "1 MB of newlines": "\n" * _MEGABYTE,
        "20,000 quotes": '"' * 20_000,
        "1 MB of backslashes": '{"a": "' + "\\" * _MEGABYTE,
        "1 MB of digits": "[" + "1" * _MEGABYTE + "]",
        "a subject of 1 MB": event("INV-1 " * 170_000),
        "a subject of 1 MB of newlines": event("\n" * _MEGABYTE),
        "a Message-ID of 1 MB": event("x", messageId="<" + "a@" * 500_000),
        "a time of 1 MB": event("x", timestamp="1" * _MEGABYTE),
        "20,000 recipients": event("x", destination=[f"a{i}@x.example" for i in range(20_000)]),
        "a recipient of 1 MB of (": event("x", destination=["(" * _MEGABYTE]),
        "an email with a 1 MB header": "From: a@x.example\nSubject: " + "=?utf-8?q?" * 100_000,
        "an email with 100,000 headers": "".join(f"X-{i}: a\n" for i in range(deep)) + "\nbody",
        "an email of 1 MB of From:": "From: \n" * 150_000,
        "a report with 1 MB of blanks": _report(" " * _MEGABYTE),
        "a report with 1 MB of (": _report("(" * _MEGABYTE),
        "a report with 100,000 fields": _report("a\n" + "X: b\n" * deep),
        "an email, 2,000 parts deep": _nested(2_000),
        "an email with 1 MB of addresses": "From: a@x.example\nTo: " + "<a@b>," * 170_000 + "\n\nx",
    }
    for name, content in contents.items():
        for act in ("load", "parse"):
            yield Case(
                "reports",
                f"{name}: {act}",
                ("events", act, "{event}"),
                (0, 1),
                files={"event.json": content},
            )


def _report(words: str) -> str:
    return (
        "From: mailer-daemon@amazonses.com\nMessage-ID: <1@amazonses.com>\n"
        "Date: Tue, 20 Jan 2026 09:00:00 +0000\nSubject: Failure\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        "Final-Recipient: rfc822; ada@nordwind.example\nAction: failed\nStatus: 5.1.1\n"
        f"Diagnostic-Code: smtp; {words}\n\n--b--\n"
    )


def _nested(depth: int) -> str:
    head = "From: a@x.example\nDate: Tue, 20 Jan 2026 09:00:00 +0000\nMIME-Version: 1.0\n"
    parts = "".join(
        f'Content-Type: multipart/mixed; boundary="b{i}"\n\n--b{i}\n' for i in range(depth)
    )
    return head + parts + "Content-Type: text/plain\n\nx\n"


def filters() -> Iterator[Case]:
    """A line in the search field, on the command line."""
    for mark in (
        "a",
        "(",
        "[",
        '"',
        "-",
        " ",
        "to:",
        'to:"',
        "balance>",
        "bounced ",
        "1",
        "%",
        "*",
    ):
        line = (mark * 100_000)[:100_000]
        for name, arguments in (
            ("--filter", ("documents", "--filter", line)),
            ("--search", ("documents", "--search", line)),
            ("customers", ("customers", "--", line)),
        ):
            yield Case("filter", f"{name} of 100,000 characters: {mark!r}", arguments, (0, 1, 2))


def databases() -> Iterator[Case]:
    """URLs that lead nowhere; a password in one is nobody's business."""
    urls = (
        (f"postgresql://u:{_SECRET}@h:bad/db", (1, 2)),
        (f"postgresql://u:{_SECRET}@h:99999/db", (1, 2)),
        (f"postgresql://u:{_SECRET}@127.0.0.1:1/db", (1, 2)),
        (f"postgresql://u:{_SECRET}@[::1/db", (1, 2)),
        (f"postgresql://u:{_SECRET}@nowhere.invalid/db", (1, 2)),
        (f"postgresql://u:{_SECRET}@127.0.0.1:1/db?connect_timeout=abc", (1, 2)),
        (f"postgresql://u:{_SECRET}@127.0.0.1:1/db?nonsense=1", (1, 2)),
        (f"postgresql://u:{_SECRET}@127.0.0.1:-1/db", (1, 2)),
        (f"postgresql+nonsense://u:{_SECRET}@h/db", (1, 2)),
        (f"postgresql+asyncpg://u:{_SECRET}@h/db", (1, 2)),
        (f"postgresql:u:{_SECRET}@h/db", (1, 2)),
        ("postgresql://", (1, 2)),
        ("postgresql://" + "a" * 100_000, (1, 2)),
        ("postgresql://u:" + _SECRET + "@" + "h," * 20_000 + "/db", (1, 2)),
        (f"mysql://u:{_SECRET}@h/db", (1, 2)),
        (f"mysql+pymysql://u:{_SECRET}@h/db", (1, 2)),
        (f"oracle://u:{_SECRET}@h/db", (1, 2)),
        (f"mssql+pyodbc://u:{_SECRET}@h/db", (1, 2)),
        ("sqlite:////nonexistent/x", (0, 1, 2)),
        ("sqlite:////proc/x/y.db", (1,)),
        ("sqlite:////dev/null", (1, 2)),
        ("sqlite://", (1, 2)),
        ("sqlite:///", (1, 2)),
        ("sqlite:///:memory:", (1, 2)),
        ("sqlite://host/x.db", (1, 2)),
        ("sqlite+nonsense:///x.db", (1, 2)),
        ("sqlite:////" + "a" * 5_000, (1, 2)),
        ("sqlite:////" + "a/" * 5_000, (1, 2)),
        (f"u:{_SECRET}@h", (1, 2)),
        ("://", (1, 2)),
        (f"://u:{_SECRET}@h/db", (1, 2)),
        ("\u2603://h", (1, 2)),
        (f"file://u:{_SECRET}@h/x.db", (1, 2)),
        (f" postgresql://u:{_SECRET}@h/db", (1, 2)),
        (f"postgresql://u:{_SECRET}\x01@h/db", (1, 2)),
    )
    for url, codes in ((f"postgresql://u:{_SECRET}@{{silent}}/db", (1,)), *urls):
        for command in (("customers",), ("doctor",)):
            yield Case(
                "database",
                f"{url[:60]!r} {command[0]}",
                command,
                codes,
                environment={"OUTTRAY_DATABASE_URL": url},
                secret=_SECRET[:4],
            )
