"""How far the rules alone come on the sentences of a language: ``python -m training.care.check en``."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.care.levels import Level, gravest
from app.care.normaliser import folded
from app.care.rules import rules

FOLDER = Path(__file__).parent / "sentences"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A row of the data set; ``category`` is "-" where there is none."""

    id: str
    level: Level
    category: str
    kind: str
    text: str


def sentences(language: str) -> Iterator[Sentence]:
    for line in (FOLDER / f"{language}.tsv").read_text().splitlines()[1:]:
        name, level, category, kind, text = line.split("\t")
        yield Sentence(name, Level(level), category, kind, text)


def level_of(text: str) -> Level:
    return gravest(finding.level for finding in rules().find(folded(text)))


def main() -> None:
    seen: Counter[tuple[Level, Level]] = Counter()
    for row in sentences(sys.argv[1]):
        level = level_of(row.text)
        seen[row.level, level] += 1
        if level is not row.level:
            print(f"{row.level:8} read as {level:8} {row.category:14} {row.kind:10} {row.text}")
    for wanted in Level:
        print(f"{wanted:8}", *(f"{found}: {seen[wanted, found]}" for found in Level))


if __name__ == "__main__":
    main()
