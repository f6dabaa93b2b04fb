"""What an answer in JSON may draw on: the prompt's sentences, facts, ids, dates and addresses."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.llm.offline.facts import day, open_goals, ranked, state
from app.llm.offline.mirror import mirrored, quote
from app.llm.offline.phrases import FEELINGS
from app.llm.offline.reading import Document, Reading
from app.llm.offline.words import STOP, content, name_words, number, sentences, shorten, stem, words

MOST_LINES = 120
INSTRUCTION = re.compile(
    r"^(?:please )?(?:return|respond|reply|write|give|use|do not|don't|answer|you are|analy[sz]e|check|suggest|"
    r"generate|extract|summari[sz]e|review|propose|recommend|create|produce|consider|based on|here (?:is|are)|output|"
    r"provide|compare|rate|score)\b",
    re.I,
)
DATE = re.compile(r"\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")
URL = re.compile(r"https?://[^\s\"'<>)\]}]+[^\s\"'<>)\]},.;]")
EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]+\.[\w.-]*\w")
TOPIC_KEYS = (
    "goal",
    "intent",
    "goal_intent",
    "goal_name",
    "action_title",
    "issue_title",
    "measure_name",
    "current_value",
    "title",
    "niche",
)
PRIVATE = frozenset(
    {"id", "role", "kind", "type", "date", "created", "updated", "at", "url", "email", "status", "title", "name"}
)


@dataclass(frozen=True)
class Line:
    """A sentence of the prompt's data and where it stood: in a document, under a key, or in the conversation."""

    text: str
    source: Document | None = None
    key: str = ""
    whole: bool = False  # all that stands under its key

    @cached_property
    def stems(self) -> frozenset[str]:
        return content(self.text)

    @property
    def told(self) -> str:
        """The sentence as said to the person it is about."""
        if self.source and self.text == self.source.title:
            return f"Among the {plural(self.source.kind)} there is “{self.text}”."
        if self.whole:
            key = " ".join(name_words(self.key))
            return f"The {key} {'include' if key.endswith('s') else 'on record is'} “{self.text.rstrip('.')}”."
        clause = mirrored(self.text) if self.source or not self.key else ""
        text = clause or self.text.rstrip(".")
        return f"{text[:1].upper()}{text[1:]}" + ("" if text[-1:] in "?!" else ".")

    @property
    def cited(self) -> str:
        """The sentence as evidence inside another one."""
        words_of = quote(self.text, 18)
        if self.source is None:
            return f"the {' '.join(name_words(self.key))}, {words_of}" if self.key else f"your own words, {words_of}"
        if self.source.kind == "goal":
            return f"the goal “{self.source.title}”, {state(self.source)}"
        when = f" of {day(self.source.date)}" if self.source.date else ""
        return f"the {self.source.kind.replace('progress', 'progress note')}{when}, {words_of}"


class Material:
    def __init__(self, reading: Reading, seed: int = 0) -> None:
        self.reading = reading
        self.seed = seed

    @cached_property
    def lines(self) -> list[Line]:
        found = [*self.document_lines(), *self.data_lines()]
        if not found or len(self.reading.said) > 1:
            found += self.spoken_lines()
        unique = {line.text: line for line in found}
        return list(unique.values())[:MOST_LINES]

    def document_lines(self) -> Iterator[Line]:
        for document in self.reading.documents:
            texts = sentences(document.body) or [document.title]
            yield from (Line(text, document, document.kind) for text in texts if len(text) > 3)

    def data_lines(self) -> Iterator[Line]:
        known = {text for document in self.reading.documents for text in (document.title, document.body)}
        for key, value in self.leaves:
            if isinstance(value, str) and value not in known and not PRIVATE & set(name_words(key)):
                parts = sentences(value)
                yield from (Line(text, None, key, len(parts) == 1) for text in parts if len(text.split()) > 1)

    def spoken_lines(self) -> Iterator[Line]:
        for text in (text for said in self.reading.said for text in sentences(said)):
            if not INSTRUCTION.match(text) and len(text.split()) > 2 and "?" not in text:
                yield Line(text)

    @cached_property
    def leaves(self) -> list[tuple[str, Any]]:
        """Every plain value of the data with the name that it goes by."""
        return [leaf for name, value in self.reading.data.items() for leaf in walk(name, value)]

    @cached_property
    def facts(self) -> dict[tuple[str, ...], Any]:
        """Plain values by the words of their name; the first of a name wins."""
        found: dict[tuple[str, ...], Any] = {}
        for key, value in self.leaves:
            found.setdefault(name_words(key), value)
        return found

    @cached_property
    def everything(self) -> str:
        """All the text there is, for what is found by its form."""
        documents = [f"{d.text} {d.date} {d.target} {d.next} {d.status}" for d in self.reading.documents]
        leaves = [str(value) for _, value in self.leaves]
        return "\n".join([*self.reading.said, *documents, *leaves, self.reading.prompt])

    @cached_property
    def focus(self) -> frozenset[str]:
        """What the conversation is about, feelings included under their names."""
        stems = content(" ".join(self.reading.said[-6:]))
        felt = {stem(name) for name, (signs, _) in FEELINGS.items() if signs & stems}
        return stems | felt

    @cached_property
    def stems(self) -> frozenset[str]:
        return content(self.everything)

    @cached_property
    def dates(self) -> list[str]:
        return list(dict.fromkeys(DATE.findall(self.everything)))

    @cached_property
    def urls(self) -> list[str]:
        return list(dict.fromkeys(URL.findall(self.everything)))

    @cached_property
    def emails(self) -> list[str]:
        return list(dict.fromkeys(EMAIL.findall(self.everything)))

    @cached_property
    def themes(self) -> list[str]:
        """The words that recur, in their own form."""
        counted = Counter(
            word for word in words(" ".join([*(line.text for line in self.lines), *self.reading.said])) if len(word) > 3
        )
        return [word for word, _ in counted.most_common(40) if word not in STOP and word.isalpha()]

    @cached_property
    def topic(self) -> str:
        """What it is all about, in a few words."""
        goals = ranked(open_goals(self.reading), self.focus)
        named = next((str(self.facts[name]) for key in TOPIC_KEYS if (name := name_words(key)) in self.facts), "")
        titles = [document.title for document in (*goals, *self.reading.documents) if document.title]
        spoken = next((line.text for line in reversed(self.lines)), "")
        return shorten(named if named and not goals else next(iter(titles), spoken) or "the next step", 8, "").rstrip(
            ".?! "
        )

    def about(self, kind: str) -> list[Document]:
        """The documents of a kind, nearest to the conversation first."""
        return ranked(self.reading.of(kind), self.focus)

    def ids(self, kind: str = "") -> list[str]:
        """Ids that the data holds; of the kind when it has any of those."""
        kinds = [document.id for document in self.about(kind) if document.id] if kind else []
        named = [str(value) for key, value in self.leaves if name_words(key) == (kind, "id") and kind]
        every = [document.id for document in self.reading.documents if document.id]
        loose = [str(value) for key, value in self.leaves if name_words(key)[-1:] == ("id",)]
        return list(dict.fromkeys(kinds + named or every + loose))

    def nearest(self, query: frozenset[str], used: set[str], about: Document | None = None) -> Line | None:
        """The unused line that lies nearest to the query, then to the conversation."""
        free = [line for line in self.lines if line.text not in used]
        return max(free, key=lambda line: self.weight(line, query, about), default=None)

    def weight(self, line: Line, query: frozenset[str], about: Document | None) -> float:
        near = 3 * len(line.stems & query) + len(line.stems & self.focus)
        own = 4 if about is not None and line.source is about else 0
        return near + own + number(self.seed, line.text) % 97 / 100

    def share(self, stems: frozenset[str]) -> float:
        """How much of the words the data speaks of, between 0 and 1."""
        return len(stems & self.stems) / len(stems) if stems else 0.0


def plural(kind: str) -> str:
    return kind[:-1] + "ies" if kind.endswith("y") else kind + "s"


def walk(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict | list):
        yield from [(name, value)] if value is not None else []
        return
    for key, inner in value.items() if isinstance(value, dict) else ((name, inner) for inner in value):
        yield from walk(str(key), inner)
