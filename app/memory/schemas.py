"""Bodies of memory, in and out."""

from marshmallow import fields, validate

from app.care.schemas import HeardOut
from app.memory.models import LONGEST, FactKind, FactState, Special
from app.provenance.schemas import SourceOut
from app.web.schemas import Around, Choice, Flag, Moment, Schema
from app.workspace.schemas.lists import BodyIn, PageOut, Trimmed

STATE = {"enum": [*FactState], "description": "`proposed`: of a special category, and not used before it is accepted"}


class FactOut(Around):
    id = fields.String(metadata={"example": "fact_abc123"})
    text = fields.String(metadata={"example": "I prefer to run before breakfast"})
    kind = fields.String(metadata={"enum": [*FactKind]})
    state = fields.String(metadata=STATE)
    special = fields.String(allow_none=True, metadata={"enum": [*Special, None], "example": None})
    sources = fields.List(fields.Nested(SourceOut), metadata={"description": "The messages that it rests on"})
    pinned = fields.Boolean(metadata={"description": "Told to the coach whatever is asked"})
    superseded_by = fields.String(allow_none=True, metadata={"description": "The fact that came in its place"})
    said_at = Moment(metadata={"description": "When it was said last"})
    created_at = Moment()
    updated_at = Moment()


class FactWrittenOut(HeardOut, FactOut): ...


class FactsOut(PageOut):
    facts = fields.List(fields.Nested(FactOut), attribute="items")


class FactIn(BodyIn):
    """Only what is named is changed."""

    text = Trimmed(1, LONGEST)
    kind = Choice(FactKind)
    pinned = Flag()
    accepted = Flag(
        validate=validate.Equal(True),
        metadata={"enum": [True], "description": "The yes to what is proposed; no: DELETE"},
    )


class ForgottenOut(Schema):
    success = fields.Boolean()
    message = fields.String()
    count = fields.Integer(metadata={"description": "How many facts were deleted"})


class MemorySettingsIn(Schema):
    enabled = Flag(required=True)


class MemorySettingsOut(Schema):
    enabled = fields.Boolean(metadata={"description": "Off: nothing is remembered, and nothing that was is used"})
