"""What of a conversation is worth remembering: a model says so, and code holds it against the person's own words."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from marshmallow import fields, validate

from app.care.assessment import assess
from app.care.levels import Level, settled
from app.care.safety import CutShort
from app.care.words import Words
from app.core.json import JSONObject, objects_of
from app.llm import prompts
from app.llm.choices import known_id
from app.llm.interfaces import Caller, Grounding, Message, Request, Task
from app.llm.structured import OutputSchema
from app.memory import documents, special
from app.memory.interfaces import Conversation, Found, Line
from app.memory.models import LONGEST, Fact, FactKind, Special
from app.memory.wording import beginnings, is_in
from app.topics.result import Result, among, many, model_schema, prose
from app.turns.pipeline import Pipeline
from app.turns.single_shot import complete_data
from app.web.schemas import Schema

PROMPTS = Path(__file__).parent / "prompts"
FEATURE = "memory.facts"
MOST, MOST_SOURCES = 5, 4  # facts of a conversation; messages of a fact
MOST_TOKENS = 1500
ASK = "Which facts about me are worth remembering?"
NONE = "none"


class Receipt(Schema):
    message_id = prose(64, metadata={"description": "The id of a message of the person, copied exactly"})
    quote = prose(300, metadata={"description": "The words of that message that say it, copied exactly"})


class Remembered(Schema):
    text = prose(
        LONGEST, 3, metadata={"description": "One sentence in the language of the message, in the person's own words"}
    )
    kind = among(*FactKind)
    special = among(NONE, *Special)
    sources = fields.List(fields.Nested(Receipt), required=True, validate=validate.Length(1, MOST_SOURCES))
    known = prose(64, 0, metadata={"description": "The id of the known fact that it repeats or corrects, else empty"})


class Facts(Result):
    facts = many(Remembered, MOST, 0)


OUTPUT_SCHEMA = OutputSchema(model_schema(Facts))


def facts_in(pipeline: Pipeline, told: Conversation, known: Sequence[Fact]) -> list[Found]:
    """At most ``MOST``; none where the person said nothing. Raises ``ProviderError``."""
    if not told.of_person:
        return []
    request = _request(told, known)
    try:
        value = complete_data(pipeline, Words.nobodys(request.caller), lambda: request, OUTPUT_SCHEMA)
    except CutShort:
        return []
    found = [_found(item, told.of_person, known) for item in objects_of(value["facts"])]
    return [one for one in found if one][:MOST]


def _request(told: Conversation, known: Sequence[Fact]) -> Request:
    system = prompts.render(PROMPTS, "facts.j2", lines=told.lines, known=known, most=MOST)
    shown = [*map(documents.of_line, told.of_person.values()), *map(documents.of_fact, known)]
    caller = Caller(FEATURE, told.owner.tenant_id, told.owner.user_id)
    grounding = Grounding(Task.REMEMBER, shown)
    return Request(
        caller, (Message("user", ASK),), system, max_tokens=MOST_TOKENS, schema_name="facts", grounding=grounding
    )


def _found(item: JSONObject, lines: Mapping[str, Line], known: Sequence[Fact]) -> Found | None:
    """Nothing where the person did not say it, or where somebody is in danger."""
    text = " ".join(str(item["text"]).split())
    cited = _cited(objects_of(item["sources"]), lines)
    quoted, level = " ".join(cited.values()), settled(assess(text)).level
    if not beginnings(text) & beginnings(quoted) or level is Level.CRISIS:
        return None
    said = [lines[message_id] for message_id in cited]
    is_heavy = level is not Level.NONE or any(line.is_heavy for line in said)
    category = _category(str(item["special"]), f"{text} {quoted}", is_heavy)
    return Found(
        text, FactKind(str(item["kind"])), category, tuple(line.source for line in said),
        max(line.said_at for line in said), known_id(str(item["known"]), [fact.id for fact in known]) or "",
    )  # fmt: skip


def _category(named: str, text: str, is_heavy: bool) -> Special | None:
    """Whoever sees one counts: the model, the lists, care."""
    if named != NONE:
        return Special(named)
    return special.of(text) or (Special.HEALTH if is_heavy else None)


def _cited(receipts: Sequence[JSONObject], lines: Mapping[str, Line]) -> dict[str, str]:
    """The messages that have the words, each with them."""
    named = [(known_id(str(one["message_id"]), lines), str(one["quote"])) for one in receipts]
    return {key: quote for key, quote in named if key and is_in(quote, lines[key].text)}
