"""Texts from a conversation: the person's own sentences, each where it answers best."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.llm.offline import frames, lexicon
from app.llm.offline.choices import ENDING
from app.llm.offline.lexicon import CUES, GLAD, HEAVY, SENTENCES
from app.llm.offline.material import Material, Thing
from app.llm.offline.slots import Slot
from app.llm.offline.words import bare, capital, clip, content, joined, quote, singular, stem, unique, words

PHASES = ("In the beginning", "Then", "In the middle", "Towards the end", "At last")
FACES = {"heavy": "😟", "glad": "🙂", "": "😐"}
VALUE = r"(?:value (?:is|of|are)|care about|believe in)"
NAMED = frozenset("matters important value values means".split())  # noqa: SIM905
LEAST = 3  # words that a sentence must have to be worth a quotation


class SpokenWriter:
    def __init__(self, material: Material) -> None:
        self.material = material
        good = [one for one in material.spoken if len(content(one)) >= LEAST and not ENDING.search(one)]
        self.sentences = good or material.spoken

    def copied(self, slot: Slot) -> Any:
        return None

    def text(self, slot: Slot) -> str:
        if slot.role == "message":
            return frames.message(self.material)
        own = slot.thing.title if slot.thing else ""
        write = getattr(self, f"_{slot.role}", None)
        if write:
            return str(write(slot, own))
        if slot.role in ("reason", "evidence"):
            return f"In the person's own words: {quote(own or self._best(slot), 300)}. One conversation proves little."
        return (
            self._best(slot) if slot.role not in SENTENCES["said"] else self._said(slot.role, own or self._best(slot))
        )

    def texts(self, slot: Slot, least: int, most: int) -> list[str]:
        if slot.role == "word":
            found = Counter(
                word for text in self.material.spoken for word in words(text) if content(word) and len(word) > 3
            )
            return [word for word, _ in found.most_common(max(least, 12))][:20] or ["talk"]
        told = self._ranked(slot)[: max(1, most)]
        sayings = told if slot.role in ("quote", "") else [self._said(slot.role, one) for one in told]
        return unique(sayings)[: max(least, most)]

    def things(self, slot: Slot, items: Mapping[str, Any], least: int, most: int) -> tuple[list[Thing], bool]:
        told = self.sentences if "Journey" in slot.name else self._ranked(slot)
        return [Thing("said", text) for text in told][: max(least, most)], False

    def more(self, slot: Slot) -> list[str]:
        return [f"{bare(text)}." for text in self.sentences]

    def _said(self, role: str, text: str) -> str:
        template = SENTENCES["said"].get(role, "{t}")
        return template.format(t=quote(text, 200), n=text)

    def _cues(self, slot: Slot) -> frozenset[str]:
        named = [CUES[word] for word in map(singular, slot.words) if word in CUES]
        return frozenset(map(stem, " ".join(named).split()))

    def _ranked(self, slot: Slot) -> list[str]:
        """The sentences that answer the field, the best first; each field begins at another of the rest."""
        cues, start = self._cues(slot), sum(map(ord, slot.name)) % max(1, len(self.sentences))
        turned = self.sentences[start:] + self.sentences[:start] if not cues else self.sentences
        return sorted(turned, key=lambda text: -len({stem(word) for word in words(text)} & cues))

    def _best(self, slot: Slot) -> str:
        """The one that answers best; beside a thing, what was said right after it."""
        if slot.thing is not None and slot.thing.title in self.sentences:
            place = self.sentences.index(slot.thing.title) + (0 if slot.name == "description" else 1)
            return self.sentences[place % len(self.sentences)]
        return next(iter(self._ranked(slot)), self.material.latest)

    def _name(self, slot: Slot, own: str) -> str:
        """What a sentence is about, in one of its own words where it says which matters."""
        if not own:
            return capital(self._mood(slot, ""))
        if slot.name == "description":
            return own
        found = words(own)
        for place, word in enumerate(found):
            if word in NAMED:
                near = [
                    one
                    for one in (*found[place + 1 :], *reversed(found[:place]))
                    if content(one) - content("most value")
                ]
                return capital(next((one for one in near if one not in NAMED), clip(bare(own), 60)))
        return clip(bare(own), 60)

    def _summary(self, slot: Slot, own: str) -> str:
        person = self.material.facts.get("person")
        who = f"{person.get('name')}, {person.get('role')}, spoke of a real life." if isinstance(person, dict) else ""
        told = joined([quote(text, 140) for text in self.sentences[: 4 if "nalysis" in slot.name else 3]])
        return f"{who} These words stay: {told}. One conversation proves little.".strip()

    def _mood(self, slot: Slot, own: str) -> str:
        found = set(words(own or " ".join(self.material.spoken)))
        felt = sorted(found & (GLAD | HEAVY))
        return joined(felt[:3]) if felt else "matter-of-fact"

    def _emoji(self, slot: Slot, own: str) -> str:
        found = set(words(own or " ".join(self.material.spoken)))
        heavy, glad = len(found & HEAVY), len(found & GLAD)
        return FACES["heavy" if heavy > glad else "glad" if glad else ""]

    def _phase(self, slot: Slot, own: str) -> str:
        return PHASES[slot.index % len(PHASES)]

    def _horizon(self, slot: Slot, own: str) -> str:
        """As the person named it: "five years", "by 2031"."""
        named = lexicon.HORIZON.search(" ".join(self.material.spoken))
        return named[0] if named else "not named yet"
