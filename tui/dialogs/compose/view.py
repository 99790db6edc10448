"""Pure: what the compose dialog shows around its fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from textual.content import Content

from core.model.email import AttachedFile, Composition, Draft, Finding, Verdict, Version, Weight
from core.model.enums import DisplayStatus
from core.model.errors import OuttrayError
from core.model.history import Contact, EmailEntry
from tui.commands.dispatch import BY_ID, key_of, with_keys
from tui.dialogs.compose.state import Fields
from tui.format.badges import content, email_delivery, sign, toned
from tui.format.text import cell, moment, paragraphs
from tui.widgets.customer_card import brief_health

_MOST_LETTERS = 400_000
"""Of a message; more than any person writes."""
_LONGEST = 300
_MOST_FINDINGS = 3
_MOST_BEFORE = 3


def fields(draft: Draft) -> Fields:
    """Return the text for the fields, harmless to show."""
    return Fields(
        to=", ".join(cell(address) for address in draft.to),
        cc=", ".join(cell(address) for address in draft.cc),
        bcc=", ".join(cell(address) for address in draft.bcc),
        subject=cell(draft.subject),
        reply_to=cell(draft.reply_to),
        body="\n".join(paragraphs(draft.body, _MOST_LETTERS)),
    )


def verdict_lines(
    verdict: Verdict | None,
    problem: OuttrayError | None,
    checking: bool,
    *,
    several: bool = False,
    place: str = "compose",
) -> Content:
    """Return what the gate says, the heaviest finding first; of ``several`` addresses, of which.

    It names the keys of ``place``.
    """
    lines: list[Content] = []
    if problem is not None:
        lines.append(sign(cell(problem.title, _LONGEST), DisplayStatus.FAILED))
        if problem.hint:
            lines.append(Content.styled(cell(problem.hint, _LONGEST), "$muted"))
    if checking:
        lines.append(Content.styled("◌ checking…", "$muted"))
    elif verdict is not None:
        ordered = sorted(verdict.findings, key=lambda finding: -finding.weight)
        for finding in ordered[:_MOST_FINDINGS]:
            lines += _finding(finding, place, several=several)
        if not verdict.findings and problem is None:
            lines.append(toned("● nothing speaks against it", DisplayStatus.DELIVERED))
    return Content("\n").join(lines)


def _finding(finding: Finding, place: str, *, several: bool) -> list[Content]:
    title = cell(finding.title, _LONGEST)
    if several and finding.address and finding.address not in finding.title:
        title = f"{cell(finding.address, 60)}: {title}"
    if finding.weight is Weight.REFUSE:
        lines = [sign(title, DisplayStatus.BOUNCED)]
    elif finding.weight is Weight.ASK:
        lines = [sign(title, DisplayStatus.UNCONFIRMED)]
    else:
        lines = [Content.styled(f"· {title}", "$muted")]
    next_step = with_keys(finding.next, place)
    told = [cell(part, _LONGEST) for part in (finding.detail, next_step) if part]
    if told:
        lines.append(Content.styled(" · ".join(told), "$muted"))
    return lines


def offer(position: int, contact: Contact, now: datetime) -> Content:
    """``use instead  Alt+1 terrill@krajcik.example ● delivered yesterday``."""
    lead = "use instead  " if position == 1 else " " * 13
    return Content.assemble(
        (lead, "$muted"),
        (f"{key_of(f'compose.use_{position}')} " if position <= 3 else " " * 6, "bold $accent"),
        cell(contact.address, 60),
        brief_health(contact, now),
    )


def kept(composition: Composition, now: datetime) -> Content:
    """``draft of 14:02, unsent · ^N starts anew``; empty where nobody has one."""
    lines: list[Content] = []
    if composition.saved is not None:
        words = f"✎ draft of {moment(composition.saved.saved_at, now)}, unsent · "
        lines.append(
            Content.assemble(
                (words, "$muted"),
                (key_of("compose.anew"), "bold $accent"),
                (" starts anew", "$muted"),
            )
        )
    for operator, at in composition.drafts_of_others[:2]:
        words = f"✎ {cell(operator, 24)} has an unsent draft of {moment(at, now)}"
        lines.append(Content.styled(words, "$muted"))
    return Content("\n").join(lines)


_HINTS = ("preview", "attach", "version", "bcc", "reply_to", "test", "editor")
_SHORT = {"version": "text", "bcc": "Bcc", "reply_to": "Reply-To", "test": "test"}


def hints() -> Content:
    """``Alt + P preview  A attach …``."""
    pressed = {verb: key_of(f"compose.{verb}") for verb in _HINTS}
    lead = "Alt+" if all(key.startswith("Alt+") for key in pressed.values()) else ""
    parts = [Content.styled("Alt +", "$muted")] if lead else []
    for verb, key in pressed.items():
        label = _SHORT.get(verb, BY_ID[f"compose.{verb}"].label.lower())
        parts.append(
            Content.assemble((f"{key.removeprefix(lead)} ", "bold $accent"), (label, "$muted"))
        )
    return Content("  ").join(parts)


def before(history: Sequence[EmailEntry], now: datetime) -> Content:
    """``4 emails: today 14:02 anna ✖ BOUNCED   19 Nov 09:30 ben ● DELIVERED``."""
    if not history:
        return Content.styled("nothing was sent yet", "$muted")
    count = f"{len(history)} email{'' if len(history) == 1 else 's'}: "
    parts = [Content(count)]
    for email in history[:_MOST_BEFORE]:
        parts.append(
            Content.styled(f"{moment(email.created_at, now)} {cell(email.sent_by, 16)} ", "$muted")
        )
        parts += [content(email_delivery(email.summary)), Content("  ")]
    return Content("").join(parts)


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
