"""What is told of a text that is kept, beside it."""

from typing import Any

from marshmallow import fields

from app.web.schemas import Schema


class SourceOut(Schema):
    type = fields.String(
        metadata={"example": "journal", "description": "`journal`, `goal`, `progress`, `message`, or a collection"}
    )
    id = fields.String(metadata={"example": "journal_abc123"})


class ReceiptOut(SourceOut):
    """One of ``quote`` and ``value``."""

    quote = fields.String(
        metadata={"example": "I ran before work", "description": "The person's words, as the text has them"}
    )
    value = fields.String(metadata={"example": "5", "description": "A number or a date in the text"})


def receipts(**told: Any) -> fields.List[dict[str, str]]:
    about = "What the quotations, dates and numbers of the text are from: a row, or the name of a computed `figure`"
    return fields.List(fields.Nested(ReceiptOut), metadata={"description": about}, **told)


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
