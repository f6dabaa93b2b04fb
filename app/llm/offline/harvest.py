"""What a coaching session leaves behind, made of nothing but what the person said."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from app.llm.offline.words import content, sentences, shorten, stem, table, words

Result = dict[str, Any]
MOST_VALUES = 5
MOST_ASPIRATIONS = 6
NAMED = 10  # how much more it counts when a value is called by its name

# a value, and the words that speak of it
VALUES = {
    "Honesty": "honesty honest truth truthful lie lied openly candid frank transparent transparency admit plainly",
    "Integrity": "integrity principle principled ethical ethics",
    "Innovation": "innovation innovative innovate experiment invent inventive pioneer",
    "Growth": "growth grow learn learning training develop improve improvement mentor",
    "Compassion": "compassion compassionate kindness kind empathy care caring listen comfort ill sick",
    "Courage": "courage courageous brave bravery bold risk dare",
    "Reliability": "reliability reliable promise punctual deadline dependable word kept",
    "Quality": "quality excellence excellent craft craftsmanship thorough careful detail",
    "Respect": "respect respectful dignity polite",
    "Teamwork": "teamwork team together collaboration collaborate colleague shift",
    "Customers First": "customer client patient guest service refund",
    "Fairness": "fairness fair justice equal equality",
    "Responsibility": "responsibility responsible accountable accountability ownership mistake",
    "Trust": "trust trusted trustworthy",
    "Family": "family families children parents",
    "Freedom": "freedom free independence independent autonomy",
    "Simplicity": "simplicity simple plain clarity",
    "Curiosity": "curiosity curious question wonder",
    "Humility": "humility humble",
    "Generosity": "generosity generous give share donate",
    "Sustainability": "sustainability sustainable environment climate waste",
    "Community": "community neighbourhood neighborhood neighbour local",
    "Loyalty": "loyalty loyal",
    "Patience": "patience patient",
    "Joy": "joy fun humour humor laugh play",
}
OPENING = "Nothing has been said about this yet."


def signs(text: str) -> frozenset[str]:
    return frozenset(map(stem, table(text)))


SIGNS = {name: signs(known) for name, known in VALUES.items()}
OWN = {name: frozenset(map(stem, words(name))) for name in VALUES}
SERVING = signs("exist help serve so that nobody everyone people matter mission because enable for")
COMING_FROM = signs("because when since father mother child childhood lost felt own myself grew saw")
AHEAD = signs("will see want become year hope future then dream everybody every be")
NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|fifty"
HORIZON = re.compile(rf"\b(?:by|in) 20\d\d\b|\b(?:\d{{1,3}}|{NUMBERS}) (?:years?|months?)\b", re.I)


def has_said(text: str) -> bool:
    return bool(words(text))


def found(topic_id: str, told: Sequence[str]) -> list[str]:
    """What has become clear so far, in a few words each."""
    if topic_id == "core_values":
        return [name for name, _ in valued(told)]
    return [f"“{shorten(line.rstrip('.!'), 14)}”" for line in _lines(told)[-2:]]


def valued(told: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The values that were named or spoken of, the clearest first, each with the sentences that did.

    A sentence speaks of one value, unless it names another.
    """
    lines = _lines(told)
    known = [(name, [line for line in lines if content(line) & SIGNS[name]]) for name in VALUES]
    kept: dict[str, list[str]] = {}
    used: set[str] = set()
    for name, speaking in sorted(known, key=lambda pair: -_weight(*pair)):
        if _is_named(name, speaking) or not used.issuperset(speaking):
            kept[name] = speaking
            used.update(speaking)
    return list(kept.items())[:MOST_VALUES]


def values_found(told: Sequence[str]) -> Result:
    named = valued(told) or [(_theme(line), [line]) for line in sorted(_lines(told), key=len)[-2:]]
    values = [_value(name, lines, told) for name, lines in named]
    summary = f"In {_count(told)} you spoke most of {_listed([value['name'] for value in values])}."
    best = max(_lines(told), key=len, default="")
    told_best = f" What stays with me is this: “{best}”" if best else ""
    nothing = {"name": "Still open", "description": OPENING, "importance": OPENING}
    if not values:
        return {"values": [nothing], "summary": f"{OPENING} Start again when you have a moment to look for them."}
    return {"values": values, "summary": long_enough(summary + told_best, 50, 1000)}


def purpose_found(told: Sequence[str]) -> Result:
    lines = _lines(told)
    if not lines:
        return {"purpose_statement": OPENING, **dict.fromkeys(("why_it_matters", "how_it_guides"), OPENING * 2)}
    purpose = _nearest(lines, SERVING)
    others = [line for line in lines if line != purpose] or [purpose]
    why = _nearest(others, COMING_FROM)
    deed = _nearest([line for line in others if line != why] or others, frozenset())
    return {
        "purpose_statement": long_enough(purpose, 20, 500, "We exist for this: {}"),
        "why_it_matters": long_enough(f"You said where it comes from: “{why}” That is more than business.", 50, 1000),
        "how_it_guides": long_enough(
            f"Ask of every plan whether it serves “{shorten(purpose, 20)}” You gave an example: “{deed}”", 50, 1000
        ),
    }


def vision_found(told: Sequence[str]) -> Result:
    lines = _lines(told)
    if not lines:
        return {"vision_statement": OPENING, "time_horizon": "not named yet", "key_aspirations": [OPENING]}
    vision = _nearest(lines, AHEAD)
    horizon = next((match[0] for line in lines if (match := HORIZON.search(line))), "not named yet")
    hopes = [line[:400] for line in lines if line != vision][:MOST_ASPIRATIONS]
    return {
        "vision_statement": long_enough(vision, 20, 500, "What we want to see: {}"),
        "time_horizon": horizon,
        "key_aspirations": hopes or [vision[:400]],
    }


def long_enough(text: str, least: int, most: int, frame: str = "{}") -> str:
    """Within the limits, without new claims."""
    text = text if len(text) >= least else frame.format(text)
    return text[:most].rstrip() if len(text) >= least else f"{text} There is more to find out about this."[:most]


def _value(name: str, lines: Sequence[str], told: Sequence[str]) -> Result:
    shown = max(lines, key=len)
    after = _after(shown, told) or next((line for line in lines if line != shown), "")
    weight = f"In your words: “{after}”" if after else "It shows in what you told; why it matters is still to be said."
    return {
        "name": name,
        "description": long_enough(f"On an ordinary day it looks like this: “{shown}”", 10, 500),
        "importance": long_enough(weight, 10, 500),
    }


def _after(line: str, told: Sequence[str]) -> str:
    """What the person went on to say."""
    for text in told:
        parts = sentences(text)
        if line in parts and parts.index(line) + 1 < len(parts):
            return parts[parts.index(line) + 1]
    return ""


def _weight(name: str, lines: Sequence[str]) -> int:
    return len(lines) + NAMED * _is_named(name, lines)


def _is_named(name: str, lines: Sequence[str]) -> bool:
    return any(OWN[name] & content(line) for line in lines)


def _nearest(lines: Sequence[str], wanted: frozenset[str]) -> str:
    """The line that speaks of it most, the longer of two."""
    return max(lines, key=lambda line: (len({stem(word) for word in words(line)} & wanted), len(line)))


def _lines(told: Sequence[str]) -> list[str]:
    every = [line for text in told for line in sentences(text) if len(words(line)) > 1 and "?" not in line]
    return [shorten(line, 60) for line in dict.fromkeys(every)]


def _theme(line: str) -> str:
    """What a sentence is about, when it speaks of no value that we know."""
    return max(words(line), key=len).capitalize()[:100]


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _count(told: Sequence[str]) -> str:
    return "one answer" if len(told) == 1 else f"{len(told)} answers"


RESULTS: dict[str, Callable[[Sequence[str]], Result]] = {
    "core_values": values_found,
    "purpose": purpose_found,
    "vision": vision_found,
}
