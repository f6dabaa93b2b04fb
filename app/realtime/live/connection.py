"""One client's socket: what it sends, in order, and the one turn that may run for it."""

import base64
import binascii
import re
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

import gevent
import msgspec
import structlog
from simple_websocket import ConnectionClosed

from app.care import disclosure
from app.care.guards import RATE
from app.care.levels import Level
from app.care.safety import UNHARMED, Safety
from app.care.words import Words
from app.core.clock import now
from app.core.errors import AppError, RateLimited
from app.limits.permits import Permit
from app.realtime.live import events
from app.realtime.live.conversation import TRANSCRIPTION, Query, Thread, words_of
from app.realtime.live.events import CONTROLS, Incoming
from app.realtime.live.turn import RealtimeServices, RealtimeTurn
from app.sockets.socket import Socket
from app.speech.interfaces import SpeechError

TURNS = "turns"  # the rate of a conversation
LARGEST_AUDIO = 25 * 1024 * 1024
LARGEST = (
    (LARGEST_AUDIO + 2) // 3 * 4 * 17 // 16
)  # bytes of one frame: as base64, with room for escapes and line breaks
LONGEST_TEXT = 8000  # characters
LONGEST_TIME = 100
GONE = "The key was revoked or has ended"
PER_SECOND = 20  # frames
STT_DEADLINE = 60.0  # seconds for a recognition
# parameters may hold commas: ``video/webm;codecs=vp8,opus``
DATA_URL = re.compile(r"^data:(?P<mime>[\w.+-]+/[\w.+-]+)?(?:[^\n]{0,120}?;base64|[^,\n]*),", re.IGNORECASE)

log = structlog.get_logger()


class Connection:
    """``receive`` is called with every message, in the greenlet that receives."""

    def __init__(
        self,
        socket: Socket,
        services: RealtimeServices,
        thread: Thread,
        language: str,
        admit_query: Callable[[], object],
        gone: str = GONE,
    ) -> None:
        """``admit_query`` raises ``RateLimited``, or another ``AppError`` when the client may be here no longer: it is
        told ``gone``."""
        self._admit_query = admit_query
        self._gone = gone
        self._socket = socket
        self._services = services
        self._thread = thread
        self._language = language
        self._muted = False
        self._accepted: deque[float] = deque(maxlen=PER_SECOND)
        self._disclosed_at: datetime | None = None
        self._turn: RealtimeTurn | None = None
        self._working: gevent.Greenlet | None = None

    def open(self) -> None:
        self._socket.send(events.connected(self._thread.agent.bot_id, self._thread.thread_id))
        self._services.speech.warm()

    def receive(self, message: str | bytes) -> None:
        try:
            frame = events.decoder.decode(message) if isinstance(message, str) else None
        except (msgspec.DecodeError, RecursionError):
            frame = None
        if frame is None:
            self._send_error("Invalid JSON" if isinstance(message, str) else "Only text frames are understood")
            return
        if isinstance(frame.type, str) and frame.type in CONTROLS:
            self._control(frame.type)
            return
        if self._is_in_time():
            self._admit(frame)

    def close(self) -> None:
        """Whoever leaves takes the running turn along; what it said is kept."""
        self._stop()

    def _control(self, kind: str) -> None:
        if kind == "ping":
            self._socket.send(events.PONG)
        elif kind == "stop_audio":
            self._stop_audio()
        else:
            self._mute(kind == "mute_audio")
            self._socket.send(events.audio_muted(self._muted))

    def _stop_audio(self) -> None:
        if self._turn is not None:
            self._turn.mute(for_good=True)
        self._socket.send(events.STOP_AUDIO)

    def _mute(self, muted: bool) -> None:
        self._muted = muted
        if self._turn is not None:
            self._turn.mute() if muted else self._turn.unmute()

    def _admit(self, frame: Incoming) -> None:
        """Somebody in a crisis is answered whatever is left of a rate; who is refused is told of help."""
        words = words_of(self._thread, _clean(frame.text) if isinstance(frame.text, str) else "")
        found = self._services.pipeline.care.look(words)
        try:
            self._admit_query()
        except RateLimited as error:
            if not found.is_crisis:
                self._refuse(events.refusal(error, found), words, found)
                return
        except AppError:
            self._socket.close(events.Refusal.FORBIDDEN, self._gone)
            return
        self._query(frame, words, found)

    def _query(self, frame: Incoming, words: Words, found: Safety) -> None:
        if frame.type == "text_query":
            self._text(frame, words, found)
        elif frame.type == "audio_query":
            self._audio(frame)
        else:
            self._send_error(f"Unknown type: {str(frame.type)[:50]}")

    def _text(self, frame: Incoming, words: Words, found: Safety) -> None:
        if not isinstance(frame.text, str):
            self._send_error("No text provided")
            return
        if len(frame.text) > LONGEST_TEXT:
            refusal = events.error(f"Text too long: at most {LONGEST_TEXT} characters", found)
            self._refuse(refusal, words, found)
            return
        if words.text and (permit := self._permit(words, found)):
            self._stop()
            self._apply_mute(frame)
            self._answer(Query(words.text, _local_time(frame), self._language), permit)

    def _refuse(self, refusal: bytes, words: Words, found: Safety) -> None:
        if found.level is not Level.NONE:
            self._services.pipeline.care.note_refusal(words, found)
        self._socket.send(refusal)

    def _audio(self, frame: Incoming) -> None:
        if not isinstance(frame.audio, str) or not frame.audio.strip():
            self._send_error("No audio provided")
            return
        try:
            audio, hint = decoded(frame.audio, frame.format)
        except ValueError as error:
            self._send_error(str(error))
            return
        permit = self._permit(words_of(self._thread, ""), UNHARMED)
        if permit is None:
            return
        self._stop()
        self._apply_mute(frame)
        self._working = gevent.spawn(self._transcribe, audio, hint, _local_time(frame), permit)

    def _transcribe(self, audio: bytes, hint: str, local_time: str, permit: Permit) -> None:
        """The rim of a recognition: it ends in a turn or in an error event."""
        began = time.perf_counter()
        try:
            with self._socket.holding(len(audio)):
                used = partial(self._services.metering.spoken, self._thread.caller(TRANSCRIPTION))
                text = _clean(self._services.speech.transcribe(audio, hint, STT_DEADLINE, used).text)
        except ConnectionClosed:
            return
        except SpeechError as error:
            log.warning("audio_not_understood", kind=error.kind, engine=error.engine)
            text = None
        if text:
            self._run(Query(text[:LONGEST_TEXT], local_time, self._language, began), permit)
        else:
            self._send_error("No speech was recognised" if text == "" else "Audio processing failed")

    def _answer(self, query: Query, permit: Permit) -> None:
        """Returns when the turn has begun: one that is stopped before would never be told of, nor kept."""
        self._working = gevent.spawn(self._run, query, permit)
        gevent.sleep(0)

    def _run(self, query: Query, permit: Permit) -> None:
        due = disclosure.is_due(self._disclosed_at)
        told = {"disclosure": disclosure.text_for(self._thread.place)} if due else {}
        self._disclosed_at = now() if due else self._disclosed_at
        turn = self._turn = RealtimeTurn(self._services, self._thread, query, self._send, self._muted, told)
        turn.run()
        if turn.safety.is_crisis and permit.name == TURNS:
            permit.refund()
        if self._turn is turn:
            self._turn = None

    def _stop(self) -> None:
        """Ends the running turn or recognition; it has said its last when this returns."""
        working, self._working = self._working, None
        if working is not None and not working.dead:
            working.kill()
        self._turn = None

    def _apply_mute(self, frame: Incoming) -> None:
        if isinstance(frame.muteAudio, bool):
            self._muted = frame.muteAudio

    def _is_in_time(self) -> bool:
        """At most so many frames in any second; the rest is dropped."""
        moment = time.monotonic()
        if len(self._accepted) == PER_SECOND and moment - self._accepted[0] < 1.0:
            return False
        self._accepted.append(moment)
        return True

    def _permit(self, words: Words, found: Safety) -> Permit | None:
        """When the rate of this conversation leaves no turn, the client is told, and what runs goes on."""
        try:
            return self._services.limits.acquire(RATE if found.is_crisis else TURNS, self._thread.rate_key)
        except RateLimited as error:
            self._refuse(events.refusal(error, found), words, found)
        return None

    def _send_error(self, message: str) -> None:
        self._socket.send(events.error(message))

    def _send(self, frame: bytes) -> None:
        """For turns: whoever has left hears nothing, and the turn is about to be stopped."""
        with suppress(ConnectionClosed):
            self._socket.send(frame)


def decoded(audio: str, given: object) -> tuple[bytes, str]:
    """The sound and what it is said to be. Raises ``ValueError`` with a text for the client."""
    prefix = DATA_URL.match(audio[:200])
    hint = (prefix.group("mime") or "") if prefix else ""
    body = audio[prefix.end() :] if prefix else audio
    if len(body) * 3 // 4 > LARGEST_AUDIO + 2:
        raise ValueError("Audio too large")
    try:
        sound = base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("Bad audio encoding") from None
    if not sound:
        raise ValueError("No audio provided")
    if len(sound) > LARGEST_AUDIO:
        raise ValueError("Audio too large")
    return sound, hint or (given if isinstance(given, str) else "")[:40] or "webm"


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t").strip()


def _local_time(frame: Incoming) -> str:
    """The client's own, whatever it looks like."""
    given = frame.local_time
    if isinstance(given, str) and given.strip():
        return given[:LONGEST_TIME]
    return datetime.now().strftime("%Y-%m-%d %H:%M:%S")


def serve(socket: Socket, connection: Connection) -> None:
    connection.open()
    try:
        while (message := socket.receive()) is not None:
            connection.receive(message)
    except ConnectionClosed:
        pass
    finally:
        connection.close()
