"""What an answer draws on: the conversation so far, and what the person has on the question."""

from dataclasses import dataclass, replace

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
from app.llm.interfaces import Embedder, ProviderError
from app.personalities import persona
from app.personalities.persona import Persona
from app.retrieval import context as retrieval
from app.retrieval.index import Document
from app.retrieval.search import Hit, Vector, pieces, search
from app.workspace import figures
from app.workspace.figures import Counts

VECTOR_PATIENCE = 2.0  # seconds to wait for what only makes the search better

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ChatContext:
    """What an answer draws on: the conversation so far, what the person has on the question, and who answers.

    The documents carry the dates that the person's calendar showed. ``attached`` are those that the person gave,
    ``actions`` those of the conversation.
    """

    past: History
    hits: list[Hit]
    coach: Persona
    attached: list[Document]
    actions: Standing = settings.NOTHING
    counts: Counts = figures.NONE

    @property
    def is_known(self) -> bool:
        """Whether there is anything of the person's."""
        return bool(self.attached or self.hits or self.counts.entries or self.counts.goals or self.past.messages)

    @property
    def documents(self) -> list[Hit | Document]:
        return [*self.attached, *self.hits]


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds the context of a question. Without an embedder, or while it is away, words and recency must do."""

    db: Database
    embedder: Embedder | None
    reader: Reader

    def context(self, turn: AdmittedTurn) -> ChatContext:
        question, owner = turn.question["content"], turn.principal
        vector = self._vector(question)
        with self.db.single() as connection:
            past = history.load(connection, turn.session_id, turn.position) if turn.position > 1 else history.NONE
            hits = search(connection, owner.tenant_id, owner.user_id, question, vector)
            chosen = retrieval.choose(hits, question)
            told = retrieval.whole(chosen, pieces(connection, owner.tenant_id, owner.user_id, chosen))
            coach = persona.of(connection, owner, turn.personality_id)
            acting = turn.proposes or turn.position > 1
            counts = figures.count(connection, owner, coach.zone)
            actions = settings.standing(connection, owner, turn.session_id) if acting else settings.NOTHING
        dated = [replace(hit, dated_at=weeks.on_calendar(hit.dated_at, coach.zone)) for hit in told]
        given = attached.of_message(self.reader, owner, (*turn.attachments, *past.attachments))
        files = [replace(one, dated_at=weeks.on_calendar(one.dated_at, coach.zone)) for one in given]
        return ChatContext(past, dated, coach, files, actions, counts)

    def said_before(self, turn: AdmittedTurn) -> list[str]:
        """What the person said last before this turn, oldest first."""
        with self.db.single() as connection:
            return history.said_before(connection, turn.session_id, turn.position, MOST_BEFORE)

    def _vector(self, question: str) -> Vector | None:
        if self.embedder is None:
            return None
        try:
            return Vector(self.embedder.embed([question])[0], self.embedder.model)
        except ProviderError as error:
            log.warning("question_not_embedded", kind=error.kind)
            return None
