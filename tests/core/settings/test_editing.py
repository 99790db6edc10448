"""Settings of the terminal itself: mouse, bell, editor, and where documents can be opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.model.errors import SettingsError
from core.settings.loading import load


def test_a_file_sets_mouse_bell_editor_and_the_page_of_a_document(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[ui]\nmouse = false\nbell = true\neditor = "vim -f"\n'
        '[documents]\nurl = "https://books.example/{kind}/{number}"\n'
    )
    found = load({"OUTTRAY_CONFIG": str(file)})
    assert (found.mouse, found.bell, found.editor) == (False, True, "vim -f")
    assert found.document_url == "https://books.example/{kind}/{number}"
    other = {"OUTTRAY_MOUSE": "True", "OUTTRAY_DOCUMENT_URL": "http://x/{number}"}
    assert load({"OUTTRAY_CONFIG": str(file), **other}).mouse is True
    assert load({"OUTTRAY_CONFIG": str(file), **other}).document_url == "http://x/{number}"


def test_without_them_the_mouse_works_and_nothing_rings(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("")
    found = load({"OUTTRAY_CONFIG": str(file)})
    assert (found.mouse, found.bell, found.editor, found.document_url) == (True, False, "", "")


def test_a_page_that_is_no_url_is_told_with_file_key_and_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[documents]\n\nurl = "books/{number}"\n')
    with pytest.raises(SettingsError, match=r"line 3: documents\.url is 'books/") as error:
        load({"OUTTRAY_CONFIG": str(file)})
    assert str(file) in error.value.title
    assert "https://books.example/{kind}/{number}" in error.value.hint
    file.write_text("")
    with pytest.raises(SettingsError, match="OUTTRAY_DOCUMENT_URL is 'x'"):
        load({"OUTTRAY_CONFIG": str(file), "OUTTRAY_DOCUMENT_URL": "x"})


@pytest.mark.parametrize("variable", ["OUTTRAY_MOUSE", "OUTTRAY_BELL"])
def test_a_switch_in_the_environment_is_true_or_false(tmp_path: Path, variable: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text("")
    with pytest.raises(SettingsError, match=variable):
        load({"OUTTRAY_CONFIG": str(file), variable: "yes"})
