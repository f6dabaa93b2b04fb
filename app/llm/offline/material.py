"""What a request gives to speak of: things, plain values, and the words of the person."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property

from app.core.json import JSONValue
from app.llm.interfaces import Evidence, Grounding, Request, Task
from app.llm.offline.lexicon import ENDING, FOUNDATION, KINDS, SENTENCES
from app.llm.offline.things import Thing
from app.llm.offline.words import a_date, clip, content, parts, sentences, singular

TITLES = ("title", "name", "intent", "label")
DETAILS = ("painPoints", "problemSolved", "meaning", "description", "definition", "summary", "impact")
NO_THINGS = ("id", "language", "day", "today", "url", "ids")
NO_SUBJECT = (*FOUNDATION, "business", "person", "client", "product")
MOST_THINGS, DEEPEST, LONG, LEAST = 600, 5, 400, 4


class Material:
    """Everything that was given, in the order in which it was given."""

    def __init__(self, request: Request, seed: int = 0) -> None:
        self.request, self.seed = request, seed
        self.grounding = request.grounding or Grounding()
        self.facts: dict[str, JSONValue] = dict(self.grounding.facts)

    @cached_property
    def said(self) -> list[str]:
        """What the person said, the newest last."""
        if self.grounding.said is not None or self.grounding.task is Task.REVIEW:
            return list(self.grounding.said or ())
        return [message.content for message in self.request.messages if message.role == "user"]

    @property
    def latest(self) -> str:
        return self.said[-1] if self.said else str(self.facts.get("message") or "")

    @property
    def wants_to_end(self) -> bool:
        return ENDING.search(self.latest.replace("’", "'")) is not None

    @property
    def is_over(self) -> bool:
        """Whether the conversation should end with this answer."""
        return self.wants_to_end or 0 < self.grounding.turns <= self.grounding.turn

    @cached_property
    def spoken(self) -> list[str]:
        """Its sentences, each once."""
        found = (clip(one, LONG) for text in self.said for one in sentences(text) if any(map(str.isalnum, one)))
        return list(dict.fromkeys(found))

    @cached_property
    def documents(self) -> list[Thing]:
        """Goals, notes and entries, each once, as the first of its pieces says."""
        found = {one.source_id: _of_document(one) for one in reversed(self.grounding.documents)}
        return list(found.values())[::-1]

    @cached_property
    def statements(self) -> list[str]:
        """What of it is worth a quotation: neither a word or two nor a wish to end."""
        is_said = [len(one.split()) >= LEAST and content(one) and not ENDING.search(one) for one in self.spoken]
        return [one for one, is_worth in zip(self.spoken, is_said, strict=True) if is_worth]

    @cached_property
    def entries(self) -> list[Thing]:
        return [thing for thing in self.documents if thing.kind == "journal"]

    @cached_property
    def goals(self) -> list[Thing]:
        """Those that are open first."""
        return sorted((thing for thing in self.documents if thing.kind == "goal"), key=lambda goal: not goal.is_open)

    @cached_property
    def things(self) -> list[Thing]:
        """Each once, rows with an id before mentions of the same title."""
        found = [thing for name, value in self.facts.items() for thing in _walk(name, value, name, 0)][:MOST_THINGS]
        rows = {(thing.kind, thing.title.lower()) for thing in found if thing.id}
        found = [thing for thing in found if thing.id or (thing.kind, thing.title.lower()) not in rows]
        every = {(one.kind, one.id or one.title.lower()): one for one in reversed([*found, *self.documents])}
        return list(every.values())[::-1]

    @cached_property
    def scalars(self) -> dict[tuple[str, ...], JSONValue]:
        """Plain values by the words of their names; the first of a name counts."""
        found = [pair for name, value in self.facts.items() for pair in _scalars(name, value, 0)]
        return {parts(name): value for name, value in reversed(found)}

    @cached_property
    def subject(self) -> Thing:
        """What all of it is about: what was given first, else the business, else what the person said."""
        if self.grounding.subject:
            return Thing("draft", self.grounding.subject)
        rows = [thing for thing in self.things if thing.kind not in NO_SUBJECT] or self.of("business") or self.things
        return rows[0] if rows else Thing("draft", clip(self.latest, 120) or "this")

    def of(self, *kinds: str) -> list[Thing]:
        return [thing for thing in self.things if thing.kind in kinds]

    @cached_property
    def today(self) -> date:
        known = [thing.when for thing in self.documents if thing.when]
        return a_date(self.facts.get("today")) or max(known, default=None) or date.today()


def kind_of(name: str) -> str:
    """The kind of thing that a name stands for: that of its last word that is known."""
    words = [singular(word) for word in reversed(parts(name))]
    words = words[1:] if words[:2] == ["value", "current"] else words
    known = (KINDS.get(word, word) for word in words)
    return next((kind for kind in known if kind in SENTENCES or kind == "business"), (words or [""])[0])


def _of_document(one: Evidence) -> Thing:
    text = f"\n{one.text}".partition("\nMilestones: ")[0].strip()
    fields: dict[str, JSONValue] = {**one.attributes, "text": one.text}
    return Thing(one.kind, one.title, text, one.source_id, fields, one.dated_at.date(), "documents")


def _walk(name: str, value: JSONValue, fact: str, depth: int) -> Iterator[Thing]:
    kind = kind_of(name)
    if depth > DEEPEST or (parts(name) or ("",))[-1] in NO_THINGS:
        return
    if isinstance(value, list):
        for item in value[:MOST_THINGS]:
            yield from _walk(name, item, fact, depth + 1)
    elif isinstance(value, dict):
        yield from _of_dict(kind, value, fact, depth)
    elif isinstance(value, str) and _is_stated(kind, value, depth):
        yield Thing(kind, clip(value, LONG), fact=fact)


def _of_dict(kind: str, row: dict[str, JSONValue], fact: str, depth: int) -> Iterator[Thing]:
    thing = _of_row(kind, row, fact)
    if thing:
        yield thing
    is_open = not thing or kind == "business"
    inner = [(key, item) for key, item in row.items() if key not in TITLES]
    for key, item in [pair for pair in inner if is_open or isinstance(pair[1], dict | list)]:
        yield from _walk(str(key), item, fact, depth + 1)


def _of_row(kind: str, row: Mapping[str, JSONValue], fact: str) -> Thing | None:
    texts = {key: item for key, item in row.items() if isinstance(item, str) and item.strip()}
    names = TITLES if kind == "business" else (*TITLES, "description")
    title = next((texts[key] for key in names if key in texts), str(row.get("id") or ""))
    detail = next((texts[key] for key in DETAILS if key in texts and texts[key] != title and kind != "business"), "")
    if not title or not (kind == "business" or kind in SENTENCES or "id" in row):
        return None
    return Thing(kind, clip(title, LONG), clip(detail, LONG), str(row.get("id") or ""), row, fact=fact)


def _is_stated(kind: str, value: str, depth: int) -> bool:
    """Whether a text says something of a known kind, instead of being a label or a page."""
    if kind not in SENTENCES or kind in ("goal", "person", "item", "milestone", "theme") or not value.strip():
        return False
    return depth > 0 or len(value.split()) > 2 or kind in FOUNDATION


def _scalars(name: str, value: JSONValue, depth: int) -> Iterator[tuple[str, JSONValue]]:
    if isinstance(value, dict) and depth < DEEPEST:
        for key, item in value.items():
            yield from _scalars(str(key), item, depth + 1)
    elif not isinstance(value, dict | list) and value not in (None, ""):
        yield name, value
