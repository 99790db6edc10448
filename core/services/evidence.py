"""A package that proves what was sent about a document, and what became of it.

The same books give the same bytes: nothing in it says when or by whom it was made. It is put
together beside its place and moved there at the end, so that no half of one is ever left.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from core.db.engine import Reader
from core.db.reads import evidence as evidence_reads
from core.db.reads.history import sent_bytes
from core.files import protected_files
from core.mail.mime import attachments_of
from core.model.enums import EmailKind
from core.model.errors import InputError, NotFoundError, UsageError
from core.model.history import DocumentLog, EmailEntry
from core.model.reports import Exported
from core.rules.delivery.timeline import NOT_KEPT, NOT_OURS, oldest_first, timeline
from core.rules.export import evidence as evidence_pages
from core.rules.export.evidence import safe_name
from core.rules.export.tabular import utc_text
from core.services import history

Progress = Callable[[str, int, int], None]
_EPOCH_OF_ZIP: Final = (1980, 1, 1, 0, 0, 0)
_SUMS: Final = "SHA256SUMS"
_MANIFEST: Final = "manifest.json"


def export(
    reader: Reader, document_id: int, to: Path | None = None, progress: Progress | None = None
) -> Exported:
    """Write the package into a new folder, or into a new file where ``to`` ends with ``.zip``.

    ``to`` may be a folder that exists: the package becomes a folder in it. ``None`` is the
    current folder.

    Raises:
        NotFoundError: the document is gone, or there is nothing to tell about it.
        UsageError: something is there already, or there is no such folder.
        InputError: it cannot be written; nothing was left behind.
    """
    log = history.document_log(reader, document_id)
    number = log.document.number
    if not (log.emails or log.calls or log.holds):
        raise NotFoundError(
            f"Nothing was sent about {number}, and no call was logged.",
            "There is nothing to prove yet.",
        )
    target = destination(number, to)
    try:
        with _beside(target) as unfinished:
            written = _write(reader, log, unfinished, progress or (lambda *_: None))
            if target.suffix.lower() == ".zip":
                _zip_into_place(unfinished, target)
            else:
                unfinished.rename(target)
    except OSError as error:
        raise InputError(
            f"{target} could not be written: {error.strerror or error}.",
            "Nothing was left there. Check the folder and the disk.",
        ) from error
    return Exported(target, len(written), len(log.emails), sum(written.values()))


def destination(number: str, to: Path | None) -> Path:
    """Return where the package goes; raises ``UsageError`` where that cannot be."""
    name = f"evidence-{safe_name(number, 'document')}"
    to = Path.cwd() if to is None else to.expanduser()
    target = to / name if to.is_dir() and to.suffix.lower() != ".zip" else to
    protected_files.refuse(target)
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {target.parent}.", "Create it, or name another.")
    if os.path.lexists(target):
        raise UsageError(f"{target} exists already.", "Name another place; nothing is replaced.")
    return target


# --------------------------------------------------------------------------- what is in it


def _write(reader: Reader, log: DocumentLog, folder: Path, progress: Progress) -> dict[str, int]:
    """Write every file; return name and size of each."""
    written = _EvidenceFolder(folder)
    senders = evidence_reads.senders(reader, log.document.id)
    files: dict[int, tuple[str, ...]] = {}
    told: list[dict[str, Any]] = []
    emails = oldest_first(log)
    for number, email in enumerate(emails, 1):
        progress("writing emails", number, len(emails))
        mime = None if email.kind is EmailKind.EXTERNAL else sent_bytes(reader, email.id)
        if mime is not None:
            files[email.id] = tuple(_write_email(written, number, email, mime))
        told.append(_about(email, number, senders.get(email.id, ""), files.get(email.id, ())))
    lines = (
        json.dumps({"received_at": utc_text(at), "raw": raw}, ensure_ascii=False) + "\n"
        for at, raw in evidence_reads.bodies(reader, log.document.id)
    )
    written.put("events.jsonl", "".join(lines).encode("utf-8", "surrogatepass"))
    entries = timeline(log, evidence_reads.reports(reader, log.document.id), files)
    written.put("timeline.md", evidence_pages.markdown(log, entries).encode())
    written.put("timeline.html", evidence_pages.page(log, entries).encode())
    manifest = {
        "format": "outtray evidence 1",
        "document": dict(evidence_pages.facts(log)),
        "emails": told,
        "files": [
            {"path": name, "size": size, "sha256": written.sums[name]}
            for name, size in sorted(written.sizes.items())
        ],
    }
    written.put(_MANIFEST, (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())
    sums = "".join(f"{digest}  {name}\n" for name, digest in sorted(written.sums.items()))
    written.put(_SUMS, sums.encode())
    return written.sizes


def _write_email(
    written: _EvidenceFolder, number: int, email: EmailEntry, mime: bytes
) -> Iterator[str]:
    yield written.put(
        f"emails/{number:02}-{email.created_at:%Y%m%dT%H%M%SZ}-{email.kind.value}.eml", mime
    )
    for position, file in enumerate(attachments_of(mime), 1):
        name = f"attachments/{number:02}-{position}-{safe_name(file.name, 'attachment')}"
        yield written.put(name, file.content)


def _about(email: EmailEntry, number: int, sender: str, files: tuple[str, ...]) -> dict[str, Any]:
    missing = NOT_OURS if email.kind is EmailKind.EXTERNAL else NOT_KEPT
    return {
        "number": number,
        "kind": email.kind.value,
        "sent_at": utc_text(email.created_at),
        "sent_by": evidence_pages.plain(email.sent_by),
        "from": evidence_pages.plain(sender),
        "subject": evidence_pages.plain(email.subject),
        "recipients": [
            {
                "address": evidence_pages.plain(r.address),
                "role": r.role.value,
                "status": r.state.word.value,
                "forward_failed": r.state.is_forward,
                "ses_message_id": r.ses_message_id or None,
            }
            for r in email.recipients
        ],
        "files": list(files),
        "note": None if files else missing,
    }


# --------------------------------------------------------------------------- files


class _EvidenceFolder:
    """A folder that is being filled: sizes and hashes of what is in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sizes: dict[str, int] = {}
        self.sums: dict[str, str] = {}

    def put(self, name: str, content: bytes) -> str:
        """Write a new file, readable by its owner alone; return its name."""
        path = self._folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
        self.sizes[name] = len(content)
        self.sums[name] = sha256(content).hexdigest()
        return name


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A private folder on the same disk; whatever is left of it at the end is removed."""
    outer = Path(tempfile.mkdtemp(prefix=".outtray-evidence-", dir=target.parent))
    try:
        inner = outer / "package"
        inner.mkdir(mode=0o700)
        yield inner
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _zip_into_place(folder: Path, target: Path) -> None:
    made = folder.with_suffix(".zip")
    with zipfile.ZipFile(made, "x", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH_OF_ZIP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same bytes on every system
            entry.external_attr = 0o100600 << 16
            archive.writestr(entry, path.read_bytes())
    made.chmod(0o600)
    protected_files.give_name(made, target)
