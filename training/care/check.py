"""How far the rules alone come on the sentences of a language: ``python -m training.care.check en``."""

import sys
from collections import Counter

from app.care.levels import Level, gravest
from app.care.normaliser import folded
from app.care.rules import rules
from training.care.data import sentences


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
