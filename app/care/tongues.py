"""Which languages a sentence may be in: asking all rules about all words would take too long.

By script, and in a long text by the small words that every sentence has. English is asked about whatever has Latin
letters: its words turn up in every language.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "small_words.toml"
ANYWHERE = "en"
FEW = 200  # characters that are asked of every language
PLAIN = 2  # small words that tell the language of a short line; of others one is enough
SHORT = 6  # words

LATIN = re.compile("[a-z]")
SCRIPTS = {
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "zh": re.compile("[\u3400-\u9fff]"),
    "ja": re.compile("[\u3040-\u30ff\u3400-\u9fff]"),
}
ALSO_IN_LATIN = {"hi", "ar"}  # as people type them on a telephone


def tongues(line: str, *, is_long: bool) -> frozenset[str]:
    """The languages whose rules have to be asked about a line; of a long text only those that it looks like."""
    if line.isascii():
        return _latin(line, is_long=is_long) if LATIN.search(line) else frozenset()
    found = frozenset(code for code, script in SCRIPTS.items() if script.search(line))
    return found | _latin(line, is_long=is_long) if LATIN.search(line) else found


def _latin(line: str, *, is_long: bool) -> frozenset[str]:
    """By the small words of a line; a language that has less than half as many of them as another isn't asked."""
    if not is_long:
        return latin_languages()
    counts = dict.fromkeys(small_words()[""], 0)
    words = set(line.split())
    for word in words & small_words().keys():
        for code in small_words()[word]:
            counts[code] += 1
    most = max(counts.values())
    if most < (1 if len(words) > SHORT else PLAIN):
        return latin_languages()
    return frozenset((ANYWHERE, *(code for code, count in counts.items() if count * 2 > most)))


@cache
def latin_languages() -> frozenset[str]:
    return frozenset((*small_words()[""], *ALSO_IN_LATIN))


@cache
def small_words() -> dict[str, tuple[str, ...]]:
    """The languages of each of the words; of "" all of them."""
    lists: dict[str, str] = tomllib.loads(FILE.read_text())
    languages: dict[str, tuple[str, ...]] = {"": tuple(lists)}
    for code, words in lists.items():
        languages.update({word: (*languages.get(word, ()), code) for word in words.split()})
    return languages
