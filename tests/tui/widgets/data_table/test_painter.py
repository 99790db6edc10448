"""What the table paints reaches as far as its place does: a shorter line is not painted at all."""

from __future__ import annotations

import pytest
from textual.geometry import Region
from textual.strip import Strip

from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.widgets.data_table.view import WindowView


async def test_no_line_is_too_short_while_the_scrollbar_comes_and_goes(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking: list[int] = []
    paint = WindowView.render_lines

    def watched(table: WindowView[object], crop: Region) -> list[Strip]:
        strips = paint(table, crop)
        visible = crop.right - table.vertical_scrollbar.region.width
        lacking.extend(visible - strip.cell_length for strip in strips)
        return strips

    monkeypatch.setattr(WindowView, "render_lines", watched)
    async with driving(backend, (80, 24)) as person:
        await person.press("down", "a")
        await person.do("documents.bounced")
        await person.do("documents.bounced")
        await person.press("enter", "enter")
    assert lacking
    assert max(lacking) <= 0
