"""The speech and transcription wires of the vendors: real audio, believable character times."""

import base64
import io
import math
from array import array
from email.parser import BytesParser
from email.policy import HTTP
from functools import lru_cache
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from tests.double.behaviour import Behaviour

RATE = 22_050
LETTER, SPACE, STOP = 0.065, 0.04, 0.3  # seconds
LEAD = 0.12  # silence before and after
SPEECH, TRANSCRIPTION, TIMED = "/v1/audio/speech", "/v1/audio/transcriptions", "/v1/text-to-speech/"


def is_speech(path: str) -> bool:
    return path.startswith((SPEECH, TRANSCRIPTION, TIMED))


def answer(path: str, behaviour: Behaviour, body: dict[str, Any]) -> tuple[str, Any]:
    """A content type, and bytes or a value for JSON."""
    if path.startswith(TRANSCRIPTION):
        return "application/json", {"text": "".join(behaviour.parts()), "usage": {"type": "duration", "seconds": 3}}
    if path.startswith(TIMED):
        return "application/json", timed(body["text"])
    if body.get("response_format") == "wav":
        return "audio/wav", sound(body["input"], "wav")
    return "audio/mpeg", sound(body["input"], "mp3")


def refusal(path: str, status: int, code: str) -> dict[str, Any]:
    words = "the vendor says SECRET-VENDOR-TEXT"
    if path.startswith(TIMED):
        return {"detail": {"status": code or str(status), "message": words}}
    return {"error": {"message": words, "type": "error", "code": code or str(status)}}


def timed(text: str) -> dict[str, Any]:
    ends, now = [], LEAD
    for character in text:
        now += _length(character)
        ends.append(round(now, 3))
    starts = [round(LEAD, 3), *ends[:-1]][: len(ends)]
    alignment = {
        "characters": list(text),
        "character_start_times_seconds": starts,
        "character_end_times_seconds": ends,
    }
    audio = base64.b64encode(sound(text, "mp3")).decode()
    return {"audio_base64": audio, "alignment": alignment, "normalized_alignment": alignment}


@lru_cache(maxsize=256)
def sound(text: str, container: str) -> bytes:
    """A hum that is loud where there are letters, and silent in between, before and after."""
    samples = array("h", bytes(2 * int(LEAD * RATE)))
    for character in text:
        level = 9000 if character.isalnum() else 0
        start, count = len(samples), int(_length(character) * RATE)
        samples.extend(int(level * math.sin(0.05 * at)) for at in range(start, start + count))
    samples.extend(array("h", bytes(2 * int(LEAD * RATE))))
    return encoded(samples.tobytes(), RATE, container, "libmp3lame" if container == "mp3" else "pcm_s16le")


def encoded(pcm: bytes, rate: int, container: str, codec: str) -> bytes:
    """Mono 16-bit samples in a container, as a recorder would make it."""
    out = io.BytesIO()
    frame = AudioFrame(format="s16", layout="mono", samples=len(pcm) // 2)
    frame.planes[0].update(pcm)
    frame.sample_rate, frame.pts = rate, 0
    wanted = 48_000 if codec == "libopus" else rate
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=wanted, layout="mono")
        context = stream.codec_context
        resampler = AudioResampler(context.format, "mono", wanted, frame_size=context.frame_size or None)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return out.getvalue()


def form(headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """A multipart body: fields as text, files by their name, type and size."""
    head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode()
    fields: dict[str, Any] = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if part.get_filename():
            fields[name] = {"name": part.get_filename(), "mime": part.get_content_type(), "size": len(content)}
        else:
            fields[name] = content.decode()
    return fields


def _length(character: str) -> float:
    return LETTER if character.isalnum() else STOP if character in ".!?," else SPACE
