"""Texts about what was given: each names a thing by its title, and says nothing that was not recorded of it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from app.llm.offline import frames, review
from app.llm.offline.lexicon import ANGLES, BEST, EVERYTHING, FOUNDATION, GLAD, HEAVY, KINDS, PHRASES, ROLES, SENTENCES
from app.llm.offline.material import Material, Theme, Thing, kind_of, themes
from app.llm.offline.slots import OURS, Slot
from app.llm.offline.words import bare, capital, clip, content, joined, parts, quote, short_day, singular, unique

NO_STOP = frozenset({"name", "label", "headline", "unit", "frequency", "timeframe", "wording", "person", "industry"})
GENERIC = frozenset(
    {"title", "name", "description", "text", "summary", "score", "status", "priority", "impact", "value"}
)
STARTERS = {  # a question or wish to begin a conversation with, in the person's own voice, and what it is about
    "motivation": ("goal", "How can I keep going with {t} now that it is at {f}?"),
    "reflection": ("theme", "What do my entries about {n} tell me about myself?"),
    "planning": ("milestone", "Help me break down {t} into smaller steps"),
    "celebration": ("win", "What did I do right on {w}, when I wrote {t}?"),
    "challenge": ("journal", "What made {t} so hard on {w}?"),
}
METRICS = ("name", "description", "unit", "direction", "formula")


class RowWriter:
    def __init__(self, material: Material) -> None:
        self.material = material

    def copied(self, slot: Slot) -> Any:
        if slot.thing is not None and (slot.is_row or slot.words[-1:] == ("id",)):
            found = self._own(slot, slot.thing)
            if found is not None:
                return found
        if OURS & set(slot.words) or slot.words[-1:] in (("ids",), ("insights",)):
            return self._ids(slot)
        if slot.kind in FOUNDATION and slot.role in ("", "quote") and (stated := self.material.of(slot.kind)):
            plural = slot.words[-1] == "values"
            return [thing.title for thing in stated][:6] if plural else stated[0].title
        if len(slot.path) == 1 and slot.name in self.material.facts and isinstance(self.material.facts[slot.name], str):
            return capital(self.material.facts[slot.name])
        return self._named(slot)

    def _own(self, slot: Slot, thing: Thing) -> Any:
        """A value of the thing itself: by its name, or by the end of it (``currentPriority`` is its priority)."""
        if slot.words[-1:] == ("id",):
            return thing.id or None
        if OURS & set(slot.words):
            return None
        if slot.words[-1:] == ("title",) or slot.words == ("name",):
            return thing.title
        keys = {parts(key): value for key, value in thing.fields.items()}
        if slot.words == ("value",):
            return keys.get(("current", "value"), keys.get(("value",)))
        ends = (slot.words, slot.words[1:] if slot.words[:1] == ("current",) else ())
        return next((keys[end] for end in ends if end and keys.get(end) not in (None, "")), None)

    def _named(self, slot: Slot) -> Any:
        """A plain value with the same name, or one that is the end of this name and says enough."""
        if slot.words in self.material.scalars and not (GENERIC & set(slot.words) and len(slot.words) == 1):
            return self.material.scalars[slot.words] if slot.thing is None else None
        ends = (slot.words[place:] for place in range(1, len(slot.words) - 1))
        return next((self.material.scalars[end] for end in ends if end in self.material.scalars), None)

    def _ids(self, slot: Slot) -> Any:
        if slot.words[-1:] == ("ids",) and slot.thing is not None:
            return list(slot.thing.ids or filter(None, [slot.thing.id]))
        if "related" in slot.words:
            near = content(str(self.material.facts.get("message", "")))
            return [thing.id for thing in self.material.of(singular(slot.words[-1])) if thing.id and thing.about & near]
        return None

    def text(self, slot: Slot) -> str:
        if slot.role == "message":
            return frames.message(self.material)
        if slot.is_metric and slot.thing is not None and slot.name in METRICS:
            return self._metric(slot.thing, METRICS.index(slot.name))
        write = getattr(self, f"_{slot.role}", None)
        text = write(slot) if write else ""
        thing = slot.thing or (self.material.subject if not write else None)
        text = text or (self.sentence(thing, slot.role or "name", slot) if thing else "")
        text = text or (self.sentence(thing, "advice", slot) if thing else quote(self.material.subject.title))
        return text if slot.role in NO_STOP or text[-1:] in ".?!…" else f"{text}."

    def texts(self, slot: Slot, least: int, most: int) -> list[str]:
        if slot.role == "dependency":
            return []
        kind = singular(slot.words[-1]) if slot.words else ""
        named = self.material.of(KINDS.get(kind, kind)) if kind in ("action", "product", "name") else []
        if named and not slot.thing:
            return [thing.title for thing in sorted(named, key=lambda thing: not thing.is_open)][:most]
        role = slot.role or "advice"
        if role == "advice" and self._is_draft and slot.words == ("suggestions",):
            role = "wording"
        told = unique(self._told(role, slot, most))
        if len(told) < least:
            told = unique([*told, *(self.sentence(thing, role, slot) for thing in self._ordered(EVERYTHING))])
        if len(told) < least:
            told = [*told, *(self.sentence(Thing("angle", angle), role, slot) for angle in ANGLES)]
        return told[:most]

    def _told(self, role: str, slot: Slot, most: int) -> Iterator[str]:
        """One sentence for each thing that the role speaks of; about the thing at hand first."""
        kinds = BEST.get(role, BEST["advice"])
        if slot.thing is not None:
            yield self.sentence(slot.thing, role, slot)
        for thing in self._ordered(kinds)[: most + slot.index + 1][slot.index if slot.thing else 0 :]:
            if self._fits(role, thing):
                yield self._link(slot, thing) if role == "fit" else self.sentence(thing, role, slot)

    def _fits(self, role: str, thing: Thing) -> bool:
        """A figure that goes the wrong way is no strength, nothing that is done is a weakness."""
        if thing.kind == "measure" and role in ("strength", "weakness"):
            return thing.trend > 0 if role == "strength" else thing.trend < 0
        return not (role in ("weakness", "threat", "risk") and not thing.is_open)

    def things(self, slot: Slot, items: Mapping[str, Any], least: int, most: int) -> tuple[list[Thing], bool]:
        named = next((name for name in items if parts(name)[-1:] == ("id",)), "")
        kind = kind_of(named.removesuffix("Id").removesuffix("_id")) if named else slot.kind
        rows = [thing for thing in self.material.of(kind) if not named or thing.id]
        if named and slot.thing is not None:
            return [slot.thing] if not rows else [row for row in rows if self._belongs(slot.thing, row)][:most], True
        if rows and (named or slot.name in ("metrics", "measures", "goals", "actions")):
            return rows[:most], True
        if slot.is_row and slot.thing is not None:
            return [slot.thing][:most], False
        return self._spoken_of(slot, items, max(least, most)), False

    def _belongs(self, thing: Thing, other: Thing) -> bool:
        named = str(thing.fields.get("linkedGoals", "")) + str(thing.fields.get("goalId", ""))
        around = other.about | content(" ".join(map(str, other.fields.get("strategies") or ())))
        return bool(thing.about & around) or bool(other.id and other.id in named)

    def _spoken_of(self, slot: Slot, items: Mapping[str, Any], most: int) -> list[Thing]:
        if "sections" in self.material.facts and "sections" in slot.name:
            return self._sections()
        if (options := _starters(items)) and self.material.documents:
            return [self._starter(option) for option in options]
        if any(parts(name)[-1:] == ("ids",) for name in items):
            return self._themes()[:most]
        known = set(items)
        role = (
            "metric"
            if {"unit", "direction"} <= known
            else ROLES.get(singular(slot.words[-1]) if slot.words else "", "")
        )
        role = next(
            (ROLES[word] for word in ("cause", "factor", "intentStatement") if word in known and word in ROLES), role
        )
        role = "intent" if "intentStatement" in known else "wording" if role == "advice" and self._is_draft else role
        role = "headline" if "category" in known and role == "summary" else role
        kinds = "action" if slot.kind == "action" and self.material.of("action") else BEST.get(role, BEST["advice"])
        found = self._ordered(kinds)
        return (found + [Thing("angle", angle) for angle in ANGLES] if len(found) < 3 else found)[:most]

    def _ordered(self, kinds: str) -> list[Thing]:
        """The things of these kinds, one of each before the second of any; the subject only if it is alone."""
        names, subject = kinds.split(), self.material.subject
        groups = [[thing for thing in self._all() if thing.kind == kind] for kind in names]
        found = [thing for row in zip_longest(*groups) for thing in row if thing is not None]
        return [thing for thing in found if thing != subject] or ([subject] if subject.kind in names else [])

    def _all(self) -> list[Thing]:
        if not hasattr(self, "_every"):
            own = [thing for thing in self.material.things if thing.kind != "journal"]
            self._every = [*own, *self._steps(), *self._days(), *self._themes(known=True)]
        return self._every

    def _steps(self) -> list[Thing]:
        goals = [goal for goal in self.material.documents if goal.kind == "goal" and goal.is_open]
        return [Thing("milestone", str(goal.fields["next"]), goal.title) for goal in goals if goal.fields.get("next")]

    def _days(self) -> list[Thing]:
        """Entries of hard days and of good ones, the newest first."""
        entries = [thing for thing in self.material.documents if thing.kind == "journal"][::-1]
        hard = [thing for thing in entries if thing.mood in HEAVY]
        wins = [Thing("win", entry.title, entry.best_sentence(), entry.id, entry.fields, entry.when) for entry in entries
                if entry.mood in GLAD]  # fmt: skip
        return [*hard, *wins]

    def _themes(self, known: bool = False) -> list[Thing]:
        """What comes up again; with a goal already or not."""
        entries = [thing for thing in self.material.documents if thing.kind == "journal"]
        goals = frozenset[str]().union(*(goal.about for goal in self.material.documents if goal.kind == "goal"))
        found = [theme for theme in themes(entries) if known or not content(theme.name) & goals] or themes(entries)
        return [_of_theme(theme) for theme in found] or ([] if known else self._fallback(entries))

    def _fallback(self, entries: Sequence[Thing]) -> list[Thing]:
        return [
            Thing("theme", entry.title, entry.best_sentence(), ids=(entry.id,), when=entry.when) for entry in entries
        ]

    def _sections(self) -> list[Thing]:
        facts = self.material.facts
        known = [Thing("section", str(name)) for name in facts.get("sections") or ()]
        topic = str(facts.get("topic") or "")
        new = (
            [Thing("section", capital(topic))] if topic and topic.lower() != str(facts.get("title", "")).lower() else []
        )
        return [*known, *new] or [Thing("angle", capital(angle)) for angle in ANGLES]

    def _starter(self, option: str) -> Thing:
        kind = STARTERS[option][0]
        found = next((thing for thing in self._all() if thing.kind == kind and thing.is_open), None)
        found = found or next((thing for thing in self.material.documents), Thing("draft", "this"))
        return Thing(f"starter_{option}", found.title, found.detail, found.id, {"figure": found.figure}, found.when)

    @property
    def _is_draft(self) -> bool:
        return self.material.subject.kind == "draft" or any(
            name.endswith(("_data", "_value", "kind", "stage")) for name in self.material.facts
        )

    def sentence(self, thing: Thing, role: str, slot: Slot) -> str:
        known = SENTENCES.get(thing.kind, {})
        template = known.get(role) or SENTENCES["item"].get(role, "")
        if not template:
            return ""
        options = template.split("||")
        needed = ("{d}" in options[0] and not thing.detail) or ("{f}" in options[0] and not thing.figure)
        return self._put(options[-1] if needed else options[0], thing)

    def _put(self, template: str, thing: Thing) -> str:
        subject = quote(self._subject_title(), 160)
        values = {
            "t": quote(thing.title), "n": bare(clip(thing.title, 140)), "d": quote(thing.detail or thing.title),
            "f": thing.figure or str(thing.fields.get("figure", "")), "s": subject, "T": quote(thing.title),
            "k": _phrase(thing), "S": bare(self._subject_title()), "w": short_day(thing.when) if thing.when else "that day",
        }  # fmt: skip
        return capital(template.format(**values))

    def _subject_title(self) -> str:
        return clip(self.material.subject.title, 160)

    def _metric(self, thing: Thing, place: int) -> str:
        options = SENTENCES.get(thing.kind, {}).get("metric", SENTENCES["item"]["metric"]).split("||")
        needed = ("{d}" in options[0] and not thing.detail) or ("{f}" in options[0] and not thing.figure)
        return self._put((options[-1] if needed else options[0]).split("|")[place], thing)

    def more(self, slot: Slot) -> list[str]:
        thing, subject = slot.thing, self.material.subject
        about = [one for one in (thing, subject, *self.material.of(*FOUNDATION)) if one and one.detail]
        told = [f"{capital(one.kind)} {quote(one.title)}: {bare(one.detail)}." for one in about]
        return unique([*told, *(f"{self.sentence(one, 'reason', slot)}." for one in self._ordered(BEST["fit"])[:2])])

    def _reason(self, slot: Slot) -> str:
        if slot.thing is None:
            return self._summary(slot)
        return self._link(slot, slot.thing) if slot.thing.kind in FOUNDATION else self._starting(slot)

    def _starting(self, slot: Slot) -> str:
        thing = slot.thing
        assert thing is not None
        if "alternative" in " ".join(slot.path):
            return f"A week later, should {quote(thing.title)} need more room"
        if thing.kind != "action" or not slot.is_row:
            return ""
        waiting = [
            other.title for other in self.material.of("action") if thing.id in (other.fields.get("dependencies") or ())
        ]
        goals = [goal.title for goal in self.material.of("goal") if self._belongs(thing, goal)]
        noted = [f"is {thing.status}"] if thing.status else []
        noted += [f"is held by {joined(list(map(quote, waiting[:3])))}, which waits for it"] if waiting else []
        noted += [f"speaks of the same things as the goal {quote(goals[0])}"] if goals else []
        noted += ["has nothing recorded that presses it"] if not (waiting or goals) else []
        return f"{quote(thing.title)} {joined(noted)}".replace("is held by", "comes before")

    def _link(self, slot: Slot, thing: Thing) -> str:
        """What the thing and the subject have in common, in a word that stands in both."""
        common = [word for word in parts_of(thing) if content(word) & self.material.subject.about & thing.about]
        if common and thing != self.material.subject:
            words = joined([f"“{word}”" for word in dict.fromkeys(common)][:3])
            return f"{quote(self._subject_title())} and the {thing.kind} {quote(thing.title)} both speak of {words}"
        return self.sentence(thing, "reason", slot)

    def _name(self, slot: Slot) -> str:
        """A factor, a cause or an insight is called by what it is."""
        if slot.name in ("factor", "method"):
            return f"{capital(slot.thing.kind)} alignment" if slot.thing else ""
        if slot.thing and slot.thing.kind not in ("section", "angle") and {"category", "milestones"} <= slot.siblings:
            return _goal_name(slot.thing)
        return self.sentence(slot.thing, "headline", slot) if slot.thing and "kiss_category" in slot.siblings else ""

    def _wording(self, slot: Slot) -> str:
        if slot.thing is not None and slot.thing.kind.startswith("starter_"):
            return self._put(STARTERS[slot.thing.kind.removeprefix("starter_")][1], slot.thing)
        return self.sentence(slot.thing, "text", slot) if slot.thing and slot.thing.kind in ("section", "angle") and (
            "bullets" in slot.siblings) else ""  # fmt: skip

    def _trend(self, slot: Slot) -> str:
        thing = slot.thing
        if thing is None or thing.fields.get("previous") is None:
            return "No earlier value to compare it with" if thing else ""
        before = Thing("measure", "", fields={**thing.fields, "currentValue": thing.fields["previous"]}).figure
        return f"It was {before} before"

    def _summary(self, slot: Slot) -> str:
        return self._counted(slot)

    def _counted(self, slot: Slot) -> str:
        subject, things = self.material.subject, self.material.things
        score = self.material.scalars.get(("alignment", "score"))
        if self.material.documents:
            return review.Review(self.material).on_goal()
        if subject.kind in ("measure", "action") and subject.fact in self.material.facts:
            return review.counted(things)
        if subject.kind == "draft" and self.material.of("client", "product", "market"):
            return self._reviewed(subject)
        head = f"The score of {score} rests on what is recorded. " if score is not None else ""
        head += (
            f"{quote(subject.title)}: {bare(subject.detail)}"
            if subject.detail
            else f"This is about {quote(subject.title)}"
        )
        told = [self._link(slot, thing) for thing in self._ordered(BEST["fit"])[:4]]
        if not told or subject.kind == "issue":
            told = [self.sentence(thing, "reason", slot) for thing in self._ordered(BEST["advice"])[:2]]
        return f"{head}. {'. '.join(text for text in told if text)}"

    def _reviewed(self, subject: Thing) -> str:
        known = [thing for thing in self._ordered("client product market promise") if not thing.about & subject.about]
        told = [f"{'the ' if thing.kind != 'client' else ''}{thing.kind} {quote(thing.title)}" for thing in known[:3]]
        first = f"{quote(subject.title)} says what you do in {len(subject.title.split())} words"
        lacking = f". What you have recorded of {joined(told)} does not show in it yet" if told else ""
        return f"{first}{lacking}. A stranger would ask who is meant, what changes for them, and how they can tell"

    def _person(self, slot: Slot) -> str:
        people = self.material.of("person")
        own = slot.thing and (slot.thing.fields.get("assignedPersonName") or slot.thing.fields.get("assignedTo"))
        return str(own or (people[slot.index % len(people)].title if people else ""))

    def _source(self, slot: Slot) -> str:
        return f"What is recorded about {quote(slot.thing.title)}" if slot.thing else ""

    def _industry(self, slot: Slot) -> str:
        return str(self.material.scalars.get(("industry",), ""))

    def _frequency(self, slot: Slot) -> str:
        return "weekly" if slot.thing and slot.thing.kind in ("issue", "action", "product", "strategy") else "monthly"

    def _timeframe(self, slot: Slot) -> str:
        stated = self.material.scalars.get(("timeline",))
        due = [goal.deadline for goal in self.material.of("goal") if goal.deadline]
        return f"within {stated}" if stated else f"before {due[0]}" if due else "a first step this month"

    def _horizon(self, slot: Slot) -> str:
        return str(self.material.scalars.get(("vision", "timeframe"), "") or "not named yet")


def _phrase(thing: Thing) -> str:
    """How one speaks of it: the goal “Run a 5K”, people like “Early Emma”."""
    return PHRASES.get(thing.kind, "{t}").format(t=quote(thing.title), n=bare(clip(thing.title, 140)))


def parts_of(thing: Thing) -> list[str]:
    return [word.strip(".,;:!?“”\"'()").lower() for word in f"{thing.title} {thing.detail}".split()]


def _starters(items: Mapping[str, Any]) -> list[str]:
    options = next((list(map(str, item["enum"])) for item in items.values() if item.get("enum")), [])
    return options if options and set(options) <= set(STARTERS) else []


def _of_theme(theme: Theme) -> Thing:
    last = max(theme.entries, key=lambda entry: str(entry.when))
    ids = tuple(entry.id for entry in theme.entries)
    figure = f"{len(ids)} entries ({theme.days})"
    fields = {"figure": figure, "status": "", "tags": theme.name, "leaning": theme.leaning, "value": None}
    return Thing("theme", theme.name, last.best_sentence(content(theme.name)), "", fields, last.when, "documents", ids)


def _goal_name(thing: Thing) -> str:
    if thing.fields.get("leaning") == "heavy":
        return f"Take the pressure out of {thing.title}"
    return f"Make room for {thing.title} every week"
