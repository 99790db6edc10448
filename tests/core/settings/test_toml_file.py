"""The settings file is changed in one place; everything else stays as it was written."""

from __future__ import annotations

import stat
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.errors import SettingsError
from core.settings.editing import change as change_settings
from core.settings.editing import survey
from core.settings.loading import Settings, load
from core.settings.schema import BY_KEY, SettingKind, check_entered, shown, unshown
from core.settings.toml_file import change, edited, read

WRITTEN = """\
# the office in Graz
operator = "anna"   # on the left desk

[mail]
# verified in Frankfurt
from = 'Büro <billing@acme.example>' # keep
configuration_set = "outtray"

[unknown.to_us]
answer = [
    1, # one
    2,
]

[keys]
"documents.follow_up" = "v"
"""


def test_a_change_touches_its_line_and_nothing_else() -> None:
    made = edited(WRITTEN, {"mail.from": "a@b.example"})
    before, after = WRITTEN.splitlines(), made.splitlines()
    differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert differing == [
        ("from = 'Büro <billing@acme.example>' # keep", 'from = "a@b.example" # keep')
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "operator"),
        ("", "mail.from"),
        ('[mail]\nfrom = "x"\n', "operator"),
        ('mail.from = "x"\n', "mail.configuration_set"),
        ('mail = { from = "x" }\n', "mail.configuration_set"),
        ('mail = { from = "x" }\n', "mail.from"),
        ('[keys]\ndocuments.follow_up = "v"\n', "keys.documents.follow_up"),
        ('operator = """\n[mail]\nx"""\r\n', "mail.from"),
    ],
)
def test_a_value_gets_in_however_the_file_is_written(text: str, key: str) -> None:
    made = edited(text, {key: "new"})
    found: object = tomllib.loads(made)
    for part in key.split(".", 1) if key != "keys.documents.follow_up" else key.split("."):
        assert isinstance(found, dict)
        found = found[part]
    assert found == "new"


_COMMENTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20)
_VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20)
_PLAIN = [s.key for s in BY_KEY.values() if s.kind is SettingKind.TEXT]


@given(
    st.dictionaries(st.sampled_from(_PLAIN), st.tuples(_VALUES, _COMMENTS), max_size=6),
    st.dictionaries(st.sampled_from(_PLAIN), _VALUES | st.just(""), min_size=1, max_size=4),
)
def test_comments_order_and_what_is_unknown_survive_any_change(
    there: dict[str, tuple[str, str]], changes: dict[str, str]
) -> None:
    text = "# first\n[strange]\nx.y = 1 # why\n"
    for key, (value, comment) in there.items():
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        text = f'{key} = "{quoted}" # {comment}\n' + text
    made = edited(text, changes)
    expected = {key: value for key, (value, _) in there.items()} | changes
    flat: dict[str, object] = {}
    for key, value in tomllib.loads(made).items():
        nested = value if isinstance(value, dict) else {"": value}
        flat |= {f"{key}.{name}".rstrip("."): each for name, each in nested.items()}
    assert flat.pop("strange.x") == {"y": 1}
    assert flat == {key: value for key, value in expected.items() if value}
    assert "# first\n" in made
    assert "x.y = 1 # why" in made
    kept = [f"# {c}" for key, (_, c) in there.items() if changes.get(key, "-")]
    assert all(comment in made for comment in kept)


def test_the_file_is_ours_alone_and_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config.toml"
    change(path, {"operator": "ben"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == 'operator = "ben"\n'
    before = path.stat().st_ino
    change(path, {"ui.motion": "false", "calls.quiet_days": "3"})
    assert path.stat().st_ino != before
    assert list(path.parent.iterdir()) == [path]
    assert read(path).values == {"operator": "ben", "ui.motion": "false", "calls.quiet_days": "3"}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text("# mine\n")
    link.symlink_to(real)
    change(link, {"operator": "ben"})
    assert link.is_symlink()
    assert real.read_text() == '# mine\noperator = "ben"\n'


def test_a_file_that_is_no_toml_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[mail\n")
    with pytest.raises(SettingsError, match="line 1"):
        change(path, {"operator": "ben"})
    assert path.read_text() == "[mail\n"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        change(tmp_path / "file" / "config.toml", {"operator": "ben"})


# --------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("mail.from", "Büro <billing@acme.example>", "billing"),
        ("mail.from", "billing@acme.example", "Büro billing@acme"),
        ("mail.from", "Acme, Inc. <billing@acme.example>", "Acme, Inc. <billing>"),
        ("mail.reply_to", "sales@acme <billing@acme.example>", "a@b.example, c@d.example"),
        ("database.url", "sqlite:////srv/out.db", "/srv/out.db"),
        ("database.url", "postgresql://a:b@c/d", "mysql://a:b@c/d"),
        ("feed.queue_url", "https://sqs.eu-central-1.amazonaws.com/1/q", "outtray-events"),
        ("calls.quiet_days", "0", "soon"),
        ("mail.check_mx", "false", "maybe"),
        ("mail.language", "de-AT", "german"),
        ("mail.number_pattern", "INV-\\d+", "INV-("),
        ("operator", "anna", "an\x1bna"),
    ],
)
def test_what_is_typed_is_checked_like_what_is_in_the_file(key: str, good: str, bad: str) -> None:
    check_entered(key, good)
    check_entered(key, "")
    with pytest.raises(SettingsError) as error:
        check_entered(key, bad)
    assert error.value.hint


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("postgresql://anna:secret@db/x", "postgresql://anna:***@db/x"),
        ("postgresql://anna:sec@cret@db/x", "postgresql://anna:***@db/x"),
        ("postgresql://db/x?user=a&password=secret", "postgresql://db/x?user=a&password=***"),
        ("sqlite:////srv/out.db", "sqlite:////srv/out.db"),
    ],
)
def test_a_password_is_never_shown_and_stays_where_it_is_not_typed_anew(
    url: str, seen: str
) -> None:
    assert shown("database.url", url) == seen
    assert unshown("database.url", seen, url) == url
    moved = seen.replace("db/x", "elsewhere/x")
    assert "***" not in unshown("database.url", moved, url)


# --------------------------------------------------------------------------- the survey


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / "config.toml").write_text(
        'operator = "anna"\n[database]\nurl = "postgresql://a:geheim@h/n"\n'
    )
    monkeypatch.setenv("OUTTRAY_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("OUTTRAY_FROM", "a@b.example")
    return load()


def test_every_setting_says_where_it_is_from(office: Settings) -> None:
    rows = {row.setting.key: row for row in survey(office).rows}
    assert rows.keys() == BY_KEY.keys()
    assert (rows["operator"].value, rows["operator"].origin.line) == ("anna", 1)
    assert rows["mail.from"].origin.variable == "OUTTRAY_FROM"
    assert rows["feed.queue_url"].origin.variable == ""
    assert rows["database.url"].value == "postgresql://a:***@h/n"


def test_a_change_is_in_the_file_and_waits_for_the_next_start(office: Settings) -> None:
    change_settings(office, {"operator": "ben", "database.url": "postgresql://a:***@other/n"})
    rows = {row.setting.key: row for row in survey(office).rows}
    assert (rows["operator"].value, rows["operator"].running) == ("ben", "anna")
    assert rows["operator"].waits
    assert not rows["mail.from"].waits
    assert load().database_url == "postgresql://a:geheim@other/n"


def test_what_is_wrong_is_not_written(office: Settings) -> None:
    assert office.source is not None
    before = office.source.read_bytes()
    with pytest.raises(SettingsError, match="calls"):
        change_settings(office, {"operator": "ben", "calls.quiet_days": "often"})
    assert office.source.read_bytes() == before


def test_the_settings_of_the_demo_are_not_written() -> None:
    with pytest.raises(SettingsError, match="demo"):
        change_settings(Settings("sqlite:///x.db"), {"operator": "ben"})


def test_motion_is_off_where_textual_is_told_so() -> None:
    settings = load({"TEXTUAL_ANIMATIONS": "none"})
    assert not settings.motion
    assert settings.origins["ui.motion"].variable == "TEXTUAL_ANIMATIONS"
    assert load({"TEXTUAL_ANIMATIONS": "none", "OUTTRAY_MOTION": "true"}).motion
    assert not load({"OUTTRAY_MOTION": "false"}).motion


def test_own_keys_are_kept_as_they_are_written_and_never_stop_the_program(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[keys]\n"documents.fly" = "w"\n"documents.resend" = 7\n')
    one, two = load({"OUTTRAY_CONFIG": str(path)}).keys
    assert (one.command, one.written, one.line, one.is_text) == ("documents.fly", "w", 2, True)
    assert (two.command, two.line, two.is_text) == ("documents.resend", 3, False)


# --------------------------------------------------------------------------- hostile sizes


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\n".join(f"a.b.k{i} = 1" for i in range(50_000)), id="50,000 dotted keys"),
        pytest.param(".".join("a" * 40_000) + " = 1", id="a key of 40,000 dots"),
        pytest.param("[" + ".".join("a" * 900) + "]\nb = 1", id="a table of 900 dots"),
        pytest.param("operator = " + "[" * 100_000, id="100,000 brackets"),
        pytest.param("operator = " + "[" * 40_000 + "]" * 40_000, id="40,000 pairs of brackets"),
        pytest.param("operator = " + "[" * 300 + "]" * 300, id="300 pairs of brackets"),
        pytest.param("operator = " + "{a = " * 300 + "1" + "}" * 300, id="300 inline tables"),
        pytest.param("[calls]\nquiet_days = " + "1" * 9_000, id="a number of 9,000 digits"),
        pytest.param("operator = 0x" + "f" * 90_000, id="a number in hexadecimal"),
        pytest.param("[calls]\nquiet_days = 0x" + "f" * 90_000, id="days in hexadecimal"),
        pytest.param('[calls]\nquiet_days = "' + "1" * 9_000 + '"', id="9,000 digits in quotes"),
        pytest.param("operator = [" + "1, " * 30_000 + "]", id="a list of 30,000"),
        pytest.param('"' + "k" * 90_000 + '" = 1', id="a key of 90,000 letters"),
    ],
)
def test_a_file_of_any_size_or_depth_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    began = time.process_time()
    with pytest.raises(SettingsError) as error:
        read(path)
    assert time.process_time() - began < 2
    assert str(path) in error.value.title
    assert len(str(error.value)) < 1_000


def test_lines_are_found_soon_in_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    keys = "".join(f'"k{i}.x" = "v"\n' for i in range(3_000))
    blank = f'operator = """\n{" " * 20_000}x\n{"[ " * 5_000}x\n{"a " * 5_000}x"""\n'
    path.write_text(f"{blank}[keys]\n{keys}", "utf-8")
    began = time.process_time()
    found = read(path)
    assert time.process_time() - began < 2
    assert found.keys[0].line == 6
    assert (found.keys[-1].command, found.keys[-1].line) == ("k2999.x", 3_005)


SECRET = "s3cr/e:t?x"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@h:bad/db",
        f"postgresql://u:{SECRET}@h:99999/db",
        f"postgresql://u:{SECRET}@h:0/db",
        f"postgresql://u:{SECRET}@h:-1/db",
        f"postgresql://u:{SECRET}@[::1/db",
        f"postgresql://u:{SECRET}@{'h,' * 1_000}/db",
        f"postgresql://u:{SECRET}@{'h' * 1_000}/db",
        f"postgresql://{'a' * 100_000}",
        f"mysql://u:{SECRET}@h/db",
        f"oracle+oracledb://u:{SECRET}@h/db",
        f"u:{SECRET}@h/db",
        f"://u:{SECRET}@h/db",
        f" postgresql://u:{SECRET}@h/db",
        "nothing",
    ],
)
def test_a_database_that_cannot_be_one_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError) as error:
        load({"OUTTRAY_DATABASE_URL": url, "HOME": "/nowhere", "OUTTRAY_CONFIG": ""})
    assert error.value.title.startswith("OUTTRAY_DATABASE_URL is no URL of a database")
    assert "s3cr" not in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@h:5432/db?connect_timeout=3",
        "postgresql://postgres:@/postgres?host=/tmp/some/socket",
        "postgresql+psycopg://h/db",
        "postgres://[::1]:5432/db",
        "postgresql://",
        "sqlite:////srv/a:b@c/out.db",
    ],
)
def test_a_database_that_can_be_one_is_taken(url: str) -> None:
    assert load({"OUTTRAY_DATABASE_URL": url, "OUTTRAY_CONFIG": ""}).database_url == url
