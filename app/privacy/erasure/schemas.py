"""Bodies of the erasures' endpoints."""

from dataclasses import dataclass

from marshmallow import fields, validate

from app.privacy.erasure.models import AskedBy, ErasureState
from app.web.schemas import Moment, Schema, Text

ERASURE = "erasure_0199"


@dataclass(frozen=True, slots=True)
class NewErasure:
    tenant: str
    user: str


@dataclass(frozen=True, slots=True)
class ReceiptsQuery:
    limit: int
    offset: int
    tenant: str | None


class ConfirmationQuery(Schema):
    confirmation = Text(0, 300, load_default="", metadata={"description": "As the first call gave it"})


class PlannedOut(Schema):
    """`confirmation` and `expires_at` without a confirmation; with one the erasure."""

    confirmation = fields.String(metadata={"example": "1771698600.5f0c…"})
    expires_at = fields.String(metadata={"example": "2026-02-20T18:45:00.000Z"})
    erasure_id = fields.String(attribute="id", metadata={"example": ERASURE})
    erase_at = Moment()


class ErasureOut(Schema):
    erasure_id = fields.String(attribute="id", metadata={"example": ERASURE})
    status = fields.String(metadata={"enum": list(ErasureState), "example": "scheduled"})
    erase_at = Moment()


class ErasureIn(Schema):
    into = NewErasure
    tenant = Text(1, 128, required=True, metadata={"example": "acme"})
    user = Text(1, 128, required=True, metadata={"example": "user_xyz789"})


class ReceiptsIn(Schema):
    into = ReceiptsQuery
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 1_000_000))
    tenant = Text(1, 128, load_default=None, metadata={"description": "Only of this tenant"})


class ReceiptOut(ErasureOut):
    tenant = fields.String(attribute="tenant_id", metadata={"example": "acme"})
    user = fields.String(attribute="person", metadata={"example": "user_xyz789"})
    asked_by = fields.String(metadata={"enum": list(AskedBy)})
    requested_at = Moment()
    started_at = Moment(allow_none=True)
    completed_at = Moment(allow_none=True)
    cancelled_at = Moment(allow_none=True)
    counts = fields.Dict(
        keys=fields.String(), values=fields.Integer(),
        metadata={"description": "Rows of each table that are gone", "example": {"goals": 5, "journal_entries": 412}},
    )  # fmt: skip
    unnamed = fields.Dict(
        keys=fields.String(), values=fields.Integer(),
        metadata={"description": "Rows that stay, without the name", "example": {"model_calls": 37}},
    )  # fmt: skip


class ReceiptsOut(Schema):
    erasures = fields.List(fields.Nested(ReceiptOut))
    has_more = fields.Boolean()
