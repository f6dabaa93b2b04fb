"""What one model call has used, and who takes note of it."""

from dataclasses import dataclass
from typing import Literal, Protocol

from app.llm.interfaces import Caller, ErrorKind


@dataclass(frozen=True, slots=True)
class Fault:
    """One attempt that failed."""

    provider: str
    model: str
    kind: ErrorKind


Operation = Literal["chat", "embeddings", "speech", "transcription"]


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """One model call, as the ledger keeps it. Times in milliseconds; ``cost`` in US dollars, None when unknown.

    ``outcome`` is ``ok``, ``cancelled`` or an ``ErrorKind``; ``attempts`` counts every request sent upstream, and
    ``faults`` are those that failed. ``in_turn``: a turn's trace has it too. ``quantity`` is what speech is sold by:
    the characters that were spoken, the seconds that were listened to.
    """

    caller: Caller
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    estimated: bool
    cost: float | None
    latency_ms: int
    first_token_ms: int | None
    outcome: str
    attempts: int
    faults: tuple[Fault, ...] = ()
    in_turn: bool = False
    operation: Operation = "chat"
    quantity: float | None = None


@dataclass(frozen=True, slots=True)
class EmbeddingUsage:
    """One call for vectors, as its provider reports it."""

    provider: str
    model: str
    input_tokens: int
    estimated: bool
    ms: int
    outcome: str


class Recorder(Protocol):
    """Takes what each call cost. Must be quick and must not raise."""

    def __call__(self, record: UsageRecord, /) -> None: ...
