"""Bodies of the realtime coach's resources."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from marshmallow import ValidationError, fields, pre_load, validate

from app.care.schemas import Country
from app.core.json import JSONObject, as_object, without_nul
from app.realtime.threads import FORM
from app.web.schemas import Choice, Flag, Schema, Text, Whole

THREAD = rf"^{FORM}\Z"
SERVICES = ("espeak", "elevenlabs", "openai", "gtts", "google")
LARGEST_DOCUMENT = 512 * 1024  # bytes of one JSON field
UPLOAD = 9 * 1024 * 1024  # characters of base64
BASE64 = r"^(data:[a-z]+/[a-z0-9.+-]+;base64,)?([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
URI = r"([A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
ADDRESS = rf"^https?://[A-Za-z0-9._~-]+(:[0-9]{{1,5}})?([/?]{URI})?(#{URI})?\Z"


class JSONField(fields.Field[JSONObject]):
    """A JSON object, or one written as text."""

    default_error_messages = {"null": "must be a JSON object"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": ["object", "string"], "pattern": r"^(\{\})?$"}, **kwargs)

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> JSONObject:
        if isinstance(value, str):
            try:
                value = json.loads(value or "{}")
            except (ValueError, RecursionError):
                raise ValidationError("must be a JSON object") from None
        if not isinstance(value, dict):
            raise ValidationError("must be a JSON object")
        if len(msgspec.json.encode(value)) > LARGEST_DOCUMENT:
            raise ValidationError(f"must be at most {LARGEST_DOCUMENT} bytes")
        return as_object(without_nul(value))


class VoiceId(Whole):
    """A voice's id, or the voice as an agent shows it: what was read can be written back."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> int:
        named = value.get("id") if isinstance(value, dict) else value
        return super()._deserialize(named, attr, data, **kwargs)


def upload() -> Text:
    """A file as base64 or a data URI."""
    return Text(0, UPLOAD, load_only=True, allow_none=True, metadata={"contentEncoding": "base64", "pattern": BASE64})


def address(**kwargs: Any) -> Text:
    return Text(0, 500, allow_none=True, validate=validate.Regexp(ADDRESS, error="Not a valid URL."), **kwargs)


class VoiceIn(Schema):
    name = Text(1, 255, required=True, metadata={"example": "Warm"})
    service = Choice(SERVICES, load_default="espeak")
    voice_id = Text(0, 200, load_default="", metadata={"example": "openai::nova"})
    gender = Choice(("male", "female"), load_default="female")
    preview_b64 = upload()


class AgentIn(Schema):
    name = Text(1, 250, required=True, metadata={"example": "AI AgentProfile"})
    voice = VoiceId(validate=validate.Range(1, 2**31 - 1), allow_none=True, load_default=None)
    description = Text(0, 500, load_default="")
    persona = Text(0, 2000, load_default="")
    age = Whole(validate=validate.Range(0, 150), allow_none=True, load_default=None)
    max_tokens = Whole(validate=validate.Range(1, 8000), load_default=300)
    glb = address(load_default=None)
    glb_url = address()  # the same as glb
    avatar_b64 = upload()
    is_active = Flag(load_default=True)
    country = Country(load_default="", metadata={"description": "Whose helplines people are shown who talk to it"})

    @pre_load
    def _one_model(self, data: object, **_: object) -> object:
        return {"glb": data["glb_url"], **data} if isinstance(data, dict) and "glb_url" in data else data


class SessionIn(Schema):
    """``agent`` (its id) or ``bot_id``; without ``thread_id`` one is made."""

    agent = fields.Raw(allow_none=True, metadata={"type": "integer", "example": 1})
    bot_id = Text(1, 64, allow_none=True, metadata={"example": "6a97a3c4-5d25-47a8-bb31-b6f35c98e6b7"})
    thread_id = Text(
        1, 100, allow_none=True, validate=validate.Regexp(THREAD, error="must match ^user_[0-9a-f]{{16}}$")
    )
    title = Text(0, 255, load_default="")
    summary = Text(0, 5000, load_default="")
    is_active = Flag(load_default=True)


class OfThreadIn(Schema):
    """``session`` (its id) or ``thread_id``."""

    session = Whole(validate=validate.Range(1, 2**31 - 1), allow_none=True)
    thread_id = Text(1, 100, allow_none=True)


class ChatIn(OfThreadIn):
    query = Text(1, 20_000, required=True)
    response = Text(0, 100_000, load_default="")
    emotion = JSONField(load_default=dict)
    viseme = JSONField(load_default=dict)
    meta = JSONField(load_default=dict)


class SlidesIn(OfThreadIn):
    title = Text(0, 255, load_default="")
    summary = Text(0, 5000, load_default="")
    editorjs = JSONField(load_default=dict)
    rotate = Flag()
    updated_by = Text(0, 64, load_default="")


@dataclass(frozen=True, slots=True)
class RowsSearch:
    page: int
    page_size: int
    search: str
    ordering: str


class RowsQuery(Schema):
    into = RowsSearch
    page = fields.Integer(load_default=1)
    page_size = fields.Integer(load_default=10)
    search = Text(0, 200, load_default="")
    ordering = Text(0, 200, load_default="")


class RevisionsQuery(Schema):
    before = fields.Integer(
        load_default=None, validate=validate.Range(1, 2**31 - 1), metadata={"description": "Versions before this one"}
    )


class PageOut(Schema):
    count = fields.Integer(metadata={"example": 42})
    next = fields.String(allow_none=True)
    previous = fields.String(allow_none=True)
    results = fields.List(fields.Raw())
