"""Which of some known words a text means: an enumeration's value, a property's name, an id."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from difflib import SequenceMatcher

SHORTEST_PREFIX, SHORTEST_ID_PREFIX = 3, 8  # characters that may stand for the whole
SHORT_LABEL, LEAST_TELLING = 2, 4  # words around an id; characters of one that is an id in any sentence
SHORTEST_SIMILAR, LONGEST_SIMILAR = 4, 60
SIMILAR = 0.85  # share of the characters
ONE_SLIP = 2  # characters that are not common when one is wrong, or two have changed places
CATCH_ALL = "other"
MOST_WORDS = 4  # of a text that names one thing
# words that say the same where an enumeration has exactly one of them
SYNONYMS = (
    {"low", "minor", "small", "minimal"},
    {"medium", "moderate", "mid", "average"},
    {"high", "major", "large"},
    {"critical", "urgent", "severe", "extreme"},
    {"up", "increase", "increasing", "higher", "upward", "upwards", "rise", "maximize"},
    {"down", "decrease", "decreasing", "lower", "downward", "downwards", "reduce", "minimize"},
    {"maintain", "stable", "steady", "unchanged"},
)
# beyond the end of a scale that does not go so far
NEIGHBOURS = ({"high", "critical", "urgent", "severe", "extreme"}, {"low", "negligible", "marginal"})
# words after which a choice does not mean what it says
_TURNS = {
    "not", "no", "non", "never", "without", "neither", "nor", "isn", "don", "doesn", "won", "shouldn", "de", "dis",
    "un", "anti",
    "less", "almost", "nearly", "partly", "partially", "conditional", "conditionally", "caution", "if", "but",
}  # fmt: skip

Rule = Callable[[str, str], bool]  # of the text and a choice, both bare


def enum_values(text: str, choices: Collection[str]) -> Collection[str]:
    """The choices that a text may mean: none, the one that is plainly meant, or several."""
    if exact := _only(text, choices, (_same,)):
        return (exact,)
    words = set(_words(text))
    named = _named_in(text, choices)
    said = named or _said_otherwise(words, choices)
    if len(said) > 1 or words & _TURNS - {word for choice in named for word in _words(choice)}:
        return choices
    found = next(iter(said), None) or _only(text, choices, (_plural, _begins, _same_stem, _neighbour, _similar))
    is_a_word = any(map(str.isalpha, text)) and len(words) <= MOST_WORDS
    return (found or CATCH_ALL,) if found or (CATCH_ALL in choices and is_a_word) else ()


def property_name(text: str, choices: Iterable[str]) -> str | None:
    """The name that is spelled otherwise: another case, plural, a slip."""
    return _only(text, choices, (_same, _plural, _similar))


def known_id(text: str, ids: Collection[str]) -> str | None:
    """The id that is meant. One that is only similar is another one."""
    if text in ids:
        return text
    is_short = len(_words(text)) <= SHORT_LABEL
    told = [one for one in ids if is_short or len(one) >= LEAST_TELLING]
    inside = {one for one in told if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", text, re.IGNORECASE)}
    if len(inside) > 1:
        return None
    return next(iter(inside), None) or _only(text, ids, (_same, _is_cut))


def _only(text: str, choices: Iterable[str], rules: Iterable[Rule]) -> str | None:
    """What the first rule finds that finds anything; nothing when that is more than one."""
    bare, all_choices = _bare(text), list(choices)
    for rule in rules:
        found = [choice for choice in all_choices if bare and rule(bare, _bare(choice))]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _bare(text: str) -> str:
    """Small letters and digits without accents; digits that were apart stay apart."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^\w\0]|_", "", re.sub(r"(?<=\d)[\W_]+(?=\d)", "\0", plain))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKD", text).casefold())


def _named_in(text: str, choices: Iterable[str]) -> set[str]:
    """Choices whose words are in the text, without those that are part of a longer one."""
    spoken = f" {' '.join(_words(text))} "
    found = {choice: f" {' '.join(_words(choice))} " for choice in choices}
    inside = {choice: words for choice, words in found.items() if words.strip() and words in spoken}
    return {
        choice for choice, words in inside.items()
        if not any(words in other and words != other for other in inside.values())
    }  # fmt: skip


def _said_otherwise(words: set[str], choices: Iterable[str]) -> set[str]:
    """Choices of which a few words hold a synonym."""
    groups = [group for group in SYNONYMS if group & words and len(words) <= MOST_WORDS]
    return {choice for choice in choices for group in groups if _bare(choice) in group}


def _same(text: str, choice: str) -> bool:
    return text == choice


def _plural(text: str, choice: str) -> bool:
    return text in (f"{choice}s", f"{choice}es") or choice in (f"{text}s", f"{text}es")


def _begins(text: str, choice: str) -> bool:
    return len(text) >= SHORTEST_PREFIX and choice.startswith(text)


def _same_stem(text: str, choice: str) -> bool:
    """``strategic`` and ``strategy``, ``higher`` and ``high``."""
    common = next((at for at, (one, two) in enumerate(zip(text, choice, strict=False)) if one != two), None)
    common = min(len(text), len(choice)) if common is None else common
    whole = common == len(choice) >= SHORTEST_PREFIX and len(text) - common <= 3
    return whole or (common >= 5 and common >= 0.7 * max(len(text), len(choice)) - 1)


def _neighbour(text: str, choice: str) -> bool:
    return any(text in group and choice in group for group in NEIGHBOURS)


def _similar(text: str, choice: str) -> bool:
    """But for a slip. Not at the beginning: ``prioritize`` is not ``de-prioritize``."""
    if text[0] != choice[0] or not SHORTEST_SIMILAR <= max(len(text), len(choice)) <= LONGEST_SIMILAR:
        return False
    blocks = SequenceMatcher(None, text, choice).get_matching_blocks()
    total, common = len(text) + len(choice), sum(block.size for block in blocks)
    return total - 2 * common <= ONE_SLIP or 2 * common / total >= SIMILAR


def _is_cut(text: str, choice: str) -> bool:
    return len(text) >= SHORTEST_ID_PREFIX and choice.startswith(text)
