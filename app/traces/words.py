"""The words that belong to a trace: read where they are kept, so that what is deleted there is gone here too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from app.chat.models import ChatMessage, ChatTurn
from app.coaching.models import CoachingMessage, CoachingSession
from app.core.json import as_object
from app.interviews.models import InterviewMessage
from app.realtime.models import Chat, CoachSession
from app.retrieval.models import DocumentChunk
from app.topics.business.models import Conversation, ConversationMessage
from app.topics.models import TopicRun
from app.traces.models import TurnTrace
from app.weekly.models import WeeklyInsight


@dataclass(frozen=True, slots=True)
class TurnWords:
    """What a person said, and what they were told; None where nothing is kept."""

    asked: str | None = None
    answered: str | None = None


def words_of(session: Session, trace: TurnTrace) -> TurnWords | None:
    """None when they are gone, or were never kept."""
    family = max((name for name in KEPT if trace.feature.startswith(name)), key=len, default=None)
    return KEPT[family](session, trace) if family else None


def titles_of(session: Session, trace: TurnTrace) -> Mapping[str, str]:
    """Of what was retrieved, as far as it is still there."""
    ids = [str(as_object(one)["id"]) for one in trace.retrieved]
    if not ids:
        return {}
    chunk = DocumentChunk
    query = select(chunk.source_id, chunk.title).where(
        chunk.tenant_id == trace.tenant_id, chunk.user_id == trace.user_id, chunk.source_id.in_(ids)
    )
    return {row.source_id: row.title for row in session.execute(query)}


def _of_chat(session: Session, trace: TurnTrace) -> TurnWords | None:
    query = (
        select(ChatTurn.user_message_id, ChatTurn.answer_id)
        .where(ChatTurn.owned_by(trace), ChatTurn.answer_id == trace.answer_id)
        .where(ChatTurn.session_id == trace.conversation_id)
    )
    turn = session.execute(query).first()
    said = {row.id: row.content for row in session.scalars(select(ChatMessage).where(ChatMessage.id.in_(turn or ())))}
    return TurnWords(said.get(turn[0]), said.get(turn[1])) if turn else None


def _of_coaching(session: Session, trace: TurnTrace) -> TurnWords | None:
    """Its messages have no id: the answer is the first one after the turn began, for one turn runs at a time."""
    row = CoachingMessage
    mine = select(CoachingSession.id).where(
        CoachingSession.owned_by(trace), CoachingSession.id == trace.conversation_id
    )
    of_session = select(row).where(row.session_id.in_(mine))
    later = of_session.where(row.role == "assistant", row.created_at >= trace.created_at).order_by(row.place)
    answer = session.scalars(later.limit(1)).first()
    if answer is None:
        return None
    before = session.scalars(of_session.where(row.place == answer.place - 1, row.role == "user")).first()
    return TurnWords(before.content if before else None, answer.content)


def _of_conversation(session: Session, trace: TurnTrace) -> TurnWords | None:
    row = ConversationMessage
    mine = select(Conversation.id).where(Conversation.owned_by(trace), Conversation.id == trace.conversation_id)
    until = select(row).where(row.conversation_id.in_(mine), row.id <= trace.answer_id).order_by(row.id.desc())
    said = {one.role: one.content for one in reversed(session.scalars(until.limit(2)).all())}
    return TurnWords(said.get("user"), said.get("assistant"))


def _of_run(session: Session, trace: TurnTrace) -> TurnWords | None:
    query = select(cast(TopicRun.parameters, String), cast(TopicRun.result, String))
    row = session.execute(query.where(TopicRun.owned_by(trace), TopicRun.id == trace.answer_id)).first()
    return TurnWords(*row) if row else None


def _of_review(session: Session, trace: TurnTrace) -> TurnWords | None:
    query = select(WeeklyInsight).where(WeeklyInsight.owned_by(trace), WeeklyInsight.id == trace.answer_id)
    row = session.scalar(query)
    return TurnWords(None, row.shown) if row else None


def _of_interview(session: Session, trace: TurnTrace) -> TurnWords | None:
    its = InterviewMessage.interview_id == trace.conversation_id, InterviewMessage.id == trace.answer_id
    return TurnWords(None, session.scalar(select(InterviewMessage.message).where(*its)))


def _of_realtime(session: Session, trace: TurnTrace) -> TurnWords | None:
    query = (
        select(Chat.query, Chat.response)
        .join(CoachSession, CoachSession.id == Chat.session_id)
        .where(CoachSession.tenant_id == trace.tenant_id, CoachSession.thread_id == trace.user_id)
        .where(Chat.meta["turn_id"].astext == trace.answer_id)
    )
    row = session.execute(query).first()
    return TurnWords(*row) if row else None


KEPT: Mapping[str, Callable[[Session, TurnTrace], TurnWords | None]] = {  # by the beginning of a feature
    "chat.turn": _of_chat, "coaching.": _of_coaching, "topics.": _of_run, "topics.conversation": _of_conversation,
    "chat.weekly_insights": _of_review, "interviews.": _of_interview, "realtime.turn": _of_realtime,
}  # fmt: skip
