"""Models whose words are looked at before anybody gets them. A turn meets models in no other way."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial

from app.care.output import Watch
from app.care.output_phrases import WRITTEN, Kind, Phrase
from app.care.own_text import OwnText
from app.care.words import Words
from app.core.json import as_object, texts_in
from app.llm.interfaces import Event, JSONSchema, ProviderError, Request, TextDelta, ToolCall, unused
from app.llm.registry import Completion, Models, fold
from app.llm.structured import Check, OutputSchema, Structured, structured
from app.llm.usage import UsageRecord
from app.observability.metrics import CLAIMS_LEFT_OUT, CLAIMS_PUT_RIGHT
from app.receipts.judging import Kind as Claimed
from app.receipts.proof import Proof

Say = Callable[[str], None]
Act = Callable[[Sequence[ToolCall]], frozenset[Kind]]


class Unsaid(Exception):
    """A model said what must not leave. ``passed`` is what it said before, ``model`` the one that spoke."""

    def __init__(self, watch: Watch, model: str, passed: str = "") -> None:
        super().__init__(watch.kind)
        self.kind = str(watch.kind)
        self.language = watch.language
        self.model = model
        self.passed = passed


class WatchedModels:
    """For one turn. Whatever it gives may be shown; it raises ``Unsaid`` for the rest, and ends the upstream call.

    ``used`` gets what each call has used. With a ``proof`` what streamed text says of the person is held against what
    they wrote.
    """

    def __init__(
        self, models: Models, kinds: frozenset[Kind], used: Callable[[UsageRecord], object] = unused,
        proof: Proof | None = None,
    ) -> None:  # fmt: skip
        self._models = models
        self._kinds = kinds
        self._used = used
        self._proof = proof
        self._model = ""
        self._speeches: list[Speech] = []

    def stream(self, request: Request) -> Iterator[Event]:
        """As ``Models.stream``, for text."""
        return self._passed(self._models.stream(self._noted(request)), request)

    def acting(self, request: Request, act: Act) -> Iterator[Event]:
        """The same once the whole answer is there, and ``act`` has done what its calls ask for: it gives what may be
        said of that."""
        with closing(self._models.stream(self._noted(request))) as events:
            given = list(events)
        calls = [event for event in given if type(event) is ToolCall]
        for call in calls:
            self._look(request, texts_in(call.arguments), self._kinds & WRITTEN, "")
        self._kinds -= act(calls)
        return self._passed((event for event in given), request)

    def complete(self, request: Request) -> Completion:
        """The whole answer."""
        return fold(self.stream(request))

    def speech(self, request: Request, say: Say) -> "Speech":
        """``say`` for words that are read from an answer while it is being written: ``structured`` says their end."""
        self._speeches.append(Speech(self._watch(request, self._kinds), say, self._unsaid))
        return self._speeches[-1]

    def structured(
        self, request: Request, output: OutputSchema | JSONSchema, check: Check | None = None, *,
        plain: Callable[[str], object] | None = None, listener: Say | None = None, spoken: str = "",
    ) -> Structured:  # fmt: skip
        """As ``structured``. ``spoken`` is the field that speaks to the person, as a coach; others do not."""
        found = structured(self._models, self._noted(request), output, check, plain=plain, listener=listener)
        for speech in self._speeches:
            speech.end()
        passed = "".join(said for speech in self._speeches for said in speech.said)
        self._look(request, texts_in(found.value), self._kinds & WRITTEN, passed)
        return self._spoken(request, found, spoken, passed)

    def cost(self, answer: Structured) -> float | None:
        """In US dollars; None where it is not known."""
        return self._models.cost(answer.finish, answer.usage)

    def _spoken(self, request: Request, found: Structured, name: str, passed: str) -> Structured:
        """With the field that speaks as it may be shown."""
        value = as_object(found.value)
        said = value.get(name)
        if not isinstance(said, str):
            return found
        watch = self._watch(request, self._kinds, is_counted=not self._speeches)
        shown = watch.feed(said) + watch.end()
        if watch.kind is not None:
            raise self._unsaid(watch, passed)
        return found if shown == said else replace(found, value={**value, name: shown})

    def _passed(self, events: Generator[Event, None, None], request: Request) -> Iterator[Event]:
        said, watch = list[str](), self._watch(request, self._kinds)
        if self._proof is not None:
            self._proof.note = partial(_count_left_out, Words.of(request.caller).path)
        with closing(_to_their_end(events)) as given:
            for event in given:
                text = watch.feed(event.text) if type(event) is TextDelta else watch.end()
                text = self._proved(text, ended=type(event) is not TextDelta and watch.kind is None)
                if text:
                    said.append(text)
                    yield event if type(event) is TextDelta and event.text == text else TextDelta(text)
                if watch.kind is not None:
                    raise self._unsaid(watch, "".join(said))
                if isinstance(event, ProviderError):
                    raise event
                if type(event) is ToolCall:
                    self._look(request, texts_in(event.arguments), self._kinds & WRITTEN, "".join(said))
                if type(event) is not TextDelta:
                    yield event

    def _proved(self, text: str, *, ended: bool) -> str:
        """What of it may be said of a person."""
        proof = self._proof
        if proof is None:
            return text
        return proof.feed(text) + (proof.end() if ended else "")

    def _look(self, request: Request, texts: Iterable[str], kinds: frozenset[Kind], passed: str) -> None:
        for text in texts:
            watch = self._watch(request, kinds)
            watch.feed(text)
            watch.end()
            if watch.kind is not None:
                raise self._unsaid(watch, passed)

    def _watch(self, request: Request, kinds: frozenset[Kind], *, is_counted: bool = True) -> Watch:
        path = Words.of(request.caller).path
        return Watch(kinds, OwnText(request), partial(_count, path) if is_counted else _uncounted)

    def _unsaid(self, watch: Watch, passed: str) -> Unsaid:
        return Unsaid(watch, self._model, passed)

    def _noted(self, request: Request) -> Request:
        return replace(request, answering=self._note, used=self._used)

    def _note(self, model: str) -> None:
        self._model = model


def _count(path: str, claim: Phrase) -> None:
    CLAIMS_PUT_RIGHT.labels(path, claim.kind, claim.language).inc()


def _count_left_out(path: str, claim: Claimed) -> None:
    CLAIMS_LEFT_OUT.labels(path, claim).inc()


def _uncounted(_: Phrase) -> None:
    """What was counted on its way."""


def _to_their_end(events: Generator[Event, None, None]) -> Generator[Event | ProviderError, None, None]:
    """An error comes after what was said before it."""
    with closing(events):
        try:
            yield from events
        except ProviderError as error:
            yield error


class Speech:
    """Words on their way to a person."""

    def __init__(self, watch: Watch, say: Say, unsaid: Callable[[Watch, str], Unsaid]) -> None:
        self._watch = watch
        self._say = say
        self._unsaid = unsaid
        self.said: list[str] = []

    def __call__(self, text: str) -> None:
        self._tell(self._watch.feed(text))

    def end(self) -> None:
        self._tell(self._watch.end())

    def _tell(self, text: str) -> None:
        if text:
            self.said.append(text)
            self._say(text)
        if self._watch.kind is not None:
            raise self._unsaid(self._watch, "".join(self.said))
