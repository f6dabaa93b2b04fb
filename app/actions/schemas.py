"""Bodies of actions, in and out."""

from marshmallow import fields

from app.actions.kinds import AT_ONCE, KINDS
from app.actions.listing import ActionsRequest
from app.actions.models import ActionState
from app.web.documents import ChatErrorOut
from app.web.schemas import Choice, Flag, Moment, Schema, Text, listed
from app.workspace.schemas.lists import Limit, PageOut

BEFORE = {"type": "object", "example": None, "description": "Null where something new would be made"}
AFTER = {"type": "object", "example": {"title": "Run a marathon", "target_date": "2027-06-30T00:00:00.000Z"}}


class ProposalOut(Schema):
    id = fields.String(metadata={"example": "action_abc123"})
    kind = fields.String(metadata={"enum": list(KINDS)})
    summary = fields.String(metadata={"example": "Create the goal “Run a marathon” by 2027-06-30"})
    state = fields.String(metadata={"enum": [*ActionState]})
    before = fields.Raw(allow_none=True, metadata=BEFORE)
    after = fields.Raw(allow_none=True, metadata=AFTER)
    expires_at = fields.String(metadata={"format": "date-time"})


class ActionOut(ProposalOut):
    """With who proposed it, where, and when what became of it."""

    proposed_by = fields.String(metadata={"example": "openai:gpt-5-mini", "description": "The model"})
    session_id = fields.String(metadata={"example": "session_abc123"})
    message_id = fields.String(metadata={"example": "msg_1", "description": "The person's message that it comes from"})
    answer_id = fields.String(metadata={"example": "msg_2", "description": "The answer that it stands beside"})
    at_once = fields.Boolean(metadata={"description": "It happened without being asked for, as the person has set"})
    result = fields.Raw(allow_none=True, metadata={"type": "object", "description": "The row, as REST has it"})
    successor_id = fields.String(allow_none=True, metadata={"description": "Of the one that was shown in its place"})
    expires_at = Moment()  # type: ignore[assignment]
    created_at = Moment()
    shown_at = Moment(allow_none=True)
    confirmed_at = Moment(allow_none=True)
    done_at = Moment(allow_none=True)
    declined_at = Moment(allow_none=True)
    undone_at = Moment(allow_none=True)
    undo_until = Moment(allow_none=True)


class ActionsQuery(Schema):
    into = ActionsRequest
    limit = Limit(20)
    cursor = Text(0, 64, load_default=None, metadata={"description": "Id of the last row of the page before"})
    state = Text(0, 12, load_default="", metadata={"description": ", ".join(ActionState)})
    session_id = Text(0, 64, load_default="")


class ActionsOut(PageOut):
    actions = fields.List(fields.Nested(ActionOut), attribute="items")


class MovedOut(Schema):
    id = fields.String(metadata={"example": "action_abc123"})
    state = fields.String(metadata={"enum": [*ActionState]})


class ConfirmedOut(MovedOut):
    result = fields.Raw(metadata={"type": "object", "description": "The row, as its REST route answers"})


class SettingsIn(Schema):
    """Only what is named is changed."""

    allowed = listed(Choice(AT_ONCE), len(AT_ONCE), metadata={"description": "Kinds that happen without being asked"})
    enabled = Flag(metadata={"description": "Coaches may propose although a message has no `actions`"})


class SettingsOut(Schema):
    allowed = fields.List(fields.String(metadata={"enum": list(AT_ONCE)}), metadata={"example": ["progress.add"]})
    enabled = fields.Boolean()


class ActionErrorOut(ChatErrorOut):
    code = fields.String(metadata={"example": "ACTION_CONFLICT"})
    proposal = fields.Nested(ProposalOut, allow_none=True, metadata={"description": "The fresh one, at a conflict"})
