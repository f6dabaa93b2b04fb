"""Speaking an answer beside its text: sentence by sentence, in their order, never in the text's way."""

import base64
import time
from collections.abc import Callable

import gevent
import structlog
from gevent.queue import Queue

from app.core.json import JSONObject
from app.realtime.live.events import Clip
from app.speech import visemes
from app.speech.interfaces import ErrorKind, SpeechError
from app.speech.registry import Speech
from app.speech.usage import Used, unused

DEADLINE = 10.0  # seconds for one sentence
LETTERS_A_SECOND = 14.0  # that are spoken, roughly
MOST_AHEAD = 10.0  # seconds that a sentence is made before it can be heard
AHEAD = 2  # sentences that are made while another one is being sent
KEPT_ROWS = 240
END = None

log = structlog.get_logger()

OnClip = Callable[[Clip, int, int], None]  # a clip, its number, and its offset in milliseconds
OnFailure = Callable[[], None]


class SpeechQueue:
    """One per turn. When no voice can say a sentence, ``on_failure`` is told once, and nothing is said after it.

    ``used`` gets what each vendor was asked for.
    """

    def __init__(self, speech: Speech, voice: str, on_clip: OnClip, on_failure: OnFailure, used: Used = unused) -> None:
        self._speech = speech
        self._voice = voice
        self._on_clip = on_clip
        self._on_failure = on_failure
        self._used = used
        self._made: Queue[gevent.Greenlet | None] = Queue()
        self._slots = gevent.lock.BoundedSemaphore(AHEAD)
        self._sending: gevent.Greenlet | None = None
        self._making: list[gevent.Greenlet] = []
        self.segments = 0
        self.frames = 0
        self.last_rows: list[list[float]] = []
        self._offset = 0
        self._letters = 0  # that were put so far
        self._heard_since: float | None = None

    def put(self, sentence: str) -> None:
        """Never waits. Others whose next sentence is needed sooner are served before it."""
        if self._sending is None:
            self._sending = gevent.spawn(self._send)
        making = gevent.spawn(self._clip, sentence, self._letters)
        self._letters += len(sentence)
        self._making.append(making)
        self._made.put(making)

    def finish(self, seconds: float) -> None:
        """Waits until all has been sent, or ``seconds`` are over."""
        self._made.put(END)
        if self._sending is not None:
            self._sending.join(seconds)
        self.stop()

    def stop(self) -> None:
        """What is being made or waits is thrown away; what is said from here on begins anew."""
        greenlets = [*self._making, *([self._sending] if self._sending else [])]
        self._making, self._sending, self._made = [], None, Queue()
        self._letters, self._heard_since = 0, None
        gevent.killall([one for one in greenlets if one is not gevent.getcurrent()], block=False)

    @property
    def viseme_summary(self) -> JSONObject:
        return {"segments": self.segments, "frames_total": self.frames, "last_frames": self.last_rows[-KEPT_ROWS:]}

    def _clip(self, sentence: str, before: int) -> Clip | SpeechError:
        """``before`` are the letters that are heard before it."""
        try:
            with self._slots:
                deadline = DEADLINE + self._seconds_until(before)
                sound = self._speech.synthesize(sentence, self._voice, deadline, self._used)
        except SpeechError as error:
            return error
        curves, audio = visemes.of(sound), base64.b64encode(sound.audio).decode()
        ms = round(sound.duration * 1000)
        return Clip(audio, sound.format, curves.rows, curves.times, curves.fps, curves.frame_ms, ms)

    def _seconds_until(self, letters: int) -> float:
        """Until so many have been heard, as far as one can tell."""
        now = time.monotonic()
        since = now if self._heard_since is None else self._heard_since
        return min(MOST_AHEAD, max(0.0, since + letters / LETTERS_A_SECOND - now))

    def _send(self) -> None:
        while (making := self._made.get()) is not END:
            clip = making.get()
            if isinstance(clip, Clip):
                self._pass_on(clip)
            if isinstance(clip, SpeechError) and clip.kind is not ErrorKind.EMPTY:
                log.warning("sentence_not_spoken", kind=clip.kind, engine=clip.engine)
                self._on_failure()
                return

    def _pass_on(self, clip: Clip) -> None:
        self._on_clip(clip, self.segments, self._offset)
        self._heard_since = self._heard_since or time.monotonic()
        self.segments += 1
        self.frames += len(clip.rows)
        self._offset += clip.duration_ms
        self.last_rows = clip.rows
