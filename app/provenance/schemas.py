"""What is told of a text that is kept, beside it."""

from marshmallow import fields

from app.web.schemas import Schema


class SourceOut(Schema):
    type = fields.String(
        metadata={"example": "journal", "description": "`journal`, `goal`, `progress`, `message`, or a collection"}
    )
    id = fields.String(metadata={"example": "journal_abc123"})


class KeptOut(Schema):
    """A text that was made from others."""

    stale = fields.Boolean(
        metadata={
            "example": False,
            "description": "Something that it was made from was changed or deleted since. The words of what was deleted"
            " are gone; it is made anew when it is asked for again",
        }
    )
    sources = fields.List(fields.Nested(SourceOut), metadata={"description": "What it was made from"})
