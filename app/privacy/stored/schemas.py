"""What `/me/data` answers."""

from marshmallow import fields

from app.privacy.retention.schemas import RetentionIn
from app.web.schemas import Schema


class StoredOut(Schema):
    counts = fields.Dict(
        keys=fields.String(), values=fields.Integer(),
        metadata={"description": "Rows by table", "example": {"goals": 5, "journal_entries": 412}},
    )  # fmt: skip
    sizes = fields.Dict(
        keys=fields.String(), values=fields.Integer(),
        metadata={"description": "Bytes by table, as they are stored", "example": {"goals": 2113}},
    )  # fmt: skip
    bytes = fields.Integer(metadata={"example": 482113})
    retention = fields.Nested(
        RetentionIn, metadata={"description": "After how many days it goes; null: never by itself"}
    )
