"""A thousand answers that are nearly right: usable without a second call, and none wrong in silence."""

import copy
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from app.coaching.coach import turn_schema
from app.insights.goals import OUTPUT_SCHEMA as GOAL_ADVICE
from app.insights.openers import OUTPUT_SCHEMA as STARTERS
from app.insights.suggestions import OUTPUT_SCHEMA as SUGGESTIONS
from app.interviews.insights import OUTPUT_SCHEMA as INTERVIEWS
from app.llm.interfaces import FinishReason, Grounding, Task
from app.llm.structured import OutputSchema
from app.realtime.live.slides import OUTPUT_SCHEMA as SLIDES
from app.topics.catalog import TOPICS
from tests.llm.businesses import BAKERY
from tests.llm.deviations import ABSENT, KINDS, Deviation, Path, targets
from tests.llm.offline import EVERYTHING, data
from tests.llm.scripted import NO_ANSWER, read
from tests.llm.slips import SLIPS, cut
from tests.llm.test_offline_topics import facts

ANSWERS, SEED, MOST_TRIES = 1000, 15, 200
BUSINESS = Grounding(facts=facts(BAKERY), said=("It takes us an hour each day.",), turn=1, turns=10)
DIARY = Grounding(Task.REVIEW, EVERYTHING)


@dataclass
class Nearly:
    """An answer that is nearly right, with its deviations by the place where they are."""

    output: OutputSchema
    original: Any
    said: Any
    deviations: dict[Path, Deviation] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    text: str = ""
    reason: FinishReason = FinishReason.STOP
    value: Any = NO_ANSWER
    calls: int = 0


def catalogue() -> list[tuple[OutputSchema, Any]]:
    """Every schema that the products ask for, with an answer that fits."""
    turns = [OutputSchema(turn_schema(TOPICS[topic].output_schema.schema)) for topic in ("purpose", "vision")]
    business = [*(topic.output_schema for topic in TOPICS.values()), INTERVIEWS, SLIDES, *turns]
    pairs = [(output, BUSINESS) for output in business] + [(one, DIARY) for one in (STARTERS, SUGGESTIONS, GOAL_ADVICE)]
    return [(output, data(output.schema, grounding)) for output, grounding in pairs]


def nearly_right(chance: Random, output: OutputSchema, original: Any) -> Nearly:
    made = Nearly(output, original, copy.deepcopy(original))
    wanted, has_slip = chance.choice([1, 1, 2]), chance.random() < 0.3
    for _ in range(MOST_TRIES):
        if len(made.deviations) < wanted - has_slip:
            deviate(chance, made)
    made.text = json.dumps(made.said, ensure_ascii=False)
    if has_slip or not made.deviations:
        slip(chance, made)
    return made


def deviate(chance: Random, made: Nearly) -> None:
    make = chance.choice(KINDS)
    places = list(targets(made.original, made.output.inlined))
    fitting = [(place.path, found) for place in places if (found := make(chance, place))]
    if not fitting:
        return
    path, deviation = chance.choice(fitting)
    if any(one[: len(two)] == two[: len(one)] for one in made.deviations for two in [path]):
        return
    made.said = put(made.said, path, deviation)
    made.deviations[path] = deviation
    made.kinds.append(make.__name__)


def slip(chance: Random, made: Nearly) -> None:
    if not made.deviations and chance.random() < 0.3 and (found := cut(made.said)):
        made.text, made.reason = found
        made.kinds.append("cut")
        return
    write = chance.choice(SLIPS)
    made.text = write(chance, made.said)
    made.kinds.append(write.__name__)


def put(answer: Any, path: Path, deviation: Deviation) -> Any:
    if not path:
        return deviation.value
    *steps, name = path
    parent = answer
    for step in steps:
        parent = parent[step]
    if isinstance(parent, list):
        parent[name] = deviation.value
        return answer
    del parent[name]
    known = {deviation.key or name: deviation.value, deviation.extra: "It was easy."}
    parent |= {key: value for key, value in known.items() if key and value is not ABSENT}
    return answer


def wrong(made: Nearly) -> list[Path]:
    """Where the value is not what may have come of a deviation; the root when it differs anywhere else."""
    original, value, bad = copy.deepcopy(made.original), copy.deepcopy(made.value), list[Path]()
    for path, deviation in made.deviations.items():
        before, after = taken(original, path), taken(value, path)
        if not (deviation.holds(after) if deviation.holds else before == after):
            bad.append(path)
    return bad if bad or original == value or () in made.deviations else [()]


def taken(answer: Any, path: Path) -> Any:
    """The value at a place; nothing is left there."""
    if not path:
        return answer
    for step in path[:-1]:
        answer = answer[step]
    if isinstance(answer, list):
        value, answer[path[-1]] = answer[path[-1]], None
        return value
    return answer.pop(path[-1], ABSENT)


def tried(made: Nearly) -> Nearly:
    made.value, made.calls = read(made.text, made.output, made.reason)
    return made


@pytest.fixture(scope="module")
def thousand() -> list[Nearly]:
    chance, known = Random(SEED), catalogue()
    return [tried(nearly_right(chance, *chance.choice(known))) for _ in range(ANSWERS)]


def usable(thousand: list[Nearly]) -> Iterator[Nearly]:
    return (made for made in thousand if made.calls == 1 and made.value is not NO_ANSWER)


def test_97_of_100_need_no_second_call(thousand: list[Nearly]) -> None:
    asked_again = Counter(tuple(made.kinds) for made in thousand if made.calls > 1)
    assert len(list(usable(thousand))) >= 0.97 * ANSWERS, asked_again


def test_none_is_wrong_in_silence(thousand: list[Nearly]) -> None:
    assert [(made.kinds, places) for made in usable(thousand) if (places := wrong(made))] == []


def test_what_was_mended_fits_the_schema_but_for_least_counts(thousand: list[Nearly]) -> None:
    errors = [error for made in usable(thousand) for error in made.output.validator.iter_errors(made.value)]
    assert {error.validator for error in errors} <= {"minItems", "minLength"}


def test_every_kind_of_deviation_occurs(thousand: list[Nearly]) -> None:
    seen = {kind for made in thousand for kind in made.kinds}
    assert seen == {*(make.__name__ for make in (*KINDS, *SLIPS)), "cut"}
