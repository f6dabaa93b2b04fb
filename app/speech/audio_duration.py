"""How long a sound lasts, from its headers alone: exact for WAV and MP3, without decoding a sample."""

import struct
from collections.abc import Iterator

from app.speech.interfaces import Format

BIT_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # kbit/s, MPEG 1 layer III
LOW_BIT_RATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # MPEG 2 and 2.5
SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
MPEG_1 = 3


def measure(audio: bytes) -> tuple[Format, float] | None:
    """Its format and seconds; ``None`` when it is neither."""
    if audio[:4] == b"RIFF" and audio[8:12] == b"WAVE":
        return ("wav", _of_wav(audio)) if _of_wav(audio) else None
    seconds = _of_mp3(audio)
    return ("mp3", seconds) if seconds else None


def _of_wav(audio: bytes) -> float:
    """A length field may be a placeholder when the file was streamed: then what is there counts."""
    at, rate = 12, 0
    while at + 8 <= len(audio):
        name, size = struct.unpack_from("<4sI", audio, at)
        if name == b"fmt " and at + 20 <= len(audio):
            (rate,) = struct.unpack_from("<I", audio, at + 16)
        if name == b"data":
            return min(size, len(audio) - at - 8) / rate if rate else 0.0
        at += 8 + size + size % 2
    return 0.0


def _of_mp3(audio: bytes) -> float:
    frames = _frames(audio, _after_tag(audio))
    first = next(frames, None)
    if first is None:
        return 0.0
    start, samples, rate = first
    total = sum(count for _, count, _ in frames)
    skipped = _announced(audio[start : start + 200])
    if skipped is None:  # the first frame is sound, too
        return (total + samples) / rate
    return max(0, total - skipped) / rate


def _after_tag(audio: bytes) -> int:
    if audio[:3] != b"ID3" or len(audio) < 10:
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(audio[6:10], (21, 14, 7, 0), strict=True))


def _frames(audio: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Position, samples and sample rate of each frame."""
    while at + 4 <= len(audio):
        header = int.from_bytes(audio[at : at + 4])
        version, layer = header >> 19 & 3, header >> 17 & 3
        bits, frequency, padding = header >> 12 & 15, header >> 10 & 3, header >> 9 & 1
        if header >> 21 != 0x7FF or layer != 1 or version == 1 or frequency == 3 or bits in (0, 15):
            return
        rate = SAMPLE_RATES[version][frequency]
        samples = 1152 if version == MPEG_1 else 576
        yield at, samples, rate
        at += samples * 125 * (BIT_RATES if version == MPEG_1 else LOW_BIT_RATES)[bits] // rate + padding


def _announced(frame: bytes) -> int | None:
    """Samples of padding, when the frame is only a header that says so."""
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    if at < 0:
        return None
    if len(frame) < at + 144 or frame[at + 120 : at + 121] not in (b"L",):
        return 0
    packed = int.from_bytes(frame[at + 141 : at + 144])
    return (packed >> 12) + (packed & 0xFFF)
