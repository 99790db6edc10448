"""Settings from file and environment; a mistake names file, key and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.model.errors import SettingsError
from core.settings.loading import Settings, load

GOOD = """\
operator = "ben"

[database]
url = "sqlite:////tmp/books.db"

[mail]
from = "Büro <billing@outtray.example>"
configuration_set = "outtray"

[feed]
queue_url = "https://sqs.example/1/q"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(GOOD, "utf-8")
    return path


def read(path: Path, **environment: str) -> Settings:
    return load({"OUTTRAY_CONFIG": str(path), **environment})


def test_a_file_sets_everything_it_names(file: Path) -> None:
    settings = read(file)
    assert settings.database_url == "sqlite:////tmp/books.db"
    assert (settings.operator, settings.sender) == ("ben", "Büro <billing@outtray.example>")
    assert (settings.configuration_set, settings.queue_url) == (
        "outtray",
        "https://sqs.example/1/q",
    )
    assert settings.source == file


def test_the_environment_wins_and_what_is_empty_in_it_says_nothing(file: Path) -> None:
    settings = read(file, OUTTRAY_OPERATOR="anna", OUTTRAY_FROM="a@b.example", OUTTRAY_QUEUE_URL="")
    assert (settings.operator, settings.sender) == ("anna", "a@b.example")
    assert settings.queue_url == "https://sqs.example/1/q"


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('operator = "x"\n\n[mail]\nform = "a"\n', 4, "mail.form"),
        ("operator = 7\n", 1, "operator"),
        ('[database]\nurl = "sqlite:///x"\n\n[feed]\nurl = "y"\n', 5, "feed.url"),
        ('mail.from = "a"\nmail.form = "b"\n', 2, "mail.form"),
        ('[mail]\n"from" = true\n', 2, "mail.from"),
        ('mail = { from = "a", form = "b" }\n', 1, "mail.form"),
        ('[ mail ]\nfrom = ["a"]\n', 2, "mail.from"),
    ],
)
def test_a_mistake_names_file_line_and_key(tmp_path: Path, text: str, line: int, key: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as error:
        read(path)
    assert f"{path}, line {line}: " in error.value.title
    assert key in error.value.title
    assert error.value.hint


def test_a_line_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('operator = "x"\n[mail\n')
    with pytest.raises(SettingsError, match="line 2") as error:
        read(path)
    assert str(path) in error.value.title


def test_a_file_that_is_named_but_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        read(tmp_path / "no.toml")
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        read(path)


def test_without_a_file_there_are_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = load({})
    assert settings.database_url.startswith("sqlite:///")
    assert settings.database_url.endswith("outtray.db")
    assert settings.operator
    assert (settings.sender, settings.queue_url) == ("", "")


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("sqlite:////home/anna/outtray.db", "outtray.db"),
        ("postgresql://anna:secret@db.example:5432/outtray", "db.example:5432/outtray"),
        ("postgresql://anna:sec?ret@db.example/outtray", "db.example/outtray"),
        ("postgresql://anna:sec/ret@db.example/outtray", "db.example/outtray"),
        ("postgresql://anna:x@secret@db.example/outtray", "db.example/outtray"),
        ("postgresql://db.example/outtray?user=a&password=secret", "db.example/outtray"),
        ("postgresql://anna:x@db.example/outtray?password=sec@secret", "db.example/outtray"),
        ("postgresql+psycopg:///outtray?host=/tmp&password=secret", "/outtray"),
        ("postgresql://", "postgresql"),
    ],
)
def test_the_label_of_a_database_never_holds_a_password(url: str, label: str) -> None:
    assert Settings(database_url=url).database_label == label


@pytest.mark.parametrize(("text", "expected"), [("true", True), ("false", False)])
def test_the_question_to_the_dns_is_on_unless_it_is_switched_off(
    tmp_path: Path, text: str, expected: bool
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[mail]\ncheck_mx = {text}\n", "utf-8")
    assert read(path).check_mx is expected
    assert read(path, OUTTRAY_CHECK_MX="False").check_mx is False
    path.write_text("", "utf-8")
    assert read(path).check_mx is True


def test_a_switch_that_is_neither_true_nor_false_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[mail]\ncheck_mx = "yes"\n', "utf-8")
    with pytest.raises(SettingsError, match=r"line 2: mail\.check_mx") as error:
        read(path)
    assert "true or false" in error.value.hint
    path.write_text("", "utf-8")
    with pytest.raises(SettingsError, match="OUTTRAY_CHECK_MX"):
        read(path, OUTTRAY_CHECK_MX="maybe")


def test_how_long_a_call_counts_can_be_set_and_a_mistake_is_named(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[calls]\nquiet_days = "14"\n')
    assert load({"OUTTRAY_CONFIG": str(file)}).call_quiet_days == 14
    both = {"OUTTRAY_CONFIG": str(file), "OUTTRAY_CALL_QUIET_DAYS": "3"}
    assert load(both).call_quiet_days == 3
    file.write_text('[calls]\nquiet_days = "soon"\n')
    with pytest.raises(SettingsError, match=r"line 2: calls\.quiet_days is 'soon'"):
        load({"OUTTRAY_CONFIG": str(file)})
    with pytest.raises(SettingsError, match="OUTTRAY_CALL_QUIET_DAYS is '999'"):
        load({"OUTTRAY_CALL_QUIET_DAYS": "999"})


@pytest.mark.parametrize(("written", "days"), [("0", 0), ("14", 14), ('"14"', 14)])
def test_a_number_of_days_may_be_written_as_a_number(file: Path, written: str, days: int) -> None:
    file.write_text(f"[calls]\nquiet_days = {written}\n")
    assert load({"OUTTRAY_CONFIG": str(file)}).call_quiet_days == days


@pytest.mark.parametrize("written", ["-1", "1.5", "true", "9999", "[7]"])
def test_what_is_no_number_of_days_is_told_with_its_line(file: Path, written: str) -> None:
    file.write_text(f"[calls]\nquiet_days = {written}\n")
    with pytest.raises(SettingsError, match=r"line 2: calls\.quiet_days is"):
        load({"OUTTRAY_CONFIG": str(file)})
