"""Texts from a conversation: the person's own sentences, each where it answers best."""

from collections import Counter
from collections.abc import Mapping

from app.core.json import JSONValue, as_object
from app.llm.interfaces import JSONSchema
from app.llm.offline import chat
from app.llm.offline.lexicon import CUES, EXPRESSIONS, GLAD, HEAVY, INTERVIEW, SENTENCES, WORDS
from app.llm.offline.material import Material
from app.llm.offline.slots import Slot
from app.llm.offline.things import Thing
from app.llm.offline.words import bare, capital, clip, content, joined, quote, singular, stem, stems, unique, words

DOUBT = "One conversation proves little."


class SpokenWriter:
    def __init__(self, material: Material) -> None:
        self.material = material
        self.sentences = material.statements or material.spoken

    def copied(self, slot: Slot) -> JSONValue:
        return None

    def text(self, slot: Slot) -> str:
        if slot.role == "message":
            return chat.message(self.material)
        own, write = slot.thing.title if slot.thing else "", getattr(self, f"_{slot.role}", None)
        if own and slot.name == "description":
            return own
        if write:
            return str(write(slot, own))
        if slot.role in ("reason", "evidence"):
            return f"In the person's own words: {quote(own or self._best(slot), 300)}. {DOUBT}"
        return self._said(slot.role, own or self._best(slot)) if slot.role in SENTENCES["said"] else self._best(slot)

    def texts(self, slot: Slot, least: int, most: int) -> list[str]:
        if slot.role == "word":
            found = Counter(word for text in self.material.spoken for word in words(text) if content(word))
            return [word for word, _ in found.most_common(max(least, 20)) if len(word) > 3] or ["talk"]
        return unique(self._said(slot.role, one) for one in self._ranked(slot)[: max(1, most)])

    def things(self, slot: Slot, items: Mapping[str, JSONSchema], least: int, most: int) -> tuple[list[Thing], bool]:
        told = self.sentences if "Journey" in slot.name else self._ranked(slot)
        return [Thing("said", text) for text in told][: max(least, most)], False

    def more(self, slot: Slot) -> list[str]:
        return [f"{bare(text)}." for text in self.sentences]

    def _said(self, role: str, text: str) -> str:
        return SENTENCES["said"].get(role, "{n}").format(t=quote(text, 200), n=text)

    def _ranked(self, slot: Slot) -> list[str]:
        """The sentences that answer the field, the best first; each field begins at another of the rest."""
        cues = {stem(cue) for word in map(singular, slot.words) for cue in CUES.get(word, "").split()}
        start = 0 if cues else sum(map(ord, slot.name)) % max(1, len(self.sentences))
        turned = self.sentences[start:] + self.sentences[:start]
        return sorted(turned, key=lambda text: -len(stems(text) & cues))

    def _best(self, slot: Slot) -> str:
        """The one that answers best; beside a thing, what was said right after it."""
        if slot.thing is not None and slot.thing.title in self.sentences:
            place = self.sentences.index(slot.thing.title) + (slot.name != "description")
            return self.sentences[place % len(self.sentences)]
        return next(iter(self._ranked(slot)), self.material.latest)

    def _name(self, slot: Slot, own: str) -> str:
        """What a sentence is about, in one of its own words where it says which matters."""
        if not own:
            return capital(self._mood(slot, ""))
        found, marks = words(own), WORDS["important"]
        place = next((place for place, word in enumerate(found) if word in marks), None)
        near = [] if place is None else [*found[place + 1 :], *reversed(found[:place])]
        told = (word for word in near if word not in marks and content(word) - content("most value"))
        return capital(next(told, clip(bare(own), 60)))

    def _summary(self, slot: Slot, own: str) -> str:
        person = as_object(self.material.facts.get("person"))
        who = f"{person.get('name')}, {person.get('role')}, spoke of a real life. " if person else ""
        told = joined([quote(text, 140) for text in self.sentences[: 4 if "nalysis" in slot.name else 3]])
        return f"{who}These words stay: {told}. {DOUBT}"

    def _felt(self, own: str) -> list[str]:
        return sorted(set(words(own or " ".join(self.material.spoken))) & (GLAD | HEAVY))

    def _mood(self, slot: Slot, own: str) -> str:
        return joined(self._felt(own)[:3]) or "matter-of-fact"

    def _emoji(self, slot: Slot, own: str) -> str:
        glad = sum(1 if word in GLAD else -1 for word in self._felt(own))
        return "🙂" if glad > 0 else "😟" if glad < 0 else "😐"

    def _phase(self, slot: Slot, own: str) -> str:
        return str(INTERVIEW["phases"][slot.index % len(INTERVIEW["phases"])])

    def _horizon(self, slot: Slot, own: str) -> str:
        """As the person named it: "five years", "by 2031"."""
        named = EXPRESSIONS["horizon"].search(" ".join(self.material.spoken))
        return named[0] if named else "not named yet"
