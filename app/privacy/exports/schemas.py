"""Bodies of the exports' endpoints."""

from dataclasses import dataclass

from marshmallow import fields

from app.privacy.exports.models import ExportState
from app.web.schemas import Schema, Text, tenant_field

ENDED = {
    "id": "export_0199",
    "status": "completed",
    "created_at": "2026-02-20T18:30:00.000Z",
    "url": "https://coach.example/api/v1/exports/export_0199?expires=1771698600&signature=5f0c…",
    "expires_at": "2026-02-21T18:30:00.000Z",
    "bytes": 482113,
    "counts": {"goals": 5, "journal_entries": 412},
}
DELIVERY = {"type": "export.completed", "timestamp": "2026-02-20T18:30:04.000Z", "data": ENDED}


@dataclass(frozen=True, slots=True)
class NewExport:
    webhook_url: str | None
    tenant: str | None = None


class ExportIn(Schema):
    into: type | None = NewExport
    webhook_url = Text(1, 2083, load_default=None, allow_none=True, metadata={"example": "https://app.example/hooks"})


class TenantExportIn(ExportIn):
    tenant = tenant_field()


class StartedOut(Schema):
    id = fields.String(metadata={"example": ENDED["id"]})
    status = fields.String(metadata={"enum": list(ExportState), "example": "queued"})


class ExportOut(StartedOut):
    created_at = fields.String(metadata={"example": ENDED["created_at"]})
    url = fields.String(
        allow_none=True,
        metadata={"description": "Opens the file without a token, until `expires_at`", "example": ENDED["url"]},
    )
    expires_at = fields.String(allow_none=True, metadata={"example": ENDED["expires_at"]})
    bytes = fields.Integer(allow_none=True, metadata={"example": ENDED["bytes"]})
    counts = fields.Dict(
        keys=fields.String(), values=fields.Integer(), allow_none=True,
        metadata={"description": "Rows of each table", "example": ENDED["counts"]},
    )  # fmt: skip


class ExportsOut(Schema):
    exports = fields.List(fields.Nested(ExportOut))


@dataclass(frozen=True, slots=True)
class Link:
    expires: str
    signature: str


class LinkQuery(Schema):
    into = Link
    expires = Text(0, 20, load_default="")
    signature = Text(0, 4000, load_default="")
