"""Asking all processes what they have in hand: each that listens answers once, through a list that soon ends.

What a process holds is known to nobody else: its open sockets, its streams, the state of its breakers.
"""

import time
import uuid
from collections.abc import Callable, Sequence
from typing import cast

import msgspec
import redis
import structlog

from app.core.json import JSONObject
from app.db.privacy import RedisKeys
from app.streams.signals import Signals

CHANNEL = "roll.call"  # a signal with the name of a list
PATIENCE = 0.5  # seconds; a process that is busy for longer is left out
KEEP = 10  # seconds

KEYS = RedisKeys(r"roll:[0-9a-f]{48}", "what processes have in hand, for an operator", f"{KEEP} seconds")

log = structlog.get_logger()


class RollCall:
    """One per process; ``present`` says what this one has in hand."""

    def __init__(self, signals: Signals, present: Callable[[], JSONObject]) -> None:
        self._signals = signals
        self._present = present
        signals.subscribe(CHANNEL, self._answer)

    def call(self) -> list[JSONObject]:
        """This process first. Those that do not answer in time are not there; without Redis it is alone."""
        question = self._signals.origin.hex() + uuid.uuid4().hex
        try:
            others = self._signals.others(CHANNEL)
            self._signals.publish(CHANNEL, question)
            return [self._present(), *self._answers(question, others)]
        except redis.RedisError as error:
            log.warning("roll_not_called", reason=type(error).__name__)
            return [self._present()]

    def _answers(self, question: str, count: int) -> Sequence[JSONObject]:
        found: list[JSONObject] = []
        give_up = time.monotonic() + PATIENCE
        while len(found) < count and (left := give_up - time.monotonic()) > 0:
            answer = self._signals.redis.blpop([_key(question)], timeout=max(left, 0.01))
            if answer:
                found.append(cast(JSONObject, msgspec.json.decode(cast(Sequence[bytes], answer)[1])))
        return sorted(found, key=lambda one: str(one.get("process")))

    def _answer(self, question: str) -> None:
        """Who asks needs no list to answer itself."""
        if not question or question.startswith(self._signals.origin.hex()):
            return
        pipe = self._signals.redis.pipeline(transaction=False)
        pipe.rpush(_key(question), msgspec.json.encode(self._present()))
        pipe.expire(_key(question), KEEP)
        try:
            pipe.execute()
        except redis.RedisError as error:
            log.warning("roll_not_answered", reason=type(error).__name__)


def _key(question: str) -> str:
    return f"roll:{question}"
