"""Bodies of imports, out; what is sent is a form."""

from marshmallow import fields, validate

from app.imports.models import Format, Status
from app.imports.service import SkipsQuery as Query
from app.web.schemas import Around, Moment, Schema
from app.workspace.schemas.lists import Limit

FORMATS = [str(name) for name in Format]
MOST_SKIPS = 1000


class CountsOut(Schema):
    entries = fields.Integer(metadata={"example": 3120})
    goals = fields.Integer(metadata={"example": 0})
    attachments = fields.Integer(metadata={"example": 14, "description": "Files that the entries have"})
    duplicates = fields.Integer(metadata={"example": 0, "description": "Entries and goals that were there already"})
    skipped = fields.Integer(metadata={"example": 14})


class SkippedOut(Schema):
    item = fields.String(metadata={"example": "Journal: 2019-02-30T08:00:00Z"})
    reason = fields.String(metadata={"example": "its date is not understood: '2019-02-30T08:00:00Z'"})


class BegunOut(Schema):
    id = fields.String(metadata={"example": "import_abc123"})
    status = fields.String(metadata={"enum": [str(status) for status in Status], "example": "queued"})
    format = fields.String(
        allow_none=True, metadata={"example": "dayone", "description": "Null until it is recognised"}
    )  # fmt: skip


class ImportOut(Around, BegunOut):
    progress = fields.Float(metadata={"example": 0.4, "description": "From 0 to 1"})
    counts = fields.Nested(CountsOut)
    error = fields.String(allow_none=True, metadata={"example": None})
    created_at = Moment()
    finished_at = Moment(allow_none=True)


class ImportDetailOut(ImportOut):
    skipped = fields.List(
        fields.Nested(SkippedOut), attribute="skips", metadata={"description": "`counts.skipped` says how many in all"}
    )


class ImportsOut(Schema):
    imports = fields.List(fields.Nested(ImportOut))


class SkipsQuery(Schema):
    """Which of the skipped are shown."""

    into = Query
    limit = Limit(MOST_SKIPS, most=MOST_SKIPS)
    offset = fields.Integer(
        load_default=0, validate=validate.Range(0, 2**31 - 1, error="must be 0 or more"),
        metadata={"minimum": 0, "maximum": 2**31 - 1},
    )  # fmt: skip


FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "format": {
                        "type": "string",
                        "enum": FORMATS,
                        "description": "Default: recognised by what is in it",
                    },
                },
            }
        }
    },
}
