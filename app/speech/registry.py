"""From ``provider:model`` entries, keys and base URLs to text to speech and speech to text."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.speech import openai
from app.speech.elevenlabs import ElevenLabsSynthesizer
from app.speech.embedded import ActivityDetector, Aligner, EmbeddedRecognizer, EspeakSynthesizer
from app.speech.engines import Engines
from app.speech.failover import VoiceFailover
from app.speech.hallucinations import without_hallucinations
from app.speech.interfaces import ErrorKind, Recognizer, Sound, SpeechError, Synthesizer, Transcript
from app.speech.openai import OpenAIRecognizer, OpenAISynthesizer
from app.speech.tts_text import speakable
from app.speech.usage import Used, unused

SPEAKERS = ("elevenlabs", "openai", "espeak")
LISTENERS = ("openai", "faster-whisper", "pocketsphinx")
EMBEDDED = ("espeak", "pocketsphinx")  # these have one model
KEYED = ("elevenlabs", "openai")
ENGINES = 2  # processes of a kind, at most, started as they are needed
# the share of a call's time that it may wait for a free engine, and the seconds that it takes, roughly
TTS_SHARE, TTS_SECONDS = 0.5, 0.04
STT_SHARE, STT_SECONDS = 0.25, 1.5


class Speech:
    def __init__(
        self, synthesizers: Sequence[Synthesizer], recognizer: Recognizer, pools: Mapping[str, Engines]
    ) -> None:
        self._voices = VoiceFailover(synthesizers)
        self.recognizer = recognizer
        self.pools = pools

    @property
    def speakers(self) -> list[str]:
        return [synthesizer.name for synthesizer in self._voices.synthesizers]

    def warm(self) -> None:
        """Has the embedded voice ready before its first sentence. Returns at once."""
        if not {"espeak", "openai"}.isdisjoint(self.speakers):
            self.pools["tts"].warm()

    def synthesize(self, text: str, voice: str, deadline: float, used: Used = unused) -> Sound:
        """``voice``'s own service speaks if it is configured, else the first one; when it fails, the next one.

        ``used`` gets what each vendor was asked for.
        """
        said = speakable(text)
        if not said:
            raise SpeechError(ErrorKind.EMPTY)
        return self._voices.synthesize(said, voice, deadline, used)

    def transcribe(self, audio: bytes, hint: str, deadline: float, used: Used = unused) -> Transcript:
        """``""`` when nobody speaks: no vendor is asked, and what recognisers invent for noise is left out."""
        if not audio:
            raise SpeechError(ErrorKind.AUDIO, self.recognizer.name, detail="empty")
        if not audio.strip(b"\0"):
            return Transcript("", self.recognizer.name, self.recognizer.approximate)
        heard = self.recognizer.transcribe(audio, hint, deadline, used)
        return replace(heard, text=without_hallucinations(heard.text))

    def close(self) -> None:
        for pool in self.pools.values():
            pool.close()


def build(
    tts: Sequence[str], stt: str, keys: Mapping[str, str], base_urls: Mapping[str, str], environ: Mapping[str, str]
) -> Speech:
    """The first entry of ``tts`` speaks; the others when a voice is theirs or one fails.

    ``ValueError`` names what can't work. ``environ`` is all of the environment that engine processes get to see.
    """
    speakers = [_parsed(spec, SPEAKERS, keys, base_urls) for spec in tts]
    listener, model = _parsed(stt, LISTENERS, keys, base_urls)
    duty = ("vad",) if listener == "openai" else ("stt", listener, model) if model else ("stt", listener)
    pools = {
        "tts": Engines(("tts",), environ, ENGINES, TTS_SHARE, TTS_SECONDS),
        "stt": Engines(duty, environ, ENGINES, STT_SHARE, STT_SECONDS),
    }
    wire = (keys.get("openai", ""), base_urls.get("openai", ""))
    synthesizers = [_synthesizer(name, model, keys, base_urls, pools["tts"]) for name, model in speakers]
    if listener == "openai":
        return Speech(synthesizers, OpenAIRecognizer(model, openai.wire(*wire), ActivityDetector(pools["stt"])), pools)
    return Speech(synthesizers, EmbeddedRecognizer(listener, pools["stt"], listener == "pocketsphinx"), pools)


def _synthesizer(
    name: str, model: str, keys: Mapping[str, str], base_urls: Mapping[str, str], pool: Engines
) -> Synthesizer:
    key, base_url = keys.get(name, ""), base_urls.get(name, "")
    if name == "elevenlabs":
        return ElevenLabsSynthesizer(model, key, base_url)
    if name == "openai":
        return OpenAISynthesizer(model, openai.wire(key, base_url), Aligner(pool))
    return EspeakSynthesizer(pool)


def _parsed(spec: str, known: Sequence[str], keys: Mapping[str, str], base_urls: Mapping[str, str]) -> tuple[str, str]:
    name, _, model = spec.partition(":")
    if name not in known or bool(model) == (name in EMBEDDED):
        shapes = ", ".join(entry if entry in EMBEDDED else f"{entry}:model" for entry in known)
        raise ValueError(f"Speech engine {spec!r} must look like one of {shapes}.")
    if name in KEYED and not keys.get(name) and not base_urls.get(name):
        raise ValueError(f"Speech engine {spec!r} needs an API key for {name}.")
    return name, model
