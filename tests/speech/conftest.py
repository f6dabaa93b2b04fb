"""Engines that run, vendors on the wire, and what their sounds look like."""

import io
from collections.abc import Iterator

import av
import psutil
import pytest

from app.speech.embedded import EmbeddedRecognizer, EspeakSynthesizer
from app.speech.engines import Engines
from app.speech.interfaces import Sound
from app.speech.registry import Speech, build
from tests.double.client import Double

SENTENCE = "Let us start with a simple plan for your next busy week."  # twelve words
LIPS = "Maybe Bob and my mom moved a blue piano."


@pytest.fixture(scope="session")
def _double() -> Iterator[Double]:
    with Double() as running:
        yield running


@pytest.fixture
def double(_double: Double) -> Iterator[Double]:
    yield _double
    _double.reset()


@pytest.fixture(scope="session")
def voices() -> Iterator[Engines]:
    engines = Engines(("tts",), {}, count=1, waiting_share=1, hold_seconds=0.05)
    yield engines
    engines.close()


@pytest.fixture
def espeak(voices: Engines) -> EspeakSynthesizer:
    return EspeakSynthesizer(voices)


@pytest.fixture(scope="session")
def ears() -> Iterator[Engines]:
    engines = Engines(("stt", "pocketsphinx"), {}, count=1, waiting_share=1, hold_seconds=1.0)
    yield engines
    engines.close()


@pytest.fixture
def pocketsphinx(ears: Engines) -> EmbeddedRecognizer:
    return EmbeddedRecognizer("pocketsphinx", ears, approximate=True)


@pytest.fixture(scope="session")
def vendors(_double: Double) -> Iterator[Speech]:
    """ElevenLabs first, then OpenAI, both over the double."""
    speech = speakers(_double, "elevenlabs:eleven", "openai:tts")
    yield speech
    speech.close()


def speakers(double: Double, *tts: str) -> Speech:
    """These voices, over the double."""
    urls = {"elevenlabs": double.url, "openai": f"{double.url}/v1"}
    return build(tts, "openai:whisper-1", {"elevenlabs": "e", "openai": "o"}, urls, {})


def samples_of(audio: bytes, rate: int) -> bytes:
    """Decoded: mono, 16 bits."""
    pcm = bytearray()
    resampler = av.AudioResampler("s16", "mono", rate)
    with av.open(io.BytesIO(audio)) as container:
        for frame in (*container.decode(audio=0), None):
            for piece in resampler.resample(frame):
                pcm += bytes(piece.planes[0])[: piece.samples * 2]
    return bytes(pcm)


def seconds_of(sound: Sound) -> float:
    """What a player would play."""
    return len(samples_of(sound.audio, 16_000)) / 32_000


def only(engines: Engines) -> psutil.Process:
    """The one running engine."""
    (pid,) = engines.pids
    return psutil.Process(pid)
