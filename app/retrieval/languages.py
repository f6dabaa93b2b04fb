"""Which language a text is in, by the words that every text is full of. Short texts may leave it open."""

import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

from app.retrieval.words import words

HERE = Path(__file__)
ENGLISH = "english"
_TABLE = tomllib.loads(HERE.with_suffix(".toml").read_text())
COMMON = {name: frozenset(words(text)) for name, text in _TABLE.items()}
# PostgreSQL's dictionaries of scripts that are not Latin
BY_SCRIPT = {
    "ARABIC": ("arabic",), "ARMENIAN": ("armenian",), "CYRILLIC": ("russian", "serbian"), "GREEK": ("greek",),
    "DEVANAGARI": ("hindi", "nepali"), "TAMIL": ("tamil",),
}  # fmt: skip
OTHER_SCRIPTS = frozenset(name for names in BY_SCRIPT.values() for name in names) - {"serbian"}
LATIN = tuple(name for name in COMMON if name not in OTHER_SCRIPTS)  # names that PostgreSQL lacks do no harm
MOST = 3  # languages that a text may be in, when they fit about as well
NEARLY = 0.7

_LANGUAGES: dict[str, list[str]] = {}
for _name, _words in COMMON.items():
    for _word in _words:
        _LANGUAGES.setdefault(_word, []).append(_name)


def languages_of(folded: Sequence[str]) -> tuple[str, ...]:
    """The likeliest first; none when no word tells. ``folded`` are all words of a text."""
    telling = [_LANGUAGES[word] for word in folded if word in _LANGUAGES]
    likely = Counter(chain.from_iterable(telling)).most_common(MOST)
    return tuple(name for name, count in likely if count >= NEARLY * likely[0][1])


def particular(spelled: Iterable[str], languages: Sequence[str]) -> dict[str, list[str]]:
    """The words that say something particular, as written and as folded. Common English ones are in any language."""
    common = frozenset[str]().union(*(COMMON[name] for name in languages))
    known = {True: common | COMMON[ENGLISH], False: common}  # "iş" is Turkish, though it folds to "is"
    said = {word: [piece for piece in words(word) if piece not in known[word.isascii()]] for word in spelled}
    return {word: pieces for word, pieces in said.items() if pieces}


def dictionaries(words: Iterable[str], languages: Sequence[str]) -> list[str]:
    """PostgreSQL's, beside the English one: by the words' scripts, and for Latin those of ``languages``, or all."""
    scripts = {_script(letter) for letter in {word[0] for word in words}}
    found = {name for script in scripts for name in BY_SCRIPT.get(script, ())}
    return sorted(found.union((languages or LATIN) if "LATIN" in scripts else ()) - {ENGLISH})


@cache
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
