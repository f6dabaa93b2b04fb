"""What an answer sounds like: its text by the sentence, with the emotions in it, each spoken unless it is muted."""

from collections.abc import Callable

from app.realtime.live import events
from app.realtime.live.events import Clip
from app.realtime.live.speech_queue import SpeechQueue
from app.speech import emotion
from app.speech.registry import Speech
from app.speech.sentences import Splitter, first_clause
from app.speech.usage import Used


class Speaking:
    """One per turn. ``send`` sends an event; ``local_time`` is the client's own."""

    def __init__(
        self, speech: Speech, voice: str, send: Callable[[bytes], None], local_time: str, is_muted: bool, used: Used
    ) -> None:
        """``used`` gets what each vendor of speech was asked for."""
        self.is_muted = is_muted
        self.emotions: list[tuple[emotion.Emotion, ...]] = []
        self.clips = SpeechQueue(speech, voice, self._send_clip, self._lose_voice, used)
        self._send = send
        self._local_time = local_time
        self._splitter = Splitter()
        self._is_stopped = False
        self._is_over = False
        self._begun = 0  # characters of the sentence under way that are spoken already

    def feed(self, text: str) -> None:
        """The hot path."""
        for sentence in self._splitter.feed(text):
            self._sentence(sentence)
        if not self.emotions and not self._begun and not self.is_muted:
            self._begin()

    def mute(self, for_good: bool = False) -> None:
        """No more sound, or none for now; what is being made is thrown away."""
        self.is_muted = True
        self._is_stopped = self._is_stopped or for_good
        self.clips.stop()

    def unmute(self) -> None:
        """Sentences from here on are spoken again, unless the sound was stopped."""
        self.is_muted = self._is_stopped

    def flush(self) -> None:
        """The text is complete."""
        for sentence in self._splitter.flush():
            self._sentence(sentence)

    def finish(self, seconds: float) -> None:
        """Waits until all is said, or ``seconds`` are over."""
        self.clips.finish(seconds)

    def end(self) -> None:
        self._is_over = True
        self.clips.stop()

    def _begin(self) -> None:
        """The first sound is waited for: it comes with the first clause, and need not wait for the sentence's end."""
        clause = first_clause(self._splitter.pending)
        if clause:
            self._begun = len(clause)
            self.clips.put(clause.strip())

    def _sentence(self, sentence: str) -> None:
        rest, self._begun = sentence[self._begun :].strip(), 0
        text = sentence.strip()
        if not text:
            return
        emotions = emotion.emotions(text)
        self.emotions.append(emotions)
        self._send(events.text_sentence(text, emotions, self._local_time))
        if rest and not self.is_muted:
            self.clips.put(rest)

    def _send_clip(self, clip: Clip, index: int, offset_ms: int) -> None:
        if not self.is_muted and not self._is_over:
            self._send(events.audio_response(clip, index, offset_ms, self._local_time))

    def _lose_voice(self) -> None:
        """No voice can speak: that is said once, as what it is for the client, and the text goes on."""
        self.mute(for_good=True)
        self._send(events.audio_muted(True))
