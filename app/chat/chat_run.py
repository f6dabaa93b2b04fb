"""Making one answer: what the model is told of the person and the conversation, and what the answer leaves behind."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Self

from sqlalchemy import select

from app.actions.models import Action
from app.actions.service import ActionService, Origin
from app.actions.tools import tools_for
from app.actions.turn import TurnActions, shown
from app.care.output_phrases import Kind as Claim
from app.care.words import Words
from app.chat import human, outcome, spoken_of
from app.chat.admission import AdmittedTurn
from app.chat.chat_context import ChatContext, Retriever
from app.chat.events import Start, Terminal
from app.chat.models import ChatTurn
from app.chat.outcome import NO_SESSION, Outcome
from app.core import weeks
from app.core.clock import now
from app.core.errors import AppError
from app.db.patience import patiently
from app.db.session import db
from app.jobs.queue import queue
from app.limits.permits import Permit
from app.llm import prompts
from app.llm.interfaces import Caller, Grounding, Request, ToolCall
from app.observability.metrics import TURNS
from app.personalities import persona
from app.receipts.proof import Proof
from app.retrieval import context as retrieval
from app.streams.run import RunState, Say
from app.turns.failures import failure_text
from app.turns.pipeline import Pipeline
from app.turns.text_run import TextRun
from app.turns.trace import Answer
from app.turns.watched_models import Act

PROMPTS = Path(__file__).parent / "prompts"
FEATURE = "chat.turn"
MOST_TOKENS = 1500


class ChatRun(TextRun[ChatContext]):
    """``given`` are the words of what came with the message: care hears them as the person's."""

    def __init__(
        self, pipeline: Pipeline, retriever: Retriever, turn: AdmittedTurn, permit: Permit, actions: ActionService,
        given: str = "",
    ) -> None:  # fmt: skip
        owner = turn.principal
        before = partial(retriever.said_before, turn)
        text = f"{given}\n{turn.question['content']}" if given else turn.question["content"]
        words = Words(owner.tenant_id, owner.user_id, FEATURE, text, before, owner.place)
        super().__init__(turn.id, pipeline, words, permit)
        self._turn = turn
        self._retriever = retriever
        self._actions = TurnActions(actions, owner)
        self._used: list[str] = []
        self._summary_due = False
        self._notice = ""

    @property
    def answer(self) -> Answer:
        return Answer(self._turn.answer_id, self._turn.session_id)

    def first_event(self) -> Start:
        return outcome.first_event(self._turn, self.permit.usage_info)

    def context(self) -> ChatContext:
        return self._retriever.context(self._turn)

    def prompt(self, context: ChatContext) -> Request:
        turn, principal = self._turn, self._turn.principal
        self._summary_due = context.past.left_out
        self._used = [one.source_id for one in context.drawn_on]
        documents = context.documents
        system = prompts.render(
            PROMPTS, "coach.j2", coach=context.coach, documents=retrieval.as_xml(documents),
            summary=context.past.summary, opening=context.past.opening, today=persona.today(context.coach),
            figures=spoken_of.data(context), has_files=bool(context.attached), remembers=bool(context.remembered),
            proposes=turn.proposes, actions=context.actions.known, has_human=context.past.has_human,
        )  # fmt: skip
        return Request(
            Caller(FEATURE, principal.tenant_id, principal.user_id),
            context.past.asking(turn.question["content"]),
            system,
            tools_for(principal) if turn.proposes else (),
            max_tokens=MOST_TOKENS,
            grounding=Grounding(
                documents=documents,
                facts={"today": weeks.local_date(now(), context.coach.zone).isoformat()},
                language=context.coach.language,
                name=context.coach.own_name,
            ),
        )

    def kept(self, say: Say, make: Callable[[], None]) -> None:
        """While a human coach has the session the person is told so, and no model is asked."""
        if not self._turn.for_human:
            make()
            return
        self.admitted()
        self.permit.refund()
        self._notice = human.notice(self._words.place)
        say(self._notice)

    def done(self, context: ChatContext) -> frozenset[Claim]:
        return context.actions.done

    def proof(self, context: ChatContext) -> Proof | None:
        """Of somebody who has written nothing yet there is nothing to hold it against."""
        if not context.is_known:
            return None
        return Proof(lambda: spoken_of.ground(self._turn, context), strict=False, is_followed=True)

    def acts_first(self, context: ChatContext) -> Act | None:
        """What is done has to be known before anything is said of it."""
        self._actions.begin(self._turn.question["content"], context.coach.language, context.actions)
        return self._settle if self._turn.proposes and context.actions.allowed else None

    def called(self, say: Say, calls: list[ToolCall]) -> None:
        if not self._actions.is_settled:
            self._settle(calls)
        said = self._actions.words(has_text=bool(self.text[self._opened :].strip()))
        if said:
            say(said)

    def _settle(self, calls: Sequence[ToolCall]) -> frozenset[Claim]:
        return self._actions.settle(calls, self._origin)

    @property
    def _origin(self) -> Origin:
        return Origin(self._turn.session_id, self._turn.question["id"], self._turn.answer_id, self.model or "")

    def finish(self, state: RunState, error: AppError | None) -> Terminal:
        """Stores the outcome, then says so: whoever sees the end of the stream can read it in the session."""
        text = failure_text(error) if state is RunState.FAILED else None
        proposed = self._proposed(state)
        proposals = shown([*self._actions.done, *proposed]) if self._turn.proposes else None
        said = self.text.removesuffix(self._notice)
        ended = Outcome(
            state, said, text, self.model, self._used, self.safety.stored, proposals, self.receipts, self._notice
        )
        stored = patiently(lambda: self._stored(ended, proposed))
        moment = stored[0] if stored else None
        if moment is None:
            ended = self._ended_without_us() if stored else Outcome(RunState.FAILED, self.text)
        elif self._summary_due:
            self._summarise()
        self.beside = outcome.beside(ended) if ended.state is not RunState.FAILED else ()
        if ended.state is RunState.FAILED:
            self.permit.refund()
        TURNS.labels(ended.state).inc()
        return outcome.last_event(self._turn, ended, moment)

    def failure(self, error: AppError) -> Terminal:
        self.permit.refund()
        return outcome.last_event(self._turn, Outcome(RunState.FAILED, self.text, failure_text(error)), None)

    @classmethod
    def renew(cls, runs: Sequence[Self]) -> set[str]:
        with db.begin() as session:
            return outcome.renew(session, {run.id: run.text for run in runs})

    def _proposed(self, state: RunState) -> Sequence[Action]:
        """Of an answer that was stopped nothing is proposed."""
        return self._actions.rows(self._origin) if state is RunState.COMPLETED else ()

    def _stored(self, ended: Outcome, proposed: Sequence[Action]) -> tuple[datetime | None]:
        """When it was stored, with what was proposed; no time when there is nothing left to store it in."""
        if not proposed and not self._turn.for_human:
            with db.single() as connection:
                return (outcome.store(connection, self.id, ended),)
        with db.begin() as session:
            moment = outcome.store(session, self.id, ended)
            session.add_all(proposed if moment else ())
            if moment and self._turn.for_human:
                human.tell_coach(session, self._turn.session_id, self._turn.question["id"])
        return (moment,)

    def _ended_without_us(self) -> Outcome:
        """Its session was deleted, or another process took the turn for lost."""
        with db.read() as session:
            error = session.scalar(select(ChatTurn.error).where(ChatTurn.id == self.id))
        return Outcome(RunState.FAILED, "", error) if error else NO_SESSION

    def _summarise(self) -> None:
        """Has a worker take into the summary what the model no longer sees of the session."""
        owner = self._turn.principal
        with db.begin() as session:
            queue.enqueue(
                session, "chat.summarise", owner.tenant_id, owner.user_id, session_id=self._turn.session_id
            )  # fmt: skip
