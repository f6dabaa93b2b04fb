"""The shape of the mouth for each phoneme of the International Phonetic Alphabet, in fifteen ARKit columns."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

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

    jaw: float
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


REST = Shape(0.0, weight=0.7)
LIPS = Shape(0.0, close=0.95, pucker=0.06, frown=0.05, dimple=0.05, weight=2.0)
TEETH = Shape(0.07, funnel=0.12, close=0.35, frown=0.1, weight=1.8)
TONGUE_TIP = Shape(0.16, stretch=0.08, tongue=0.06, weight=0.8, free=True)
TONGUE_OUT = Shape(0.16, stretch=0.1, tongue=0.3, weight=1.6, free=True)
LATERAL = Shape(0.22, stretch=0.06, tongue=0.1, weight=0.9, free=True)
BACK = Shape(0.2, weight=0.5, free=True)
HISS = Shape(0.07, smile=0.1, stretch=0.22, weight=1.8, free=True)
HUSH = Shape(0.1, funnel=0.55, pucker=0.3, weight=2.2)
RHOTIC = Shape(0.16, funnel=0.28, pucker=0.32, weight=1.4)
BREATH = Shape(0.2, weight=0.3, free=True)
GLIDE = Shape(0.12, smile=0.25, stretch=0.25, weight=1.2)
POUT = Shape(0.08, funnel=0.4, pucker=0.92, weight=2.2)
WIDE = Shape(0.16, smile=0.38, dimple=0.12, stretch=0.38, weight=1.3)
NEAR_WIDE = Shape(0.24, smile=0.22, dimple=0.06, stretch=0.28)
MIDDLE = Shape(0.38, smile=0.16, dimple=0.04, stretch=0.28)
LOW_FRONT = Shape(0.58, smile=0.1, stretch=0.24)
OPEN = Shape(0.72, stretch=0.06)
CENTRAL = Shape(0.34, funnel=0.06, weight=0.7)
ROUND_OPEN = Shape(0.52, funnel=0.58, pucker=0.34, weight=1.7)
ROUND = Shape(0.36, funnel=0.6, pucker=0.58, weight=1.9)
ROUND_CLOSE = Shape(0.16, funnel=0.48, pucker=0.85, weight=2.2)
R_COLOURED = Shape(0.3, funnel=0.3, pucker=0.3, weight=1.2)

_SOUNDS = {
    "mbpɱʙɓɸβ": LIPS, "fvʋⱱ": TEETH,
    "tdnɾʈɖɳ": TONGUE_TIP, "θð": TONGUE_OUT, "lɫɭɬɮʎʟ": LATERAL,
    "kgɡqɢŋɴcɟɲxɣχ": BACK, "sz": HISS, "ʃʒɕʑʂʐ": HUSH, "rɹɻʀʁɽ": RHOTIC, "hɦħʕʔʜ": BREATH, "jçʝ": GLIDE, "wʍɥ": POUT,
    "i": WIDE, "ɪɨᵻ": NEAR_WIDE, "eɛ": MIDDLE, "æ": LOW_FRONT, "aɑɐäA": OPEN, "əʌɘɜɤɯ": CENTRAL, "ɚɝ": R_COLOURED,
    "ɔɒɶ": ROUND_OPEN, "oɵøœɞ": ROUND, "uʊʉyʏ": ROUND_CLOSE,
}  # fmt: skip
SHAPES = {letter: shape for letters, shape in _SOUNDS.items() for letter in letters}


@lru_cache(maxsize=4096)
def shapes(symbol: str) -> tuple[Shape, ...]:
    """One shape after the other: two for a diphthong or an affricate, rest for a pause, a neutral one if unknown."""
    found = tuple(SHAPES[letter] for letter in symbol if letter in SHAPES)
    if found:
        return found
    return (CENTRAL,) if any(unicodedata.category(letter) in ("Ll", "Lu", "Lo") for letter in symbol) else (REST,)
