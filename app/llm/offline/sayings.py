"""What can be said of a thing: a sentence for its kind and the role that asks, and nothing that was not recorded."""

from app.llm.offline.lexicon import FOUNDATION, KIND_PHRASES, SENTENCES
from app.llm.offline.things import Thing
from app.llm.offline.words import bare, capital, clip, content, joined, quote

METRIC = ("name", "description", "unit", "direction", "formula")  # the parts of its sentence


class Sayings:
    """Sentences about things, with a view to the subject of the whole answer."""

    def __init__(self, subject: Thing) -> None:
        self.subject = subject
        self._title = clip(subject.title, 160)

    def of(self, thing: Thing, role: str) -> str:
        """Empty when nothing of that kind can be said."""
        return self.put(_template(thing, role), thing)

    def metric(self, thing: Thing, part: str) -> str:
        text = self.put(_template(thing, "metric").split("|")[METRIC.index(part)], thing)
        return text if part in METRIC[:2] else f"{text[:1].lower()}{text[1:]}"

    def put(self, template: str, thing: Thing) -> str:
        values = {
            "t": quote(thing.title), "n": bare(clip(thing.title, 140)), "d": quote(thing.detail or thing.title),
            "f": thing.figure, "s": quote(self._title, 160), "S": bare(self._title),
            "k": phrase(thing), "w": thing.day or "that day",
        }  # fmt: skip
        return capital(template.format(**values))

    def link(self, thing: Thing) -> str:
        """What the thing and the subject have in common, in a word that stands in both."""
        both = self.subject.about & thing.about
        found = (word.strip(".,;:!?“”\"'()").lower() for word in f"{thing.title} {thing.detail}".split())
        common = list(dict.fromkeys(word for word in found if content(word) & both))[:3]
        if not common or thing == self.subject:
            return self.of(thing, "reason")
        words = joined([f"“{word}”" for word in common])
        return f"{quote(self._title)} and the {thing.kind} {quote(thing.title)} both speak of {words}"

    def reason(self, thing: Thing) -> str:
        return self.link(thing) if thing.kind in FOUNDATION else self.of(thing, "reason")


def _template(thing: Thing, role: str) -> str:
    first, *others = (SENTENCES.get(thing.kind, {}).get(role) or SENTENCES["item"].get(role, "")).split("||")
    lacks = ("{d}" in first and not thing.detail) or ("{f}" in first and not thing.figure)
    return others[-1] if lacks and others else first


def phrase(thing: Thing) -> str:
    """How one speaks of it: the goal “Run a 5K”, people like “Early Emma”."""
    return KIND_PHRASES.get(thing.kind, "{t}").format(t=quote(thing.title), n=bare(clip(thing.title, 140)))
