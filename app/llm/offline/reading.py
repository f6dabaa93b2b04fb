"""What a prompt says: the documents and data in it, the conversation, and the tone that was asked for."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from app.llm.interfaces import Message, Request
from app.llm.offline.words import name_words

DOCUMENT = re.compile(r"<document\b([^<>]*)>((?:(?!<document\b).)*?)</document>", re.S)
DATA = re.compile(r"<data\b([^<>]*)>((?:(?!<data\b).)*?)</data>", re.S)
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
COACH = re.compile(r"<coach\b([^<>]*)>")
# A prompt may also mention a tag in its prose, so a block is what lies between the last opening and its end.
SUMMARY = re.compile(r"<summary\b[^<>]*>((?:(?!<summary\b).)*?)</summary>", re.S)
BLOCKS = re.compile(r"<(context|document|data|summary)\b[^<>]*>(?:(?!<\1\b).)*?</\1>", re.S)
SPEAKER = re.compile(r"^[ \t]*(?:user|client|customer|person|me)\s*:\s*(.+)$", re.I | re.M)
MILESTONES = re.compile(r"\bMilestones:\s*(.*)", re.S)
MILESTONE = re.compile(r"\[([ xX])\]\s*([^;\[]+)")
DUE = re.compile(r"\s*\(due ([^)]+)\)")

TITLE_KEYS = ("title", "name", "goal_name", "intent", "label", "text", "description")
BODY_KEYS = ("body", "content", "description", "text", "note", "notes", "summary", "details")
DATE_KEYS = ("date", "created_at", "createdAt", "updated_at", "timestamp")
TARGET_KEYS = ("target", "target_date", "targetDate", "due_date", "dueDate", "due", "deadline")
DONE = frozenset({"completed", "complete", "done", "achieved", "finished"})


@dataclass(frozen=True, slots=True)
class Milestone:
    title: str
    done: bool
    due: str = ""


@dataclass(frozen=True)
class Document:
    """One retrieved thing. ``progress`` is a percentage without its sign, empty when nobody keeps it."""

    id: str
    kind: str
    title: str
    date: str = ""
    body: str = ""
    status: str = ""
    progress: str = ""
    target: str = ""
    next: str = ""
    mood: str = ""
    milestones: tuple[Milestone, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        steps = " ".join(milestone.title for milestone in self.milestones)
        return f"{self.title}. {self.body} {steps}".strip()

    @property
    def done(self) -> bool:
        return self.status.lower() in DONE or self.progress == "100"


@dataclass(frozen=True)
class Reading:
    """``conversation`` is without the data that rode in its messages."""

    documents: tuple[Document, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    conversation: tuple[Message, ...] = ()
    style: str = "supportive"
    coach: str = ""  # empty for one that is only called by its style
    summary: str = ""
    prompt: str = ""

    def of(self, *kinds: str) -> tuple[Document, ...]:
        return tuple(document for document in self.documents if document.kind in kinds)

    @cached_property
    def said(self) -> tuple[str, ...]:
        """What the person said, oldest first."""
        told = tuple(m.content for m in self.conversation if m.role == "user" and m.content)
        return transcribed(self.data) + tuple(line for text in told for line in SPEAKER.findall(text) or [text])

    @property
    def latest(self) -> str:
        return self.said[-1] if self.said else ""

    @cached_property
    def replies(self) -> str:
        """All that the coach answered so far."""
        return "\n".join(m.content for m in self.conversation if m.role == "assistant")


def read(request: Request) -> Reading:
    texts = [request.system, *(m.content for m in request.messages if m.role != "assistant")]
    whole = "\n".join(texts)
    data = dict(data_blocks(whole))
    tagged = united(document(attributes(head), body) for head, body in DOCUMENT.findall(whole))
    coach = attributes(found.group(1)) if (found := COACH.search(request.system)) else {}
    style, name = coach.get("style", "").lower(), coach.get("name", "")
    return Reading(
        documents=tagged + tuple(d for name, value in data.items() for d in records(name, value)),
        data=data,
        conversation=tuple(replace(m, content=without_blocks(m.content)) for m in request.messages),
        style=style or "supportive",
        coach="" if name.lower() == style else name,
        summary=html.unescape(found.group(1).strip()) if (found := SUMMARY.search(whole)) else "",
        prompt=without_blocks(request.system),
    )


def without_blocks(text: str) -> str:
    return BLOCKS.sub("", text).strip() if "<" in text else text.strip()


def attributes(head: str) -> dict[str, str]:
    return {name: html.unescape(value).strip() for name, value in ATTRIBUTE.findall(head)}


def document(attribute: dict[str, str], raw: str) -> Document:
    body = html.unescape(raw).strip()
    steps = tuple(milestones(body))
    known = {
        name: attribute.get(name, "") for name in ("id", "kind", "title", "date", "status", "target", "next", "mood")
    }
    known["next"] = known["next"] or next((step.title for step in steps if not step.done), "")
    return Document(
        **known,
        body=MILESTONES.sub("", body).strip(),
        progress=attribute.get("progress", "").rstrip("%").removesuffix(".0"),
        milestones=steps,
        fields=dict(attribute),
    )


def united(parts: Iterable[Document]) -> tuple[Document, ...]:
    """Retrieval may bring several parts of one document; here they are one again."""
    whole: dict[str, Document] = {}
    for part in parts:
        known = whole.get(part.id)
        body = "\n".join(dict.fromkeys([known.body, part.body])) if known else part.body
        steps = known.milestones if known and known.milestones else part.milestones
        whole[part.id or f"{len(whole)}"] = replace(known or part, body=body, milestones=steps)
    return tuple(whole.values())


def milestones(body: str) -> Iterator[Milestone]:
    listed = MILESTONES.search(body)
    for mark, text in MILESTONE.findall(listed.group(1)) if listed else ():
        due = DUE.search(text)
        yield Milestone(DUE.sub("", text).strip(" .\n"), mark != " ", due.group(1) if due else "")


def data_blocks(text: str) -> Iterator[tuple[str, Any]]:
    for head, body in DATA.findall(text):
        yield attributes(head).get("name", "data"), parsed(body.strip())


def parsed(body: str) -> Any:
    """The block's JSON; its text when it is none, for a prompt may put plain words there."""
    for text in (body, html.unescape(body)):
        try:
            return json.loads(text)
        except ValueError:
            continue
    return html.unescape(body)


def records(name: str, value: Any) -> Iterator[Document]:
    """The objects of a data block as documents, at whatever depth their lists are."""
    if isinstance(value, list):
        yield from (record(kind_of(name), item) for item in value if isinstance(item, dict) and "role" not in item)
    if not isinstance(value, dict):
        return
    if "id" in value or "title" in value:
        yield record(kind_of(name), value)
    for key in [key for key in value if key != "milestones"]:
        yield from records(key, value[key])


def record(kind: str, item: dict[str, Any]) -> Document:
    steps = tuple(step for step in map(milestone, item.get("milestones") or ()) if step.title)
    return Document(
        id=first(item, (f"{kind}_id", "id", f"{kind}Id")),
        kind=kind,
        title=first(item, TITLE_KEYS),
        date=first(item, DATE_KEYS)[:10],
        body=first(item, BODY_KEYS),
        status=first(item, ("status",)),
        progress=first(item, ("progress", "progress_percent", "progressPercent")).rstrip("%").removesuffix(".0"),
        target=first(item, TARGET_KEYS)[:10],
        next=first(item, ("next", "next_milestone")) or next((step.title for step in steps if not step.done), ""),
        mood=first(item, ("mood",)),
        milestones=steps,
        fields=item,
    )


def milestone(item: Any) -> Milestone:
    if not isinstance(item, dict):
        return Milestone(str(item), False)
    done = bool(item.get("completed") or item.get("done")) or str(item.get("status", "")).lower() in DONE
    return Milestone(first(item, TITLE_KEYS), done, first(item, TARGET_KEYS)[:10])


def first(item: dict[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = item.get(key)
        if isinstance(value, str | int | float) and str(value).strip():
            return str(value).strip()
    return ""


def kind_of(name: str) -> str:
    """``goals`` are goals; ``journal_entries`` and ``recentJournal`` are journal."""
    parts = name_words(name) or ("data",)
    known = next((kind for kind in ("journal", "progress", "goal") if kind in parts or kind + "s" in parts), "")
    return known or singular(parts[-1])


def singular(word: str) -> str:
    return word[:-3] + "y" if word.endswith("ies") else word if word.endswith("ss") else word.removesuffix("s")


def transcribed(data: dict[str, Any]) -> tuple[str, ...]:
    """The person's lines of a transcript that came as data."""
    turns = [item for value in data.values() if isinstance(value, list) for item in value if isinstance(item, dict)]
    return tuple(
        str(t["content"]) for t in turns if t.get("role") in ("user", "client", "customer") and t.get("content")
    )
