"""One answer: text as it comes, and beside it sound, slides and facts. Nothing beside the text ever holds it up."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gevent
import structlog
from gevent import GreenletExit
from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import AppError
from app.llm import prompts
from app.llm.interfaces import Caller, Finish, Message, ProviderError, Request, TextDelta, ToolCall
from app.llm.registry import Models
from app.realtime.live import decks, frames, subjects, tools
from app.realtime.live.frames import Clip
from app.realtime.live.interfaces import Ended, Memory, Past, Record, Thread
from app.realtime.live.speaking import Speaker
from app.speech import emotion
from app.speech.registry import Speech
from app.speech.sentences import Splitter

PROMPTS = Path(__file__).parent / "prompts"
REMEMBERED = 20  # turns that the model sees
MOST_ROUNDS = 3  # of tools
MEMORY_PATIENCE = 1.5  # seconds to wait for what was said before
SOUND_PATIENCE = 20.0  # seconds that sound may end after the text
TOOL_PATIENCE = 60.0  # seconds that slides may end after the text
BREATH = 0.03  # seconds before the end: a client loses tokens that come in one go with it
NEUTRAL = emotion.Emotion("Joy", 1)
SCHEMA = "engine.v3"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stage:
    """What all turns of a process share."""

    models: Models
    speech: Speech
    memory: Memory
    read: tools.Read  # a page of the web


@dataclass(slots=True)
class Asked:
    """A query as it came; ``began`` is when."""

    text: str
    local_time: str
    language: str = ""
    began: float = field(default_factory=time.perf_counter)


class Turn:
    """Runs in a greenlet of its own until it is told to stop; ``say`` sends a frame."""

    def __init__(self, stage: Stage, thread: Thread, asked: Asked, say: Callable[[bytes], None], mute: bool) -> None:
        self._stage = stage
        self._thread = thread
        self._asked = asked
        self._say = say
        self._quiet = mute
        self._stopped = False
        self._splitter = Splitter()
        self._speaker = Speaker(stage.speech, thread.coach.voice, self._hear)
        self._said: list[str] = []
        self._felt: list[tuple[emotion.Emotion, ...]] = []
        self._model = ""
        self._prepared = 0.0
        self._slides: gevent.Greenlet | None = None
        self._used: list[str] = []
        self._over = False

    def run(self) -> None:
        """The stream rim: every turn ends with ``response_ended``, whoever ends it."""
        state = Ended.COMPLETED
        try:
            self._open()
            self._answer()
            self._settle()
        except GreenletExit:
            state = Ended.CANCELLED
        except ProviderError as error:
            log.warning("turn_failed", kind=error.kind, provider=error.provider)
            state = Ended.FAILED
        except Exception as error:
            log.error("turn_broke", reason=type(error).__name__, exc_info=error)
            state = Ended.FAILED
        self._finish(state)

    def quiet(self, for_good: bool = False) -> None:
        """No more sound in this turn, or none for now; what is being made is thrown away."""
        self._quiet = True
        self._stopped = self._stopped or for_good
        self._speaker.stop()

    def speak(self) -> None:
        """Sentences from here on are spoken again, unless the sound was stopped."""
        self._quiet = self._stopped

    def _open(self) -> None:
        asked = self._asked
        self._say(frames.text_query(asked.text, asked.local_time))
        self._say(frames.audio_muted(self._quiet))
        self._say(frames.RESPONSE_START)
        self._say(frames.emotion(emotion.dominant(asked.text) or NEUTRAL, asked.local_time))

    def _answer(self) -> None:
        past = self._past()
        offered = [tools.WIKIPEDIA, tools.SLIDES]
        if subjects.wanted(self._asked.text):
            self._make_slides({}, past)
            offered.remove(tools.SLIDES)
        messages = [*_spoken(past), Message("user", self._asked.text)]
        self._prepared = time.perf_counter()
        for _ in range(MOST_ROUNDS):
            before = len(self._said)
            calls = self._stream(messages, offered)
            if not calls:
                return
            said = "".join(self._said[before:])
            messages += [Message("assistant", said, tuple(calls)), *self._results(calls, past)]
        self._stream(messages, [])

    def _past(self) -> list[Past]:
        """What was said before. A database that is slow or away costs the memory of it, not the answer."""
        reading = gevent.spawn(self._remembered)
        reading.join(MEMORY_PATIENCE)
        if not reading.ready():
            log.warning("past_not_read", reason="slow")
            reading.kill(block=False)
            return []
        return list(reading.value or [])

    def _remembered(self) -> list[Past]:
        try:
            return list(self._stage.memory.past(self._thread, REMEMBERED))
        except SQLAlchemyError as error:
            log.warning("past_not_read", reason=type(error).__name__)
            return []

    def _stream(self, messages: list[Message], offered: list[str]) -> list[ToolCall]:
        """The model's text, sent as it comes; the tools that it asks for."""
        coach, calls = self._thread.coach, list[ToolCall]()
        request = Request(
            Caller("realtime.turn", self._thread.tenant_id, self._thread.thread_id),
            tuple(messages),
            self._system(),
            tools=tuple(tools.TOOLS[name] for name in offered),
            max_tokens=max(64, coach.max_tokens),
        )
        apart = bool(self._said) and not self._said[-1][-1:].isspace()  # from what was said before the tools
        for event in self._stage.models.stream(request):
            if type(event) is TextDelta:
                self._token(event.text if not apart or event.text[:1].isspace() else f" {event.text}")
                apart = False
            elif type(event) is ToolCall:
                calls.append(event)
            elif type(event) is Finish:
                self._model = event.model
        return calls

    def _system(self) -> str:
        coach = self._thread.coach
        return prompts.render(
            PROMPTS, "coach.j2", coach=coach.name, persona=coach.persona, description=coach.description,
            language=self._asked.language, slides=self._slides is not None,
        )  # fmt: skip

    def _token(self, text: str) -> None:
        """The hot path."""
        self._said.append(text)
        self._say(frames.text_token(text, self._asked.local_time))
        for sentence in self._splitter.feed(text):
            self._sentence(sentence)

    def _sentence(self, sentence: str) -> None:
        text = sentence.strip()
        if not text:
            return
        felt = emotion.emotions(text)
        self._felt.append(felt)
        self._say(frames.text_sentence(text, felt, self._asked.local_time))
        if not self._quiet:
            self._speaker.say(text)

    def _hear(self, clip: Clip, index: int, offset_ms: int) -> None:
        if not self._quiet and not self._over:
            self._say(frames.audio_response(clip, index, offset_ms, self._asked.local_time))

    def _results(self, calls: list[ToolCall], past: list[Past]) -> list[Message]:
        """Side by side, in the order of the calls."""
        working = [gevent.spawn(self._result, call, past) for call in calls]
        gevent.joinall(working)
        return [
            Message("tool", str(done.value or tools.AWAY), tool_call_id=call.id)
            for call, done in zip(calls, working, strict=True)
        ]

    def _result(self, call: ToolCall, past: list[Past]) -> str:
        if call.name == tools.SLIDES:
            self._make_slides(call.arguments, past)
            return "The slides are being made and will be shown to the person. Say so in one sentence."
        if call.name == tools.WIKIPEDIA:
            self._used.append(tools.WIKIPEDIA)
            query = str(call.arguments.get("query") or self._asked.text)
            return tools.search_wikipedia(self._stage.read, query, self._asked.language)
        return "There is no such tool."

    def _make_slides(self, arguments: dict[str, Any], past: list[Past]) -> None:
        if self._slides is None:
            self._used.append(tools.SLIDES)
            self._slides = gevent.spawn(self._slide, arguments, past)

    def _slide(self, arguments: dict[str, Any], past: list[Past]) -> None:
        """Slides that can't be made are said to be missing; the answer goes on."""
        memory, thread = self._stage.memory, self._thread
        try:
            made = decks.given(arguments) or self._written(arguments, past)
            deck = memory.write_deck(thread, made["title"], made["summary"], made["editorjs"], decks.BY)
        except (AppError, SQLAlchemyError) as error:
            log.warning("slides_not_made", reason=type(error).__name__)
            self._say(frames.error("The slides could not be made"))
            return
        if not self._over:
            self._say(frames.slides_response(deck, self._asked.local_time))
            self._say(frames.SLIDES_DONE)

    def _written(self, arguments: dict[str, Any], past: list[Past]) -> dict[str, Any]:
        """About what the model's call names, beside the person's own words."""
        asked, named = self._asked.text, tools.subject(arguments)
        said = [*past, Past(asked, "")] if named else past
        return decks.written(
            self._stage.models, self._thread, named or asked, said, self._stage.memory.deck(self._thread)
        )

    def _settle(self) -> None:
        """The rest of the text, then what is still being said and made, then the record."""
        for sentence in self._splitter.flush():
            self._sentence(sentence)
        if self._slides is not None:
            self._slides.join(TOOL_PATIENCE)
        self._speaker.finish(SOUND_PATIENCE)

    def _finish(self, state: Ended) -> None:
        self._over = True
        self._speaker.stop()
        if self._slides is not None and not self._slides.dead:
            self._slides.kill(block=False)
        finished = time.perf_counter()
        timings = self._timings(finished)
        keeping = gevent.spawn(self._keep, state, timings)
        try:
            keeping.join()  # who stops the turn now does not stop its being kept
            self._tell_end(state, timings)
        finally:
            self._say(frames.RESPONSE_ENDED)

    def _tell_end(self, state: Ended, timings: dict[str, Any]) -> None:
        if state is Ended.COMPLETED:
            gevent.sleep(BREATH)
            total = round(time.perf_counter() - self._asked.began, 3)
            self._say(frames.response_done(timings | {"ws_total_sec": total}))
        elif state is Ended.FAILED:
            self._say(frames.error("Generation failed"))

    def _timings(self, finished: float) -> dict[str, Any]:
        began, ready = self._asked.began, self._prepared or finished
        return {
            "prepare_ms": round((ready - began) * 1000),
            "run_ms": round((finished - ready) * 1000),
            "total_ms": round((finished - began) * 1000),
        }

    def _keep(self, state: Ended, timings: dict[str, Any]) -> None:
        text = "".join(self._said)
        coach = self._thread.coach
        meta = {
            "schema": SCHEMA, "bot_id": coach.bot_id, "thread_id": self._thread.thread_id, "model": self._model,
            "timings_ms": timings, "response_len": len(text), "tools": list(tools.NAMES), "tools_used": self._used,
            "state": str(state),
        }  # fmt: skip
        felt = emotion.summary(self._felt)
        record = Record(self._asked.text, text, state, felt, self._speaker.viseme, meta)
        try:
            self._stage.memory.keep(self._thread, record)
        except SQLAlchemyError as error:
            log.error("chat_not_kept", reason=type(error).__name__)


def _spoken(past: list[Past]) -> list[Message]:
    pairs = ((Message("user", turn.query), Message("assistant", turn.response)) for turn in past if turn.response)
    return [message for pair in pairs for message in pair]
