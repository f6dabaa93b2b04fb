"""How well rules and classifier read: ``python -m training.care.evaluate [--held-out]``, a table in Markdown.

Without the option every row is read by a classifier that didn't learn from it (the rules may have been written with it
in view); with it the rows that neither was made with are read by those of the house.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple
from functools import partial
from itertools import groupby

from app.care.classifier import Thresholds, classifier
from app.care.judgement import together
from app.care.levels import Level
from training.care.cross_validation import ORDINARY, Seen, cross_validated, looked_at
from training.care.data import HELD_OUT, Sentence, everything, sentences
from training.care.learning import SUICIDAL_CATEGORIES

ALL = "all"


def held_out() -> list[Seen]:
    return [looked_at(row, classifier()) for path in sorted(HELD_OUT.glob("*.tsv"))
            for row in sentences(path.stem, HELD_OUT)]  # fmt: skip


def table(seen: Sequence[Seen], limits: Thresholds) -> list[str]:
    """A line for each language, with what the rules reach alone in brackets."""
    head = ["language", "rows", "right level", "direct crises", "all crises", "suicide, self-harm >= concern",
            "false crises", "false concerns", "paragraphs: crises", "paragraphs: concerns", "unsure"]  # fmt: skip
    names = [ALL, *sorted({one.row.language for one in seen})]
    return [_row(head), _row(["---"] * len(head)), *(_row(_figures(_of(seen, name), name, limits)) for name in names)]


def _of(seen: Sequence[Seen], language: str) -> list[Seen]:
    return [one for one in seen if language in (ALL, one.row.language)]


def _figures(seen: Sequence[Seen], name: str, limits: Thresholds) -> list[str]:
    plain = [one for one in seen if one.row.kind in ORDINARY and one.row.level is Level.NONE]
    whole = [one for one in seen if one.row.kind == "paragraph"]
    crises = [one for one in seen if one.row.level is Level.CRISIS]
    direct = [one for one in crises if one.row.kind == "direct"]
    suicidal = [one for one in seen if one.row.category in SUICIDAL_CATEGORIES]
    asked = [(direct, Level.CRISIS), (crises, Level.CRISIS), (suicidal, Level.CONCERN),
             *((some, level) for some in (plain, whole) for level in (Level.CRISIS, Level.CONCERN))]  # fmt: skip
    shares = [_share(some, limits, partial(_reaches, level)) for some, level in asked]
    is_unsure = [together(one.spoken, one.heard, limits).is_unsure for one in [*plain, *whole]]
    return [name, str(len(seen)), _share(seen, limits, _is_right), *shares, _percent(is_unsure)]


def _reaches(wanted: Level, found: Level, _: Sentence) -> bool:
    return found.rank >= wanted.rank


def _is_right(found: Level, row: Sentence) -> bool:
    return found is row.level


def _share(seen: Sequence[Seen], limits: Thresholds, test: Callable[[Level, Sentence], bool]) -> str:
    both = _percent([test(one.level(limits), one.row) for one in seen])
    return f"{both} ({_percent([test(one.spoken.level, one.row) for one in seen])})"


def _percent(answers: Sequence[bool]) -> str:
    return f"{100 * sum(answers) / len(answers):.1f}" if answers else "–"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def kinds(seen: Sequence[Seen], limits: Thresholds) -> list[str]:
    """A line for each level, category and kind: where its rows end up."""
    head = ["level", "category", "kind", "rows", *(f"read as {level}" for level in Level)]
    lines = [_row(head), _row(["---"] * len(head))]
    for name, some in groupby(sorted(seen, key=_kind), _kind):
        levels = [one.level(limits) for one in some]
        shares = (_percent([found is level for found in levels]) for level in Level)
        lines.append(_row([*name, str(len(levels)), *shares]))
    return lines


def _kind(one: Seen) -> tuple[str, str, str]:
    return one.row.level, one.row.category, one.row.kind


def topics(seen: Sequence[Seen]) -> str:
    """How often category and language are right, of rows where something is the matter and the classifier says so."""
    named = [one for one in seen if one.row.level is not Level.NONE and one.heard.category]
    categories = _percent([one.heard.category == one.row.category for one in named])
    return f"category {categories} %, language {_percent([one.heard.language == one.row.language for one in named])} %"


def main() -> None:
    limits = classifier().thresholds
    is_held_out = "--held-out" in sys.argv[1:]
    seen = held_out() if is_held_out else cross_validated(everything())
    print("\n".join(table(seen, limits)), "", "\n".join(kinds(seen, limits)), "", sep="\n")
    print(topics(seen) if is_held_out else f"thresholds {astuple(limits)}")


if __name__ == "__main__":
    main()
