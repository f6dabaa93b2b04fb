"""The TTS engine's two tasks: to say a text, and to find a text's phonemes in a recording. Engine processes only."""

from bisect import bisect_right
from itertools import chain

from app.speech import audio, mp3
from app.speech.audio import Stretch
from app.speech.engine_protocol import Align, Aligned, Answer, Synthesize, Synthesized, Task
from app.speech.espeak import Espeak, Phoneme, Saying


class TtsWorker:
    def __init__(self) -> None:
        self._espeak = Espeak()

    def __call__(self, task: Task, seconds: float) -> Answer:
        if isinstance(task, Synthesize):
            return self._synthesize(task)
        assert isinstance(task, Align)
        return self._align(task)

    def _synthesize(self, task: Synthesize) -> Synthesized:
        saying = self._espeak.say(task.text, task.voice)
        return Synthesized(mp3.encode(saying.pcm, saying.rate), saying.duration, saying.phonemes)

    def _align(self, task: Align) -> Aligned:
        pcm = audio.decoded(task.audio)
        saying = self._espeak.say(task.text, task.voice)
        return Aligned(len(pcm) / 2 / audio.RATE, _fitted(saying, audio.stretches(pcm)))


def _fitted(saying: Saying, theirs: list[Stretch]) -> list[Phoneme]:
    """The phonemes at another's pace: pauses lie where the other pauses, and what is between is stretched evenly."""
    ours = audio.stretches(saying.pcm, saying.rate)
    count = min(len(ours), len(theirs))
    here = list(chain(*_joined(ours, count)))
    there = list(chain(*_joined(theirs, count)))

    def moved(moment: float) -> float:
        at = min(max(bisect_right(here, moment), 1), len(here) - 1)
        pace = (there[at] - there[at - 1]) / max(here[at] - here[at - 1], 0.01)
        return max(0.0, there[at - 1] + (moment - here[at - 1]) * pace)

    return [(moved(start), moved(end), symbol) for start, end, symbol in saying.phonemes if start < here[-1]]


def _joined(stretches: list[Stretch], count: int) -> list[Stretch]:
    """So many stretches, joined over the shortest pauses."""
    joined = list(stretches)
    while len(joined) > count:
        at = min(range(1, len(joined)), key=lambda at: joined[at][0] - joined[at - 1][1])
        joined[at - 1 : at + 1] = [(joined[at - 1][0], joined[at][1])]
    return joined
