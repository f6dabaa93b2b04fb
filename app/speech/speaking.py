"""The voice engine's two tasks: to say a text, and to find a text's phonemes in a recording. Engine processes only."""

from app.speech import audio
from app.speech.espeak import Espeak, Phoneme, Saying
from app.speech.frames import Align, Aligned, Answer, Speak, Spoken, Task


class Speaker:
    def __init__(self) -> None:
        self._espeak = Espeak()

    def __call__(self, task: Task, seconds: float) -> Answer:
        if isinstance(task, Speak):
            return self._speak(task)
        assert isinstance(task, Align)
        return self._align(task)

    def _speak(self, task: Speak) -> Spoken:
        speech = self._espeak.say(task.text, task.voice)
        return Spoken(audio.mp3(speech.pcm, speech.rate), speech.duration, speech.phonemes)

    def _align(self, task: Align) -> Aligned:
        pcm = audio.decoded(task.audio)
        speech = self._espeak.say(task.text, task.voice)
        return Aligned(len(pcm) / 2 / audio.RATE, _stretched(speech, *audio.voiced(pcm)))


def _stretched(speech: Saying, first: float, last: float) -> list[Phoneme]:
    """The phonemes at another's pace: from the first sound that is heard to the last."""
    began, ended = audio.voiced(speech.pcm, speech.rate)
    pace = (last - first) / max(ended - began, 0.01)

    def moved(moment: float) -> float:
        return max(0.0, first + (moment - began) * pace)

    return [(moved(start), moved(end), symbol) for start, end, symbol in speech.phonemes if start < ended]
