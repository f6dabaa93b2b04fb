"""Korean words without what hangs on them: particles, endings, and what a past tense has drawn together."""

import tomllib
from pathlib import Path

TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
ENDINGS = frozenset(TABLES["endings"].split())
LONGEST = max(map(len, ENDINGS))
EMPTY = frozenset(TABLES["empty"].split())
MOST_ENDINGS = 3  # that hang on one another
FIRST, LAST = 0xAC00, 0xD7A3
VOWELS, FINALS = 21, 28
# numbers of letters inside a syllable: ㅕ is drawn together from ㅣ and ㅓ, ㅘ from ㅗ and ㅏ, …
UNDRAWN = {6: 20, 9: 8, 14: 13, 1: 0, 10: 11}
NONE, NIEUN, RIEUL, BIEUP, SSANG_SIOS = 0, 4, 8, 17, 20


def stems(word: str) -> list[str]:
    """What is left of a word, one ending after the other; nothing that says nothing."""
    found: list[str] = []
    rest = word
    for _ in range(MOST_ENDINGS):
        found.append(_undrawn(rest))
        begin = next((at for at in range(max(1, len(rest) - LONGEST), len(rest)) if rest[at:] in ENDINGS), None)
        if begin is None:
            break
        rest = rest[:begin]
        found.append(rest)
    return [stem for stem in dict.fromkeys(found) if stem not in (word, "") and stem not in EMPTY]


def _undrawn(word: str) -> str:
    """The stem of a verb whose ending has melted into it: 달렸다, 달려, 달립니다 and 달린 are all of 달리다."""
    for at, syllable in enumerate(word):
        if FIRST <= ord(syllable) <= LAST and (ord(syllable) - FIRST) % FINALS == SSANG_SIOS and at > 0:
            return word[:at] + _without_final(syllable, melted=True)
    if word.endswith("니다") and len(word) > 2:
        return word[:-3] + _without_final(word[-3], BIEUP)
    return word[:-1] + _without_final(word[-1], melted=True) if len(word) > 1 else word


def _without_final(syllable: str, *finals: int, melted: bool = False) -> str:
    code = ord(syllable) - FIRST
    if not 0 <= code <= LAST - FIRST:
        return syllable
    lead, vowel, final = code // FINALS // VOWELS, code // FINALS % VOWELS, code % FINALS
    vowel = UNDRAWN.get(vowel, vowel) if melted and final in (NONE, SSANG_SIOS) else vowel
    final = NONE if final in (*finals, NIEUN, RIEUL, SSANG_SIOS) else final
    return chr(FIRST + (lead * VOWELS + vowel) * FINALS + final)
