"""Bodies of consents and of coaches, in and out."""

from marshmallow import fields, post_load, validate

from app.chat.schemas import SaidOut
from app.coaches.access import MOST_PEOPLE
from app.coaches.consents import NewConsent
from app.coaches.models import Scope, Seen
from app.web.schemas import Around, Choice, Moment, Schema, Text
from app.workspace.schemas.lists import Limit, PageOut, PageQuery, SingleIn

LONGEST = 10_000  # characters of a reply or a note
COACH = {"example": "user_abc123", "description": "The user id of the coach"}


class ConsentIn(Schema):
    coach = Text(1, 128, required=True, metadata=COACH)
    scopes = fields.List(Choice(Scope), required=True, validate=validate.Length(1, 10), metadata={"example": ["read"]})

    @post_load
    def once_each(self, data: NewConsent, **_: object) -> NewConsent:
        return {"coach": data["coach"].strip(), "scopes": [Scope(scope) for scope in dict.fromkeys(data["scopes"])]}


class GrantedOut(Schema):
    scopes = fields.List(fields.String(metadata={"enum": [*Scope]}))


class ConsentOut(Around, GrantedOut):
    id = fields.String(metadata={"example": "consent_abc123"})
    coach = fields.String(attribute="coach_id", metadata=COACH)
    coach_name = fields.String(metadata={"example": "Carla Costa", "description": "Empty where no account tells it"})
    created_at = Moment()
    updated_at = Moment()
    ended_at = Moment(allow_none=True)


class ConsentsOut(PageOut):
    consents = fields.List(fields.Nested(ConsentOut), attribute="items")
    total = fields.Integer(metadata={"example": 1})


class ReadOut(Schema):
    id = fields.String(metadata={"example": "read_abc123"})
    type = fields.String(metadata={"enum": [*Seen]})
    ids = fields.List(fields.String(), metadata={"example": ["session_abc123"], "description": "What was shown"})
    at = Moment(attribute="created_at")


class ReadsOut(PageOut):
    reads = fields.List(fields.Nested(ReadOut), attribute="items")
    total = fields.Integer(metadata={"example": 1})


class PeopleQuery(PageQuery):
    limit = Limit(100, most=MOST_PEOPLE)


class CoachedOut(Around, GrantedOut):
    user_id = fields.String(metadata={"example": "user_xyz789"})
    name = fields.String(metadata={"example": "Olivia Oak", "description": "Empty where no account tells it"})
    since = Moment(attribute="created_at")
    consent_id = fields.String(attribute="id", metadata={"example": "consent_abc123"})


class PeopleOut(PageOut):
    people = fields.List(fields.Nested(CoachedOut), attribute="items")
    total = fields.Integer(metadata={"example": 1})


class TextIn(SingleIn):
    text = Text(1, LONGEST, required=True, metadata={"example": "How did the first week go?"})


class ReplyOut(SaidOut):
    session_id = fields.String(metadata={"example": "session_abc123"})
    timestamp = Moment(attribute="created_at")


class NoteOut(Schema):
    id = fields.String(metadata={"example": "note_abc123"})
    user_id = fields.String(metadata={"example": "user_xyz789", "description": "Whom it is about"})
    text = fields.String(metadata={"example": "Wants to run before work; ask about the knee."})
    created_at = Moment()
    updated_at = Moment()


class NotesOut(PageOut):
    notes = fields.List(fields.Nested(NoteOut), attribute="items")
    total = fields.Integer(metadata={"example": 1})
