"""The socket's vocabulary: what clients may send, and every event that they get."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import msgspec

from app.care.safety import UNHARMED, Safety
from app.core.errors import RateLimited
from app.core.json import JSONObject
from app.realtime.live.conversation import Deck
from app.speech.emotion import Emotion

encode = msgspec.json.Encoder().encode
CONTROLS = frozenset({"stop_audio", "mute_audio", "unmute_audio", "ping"})  # never dropped


class Refusal(IntEnum):
    """Why a handshake ends. The socket is accepted first, so that the code arrives."""

    TRY_LATER = 1013
    MISSING = 4000
    FORBIDDEN = 4403
    NO_AGENT = 4004
    NO_SESSION = 4005


class Incoming(msgspec.Struct):
    """A client's frame; what it does not use may be anything."""

    type: object = None
    text: object = None
    audio: object = None
    format: object = None
    local_time: object = None
    muteAudio: object = None


decoder = msgspec.json.Decoder(Incoming)


@dataclass(frozen=True, slots=True)
class Clip:
    audio: str
    audio_format: str
    rows: list[list[float]]
    times: list[float]
    fps: float
    frame_ms: int
    duration_ms: int


def connected(bot_id: str, thread_id: str) -> bytes:
    return encode({"type": "connected", "bot_id": bot_id, "thread_id": thread_id})


def text_query(text: str, local_time: str) -> bytes:
    return encode({"type": "text_query", "text": text, "local_time": local_time})


def audio_muted(muted: bool) -> bytes:
    return encode({"type": "audio_muted", "muted": muted})


def emotion(found: Emotion, local_time: str) -> bytes:
    return encode({"type": "emotion", "emotion": found, "local_time": local_time})


def text_token(token: str, local_time: str) -> bytes:
    return encode({"type": "text_token", "token": token, "local_time": local_time})


def text_sentence(text: str, emotions: tuple[Emotion, ...], local_time: str) -> bytes:
    return encode({"type": "text_sentence", "text": text, "emotion": {"items": emotions}, "local_time": local_time})


def audio_response(clip: Clip, index: int, offset_ms: int, local_time: str) -> bytes:
    return encode({
        "type": "audio_response", "audio": clip.audio, "audio_format": clip.audio_format, "viseme": clip.rows,
        "viseme_times": clip.times, "viseme_format": "arkit15", "viseme_profile": "arkit15-v2",
        "viseme_fps": round(clip.fps, 3), "duration_ms": clip.duration_ms, "frame_ms": clip.frame_ms,
        "chunk_index": index, "offset_ms": offset_ms, "local_time": local_time,
    })  # fmt: skip


def slides_response(deck: Deck, local_time: str) -> bytes:
    slides = {
        "version": deck.version, "title": deck.title, "summary": deck.summary, "editorjs": deck.editorjs,
        "updated_at": deck.updated_at,
    }  # fmt: skip
    return encode({"type": "slides_response", "slides": slides, "local_time": local_time})


def safety(found: Safety) -> bytes:
    """Before the text of a crisis or a concern."""
    resources = [row.wire() for row in found.resources]
    return encode({"type": "safety", "level": found.level, "category": found.category, "resources": resources})


def response_done(timings: Mapping[str, float], metadata: JSONObject) -> bytes:
    return encode({"type": "response_done", "timings": timings, "metadata": metadata})


def error(message: str, found: Safety = UNHARMED) -> bytes:
    """``found`` is what care found in what is refused."""
    return encode({"type": "error", "message": message, **found.fields()})


def failure(message: str, code: str, retryable: bool) -> bytes:
    """An error that ends a turn; ``retryable`` says whether asking again may help."""
    return encode({"type": "error", "message": message, "code": code, "retryable": retryable})


def refusal(error: RateLimited, found: Safety = UNHARMED) -> bytes:
    """No turn, or the end of one: too much was asked for, and may be asked again after ``retry_after`` seconds."""
    return encode({
        "type": "error", "message": error.text, "code": error.code, "retryable": True, "retry_after": error.retry_after,
        **found.fields(),
    })  # fmt: skip


def plain(kind: str) -> bytes:
    return encode({"type": kind})


RESPONSE_START, RESPONSE_ENDED = plain("response_start"), plain("response_ended")
SLIDES_DONE, STOP_AUDIO, PONG = plain("slides_done"), plain("stop_audio"), plain("pong")
