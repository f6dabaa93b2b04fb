"""Voices in the order in which a sentence is offered to them: when one fails, the next one speaks."""

import time
from collections.abc import Sequence

import structlog

from app.speech import voices
from app.speech.interfaces import ErrorKind, Sound, SpeechError, Synthesizer, noted
from app.speech.usage import SpeechUsage, Used, unused

# seconds for which a voice that failed is asked last: a quick failure costs little, one that hung costs a pause
PENALTY, PENALTY_OF_HANGING, LONGEST_PENALTY = 5.0, 30.0, 60.0
FIRST_SHARE = 0.6  # of the time that is left, while there is another voice
# a fault of the moment: the same voice may do better at once
MOMENTARY = frozenset({ErrorKind.CONNECTION, ErrorKind.OVERLOADED, ErrorKind.JUNK, ErrorKind.CRASHED})

log = structlog.get_logger()


class VoiceFailover:
    def __init__(self, synthesizers: Sequence[Synthesizer]) -> None:
        self.synthesizers = tuple({one.name: one for one in reversed(synthesizers)}.values())[::-1]
        self._failed_until: dict[str, float] = {}

    def synthesize(self, text: str, voice: str, deadline: float, used: Used = unused) -> Sound:
        """Raises the last voice's ``SpeechError``, or the first one that is about the text itself."""
        until = time.monotonic() + deadline
        waiting, tried = self._ordered(voice), set[str]()
        while True:
            synthesizer = waiting.pop(0)
            left = until - time.monotonic()
            said = self._said(synthesizer, text, voice, left * FIRST_SHARE if waiting else left, used)
            if isinstance(said, Sound):
                return said
            if said.kind in MOMENTARY and synthesizer.name not in tried:
                waiting.append(synthesizer)
            tried.add(synthesizer.name)
            if not waiting or said.kind is ErrorKind.EMPTY or time.monotonic() >= until:
                raise said

    def _said(
        self, synthesizer: Synthesizer, text: str, voice: str, deadline: float, used: Used
    ) -> Sound | SpeechError:
        usage = SpeechUsage("speech", synthesizer.name, synthesizer.model, len(text))
        try:
            with noted(usage, used if synthesizer.model else unused):
                return synthesizer.synthesize(text, voice, deadline)
        except SpeechError as error:
            self._note(synthesizer.name, error)
            return error

    def _ordered(self, voice: str) -> list[Synthesizer]:
        """The voice's own service first, those that failed lately last."""
        own, now = voices.service(voice), time.monotonic()

        def place(synthesizer: Synthesizer) -> tuple[bool, bool]:
            return self._failed_until.get(synthesizer.name, 0.0) > now, synthesizer.name != own

        return sorted(self.synthesizers, key=place)

    def _note(self, name: str, error: SpeechError) -> None:
        if error.kind is not ErrorKind.EMPTY:
            penalty = PENALTY_OF_HANGING if error.kind is ErrorKind.TIMEOUT else PENALTY
            self._failed_until[name] = time.monotonic() + min(LONGEST_PENALTY, error.retry_after or penalty)
            log.warning("voice_failed", engine=name, kind=error.kind)
