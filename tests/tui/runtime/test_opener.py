"""O: a document's PDF or page, with real little scripts for the system's opener."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.model.errors import InputError
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.basic.questions import PickDialog
from tui.runtime import external_programs

TEMPLATE = "https://books.example/{kind}/{number}"


class Desktop:
    """An ``xdg-open`` that writes down what it is asked, one argument a line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "opened.txt"

    def script(self, *lines: str) -> Path:
        path = self.folder / "xdg-open"
        path.write_text("\n".join(("#!/bin/sh", *lines)) + "\n")
        path.chmod(0o755)
        return path

    @property
    def opened(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    folder = tmp_path / "bin"
    folder.mkdir()
    made = Desktop(folder)
    made.script(f'for a in "$@"; do printf \'%s\\n\' "$a" >> {made.log}; done')
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setattr(sys, "platform", "linux")
    return made


def pdf(path: Path) -> Path:
    path.write_bytes(b"%PDF-1.4\n")
    return path


async def test_o_opens_the_pdf_as_one_argument(
    backend: FakeBackend, desktop: Desktop, tmp_path: Path
) -> None:
    path = pdf(tmp_path / "-rf $(touch owned); 'x' INV.pdf")
    backend.company.find("INV-0042").pdf = str(path)
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.do("documents.open_file")
        assert desktop.opened == [str(path)]
        assert "INV-0042: PDF opened" in person.words
    assert not list(tmp_path.rglob("owned"))


async def test_without_a_pdf_its_page_is_opened_and_of_both_one_is_chosen(
    backend: FakeBackend, desktop: Desktop, tmp_path: Path
) -> None:
    backend.settings = replace(backend.settings, document_url=TEMPLATE)
    backend.company.find("INV-0042").number = "INV 42/$(x)"
    async with driving(backend) as person:
        await person.at("INV 42/$(x)")
        await person.press("O")
        assert desktop.opened == ["https://books.example/invoice/INV%2042%2F%24%28x%29"]
        backend.company.find("INV 42/$(x)").pdf = str(pdf(tmp_path / "a.pdf"))
        await person.do("app.reload")
        await person.press("o")
        assert isinstance(person.app.screen, PickDialog)
        await person.press("o")
        assert desktop.opened[1:] == [str(tmp_path / "a.pdf")]
        await person.press("o", "2")
        assert len(desktop.opened) == 3


async def test_when_there_is_nothing_it_says_what_to_set(
    backend: FakeBackend, desktop: Desktop
) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.press("o")
        assert "Nothing is known that could be opened for it." in person.words
        assert "set url under [documents]" in person.words
        backend.company.find("INV-0042").pdf = "/srv/no/such.pdf"
        await person.do("app.reload")
        await person.press("o")
        assert "/srv/no/such.pdf is not there." in person.words
        assert desktop.opened == []


async def test_without_a_display_the_link_is_shown_to_be_copied(
    backend: FakeBackend, desktop: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    backend.settings = replace(backend.settings, document_url=TEMPLATE)
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.press("o")
        assert "No window can be opened from this terminal" in person.words
        assert "https://books.example/invoice/INV-0042" in person.text
        await person.press("y")
        assert person.app.clipboard == "https://books.example/invoice/INV-0042"
        assert desktop.opened == []


async def test_an_opener_that_fails_leaves_the_path_on_screen(
    backend: FakeBackend, desktop: Desktop, tmp_path: Path
) -> None:
    desktop.script("exit 4")
    backend.company.find("INV-0042").pdf = str(pdf(tmp_path / "a.pdf"))
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.press("o")
        assert "xdg-open could not open it (exit code 4)" in person.words
        assert isinstance(person.app.screen, PickDialog)


def test_an_opener_that_stays_is_not_waited_for(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external_programs, "PATIENCE", 0.1)
    path = desktop.script("exec sleep 2")
    began = time.monotonic()
    external_programs.launch((str(path),), "https://books.example")
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("name", ["run.sh", "x.desktop", "x.pdf"])
def test_what_the_system_might_run_is_not_opened(
    backend: FakeBackend, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_text("#!/bin/sh\n")
    backend.company.find("INV-0042").pdf = str(path)
    with pytest.raises(InputError, match="is no PDF"):
        external_programs.targets(backend.company.row(1), "")
    (tmp_path / "d.pdf").mkdir()
    backend.company.find("INV-0042").pdf = str(tmp_path / "d.pdf")
    with pytest.raises(InputError, match="is not there"):
        external_programs.targets(backend.company.row(1), "")


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"DISPLAY": ":0"}, ("/bin/xdg-open",)),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, ("/bin/xdg-open",)),
        ("linux", {}, None),
        ("darwin", {}, ("/bin/open",)),
        ("darwin", {"SSH_CONNECTION": "1"}, None),
        ("win32", {}, ()),
    ],
)
def test_where_windows_can_be_opened(
    platform: str, environment: dict[str, str], expected: tuple[str, ...] | None
) -> None:
    assert external_programs.opener(environment, platform, lambda name: f"/bin/{name}") == expected
    if platform != "win32":
        assert external_programs.opener(environment, platform, lambda _: None) is None
