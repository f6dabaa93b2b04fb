"""What a vendor's voice or ear was asked for, and whoever takes note of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

CANCELLED = "cancelled"


@dataclass(slots=True)
class SpeechUsage:
    """One call. ``quantity`` is in characters that were spoken, or in seconds that were listened to; None when that is
    not known. Some models count tokens instead. ``outcome`` is ``ok``, ``cancelled`` or an ``ErrorKind``.
    """

    operation: Literal["speech", "transcription"]
    provider: str
    model: str
    quantity: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    ms: int = 0
    outcome: str = CANCELLED


Used = Callable[[SpeechUsage], object]  # quick, and does not raise


def unused(_: SpeechUsage) -> None: ...
