"""The shape of the mouth for each phoneme of the International Phonetic Alphabet, in fifteen ARKit columns."""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

COLUMNS = (
    "jawOpen", "mouthFunnel", "mouthClose", "mouthPucker", "mouthSmileLeft", "mouthSmileRight", "mouthLeft",
    "mouthRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft",
    "mouthStretchRight", "tongueOut",
)  # fmt: skip
JAW, FUNNEL, CLOSE, PUCKER, TONGUE = 0, 1, 2, 3, 14


@dataclass(frozen=True, slots=True)
class Shape:
    """Values from 0 to 1. ``weight`` is how little the sound lets its neighbours bend it; ``shut`` closes the lips.

    With ``free`` the tongue makes the sound, and the lips may already be round for the next one.
    """

    jaw: float = 0.0
    funnel: float = 0.0
    close: float = 0.0
    pucker: float = 0.0
    smile: float = 0.0
    frown: float = 0.0
    dimple: float = 0.0
    stretch: float = 0.0
    tongue: float = 0.0
    weight: float = 1.0
    free: bool = False

    @property
    def shut(self) -> bool:
        return self.close >= 0.9

    def row(self) -> tuple[float, ...]:
        sides = (self.smile, self.smile, 0.0, 0.0, self.frown, self.frown, self.dimple, self.dimple)
        return (self.jaw, self.funnel, self.close, self.pucker, *sides, self.stretch, self.stretch, self.tongue)


TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
SHAPES = {letter: Shape(**row) for row in TABLE.values() for letter in row.pop("sounds", "")}
REST, CENTRAL = Shape(**TABLE["rest"]), SHAPES["ə"]


@lru_cache(maxsize=4096)
def shapes(symbol: str) -> tuple[Shape, ...]:
    """One shape after the other: two for a diphthong or an affricate, rest for a pause, a neutral one if unknown."""
    found = tuple(SHAPES[letter] for letter in symbol if letter in SHAPES)
    if found:
        return found
    return (CENTRAL,) if any(unicodedata.category(letter) in ("Ll", "Lu", "Lo") for letter in symbol) else (REST,)
