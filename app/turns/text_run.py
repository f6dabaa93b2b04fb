"""A run whose text a model streams: chat answers, insights, weekly reviews."""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Generic, TypeVar

from app.care.output_phrases import NOTHING, Kind
from app.care.safety import MODEL, UNHARMED, Cut, Safety
from app.care.words import Words
from app.core.errors import Unavailable
from app.db.patience import patiently
from app.limits.permits import Permit
from app.llm.interfaces import ErrorKind, Event, Finish, ProviderError, Request, TextDelta, ToolCall
from app.receipts.placing import Placed, placed
from app.receipts.proof import Proof
from app.streams.run import Run, Say
from app.turns.pipeline import Pipeline, Stages
from app.turns.trace import Answer
from app.turns.watched_models import Act, WatchedModels

C = TypeVar("C")

READING = 10.0  # seconds after which context is not gathered again: somebody waits for the first word


class TextRun(Run, Generic[C]):
    """``permit`` is refunded when nothing comes of it, and in a crisis; ``model`` is the one that answered, ``safety``
    what care found. What ``opens`` says care's own words first; a text that is kept as a document doesn't.
    """

    opens = True

    def __init__(self, run_id: str, pipeline: Pipeline, words: Words, permit: Permit) -> None:
        super().__init__(run_id)
        self.permit = permit
        self.model: str | None = None
        self.safety = UNHARMED
        self._pipeline = pipeline
        self._words = words
        self._proved: Proof | None = None
        self._opened = 0  # characters that are care's, and not the model's

    @property
    def answer(self) -> Answer:
        return Answer(self.id)

    @abstractmethod
    def context(self) -> C:
        """What the prompt is made of; gathered again when the database was away."""

    @abstractmethod
    def prompt(self, context: C) -> Request: ...

    def done(self, context: C) -> frozenset[Kind]:
        """What the coach may say that it did."""
        return NOTHING

    def proof(self, context: C) -> Proof | None:
        """What its statements about the person are held against."""
        return None

    def acts_first(self, context: C) -> Act | None:
        """What does the model's calls before anything of its answer is said."""
        return None

    def kept(self, say: Say, make: Callable[[], None]) -> None:
        """What is said in place of asking a model, if anything is."""
        make()

    def called(self, say: Say, calls: list[ToolCall]) -> None:
        """What the model has asked for with its answer, once that is said."""

    def produce(self, say: Say) -> None:
        self._pipeline.run(
            Stages(
                self._words, self._context, self.prompt, partial(self._generate, say), self._check,
                partial(self._told, say), partial(self._heard, say), kept=partial(self.kept, say),
                cut=partial(self._cut, say), done=self.done, proof=self._proof, answer=self.answer,
            )
        )  # fmt: skip

    @property
    def receipts(self) -> list[Placed]:
        """Where what the text says of the person is from."""
        return placed(self.text, self._proved.receipts) if self._proved else []

    def _proof(self, context: C) -> Proof | None:
        self._proved = self.proof(context)
        return self._proved

    def _told(self, say: Say, safety: Safety) -> None:
        self.safety, self.model = safety, MODEL
        self.admitted()
        self.permit.refund()
        say(safety.text)

    def _heard(self, say: Say, safety: Safety) -> None:
        self.safety = safety
        if safety.text and self.opens:
            say(f"{safety.text}\n\n")
        self._opened = len(self.text)

    def _cut(self, say: Say, cut: Cut) -> None:
        """What was said stays."""
        self.safety, self.model = cut.safety, cut.model
        say(cut.rest)

    def _generate(self, say: Say, models: WatchedModels, request: Request, context: C) -> None:
        asked, act = replace(request, admitted=self.admitted), self.acts_first(context)
        self.called(say, self._relay(say, models.acting(asked, act) if act else models.stream(asked)))

    def _relay(self, say: Say, events: Iterator[Event]) -> list[ToolCall]:
        """The tools that the model asks for."""
        calls = list[ToolCall]()
        for event in events:
            if type(event) is TextDelta:
                say(event.text)
                continue
            if type(event) is ToolCall:
                calls.append(event)
            if type(event) is Finish:
                self.model = event.model
        return calls

    def _context(self) -> C:
        found = patiently(self.context, READING)
        if found is None:
            raise Unavailable
        return found

    def _check(self, _answer: None) -> None:
        if not self.text[self._opened :].strip():
            raise ProviderError(ErrorKind.JUNK, model=self.model or "", detail="no text")
