"""What words of all languages have in common: "rope", "Seil" and 绳 are one concept, and so is "nobody" with "keiner".

What one language taught the classifier about two of them in a sentence then holds for the others as well. A file
``concepts/<language>.toml`` has the beginnings of words, or of several, that stand for each; with a dot at its end one
is a whole word. They are found at the beginning of a word, in languages that join words anywhere.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from app.care.normaliser import NASAL, doubled, letters
from app.care.tongues import small_words

FOLDER = Path(__file__).parent / "concepts"
FIRSTS, JOINED = re.compile("[^ ]+"), re.compile("[\u0600-\u06ff\u3040-\u9fff]")
KANA = re.compile("[\u3040-\u30ff]")
SURE = 0.6  # of what speaks for the likeliest language, this much has to speak for another one
KEY = 3  # letters that a beginning is looked for by
SHORT = (1, 2)  # letters of those that have no key

Found = tuple[int, int, str, int]  # place, concept, language, letters


class Concepts:
    """Immutable. ``names`` are of all concepts; the number of one is its place there."""

    def __init__(self, languages: Mapping[str, Mapping[str, str]]) -> None:
        self.names = sorted({name for concepts in languages.values() for name in concepts})
        numbers = {name: number for number, name in enumerate(self.names)}
        self._stems: dict[str, list[tuple[int, str]]] = {}
        for language, name, stem in _rows(languages):
            self._stems.setdefault(stem, []).append((numbers[name], language))
        self._sizes = _sizes(self._stems)

    def of(self, line: str) -> list[int]:
        """Those of a sentence of folded text, in its order, in the language that it seems to be in; at a place once."""
        found = list(self._found(line))
        votes = _votes(found, line)
        least = SURE * max(votes.values(), default=0)
        kept = ((place, concept) for place, concept, language, _ in found if votes.get(language, -1) >= least)
        return [concept for _, concept in dict.fromkeys(kept)]

    def _found(self, line: str) -> Iterator[Found]:
        stems, sizes, end = self._stems, self._sizes, len(line)
        for start in _starts(line):
            for size in sizes.get(line[start : start + KEY], SHORT):
                for concept, language in stems.get(line[start : start + size], ()) if start + size <= end else ():
                    yield start, concept, language, size


def _votes(found: Iterable[Found], line: str) -> dict[str, int]:
    """How many letters speak for each language."""
    votes: dict[str, int] = {}
    for _, _, language, size in found:
        votes[language] = votes.get(language, 0) + size
    for word in line.split():
        for language in small_words().get(word, ()):
            votes[language] = votes.get(language, 0) + len(word) + 1
    votes.pop("zh" if KANA.search(line) else "ja", None)
    return votes


def _starts(line: str) -> Iterable[int]:
    """Where a word begins; in scripts that join words every letter may be a beginning."""
    firsts = [found.start() for found in FIRSTS.finditer(line)]
    return sorted({*firsts, *(found.start() for found in JOINED.finditer(line))}) if not line.isascii() else firsts


def _rows(languages: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    for language, concepts in languages.items():
        for name, stems in concepts.items():
            yield from ((language, name, _spelt(stem)) for stem in stems.split(","))


def _spelt(stem: str) -> str:
    plain = doubled(letters(stem.strip()).replace(NASAL, ""))
    return f"{plain[:-1]} " if plain.endswith(".") else plain


def _sizes(stems: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """How long those may be that begin with a key, and the short ones."""
    sizes: dict[str, set[int]] = {}
    for stem in stems:
        if len(stem) >= KEY:
            sizes.setdefault(stem[:KEY], {*SHORT}).add(len(stem))
    return {key: tuple(sorted(some)) for key, some in sizes.items()}


@cache
def concepts() -> Concepts:
    """Those of the house."""
    return Concepts({path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))})
