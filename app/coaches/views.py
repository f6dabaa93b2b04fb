"""Human coaches over HTTP: what people agree to, and what those who are agreed to do."""

from flask import g, request

from app.auth.principals import Principal
from app.auth.roles import COACHED, OWN
from app.chat import schemas as chat_schemas
from app.chat.models import ChatMessage, ChatSession
from app.coaches import access, answering, notes, reading, schemas
from app.coaches import consents as service
from app.coaches.answering import Reply
from app.db.session import db
from app.limits.guards import limited
from app.streams.runner import Runner
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.documents import idempotent
from app.web.operations import Operations, removal, view_of
from app.workspace.schemas import goals, journal
from app.workspace.schemas.lists import PageQuery, RemovedOut

consents = Blueprint(
    "consents", __name__, url_prefix="/api/v1/consents", description="What human coaches may do for me"
)
blp = Blueprint("coach", __name__, url_prefix="/api/v1/coach", description="What a human coach sees and says")
agreeing = Operations(consents, OWN, sessions=True)
seeing = Operations(blp, COACHED, fails=(404,), sessions=True, records=True)
noting = Operations(blp, COACHED, fails=(404,), sessions=True)
acting = Operations(blp, COACHED, rate=limited("sessions"), fails=(409,))

agreeing("POST", "", takes=schemas.ConsentIn, gives=schemas.ConsentOut, status=201, fails=(404,))(
    view_of(
        service.give,
        "Let a coach of my tenant read what is mine, or answer me",
        "`read`: conversations, goals and the journal; `reply`: answer in conversations, and take them over. Once more"
        " for the same coach it changes the scopes of the consent that stands.",
    )
)
agreeing("GET", "", takes=PageQuery, gives=schemas.ConsentsOut)(
    view_of(service.page, "List my consents, newest first", "With those that have ended.")
)
agreeing("DELETE", "/<consent_id>", gives=RemovedOut)(
    view_of(
        removal("Consent", service.end),
        "End a consent",
        "At once. What the coach had taken over is handed back; what they have read stays in the list.",
    )
)
agreeing("GET", "/<consent_id>/reads", takes=PageQuery, gives=schemas.ReadsOut)(
    view_of(service.reads, "List what a coach has read with a consent, and when, newest first")
)

noting("GET", "/people", takes=schemas.PeopleQuery, gives=schemas.PeopleOut)(
    view_of(access.coached, "List the people who agreed that I coach them", "To what, and since when.")
)
seeing("GET", "/people/<user_id>/sessions", takes=chat_schemas.SessionsQuery, gives=chat_schemas.SessionsOut)(
    view_of(reading.sessions, "List a person's conversations, last used first")
)
seeing("GET", "/sessions/<session_id>", takes=chat_schemas.MessagesQuery, gives=chat_schemas.SessionWithMessagesOut)(
    view_of(reading.conversation, "Get a person's conversation with its messages")
)
seeing("GET", "/people/<user_id>/goals", takes=goals.GoalsQuery, gives=goals.GoalsOut)(
    view_of(reading.goals, "List a person's goals, newest first")
)
seeing("GET", "/people/<user_id>/goals/<goal_id>", gives=goals.GoalDetailOut)(
    view_of(reading.goal, "Get a person's goal with milestones, progress and linked entries")
)
seeing("GET", "/people/<user_id>/entries", takes=journal.EntriesQuery, gives=journal.EntriesOut)(
    view_of(reading.entries, "List a person's journal entries, the latest date first")
)
seeing("GET", "/people/<user_id>/entries/<entry_id>", gives=journal.EntryOut)(
    view_of(reading.entry, "Get a person's journal entry")
)
noting("GET", "/people/<user_id>/notes", takes=PageQuery, gives=schemas.NotesOut)(
    view_of(notes.page, "List my notes about a person, newest first")
)
noting("POST", "/people/<user_id>/notes", takes=schemas.TextIn, gives=schemas.NoteOut, status=201, fails=(409,))(
    view_of(
        notes.add, "Write a note about a person", "No other coach sees it, and no model. The person's export has it."
    )
)
noting("PATCH", "/notes/<note_id>", takes=schemas.TextIn, gives=schemas.NoteOut)(view_of(notes.change, "Change a note"))
noting("DELETE", "/notes/<note_id>", gives=RemovedOut)(view_of(removal("Note", notes.remove), "Delete a note"))


@acting(
    "POST", "/sessions/<session_id>/reply", takes=schemas.TextIn, gives=schemas.ReplyOut, status=201, fails=(422,),
    notes=[idempotent()],
)  # fmt: skip
def reply(coach: Principal, said: str, session_id: str) -> ChatMessage:
    """Answer in a person's conversation, as the human that I am

    The message has the role `assistant` and my name as `author`, wherever it is shown. The person hears of it by
    `coach.replied` on their event socket.
    """
    key = request.headers.get("Idempotency-Key")
    return answering.reply(db, coach, Reply(session_id, said, g.signed_in.profile.name, key))


@acting("POST", "/sessions/<session_id>/take-over", gives=chat_schemas.TakeOverOut)
def take_over(coach: Principal, session_id: str) -> ChatSession:
    """Take over a person's conversation: no model answers in it until it is handed back

    What the person writes comes to me as `coach.message` on the event socket. A day after the last word of mine the
    model answers again. 409 `TAKEN_OVER` while another coach has it.
    """
    return answering.take_over(db, resolve(Runner).cancel, coach, session_id, g.signed_in.profile.name)


@acting("POST", "/sessions/<session_id>/hand-back", gives=chat_schemas.TakeOverOut)
def hand_back(coach: Principal, session_id: str) -> ChatSession:
    """Hand a conversation back to the model"""
    return answering.hand_back(db, coach, session_id)
