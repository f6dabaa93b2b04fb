"""Bodies of attachments, out; what is sent is a form."""

from dataclasses import dataclass

from marshmallow import fields

from app.web.schemas import CamelCase, Schema, Text
from app.workspace.schemas.lists import Limit, PageOut, PageQuery


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed link carries; both are empty where there is none."""

    expires: str
    signature: str


class LinkQuery(Schema):
    into = Link
    expires = Text(0, 20, load_default="", metadata={"description": "Of a signed link: seconds since 1970"})
    signature = Text(0, 128, load_default="", metadata={"description": "Of a signed link, in place of a token"})


class AttachmentOut(Schema):
    id = fields.String(metadata={"example": "attachment_abc123"})
    name = fields.String(metadata={"example": "river.jpg"})
    type = fields.String(
        attribute="content_type", metadata={"example": "image/jpeg", "description": "By what is in it"}
    )
    size = fields.Integer(metadata={"example": 482133, "description": "Bytes"})


class LinkedAttachmentOut(AttachmentOut):
    created_at = fields.String(metadata={"format": "date-time"})
    entry_id = fields.String(allow_none=True, metadata={"example": "journal_abc123"})
    url = fields.String(metadata={"description": "Opens it without a token, until `expires_at`"})
    thumbnail_url = fields.String(allow_none=True, metadata={"description": "Null where there can be none"})
    expires_at = fields.String(metadata={"format": "date-time"})


class AttachmentsOut(Schema):
    attachments = fields.List(fields.Nested(LinkedAttachmentOut))


class AttachmentsQuery(PageQuery):
    limit = Limit(50)


class AttachmentPageOut(PageOut, CamelCase):
    attachments = fields.List(fields.Nested(LinkedAttachmentOut))


FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        }
    },
}
