"""Drafts, previews and tests in memory; messages are composed and read back by the real code."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.db.engine import Database
from core.mail import mime as message
from core.mail.preview import preview
from core.mail.templates.wording import Office
from core.model.email import AttachedFile, Composition, Draft, Preview, SavedDraft, TestOutcome
from core.model.enums import EmailKind, Role
from core.services.sending.drafts_editing import Composing

if TYPE_CHECKING:
    from tests.tui.fakes import FakeBackend


class FakeComposing:
    """``kept`` are the drafts that wait, ``tests`` the tests that left."""

    def __init__(self, backend: FakeBackend) -> None:
        self._backend = backend
        self.kept: dict[tuple[int, EmailKind], SavedDraft] = {}
        self.tests: list[tuple[Draft, str]] = []
        self._files = Composing(
            Database("sqlite:////nowhere"), lambda: NotImplemented, Office(), lambda: backend.now
        )

    def with_kept(self, composition: Composition) -> Composition:
        draft = composition.draft
        return replace(composition, saved=self.kept.get((draft.document_id, draft.kind)))

    def save(self, draft: Draft) -> datetime:
        self._backend._enter("save")
        self.kept[draft.document_id, draft.kind] = SavedDraft(draft, self._backend.now)
        return self._backend.now

    def discard(self, draft: Draft) -> None:
        self._backend._enter("discard")
        self.kept.pop((draft.document_id, draft.kind), None)

    def preview(self, draft: Draft) -> Preview:
        self._backend._enter("preview")
        sender = self._backend.settings.sender
        mime = message.compose(draft, sender, "<1@acme.example>", self._backend.now)
        roles = ((Role.TO, draft.to), (Role.CC, draft.cc), (Role.BCC, draft.bcc))
        return preview(mime, [(role, a) for role, several in roles for a in several])

    def send_test(self, draft: Draft, address: str) -> TestOutcome:
        self._backend._enter("send_test")
        if address.casefold() in self._backend.company.suppressed:
            return TestOutcome(address, draft.subject, stopped_by="Suppressed.")
        self.tests.append((draft, address))
        return TestOutcome(address, f"[test] {draft.subject}", "0100")

    def attach(self, path: str) -> AttachedFile:
        return self._files.attach(path)

    def paths(self, typed: str) -> tuple[str, ...]:
        return self._files.paths(typed)


def file(folder: Path, name: str, content: bytes = b"%PDF-1.4") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
