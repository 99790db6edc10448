"""Pure: going through the texts to begin with, without losing one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.model.email import AttachedFile, Draft, Version

YOURS = "your text"


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts to choose from, and which one is shown; what was typed joins them."""

    versions: tuple[Version, ...]
    at: int = 0

    @classmethod
    def of(cls, versions: Sequence[Version], chosen: int, draft: Draft) -> Wording:
        """Begin where ``draft`` is, which may be nobody's text but one's own."""
        texts = tuple(versions)
        order = [chosen, *(i for i in range(len(texts)) if i != chosen)] if texts else []
        for at in order:
            if (texts[at].subject, texts[at].body) == (draft.subject, draft.body):
                return cls(texts, at)
        return cls(texts, chosen)._with_own(draft) if texts else cls(texts)

    def step(self, by: int, draft: Draft) -> tuple[Wording, Draft]:
        """Go on from ``draft``; what was typed into it is kept as a text of its own."""
        here = self.versions[self.at]
        kept = self if (here.subject, here.body) == (draft.subject, draft.body) else None
        kept = kept or self._with_own(draft)
        at = (kept.at + by) % len(kept.versions)
        chosen = kept.versions[at]
        return replace(kept, at=at), replace(
            draft,
            subject=chosen.subject,
            body=chosen.body,
            attachments=kept._files(chosen, draft),
            reply_to=chosen.reply_to or draft.reply_to,
        )

    def _with_own(self, draft: Draft) -> Wording:
        others = tuple(version for version in self.versions if version.name != YOURS)
        own = Version(YOURS, draft.subject, draft.body, draft.attachments)
        return Wording((*others, own), len(others))

    def _files(self, chosen: Version, draft: Draft) -> tuple[AttachedFile, ...]:
        """The files of ``chosen``, and those that the person attached."""
        if chosen.name == YOURS:
            return chosen.attachments
        brought = {f for v in self.versions if v.name != YOURS for f in v.attachments}
        added = tuple(file for file in draft.attachments if file not in brought)
        return (*chosen.attachments, *added)
