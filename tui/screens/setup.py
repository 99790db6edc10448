"""The set-up: asks what Outtray must know, writes it, and says what is still missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from core.backend import first_run
from core.backend.first_run import Begun
from core.model.email import AwsFound
from core.model.enums import DisplayStatus
from core.model.errors import FailedImport, OuttrayError
from core.settings import editing
from core.settings.loading import Settings
from core.settings.schema import BY_KEY, check_entered, shown
from tui.commands.dispatch import CommandHost, bindings
from tui.commands.registry import Command
from tui.dialogs.basic.form import labelled
from tui.format import feed_report
from tui.format.badges import sign, toned
from tui.format.text import cell
from tui.runtime.background import BackgroundCalls
from tui.widgets.key_bar import KeyBar
from tui.widgets.text_field import Field, PathField

DONE, DEMO, LATER = "done", "demo", "later"
_FILE: Final = "file"
_ASKED: Final = {
    "operator": "You",
    "mail.from": "From",
    "mail.configuration_set": "Set",
    "feed.queue_url": "Queue",
    "database.url": "Database",
}
_FILE_HELP: Final = "An export of your accounting program (CSV), to begin with."


@dataclass(frozen=True)
class SetUp:
    """What the screen needs of the program behind it; tests give their own."""

    settings: Settings
    begin: Callable[[Path | None], Begun] = first_run.begin
    find_aws: Callable[[], AwsFound] = first_run.aws_found
    has_demo: bool = True
    """Whether the demo can be begun from here."""


class SetUpScreen(CommandHost, ModalScreen[str]):
    """Ends with ``DONE``, ``DEMO`` or ``LATER``; every field may stay empty."""

    BINDINGS = bindings("setup")
    AUTO_FOCUS = "Field"

    def __init__(self, background_calls: BackgroundCalls, asked: SetUp) -> None:
        super().__init__()
        self._background_calls, self._asked = background_calls, asked
        self._settings = asked.settings
        self._is_busy = False
        self._is_written = False
        self.fields = {key: self._field(key) for key in _ASKED}
        self.fields[_FILE] = PathField(placeholder="none", name="setup-file")
        self._told = {key: Static("", classes="setup-told", markup=False) for key in self.fields}
        self._title = Static("", id="setup-title", markup=False)
        self._aws = Static("", id="setup-aws", markup=False)
        self._report = Static("", id="setup-report", markup=False)
        self._form = Vertical(id="setup-form")
        self._result = VerticalScroll(self._report, id="setup-result")

    def _field(self, key: str) -> Field:
        value = self._settings.value(key)
        written = bool(self._settings.origins.get(key))
        # one word each: of several, a narrow field shows the first alone
        default = shown(key, value) if value and not written else BY_KEY[key].example
        return Field(
            shown(key, value) if written else "",
            placeholder=default,
            name=f"setup-{key.replace('.', '-')}",
        )

    def compose(self) -> ComposeResult:
        with Vertical(id="setup"):
            yield self._title
            with self._form:
                for key, field in self.fields.items():
                    yield labelled(_ASKED.get(key, "Import"), field)
                    yield self._told[key]
                yield self._aws
            yield self._result
            yield KeyBar()

    def on_mount(self) -> None:
        self._result.display = False
        self._title.update(self._heading())
        for key in self.fields:
            self._tell(key, None)
        self._aws.update(Content.styled("AWS: looking what boto3 finds …", "$muted"))
        self._background_calls.start("setup.aws", self._asked.find_aws, self._show_aws)

    def _heading(self) -> Content:
        target = cell(str(self._settings.target or ""), 200)
        there = self._settings.source is not None
        what = (
            f"{target} is there already: only what you change is written, the rest stays."
            if there
            else f"Everything may stay empty, and be changed later. It goes into {target}"
        )
        return Content.assemble(
            ("Welcome to Outtray\n" if not there else "Set up\n", "bold"), (what, "$muted")
        )

    # ------------------------------------------------------------------ what it says

    def _tell(self, key: str, error: OuttrayError | None) -> None:
        """What the field means, or what is wrong with what is in it."""
        if error is not None:
            words = toned(
                f"✖ {cell(error.title, 200)} {cell(error.hint, 200)}", DisplayStatus.FAILED
            )
        else:
            said = BY_KEY[key].help if key in BY_KEY else _FILE_HELP
            if key in BY_KEY and self._settings.value(key) and key not in self._settings.origins:
                said += " Empty: as shown."
            variable = self._settings.origins.get(key)
            if variable is not None and variable.variable:
                said += f" {variable.variable} is set and wins."
            words = Content.styled(said, "$muted")
        self._told[key].update(words)

    def _show_aws(self, found: AwsFound) -> None:
        if not self.is_mounted:
            return
        if found.problem:
            self._aws.update(toned(f"AWS: {cell(found.problem, 300)}", DisplayStatus.DEFERRED))
            return
        parts = [
            f"profile {cell(found.profile, 40)}" if found.profile else "",
            f"Region {cell(found.region, 30)}" if found.region else "no Region: set AWS_REGION",
            f"credentials from {cell(found.credentials, 40)}"
            if found.credentials
            else "no credentials: set AWS_PROFILE, or run aws configure",
        ]
        said = f"AWS, as boto3 finds it: {' · '.join(filter(None, parts))}"
        is_whole = found.region and found.credentials
        self._aws.update(
            Content.styled(said, "$muted") if is_whole else toned(said, DisplayStatus.DEFERRED)
        )

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        key = next((key for key, field in self.fields.items() if field is event.input), None)
        if key is not None and self.is_mounted:
            self._tell(key, None)

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next(Field)

    # ------------------------------------------------------------------ writing

    def _wrong(self) -> dict[str, OuttrayError]:
        found: dict[str, OuttrayError] = {}
        for key, field in self.fields.items():
            typed = field.value.strip()
            try:
                if key != _FILE:
                    check_entered(key, typed)
                elif typed:
                    first_run.readable(typed)
            except OuttrayError as error:
                found[key] = error
        return found

    def _changes(self) -> dict[str, str]:
        """What differs from what is in force, and was not given by a variable."""
        before = {key: self._field(key).value for key in _ASKED}
        return {
            key: self.fields[key].value.strip()
            for key in _ASKED
            if self.fields[key].value.strip() != before[key]
        }

    def command_save(self) -> None:
        # the key is ours at once, what was typed just before still waits in the field's own queue
        _ = self.call_after_refresh(self._save)

    def _save(self) -> None:
        if self._is_busy:
            return
        if self._is_written:
            _ = self.dismiss(DONE)
            return
        wrong = self._wrong()
        for key in self.fields:
            self._tell(key, wrong.get(key))
        if wrong:
            self.fields[next(iter(wrong))].focus()
            return
        self._is_busy = True
        changes, settings, asked = self._changes(), self._settings, self._asked
        named = self.fields[_FILE].value.strip()
        file = first_run.readable(named) if named else None

        def write() -> Begun:
            if changes:
                editing.change(settings, changes)
            return asked.begin(file)

        self._show_report(Content.styled("Writing, then looking at every leg …", "$muted"))
        self._background_calls.start(None, write, self._written, self._failed)

    def _written(self, begun: Begun) -> None:
        self._is_busy, self._is_written = False, True
        if not self.is_mounted:
            return
        settings = begun.settings
        file = cell(str(settings.source or ""), 200)
        where = f"In force: {file}" if file else "Nothing was filled in, so there is no file."
        lines = [Content.styled(where, "bold"), *_imported(begun), Content("")]
        lines.append(feed_report.doctor_lines(begun.checks))
        if not settings.queue_url:
            lines.append(
                Content(
                    "\n→ outtray aws setup --apply makes configuration set, topic and queue, "
                    "and prints the two settings that name them."
                )
            )
        self._show_report(Content("\n").join(lines))
        self._result.focus()
        self.refresh_bindings()

    def _failed(self, error: OuttrayError) -> None:
        self._is_busy = False
        if self.is_mounted:
            lines = [
                sign(cell(error.title, 300), DisplayStatus.FAILED),
                Content(cell(error.hint, 300)),
            ]
            self._show_report(Content("\n").join(lines))
            self._form.display = True
            self.refresh_bindings()

    def _show_report(self, words: Content) -> None:
        self._form.display, self._result.display = False, True
        self._report.update(words)

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if command_id == "setup.close":
            return ""
        if self._is_busy:
            return "One moment: it is being written."
        if command_id == "setup.demo" and (self._is_written or not self._asked.has_demo):
            return "outtray demo opens it; leave this program first."
        return ""

    def label_of(self, command: Command) -> str:
        if self._is_written:
            return {"setup.save": "Go on", "setup.close": "Close"}.get(command.id, command.label)
        return command.label

    def is_quiet(self, command_id: str) -> bool:
        """Whether the bottom line leaves it out."""
        return command_id == "setup.demo" and bool(self.why_not(command_id))

    def command_demo(self) -> None:
        _ = self.dismiss(DEMO)

    def command_close(self) -> None:
        _ = self.dismiss(DONE if self._is_written else LATER)


def _imported(begun: Begun) -> list[Content]:
    report = begun.imported
    if report is None:
        return []
    if isinstance(report, FailedImport):
        return [
            toned(
                f"✖ {cell(report.file, 80)}: {cell(str(report.error), 300)}", DisplayStatus.FAILED
            )
        ]
    left_out = f", {len(report.rejected)} rows left out" if report.rejected else ""
    words = f"{report.created} new, {report.updated} changed of {report.read} rows{left_out}"
    return [Content(f"Imported {cell(report.file, 80)}: {words}")]
