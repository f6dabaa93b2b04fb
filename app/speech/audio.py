"""Audio containers to samples, through FFmpeg. Engine processes only."""

import io
from array import array
from collections.abc import Iterator

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

from app.speech.interfaces import ErrorKind, SpeechError

RATE = 16_000  # of what we listen to; 16 bits, one channel
LONGEST = 600  # seconds
CONTAINERS = "matroska,webm,ogg,mov,mp4,m4a,wav,mp3,flac,aac,amr,caf"  # no playlists: those open other files
WINDOWS = 100  # in a second
QUIET = 0.05  # of the loudest
PAUSE = 0.15  # seconds

Stretch = tuple[float, float]


def decoded(audio: bytes) -> bytes:
    """Mono 16 kHz samples of the first audio track. Raises ``SpeechError`` for anything else than audio."""
    pcm = bytearray()
    try:
        _collect(pcm, audio)
    except (FFmpegError, ValueError, IndexError) as error:
        if len(pcm) < RATE:  # half a second; a recording that was cut at its end is still worth hearing
            raise SpeechError(ErrorKind.AUDIO, detail=type(error).__name__) from None
    if not pcm:
        raise SpeechError(ErrorKind.AUDIO, detail="no samples")
    return bytes(pcm)


def _collect(pcm: bytearray, audio: bytes) -> None:
    for piece in _pieces(audio):
        pcm += piece
        if len(pcm) > LONGEST * RATE * 2:
            raise SpeechError(ErrorKind.TOO_LONG)


def _pieces(audio: bytes) -> Iterator[bytes]:
    options = {"format_whitelist": CONTAINERS, "protocol_whitelist": "none"}
    with av.open(io.BytesIO(audio), "r", options=options) as container:
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
        for frame in container.decode(audio=0):
            yield from map(_samples, resampler.resample(frame))
        yield from map(_samples, resampler.resample(None))


def _samples(frame: AudioFrame) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * 2]


def stretches(pcm: bytes, rate: int = RATE) -> list[Stretch]:
    """From when to when there is sound, in seconds; a quiet shorter than ``PAUSE`` belongs to the sound around it."""
    step = rate // WINDOWS
    samples = array("h", pcm)
    loudness = [max(map(abs, samples[at : at + step])) for at in range(0, len(samples), step)]
    threshold = max(loudness, default=0) * QUIET
    found: list[Stretch] = []
    for window, level in enumerate(loudness):
        if level <= threshold:
            continue
        start, end = window / WINDOWS, (window + 1) / WINDOWS
        if found and start - found[-1][1] < PAUSE:
            start = found.pop()[0]
        found.append((start, end))
    return found or [(0.0, len(samples) / rate)]
