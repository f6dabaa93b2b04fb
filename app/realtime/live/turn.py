"""One answer: text as it comes, and beside it sound, slides and facts. Nothing beside the text ever holds it up."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import gevent
import structlog
from gevent import GreenletExit
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.metering import Metering
from app.care.levels import Level
from app.care.safety import MODEL, UNHARMED, Cut, Safety, in_crisis
from app.care.words import MOST_BEFORE
from app.core import dates
from app.core.errors import AppError, RateLimited
from app.core.ids import new_id
from app.core.json import JSONObject
from app.limits.permits import Limits
from app.llm import interfaces, prompts
from app.llm.interfaces import Finish, Grounding, Message, ProviderError, Request, TextDelta, ToolCall
from app.realtime.conversation_store import ConversationStore
from app.realtime.live import events, slide_requests, tools
from app.realtime.live.conversation import (
    FEATURE,
    SPEECH,
    Exchange,
    Query,
    Thread,
    TurnRecord,
    TurnState,
    messages_of,
    words_of,
)
from app.realtime.live.slide_maker import SlideMaker
from app.realtime.live.speaking import Speaking
from app.speech import emotion
from app.speech.registry import Speech
from app.turns.pipeline import Pipeline, Stages
from app.turns.trace import Answer
from app.turns.watched_models import WatchedModels

PROMPTS = Path(__file__).parent / "prompts"
PIECES = re.compile(r"\s*\S+|\s+\Z")
HISTORY_LIMIT = 20  # turns that the model sees
MOST_ROUNDS = 3  # of tools
HISTORY_TIMEOUT = 1.5  # seconds to wait for what was said before
SPEECH_TIMEOUT = 20.0  # seconds that sound may end after the text
SLIDES_TIMEOUT = 60.0  # seconds that slides may end after the text
END_DELAY = 0.15  # seconds before the end: a client that is busy loses words and sound that come with it
NEUTRAL = emotion.Emotion("Joy", 1)
SCHEMA = "engine.v3"
FAILED = "Generation failed"
PASSING = (429, 503)  # statuses of what may go better later

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RealtimeServices:
    pipeline: Pipeline
    speech: Speech
    store: ConversationStore
    read_page: tools.ReadPage
    limits: Limits
    metering: Metering


class RealtimeTurn:
    """Runs in a greenlet of its own until it is told to stop; ``send`` sends an event."""

    def __init__(
        self, services: RealtimeServices, thread: Thread, query: Query, send: Callable[[bytes], None], muted: bool,
        beside: JSONObject | None = None,
    ) -> None:  # fmt: skip
        """``beside`` is told in the metadata of the end."""
        self.id = new_id("turn")
        self._beside = beside or {}
        self.safety = UNHARMED
        self._opened = 0  # tokens that are care's, and not the model's
        self._services = services
        self._thread = thread
        self._caller = thread.caller(FEATURE)
        self._query = query
        self._send = send
        used = partial(services.metering.spoken, thread.caller(SPEECH))
        self._speaking = Speaking(services.speech, thread.agent.voice, send, query.local_time, muted, used)
        self._texts: list[str] = []
        self._emotion = emotion.dominant(query.text) or NEUTRAL  # the one that is shown
        self._model = ""
        self._prepared = 0.0
        self._wants_slides = slide_requests.asks_for_slides(query.text)
        self._slides = SlideMaker(services.pipeline, services.store, thread, query, send)
        self._tools_used: list[str] = []
        self._failure = events.failure(FAILED, "INTERNAL_ERROR", True)
        self._apart = False  # a space belongs between the text before the tools and the next

    def run(self) -> None:
        """The stream rim: every turn ends with ``response_ended``, whoever ends it."""
        state = TurnState.COMPLETED
        try:
            self._open()
            self._answer()
            self._drain()
        except GreenletExit:
            state = TurnState.CANCELLED
        except RateLimited as error:
            state, self._failure = TurnState.FAILED, events.refusal(error)
        except AppError as error:
            log.warning("turn_failed", code=error.code, reason=str(error))
            retryable = error.retryable if isinstance(error, ProviderError) else error.status in PASSING
            state, self._failure = TurnState.FAILED, events.failure(FAILED, error.code, retryable)
        except Exception as error:
            log.error("turn_broke", reason=type(error).__name__, exc_info=error)
            state = TurnState.FAILED
        self._finish(state)

    def mute(self, for_good: bool = False) -> None:
        self._speaking.mute(for_good)

    def unmute(self) -> None:
        self._speaking.unmute()

    def _open(self) -> None:
        query = self._query
        self._send(events.text_query(query.text, query.local_time))
        self._send(events.audio_muted(self._speaking.is_muted))
        self._send(events.RESPONSE_START)
        self._send(events.emotion(self._emotion, query.local_time))

    def _answer(self) -> None:
        stages = Stages(
            words_of(self._thread, self._query.text, self._said_before), self._history, self._request, self._generate,
            self._check, told=self._told, heard=self._heard, cut=self._cut,
            answer=Answer(self.id, self._thread.thread_id),
        )  # fmt: skip
        self._services.pipeline.run(stages)

    def _told(self, safety: Safety) -> None:
        """The fixed text, as any other comes: in tokens, sentences and sound."""
        self.safety, self._model = safety, MODEL
        self._send(events.safety(safety))
        self._say(safety.text)

    def _heard(self, safety: Safety) -> None:
        self.safety = safety
        if safety.level is not Level.NONE:
            self._send(events.safety(safety))
        if safety.text:
            self._say(f"{safety.text}\n\n")
        self._opened = len(self._texts)

    def _cut(self, cut: Cut) -> None:
        """What was said stays, and the fixed text comes after it."""
        self.safety, self._model = cut.safety, cut.model
        self._say(cut.rest)

    def _say(self, text: str) -> None:
        for piece in PIECES.findall(text):
            self._token(piece)

    def _said_before(self) -> list[str]:
        return [turn.query for turn in self._history()[-MOST_BEFORE:] if not in_crisis(turn.safety)]

    def _check(self, _answer: None) -> None:
        """An answer without a word is none, also beside slides."""
        if not self._has_words():
            raise ProviderError(interfaces.ErrorKind.EMPTY, model=self._model, detail="no text")

    def _has_words(self) -> bool:
        return any(not text.isspace() for text in self._texts[self._opened :])

    def _history(self) -> list[Exchange]:
        return self._services.store.history_in_time(self._thread, HISTORY_LIMIT, HISTORY_TIMEOUT)

    def _request(self, history: list[Exchange]) -> Request:
        offered = [tools.WIKIPEDIA] if self._wants_slides else [tools.WIKIPEDIA, tools.SLIDES]
        return Request(
            self._caller,
            (*messages_of(history), Message("user", self._query.text)),
            self._system(),
            tools=tuple(tools.TOOLS[name] for name in offered),
            max_tokens=max(64, self._thread.agent.max_tokens),
            grounding=Grounding(language=self._query.language, name=self._thread.agent.name),
        )

    def _generate(self, models: WatchedModels, request: Request, history: list[Exchange]) -> None:
        """Until the model has said all, or has had its rounds of tools."""
        if self._wants_slides:
            self._make_slides({}, history)
        self._prepared = time.perf_counter()
        for _ in range(MOST_ROUNDS):
            before = len(self._texts)
            calls = self._stream(models, request)
            if not calls:
                return
            said = Message("assistant", "".join(self._texts[before:]), tuple(calls))
            results = self._tool_results(calls, history)
            request = replace(request, system=self._system(), messages=(*request.messages, said, *results))
        self._stream(models, replace(request, tools=()))

    def _stream(self, models: WatchedModels, request: Request) -> list[ToolCall]:
        """The tools that the model asks for. Who has said something may have nothing to add after a tool."""
        try:
            return self._read(models, request)
        except ProviderError as error:
            if error.kind is interfaces.ErrorKind.EMPTY and self._has_words():
                return []
            raise

    def _read(self, models: WatchedModels, request: Request) -> list[ToolCall]:
        """The one place where a turn meets the model: text is sent as it comes."""
        calls = list[ToolCall]()
        self._apart = bool(self._texts) and not self._texts[-1][-1:].isspace()
        for event in models.stream(request):
            if type(event) is TextDelta:
                self._token(event.text)
                continue
            if type(event) is ToolCall:
                calls.append(event)
            if type(event) is Finish:
                self._model = event.model
        return calls

    def _system(self) -> str:
        agent = self._thread.agent
        return prompts.render(
            PROMPTS, "coach.j2", coach=agent.name, persona=prompts.fenced(agent.persona),
            description=prompts.fenced(agent.description), language=self._query.language,
            slides=self._wants_slides or self._slides.started, today=dates.clock_text(self._query.clock),
        )  # fmt: skip

    def _token(self, text: str) -> None:
        """The hot path."""
        if self._apart:
            text, self._apart = text if text[:1].isspace() else f" {text}", False
        self._texts.append(text)
        self._send(events.text_token(text, self._query.local_time))
        self._speaking.feed(text)

    def _tool_results(self, calls: list[ToolCall], history: list[Exchange]) -> list[Message]:
        """Side by side, in the order of the calls."""
        working = [gevent.spawn(self._tool_result, call, history) for call in calls]
        gevent.joinall(working)
        return [
            Message("tool", str(done.value or tools.UNREACHABLE), tool_call_id=call.id)
            for call, done in zip(calls, working, strict=True)
        ]

    def _tool_result(self, call: ToolCall, history: list[Exchange]) -> str:
        if call.name == tools.SLIDES:
            self._make_slides(call.arguments, history)
            return "The slides are being made and will be shown to the person. Say so in one sentence."
        if call.name == tools.WIKIPEDIA:
            self._tools_used.append(tools.WIKIPEDIA)
            query = str(call.arguments.get("query") or self._query.text)
            return tools.search_wikipedia(self._services.read_page, query, self._query.language)
        return "There is no such tool."

    def _make_slides(self, arguments: JSONObject, history: list[Exchange]) -> None:
        if not self._slides.started:
            self._tools_used.append(tools.SLIDES)
        self._slides.start(arguments, history)

    def _drain(self) -> None:
        """The rest of the text, then what is still being said and made, then the record."""
        self._speaking.flush()
        self._slides.wait(SLIDES_TIMEOUT)
        self._speaking.finish(SPEECH_TIMEOUT)

    def _finish(self, state: TurnState) -> None:
        self._speaking.end()
        self._slides.stop()
        finished = time.perf_counter()
        timings = self._timings(finished)
        saving = gevent.spawn(self._save, state, timings)
        try:
            saving.join()  # who stops the turn now does not stop its being saved
            self._send_end(state, timings)
        finally:
            self._send(events.RESPONSE_ENDED)

    def _send_end(self, state: TurnState, timings: dict[str, float]) -> None:
        """``response_done`` also after a failure: there are clients that wait for nothing else."""
        if state is TurnState.CANCELLED:
            return
        if state is TurnState.FAILED:
            self._send(self._failure)
        try:
            gevent.sleep(END_DELAY)
        finally:
            total = round(time.perf_counter() - self._query.began, 3)
            metadata: JSONObject = {"model": self._model, "safety": self.safety.wire(), "turn_id": self.id}
            self._send(events.response_done(timings | {"ws_total_sec": total}, {**metadata, **self._beside}))

    def _timings(self, finished: float) -> dict[str, float]:
        began, ready = self._query.began, self._prepared or finished
        return {
            "prepare_ms": round((ready - began) * 1000),
            "run_ms": round((finished - ready) * 1000),
            "total_ms": round((finished - began) * 1000),
        }

    def _save(self, state: TurnState, timings: dict[str, float]) -> None:
        text = "".join(self._texts)
        agent = self._thread.agent
        meta: JSONObject = {
            "schema": SCHEMA, "bot_id": agent.bot_id, "thread_id": self._thread.thread_id, "model": self._model,
            "timings_ms": timings, "response_len": len(text), "tools": list(tools.TOOLS),
            "tools_used": self._tools_used, "state": str(state), "safety": self.safety.stored, "turn_id": self.id,
        }  # fmt: skip
        emotions = emotion.summary(self._speaking.emotions, self._emotion)
        record = TurnRecord(self._query.text, text, state, emotions, self._speaking.clips.viseme_summary, meta)
        try:
            self._services.store.save(self._thread, record)
        except SQLAlchemyError as error:
            log.error("chat_not_kept", reason=type(error).__name__)
