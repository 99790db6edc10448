"""Bodies that could not be read, as lines of JSON."""

from __future__ import annotations

from core.model.reports import QuarantinedBody


def as_line(body: QuarantinedBody) -> dict[str, str]:
    """Return what a line of the export holds."""
    return {
        "id": body.id,
        "received_at": body.received_at.isoformat().replace("+00:00", "Z"),
        "source": body.source,
        "reason": body.reason,
        "raw": body.raw,
        **({"dismissed_by": body.dismissed_by, "note": body.note} if body.dismissed_at else {}),
    }
