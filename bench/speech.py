"""``python -m bench.speech``: what the embedded voice and ear take, and what lips cost."""

import statistics
import time
from collections.abc import Callable

import psutil

from app.speech import visemes
from app.speech.embedded import EmbeddedRecognizer, EspeakSynthesizer
from app.speech.emotion import emotions
from app.speech.engines import Engines
from app.speech.sentences import Splitter

SENTENCE = "Let us start with a simple plan for your next busy week."  # twelve words
AT_ONCE = 200


def main() -> None:
    voices = Engines(("tts",), {}, count=2, waiting_share=1, hold_seconds=0.04)
    ears = Engines(("stt", "pocketsphinx"), {}, count=1, waiting_share=1, hold_seconds=1.0)
    espeak, pocketsphinx = EspeakSynthesizer(voices), EmbeddedRecognizer("pocketsphinx", ears, True)
    cold = _seconds(lambda: espeak.synthesize(SENTENCE, "", 30))
    warm = sorted(_seconds(lambda: espeak.synthesize(SENTENCE, "", 30)) for _ in range(100))
    sound = espeak.synthesize(SENTENCE, "", 30)
    print(
        f"espeak, twelve words ({sound.duration:.1f} s): first {_ms(cold)}, warm {_ms(warm[50])}, p95 {_ms(warm[95])}"
    )
    print(f"espeak, {AT_ONCE} asked at once: all answered after {_crowd(espeak):.1f} s")
    curves = statistics.median(_seconds(lambda: visemes.of(sound)) for _ in range(200)) / sound.duration
    print(f"visemes: {curves * 1000:.3f} ms per second of speech")
    pocketsphinx.transcribe(sound.audio, "mp3", 30)
    heard = statistics.median(_seconds(lambda: pocketsphinx.transcribe(sound.audio, "mp3", 30)) for _ in range(5))
    print(f"pocketsphinx: {heard / sound.duration:.2f} s per second of speech")
    print(f"memory of an engine: voice {_mb(voices)}, ear {_mb(ears)}")
    print(f"a sentence's emotion: {_each(lambda: emotions(SENTENCE)) * 1e6:.0f} us")
    splitter = Splitter()
    print(f"a delta through the splitter: {_each(lambda: splitter.feed('word ')) * 1e6:.1f} us")
    voices.close()
    ears.close()


def _crowd(espeak: EspeakSynthesizer) -> float:
    from gevent.threadpool import ThreadPool

    pool = ThreadPool(AT_ONCE)
    began = time.perf_counter()
    for call in [pool.spawn(espeak.synthesize, SENTENCE, "", 30) for _ in range(AT_ONCE)]:
        call.get()
    return time.perf_counter() - began


def _each(call: Callable[[], object], times: int = 2000) -> float:
    return _seconds(lambda: [call() for _ in range(times)]) / times


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _mb(engines: Engines) -> str:
    return f"{max(psutil.Process(pid).memory_info().rss for pid in engines.pids) / 1e6:.0f} MB"


if __name__ == "__main__":
    main()
