"""The texts of a JSON answer: sentences of the data, led by the name of the place, within its limits."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from app.llm.offline import wording
from app.llm.offline.coach import reply
from app.llm.offline.facts import state
from app.llm.offline.material import Line, Material
from app.llm.offline.mirror import quote
from app.llm.offline.patterns import found, matching
from app.llm.offline.schema_formats import formatted
from app.llm.offline.slots import Slot
from app.llm.offline.words import content, name_words, sentences, shorten, table, turned, words

ENDLESS = 10**9
MORE = 30  # endings tried on a text that has to differ from others
TOPIC_WORDS = 5  # in a title; elsewhere the whole topic
SMALL = table("a an and as at by for from in of on or the to with")
GENERIC = table("title name text description content label value type status message summary")


class Prose:
    """Texts for one answer; what was used once isn't used again while there is something else."""

    def __init__(self, material: Material, focus: str = "") -> None:
        self.material = material
        self.focus = focus
        self.used: set[str] = set()
        self.written: set[str] = set()

    def string(self, schema: dict[str, Any], slot: Slot) -> str:
        least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", ENDLESS))
        patterns = [schema["pattern"], *schema.get("patterns", ())] if "pattern" in schema else []
        formed = formatted(schema.get("format", ""), slot, self.material)
        if formed and all(found(pattern, formed) for pattern in patterns):
            return formed
        text = self.fit(self.plain(slot, most), least, most, slot)
        if not all(found(pattern, text) for pattern in patterns):
            text = self.patterned(schema, patterns, least, most, slot)
        text = numbered(text, slot.shift, most) if slot.shift and text in self.written and not patterns else text
        self.written.add(text)
        return text

    def patterned(self, schema: dict[str, Any], patterns: list[str], least: int, most: int, slot: Slot) -> str:
        """A text of the data in the pattern's form, else one made for it."""
        known = [
            *self.material.ids(),
            *self.material.dates,
            *self.material.themes,
            *schema.get("examples", ()),
            schema.get("default"),
        ]
        made = [matching(pattern, least, most, slot.index + turn) for turn in range(4) for pattern in patterns]
        longer = [text + letters(turn) for text in made[: len(patterns)] for turn in range(MORE)]
        for text in (*known, *made, "".join(made[: len(patterns)]), *longer):
            fits = (
                isinstance(text, str)
                and least <= len(text) <= most
                and all(found(pattern, text) for pattern in patterns)
            )
            if fits and text not in self.written:
                return str(text)
        return matching(patterns[0], least, most, slot.index)

    def plain(self, slot: Slot, most: int) -> str:
        """The text before it is cut: what the prompt gives under this name, else what its part asks for."""
        if slot.words[-1:] in (("id",), ("ids",)):
            return self.identity(slot)
        given = self.given(slot)
        if given:
            return given
        plays = part(slot)
        if most < 24 and plays in ("summary", "title"):
            return self.theme(slot)
        return PARTS[plays](self, slot)

    def given(self, slot: Slot) -> str:
        if self.focus and slot.names & wording.SEARCHES:
            return titled(self.focus) if "title" in slot.names else self.focus
        if self.focus and slot.names & wording.ORDERS:
            return self.material.reading.latest
        if not slot.parent and slot.name in wording.REPLIES and self.material.reading.latest:
            return reply(self.material.reading, self.material.seed)
        return self.own(slot) or self.fact(slot) or self.constant(slot)

    def own(self, slot: Slot) -> str:
        """What the document at hand says of itself under this name."""
        if slot.about is None:
            return ""
        if slot.names <= {"title", "name", slot.about.kind}:
            return slot.about.title
        value = slot.about.fields.get(slot.name)
        return value if isinstance(value, str) else ""

    def fact(self, slot: Slot) -> str:
        """The data's text of exactly this name; never for names that everything has."""
        value = self.material.facts.get(slot.words)
        told = isinstance(value, str) and value and value not in self.used and not slot.names <= GENERIC
        if not told or part(slot) in ("action", "question") or slot.index:
            return ""
        self.used.add(str(value))
        return str(value)

    def constant(self, slot: Slot) -> str:
        return wording.PLAIN.get(slot.words[-1], "") if slot.words else ""

    def identity(self, slot: Slot) -> str:
        kind = slot.words[0] if len(slot.words) > 1 else ""
        if slot.about and slot.about.id and kind in ("", slot.about.kind):
            return slot.about.id
        known = self.material.ids(kind)
        return (
            known[slot.index % len(known)] if known else "_".join((kind or slot.parent or "item", str(slot.index + 1)))
        )

    def pick(self, options: Sequence[str], slot: Slot, **values: str) -> str:
        """An option in its turn; those used before come last."""
        ready = turned(options, self.material.seed, self.topic(slot))
        free = [option for option in ready if option not in self.used] or [
            option for option in ready if option.format(**values) not in self.used
        ]
        chosen = free[0] if free else ready[slot.index % len(ready)]
        self.used |= {chosen, chosen.format(**values)}
        return chosen.format(**values)

    def topic(self, slot: Slot) -> str:
        return slot.about.title if slot.about and slot.about.title else self.material.topic

    def line(self, slot: Slot, query: frozenset[str] = frozenset()) -> Line | None:
        line = self.material.nearest(slot.query | query, self.used, slot.about)
        if line:
            self.used.add(line.text)
        return line

    def action(self, slot: Slot) -> str:
        topic = self.topic(slot)
        goal = next((d for d in self.material.about("goal") if d.title == topic), None)
        first = wording.NEXT_ACTION.format(next=goal.next, topic=topic) if goal and goal.next and not goal.done else ""
        ready = first or self.tied(slot)
        if ready and ready not in self.used:
            self.used.add(ready)
            return ready
        return self.pick(wording.ACTIONS, slot, topic=topic)

    def tied(self, slot: Slot) -> str:
        """An action that names one of the data's own facts, such as a stated vision."""
        topic = self.topic(slot)
        facts = [
            line for line in self.material.lines if line.source is None and line.key and line.text not in self.used
        ]
        line = next(
            (line for line in facts if topic not in line.text and not content(line.key) <= content("goal intent")), None
        )
        if line is None:
            return ""
        self.used.add(line.text)
        return wording.FACT_ACTION.format(topic=topic, key=" ".join(name_words(line.key)), quote=quote(line.text, 18))

    def reason(self, slot: Slot) -> str:
        if "explanation" in slot.names:
            return f"{self.summary(slot)} {self.reason(replace(slot, name='reason'))}"
        line = self.line(slot, content(self.topic(slot)))
        if line is None:
            return f"It takes up what matters most here, “{self.topic(slot)}”."
        return self.pick(wording.REASONS, slot, evidence=line.cited)

    def question(self, slot: Slot) -> str:
        return self.pick(wording.QUESTIONS, slot, topic=self.topic(slot))

    def quoted(self, slot: Slot) -> str:
        line = self.line(slot)
        return line.text if line else self.material.reading.latest or self.topic(slot)

    def title(self, slot: Slot) -> str:
        options = wording.MEASURES if measures(slot) else wording.TITLES
        return self.pick(options, slot, topic=titled(shorten(self.topic(slot), TOPIC_WORDS, "")))

    def theme(self, slot: Slot) -> str:
        free = [word for word in self.material.themes if word not in self.used and content(word) & self.material.stems]
        word = (
            free[0]
            if free
            else (words(self.topic(slot)) or ["focus"])[slot.index % len(words(self.topic(slot)) or "x")]
        )
        self.used.add(word)
        return word

    def need(self, slot: Slot) -> str:
        return self.pick(wording.NEEDS, slot, topic=self.topic(slot))

    def resource(self, slot: Slot) -> str:
        return self.pick(wording.RESOURCES, slot)

    def measured(self, slot: Slot) -> str:
        return self.pick(wording.MEASURED, slot, topic=self.topic(slot))

    def strain(self, slot: Slot) -> str:
        return self.pick(wording.STRAINS, slot, topic=self.topic(slot))

    def gain(self, slot: Slot) -> str:
        return self.pick(wording.GAINS, slot, topic=self.topic(slot))

    def summary(self, slot: Slot) -> str:
        """How the matter stands, and the two lines that say most about it; in a list one line each."""
        known = [d for d in self.material.about("goal") if d.title == self.topic(slot)]
        head = f"“{known[0].title}” is {standing(state(known[0]))}." if known else ""
        fresh = head if head not in self.used and not slot.index else ""
        self.used |= {head, *(goal.title for goal in known if fresh)}
        count = 1 if slot.path and slot.path[-1].isdigit() else 2
        found_lines = [line.told for line in (self.line(slot) for _ in range(count)) if line]
        return " ".join(text for text in (fresh, *found_lines) if text) or self.pick(
            wording.ACTIONS, slot, topic=self.topic(slot)
        )

    def fit(self, text: str, least: int, most: int, slot: Slot) -> str:
        """Within the limits: longer by further sentences, shorter at the end of a sentence or of a word."""
        turn = 0
        while len(text) < least:
            more = self.action(replace(slot, index=slot.index + turn)) if least - len(text) > 20 else "And so on."
            text, turn = f"{text} {more}".strip(), turn + 1
        return cut(text, least, most)


def part(slot: Slot) -> str:
    """The part that a text plays: by its own name; by what it belongs to, when that only says "text"; by its hint."""
    own, around = role(slot.names), role(frozenset(name_words(slot.parent)))
    if own and not slot.names & wording.BODY:
        return own
    if own and measures(slot):
        return "measured"
    return (around if around in wording.LENDING else own) or around or role(frozenset(words(slot.hint))) or "summary"


def role(signs: frozenset[str]) -> str:
    return next((role for role, known in wording.ROLES if known & signs), "")


def measures(slot: Slot) -> bool:
    """Whether the text belongs to a measure rather than to advice."""
    return bool(
        wording.MEASURING & {*slot.words, *slot.kin, *(word for name in slot.path[:1] for word in name_words(name))}
    )


def standing(text: str) -> str:
    known = {"which you have already completed": "completed", "which is still open": "open"}
    return known.get(text, text.removeprefix("currently "))


def titled(text: str) -> str:
    parts = text.split()
    return " ".join(p if p.lower() in SMALL and i else p[:1].upper() + p[1:] for i, p in enumerate(parts))


def letters(count: int) -> str:
    """a to z, then ba and on."""
    return (letters(count // 26) if count > 25 else "") + chr(ord("a") + count % 26)


def numbered(text: str, shift: int, most: int) -> str:
    end = letters(shift)
    return text[: most - len(end)] + end if most < len(text) + 1 + len(end) else f"{text} {end}"


def cut(text: str, least: int, most: int) -> str:
    if len(text) <= most:
        return text
    whole = ""
    for sentence in sentences(text):
        if len(whole) + len(sentence) + 1 > most:
            break
        whole = f"{whole} {sentence}".strip()
    if len(whole) >= max(least, 1):
        return whole
    head = text[:most].rsplit(" ", 1)[0].rstrip(" ,;:-–“")
    head = head.rsplit(" ", 1)[0].rstrip(" ,;:-–“") if head.split()[-1:] and head.split()[-1].lower() in SMALL else head
    return head if len(head) >= max(least, 1) and " " in text[:most] else text[:most]


Writing = Callable[[Prose, Slot], str]
PARTS: dict[str, Writing] = {
    "question": Prose.question,
    "measure": Prose.title,
    "measured": Prose.measured,
    "quote": Prose.quoted,
    "need": Prose.need,
    "resource": Prose.resource,
    "reason": Prose.reason,
    "action": Prose.action,
    "theme": Prose.theme,
    "title": Prose.title,
    "strain": Prose.strain,
    "gain": Prose.gain,
    "summary": Prose.summary,
}
