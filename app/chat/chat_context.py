"""What an answer draws on: the conversation so far, and what the person has on the question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from app.actions import settings
from app.actions.settings import Standing
from app.attachments.reader import Reader
from app.care.words import MOST_BEFORE
from app.chat import attached, history
from app.chat.admission import AdmittedTurn
from app.chat.history import History
from app.core import weeks
from app.db.session import Database
from app.llm.interfaces import Caller, Embedder, ProviderError
from app.memory import recall
from app.personalities import persona
from app.personalities.persona import Persona
from app.retrieval import context as retrieval
from app.retrieval.index import Document
from app.retrieval.search import Hit, Vector, pieces, search
from app.workspace import figures
from app.workspace.figures import Counts

QUESTION = "retrieval.question"  # on whose account the search of a question goes
VECTOR_PATIENCE = 2.0  # seconds to wait for what only makes the search better

Dated = TypeVar("Dated", Hit, Document)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ChatContext:
    """What an answer draws on: the conversation so far, what the person has on the question, and who answers.

    The documents carry the dates that the person's calendar showed. ``attached`` are those that the person gave,
    ``remembered`` are facts of earlier conversations, ``actions`` those of this one.
    """

    past: History
    hits: list[Hit]
    coach: Persona
    attached: list[Document]
    remembered: list[Document]
    actions: Standing = settings.NOTHING
    counts: Counts = figures.NONE

    @property
    def is_known(self) -> bool:
        """Whether there is anything of the person's."""
        return bool(self.documents or self.counts.entries or self.counts.goals or self.past.messages)

    @property
    def drawn_on(self) -> list[Hit | Document]:
        """What was found, beside what was given."""
        return [*self.remembered, *self.hits]

    @property
    def documents(self) -> list[Hit | Document]:
        return [*self.attached, *self.drawn_on]


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds the context of a question. Without an embedder, or while it is away, words and recency must do."""

    db: Database
    embedder: Embedder | None
    reader: Reader

    def context(self, turn: AdmittedTurn) -> ChatContext:
        question, owner = turn.question["content"], turn.principal
        vector = self._vector(question, Caller(QUESTION, owner.tenant_id, owner.user_id))
        with self.db.single() as connection:
            past = history.load(connection, turn.session_id, turn.position) if turn.position > 1 else history.NONE
            hits = search(connection, owner.tenant_id, owner.user_id, question, vector)
            chosen = retrieval.choose(recall.without(hits), question)
            remembered = recall.facts(connection, owner, hits)
            told = retrieval.whole(chosen, pieces(connection, owner.tenant_id, owner.user_id, chosen))
            coach = persona.of(connection, owner, turn.personality_id)
            counts = figures.count(connection, owner, coach.zone)
            acting = turn.proposes or turn.position > 1
            actions = settings.standing(connection, owner, turn.session_id) if acting else settings.NOTHING
        given = attached.of_message(self.reader, owner, (*turn.attachments, *past.attachments))
        files, facts = _dated(given, coach.zone), _dated(remembered, coach.zone)
        return ChatContext(past, _dated(told, coach.zone), coach, files, facts, actions, counts)

    def said_before(self, turn: AdmittedTurn) -> list[str]:
        """What the person said last before this turn, oldest first."""
        with self.db.single() as connection:
            return history.said_before(connection, turn.session_id, turn.position, MOST_BEFORE)

    def _vector(self, question: str, caller: Caller) -> Vector | None:
        if self.embedder is None:
            return None
        try:
            return Vector(self.embedder.embed([question], caller)[0], self.embedder.model)
        except ProviderError as error:
            log.warning("question_not_embedded", kind=error.kind)
            return None


def _dated(documents: Sequence[Dated], zone: str) -> list[Dated]:
    return [replace(one, dated_at=weeks.on_calendar(one.dated_at, zone)) for one in documents]
