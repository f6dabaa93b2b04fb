"""What numbers, dates and statements about a person look like in a language: ``languages/<code>.toml``."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from app.receipts.letters import flat
from app.retrieval.languages import COMMON, languages_of
from app.retrieval.words import words

HERE = Path(__file__).parent
FOLDER = HERE / "languages"
CODES = frozenset({"english", "german", "french", "spanish", "italian"})
ENGLISH = "en"
NEVER = re.compile(r"(?!)")
Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Words are flat (see ``letters``). ``marks`` are patterns by their names in the file."""

    code: str
    numbers: Mapping[str, int]
    twice: Mapping[str, int]  # and other words that are a number and "times" in one
    months: Mapping[str, int]
    weekdays: Mapping[str, int]  # Monday is 0
    names: Mapping[str, Sequence[str]]  # months and weekdays as they are written, by "month" and "weekday"
    day_month: str
    month_day: str
    links: Sequence[str]
    in_month: Sequence[str]
    marks: Mapping[str, Pattern]
    imperatives: frozenset[str]
    free: frozenset[str]
    generic: frozenset[str]
    function: frozenset[str]
    common: frozenset[str]
    correction: str
    nothing: str

    def is_marked(self, name: str, text: str) -> bool:
        return self.marks[name].search(text) is not None


MARKS = (
    "advice", "about_advice", "past", "own", "said", "advising", "left", "row", "ago", "total", "average", "wrote",
    "lately", "period", "part", "praise", "condition",
)  # fmt: skip


SETS = ("imperatives", "free", "generic", "function")
PLAIN = ("day_month", "month_day", "links", "in_month", "correction", "nothing")


@cache
def all_wordings() -> dict[str, Wording]:
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def _read(path: Path) -> Wording:
    rows: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    months, weekdays = NAMES[path.stem]
    sets: dict[str, Any] = {name: frozenset(flat(rows[name]).split()) for name in SETS}
    named = (rows["numbers"], *(names.split() for names in (*rows["months"], *rows["weekdays"])))
    return Wording(
        code=path.stem,
        common=frozenset(flat(word) for word in chain(*named)).union(*sets.values()),
        numbers=_flat_keys(rows["numbers"]),
        twice=_flat_keys(rows["twice"]),
        months=_placed(rows["months"], 1),
        weekdays=_placed(rows["weekdays"], 0),
        names={"month": months.split(), "weekday": weekdays.split()},
        marks={name: _pattern(rows[name]) for name in MARKS},
        **sets,
        **{name: rows[name] for name in PLAIN},
    )


def _flat_keys(given: Mapping[str, int]) -> dict[str, int]:
    return {flat(name): value for name, value in given.items()}


def _placed(rows: Iterable[str], first: int) -> dict[str, int]:
    return {flat(name): place for place, names in enumerate(rows, first) for name in names.split()}


def _pattern(alternatives: Sequence[str]) -> Pattern:
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)") if alternatives else NEVER


@cache
def units() -> dict[str, str]:
    """The one name of what is counted, by each word for it."""
    rows: dict[str, str] = tomllib.loads((HERE / "units.toml").read_text(encoding="utf-8"))
    return {form: name for name, forms in rows.items() for form in forms.split()}


@cache
def number_words() -> dict[str, int]:
    """Of all languages: in which one a source is written does not matter."""
    found: dict[str, int] = {}
    for one in all_wordings().values():
        found |= {**one.numbers, **one.twice} | found
    return found


def wording_of(text: str, before: str = "") -> Wording | None:
    """That of the language a text is in; where that is open, of the one ``before`` it. None for one that is unknown."""
    told = words(text)
    scores = {code: sum(word in one.common for word in told) for code, one in all_wordings().items()}
    most = max(scores.values())
    if _is_foreign(told, most):
        return None
    likely = [code for code, score in scores.items() if score == most]
    code = before[:2].lower()
    return all_wordings()[code if code in likely else likely[0] if most else ENGLISH]


def _is_foreign(told: Sequence[str], known: int) -> bool:
    """Whether it is in another language by more words than in any of ours."""
    languages = languages_of(told)
    return bool(languages) and not CODES & set(languages) and sum(one in COMMON[languages[0]] for one in told) > known


@cache
def signs() -> frozenset[str]:
    """Words from which on a sentence may claim something: numbers, months and weekdays in any language."""
    found = (chain(one.numbers, one.twice, one.months, one.weekdays) for one in all_wordings().values())
    return frozenset(word for word in chain.from_iterable(found) if len(word) > 2 and number_words().get(word) != 1)


@cache
def beginnings() -> frozenset[str]:
    """Of these words, short of the whole."""
    return frozenset(word[:end] for word in signs() for end in range(1, len(word)))


NAMES = {
    "en": (
        "January February March April May June July August September October November December",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    ),
    "de": (
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    ),
    "fr": (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    ),
    "es": (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "lunes martes miércoles jueves viernes sábado domingo",
    ),
    "it": (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    ),
}  # fmt: skip
