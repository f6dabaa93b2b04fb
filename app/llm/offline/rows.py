"""Texts about what was given: each names a thing by its title, and says nothing that was not recorded of it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import zip_longest

from app.core.json import JSONValue
from app.llm.interfaces import JSONSchema
from app.llm.offline import chat, review
from app.llm.offline.lexicon import ANGLES, BEST, FOUNDATION, GLAD, HEAVY, KINDS, ROLES, SENTENCES, WORDS
from app.llm.offline.material import Material, kind_of
from app.llm.offline.sayings import METRIC, Sayings, phrase
from app.llm.offline.slots import OURS, Slot
from app.llm.offline.things import Theme, Thing, themes
from app.llm.offline.words import bare, capital, content, day, joined, parts, quote, singular, unique

STARTERS = {  # what a conversation may begin with, and what it is about then
    "motivation": "goal", "reflection": "theme", "planning": "milestone", "celebration": "win", "challenge": "journal",
}  # fmt: skip
DRAFTS = ("_data", "_value", "kind", "stage")  # ends of the names of facts that are somebody's first words
ANGLE_THINGS = [Thing("angle", capital(angle)) for angle in ANGLES]


class RowWriter:
    def __init__(self, material: Material) -> None:
        self.material, self.facts = material, material.facts
        self.say = Sayings(material.subject)
        self.is_draft = material.subject.kind == "draft" or any(name.endswith(DRAFTS) for name in material.facts)

    def copied(self, slot: Slot) -> JSONValue:
        if slot.thing is not None and (slot.is_row or slot.last == "id"):
            found = self._own(slot, slot.thing)
            if found is not None:
                return found
        if OURS & set(slot.words) or slot.last in ("ids", "insights"):
            return self._ids(slot)
        if slot.kind in FOUNDATION and slot.role in ("", "quote") and (stated := self.material.of(slot.kind)):
            return [thing.title for thing in stated][:6] if slot.last == "values" else stated[0].title
        given = self.facts.get(slot.name)
        return capital(given) if len(slot.path) == 1 and isinstance(given, str) else self._named(slot)

    def _own(self, slot: Slot, thing: Thing) -> JSONValue:
        """A value of the thing itself: by its name, or by the end of it (``currentPriority`` is its priority)."""
        if slot.last == "id":
            return thing.id or None
        if OURS & set(slot.words):
            return None
        if slot.last == "title" or slot.words == ("name",):
            return thing.title
        keys = {parts(key): value for key, value in thing.fields.items()}
        ends = [slot.words, *([slot.words[1:]] if slot.words[:1] == ("current",) else [])]
        ends = [("current", "value"), *ends] if slot.words == ("value",) else ends
        return next((keys[end] for end in ends if end and keys.get(end) not in (None, "")), None)

    def _named(self, slot: Slot) -> JSONValue:
        """A plain value with the same name, or one that is the end of this name and says enough."""
        scalars, is_generic = self.material.scalars, len(slot.words) == 1 and bool(WORDS["generic"] & set(slot.words))
        if slot.words in scalars and not is_generic:
            return scalars[slot.words] if slot.thing is None else None
        ends = (slot.words[place:] for place in range(1, len(slot.words) - 1))
        return next((scalars[end] for end in ends if end in scalars), None)

    def _ids(self, slot: Slot) -> JSONValue:
        if slot.last == "ids" and slot.thing is not None:
            return list(slot.thing.ids or filter(None, [slot.thing.id]))
        if "related" not in slot.words:
            return None
        near = content(str(self.facts.get("message", "")))
        return [thing.id for thing in self.material.of(singular(slot.last)) if thing.id and thing.about & near]

    def text(self, slot: Slot) -> str:
        if slot.role == "message":
            return chat.message(self.material)
        if slot.is_metric and slot.thing is not None and slot.name in METRIC:
            return self.say.metric(slot.thing, slot.name)
        write, plain = getattr(self, f"_{slot.role}", None), self._plain(slot)
        text, thing = write(slot) if write else plain.get(slot.role, ""), slot.thing
        if thing is None and write is None and slot.role not in plain:
            thing = self.material.subject
        text = text or (self.say.of(thing, slot.role or "name") or self.say.of(thing, "advice") if thing else "")
        text = text or quote(self.material.subject.title)
        return text if slot.role in WORDS["names"] or text[-1:] in ".?!…" else f"{text}."

    def more(self, slot: Slot) -> list[str]:
        about = [one for one in (slot.thing, self.material.subject, *self.material.of(*FOUNDATION)) if one]
        told = [f"{capital(one.kind)} {quote(one.title)}: {bare(one.detail)}." for one in about if one.detail]
        return unique([*told, *(f"{self.say.of(one, 'reason')}." for one in self._ordered(BEST["fit"])[:2])])

    def _reason(self, slot: Slot) -> str:
        thing = slot.thing
        if thing is None:
            return self._summary(slot)
        if thing.kind in FOUNDATION:
            return self.say.link(thing)
        if "alternative" in " ".join(slot.path):
            return f"A week later, should {quote(thing.title)} need more room"
        return self._placed(thing) if thing.kind == "action" and slot.is_row else ""

    def _placed(self, action: Thing) -> str:
        """Why it stands where it stands among the others."""
        waiting = [one.title for one in self.material.of("action") if action.id in one.list_of("dependencies")]
        goals = [goal.title for goal in self.material.of("goal") if action.serves(goal)]
        noted = [f"is {action.status}"] if action.status else []
        noted += [f"comes before {joined(list(map(quote, waiting[:3])))}, which waits for it"] if waiting else []
        noted += [f"speaks of the same things as the goal {quote(goals[0])}"] if goals else []
        noted += ["has nothing recorded that presses it"] if not (waiting or goals) else []
        return f"{quote(action.title)} {joined(noted)}"

    def _impact(self, slot: Slot) -> str:
        """The goal that it serves, else what the business is for."""
        goals = [goal for goal in self.material.of("goal") if goal != slot.thing]
        served = [goal for goal in goals if slot.thing and slot.thing.serves(goal)]
        target = next(iter([*served, *self._ordered(BEST["impact"]), *goals]), None)
        return f"It bears on {phrase(target)}" if target else ""

    def _name(self, slot: Slot) -> str:
        """A goal or an insight is called by what it is."""
        thing = slot.thing
        if thing is None:
            return ""
        if thing.kind not in ("section", "angle") and {"category", "milestones"} <= slot.siblings:
            is_heavy = thing.fields.get("leaning") == "heavy"
            return f"Take the pressure out of {thing.title}" if is_heavy else f"Make room for {thing.title} every week"
        return self.say.of(thing, "headline") if "kiss_category" in slot.siblings else ""

    def _wording(self, slot: Slot) -> str:
        is_section = slot.thing and slot.thing.kind in ("section", "angle") and "bullets" in slot.siblings
        return self.say.of(slot.thing, "text") if slot.thing and is_section else ""

    def _outcome(self, slot: Slot) -> str:
        actions = review.counted(self.material.of("action"))
        told = f"{actions}. What is under way comes first; no figure is recorded, so none is given" if actions else ""
        return "" if slot.thing else told

    def _trend(self, slot: Slot) -> str:
        if slot.thing is None or slot.thing.fields.get("previous") is None:
            return "No earlier value to compare it with" if slot.thing else ""
        fields = {**slot.thing.fields, "currentValue": slot.thing.fields["previous"]}
        return f"It was {replace(slot.thing, fields=fields).figure} before"

    def _summary(self, slot: Slot) -> str:
        subject, score = self.material.subject, self.material.scalars.get(("alignment", "score"))
        if self.material.documents:
            return review.Review(self.material).on_goal()
        if subject.kind in ("measure", "action") and subject.fact in self.facts:
            return review.counted(self.material.things)
        if subject.kind == "business":
            known = self._ordered("client product market promise")[:4]
            named = joined([f"the {thing.kind} {quote(thing.title)}" for thing in known]) or "so far its name"
            return f"This rests on what is recorded of {quote(subject.title)}: {named}"
        if subject.kind == "draft" and self.material.of("client", "product", "market"):
            return self._reviewed(subject)
        head = f"The score of {score} rests on what is recorded. " if score is not None else ""
        about = f"{quote(subject.title)}: {bare(subject.detail)}" if subject.detail else ""
        told = [self.say.reason(thing) for thing in self._ordered(BEST["fit"])[:4]]
        if not told or subject.kind == "issue":
            told = [self.say.of(thing, "reason") for thing in self._ordered(BEST["advice"])[:2]]
        return ". ".join([f"{head}{about or f'This is about {quote(subject.title)}'}", *filter(None, told)])

    def _reviewed(self, subject: Thing) -> str:
        known = [thing for thing in self._ordered("client product market promise") if not thing.about & subject.about]
        told = [f"{'the ' if thing.kind != 'client' else ''}{thing.kind} {quote(thing.title)}" for thing in known[:3]]
        first = f"{quote(subject.title)} says what you do in {len(subject.title.split())} words"
        lacking = f". What you have recorded of {joined(told)} does not show in it yet" if told else ""
        return f"{first}{lacking}. A stranger would ask who is meant, what changes for them, and how they can tell"

    def _person(self, slot: Slot) -> str:
        own = slot.thing and (slot.thing.text_of("assignedPersonName") or slot.thing.text_of("assignedTo"))
        people = [person.title for person in self.material.of("person")]
        whoever = f"Whoever knows {quote(slot.thing.title)} best" if slot.thing else ""
        return own or (people[slot.index % len(people)] if people else whoever)

    def _plain(self, slot: Slot) -> Mapping[str, str]:
        """Short texts by role, which follow from the kind or from a plain value alone."""
        kind, scalars = slot.thing.kind if slot.thing else "", self.material.scalars
        dates = [f"before {day(goal.due)}" for goal in self.material.of("goal") if goal.due]
        timeline = [f"within {scalars[('timeline',)]}"] if ("timeline",) in scalars else []
        return {
            "fit": f"{capital(kind)} alignment" if kind else "", "industry": str(scalars.get(("industry",), "")),
            "category": capital(kind.replace("angle", "") or "general"),
            "source": f"What is recorded about {quote(slot.thing.title)}" if slot.thing else "",
            "horizon": str(scalars.get(("vision", "timeframe"), "not named yet")),
            "frequency": "weekly" if kind in ("issue", "action", "product", "strategy") else "monthly",
            "timeframe": [*timeline, *dates, "a first step this month"][0],
        }  # fmt: skip

    def texts(self, slot: Slot, least: int, most: int) -> list[str]:
        kind = singular(slot.last)
        named = self.material.of(KINDS.get(kind, kind)) if kind in ("action", "product", "name") else []
        if slot.role == "dependency" or (named and not slot.thing):
            return [thing.title for thing in sorted(named, key=lambda thing: not thing.is_open)][:most]
        role = "wording" if self.is_draft and slot.words == ("suggestions",) else slot.role or "advice"
        told = unique(self._told(role, slot, most))
        others = [*self._ordered(f"goal strategy product {' '.join(SENTENCES)}"), *ANGLE_THINGS]
        further = [self.say.of(thing, role) for thing in others] if len(told) < least else []
        return unique([*told, *further])[: min(most, max(least, len(told)))]

    def _told(self, role: str, slot: Slot, most: int) -> Iterator[str]:
        """One sentence for each thing that the role speaks of; within an object about its thing and the subject."""
        found, subject = self._ordered(BEST.get(role, BEST["advice"])), self.material.subject
        if role == "fit":
            about = [slot.thing] if slot.thing else found[:most]
            yield from (self.say.link(thing) for thing in about if thing != subject)
        elif slot.thing:
            yield from (self.say.of(slot.thing, role), self.say.of(slot.thing, f"{role}_further"))
            yield from [] if self.material.documents else [self.say.of(subject, role)]
        else:
            yield from [self.say.of(thing, role) for thing in found if _fits(role, thing)][:most]

    def things(self, slot: Slot, items: Mapping[str, JSONSchema], least: int, most: int) -> tuple[list[Thing], bool]:
        named = next((name for name in items if parts(name)[-1:] == ("id",)), "")
        kind = kind_of(named.removesuffix("Id").removesuffix("_id")) if named else slot.kind
        rows = [thing for thing in self.material.of(kind) if not named or thing.id]
        if named and slot.thing is not None:
            return [row for row in rows if slot.thing.serves(row)][:most] if rows else [slot.thing], True
        if rows and (named or slot.name in ("metrics", "measures", "goals", "actions")):
            return rows[:most], True
        if slot.is_row and slot.thing is not None:
            return [slot.thing][:most], False
        return self._spoken_of(slot, items, max(least, most)), False

    def _spoken_of(self, slot: Slot, items: Mapping[str, JSONSchema], most: int) -> list[Thing]:
        if "sections" in self.facts and "sections" in slot.name:
            return self._sections()
        options = next((list(map(str, item["enum"])) for item in items.values() if item.get("enum")), [])
        if options and set(options) <= set(STARTERS) and self.material.documents:
            return [self._starter(option) for option in options]
        if any(parts(name)[-1:] == ("ids",) for name in items):
            entries = [replace(entry, kind="theme", ids=(entry.id,), id="") for entry in self.material.entries]
            return (self._themes(among=False) or entries)[:most]
        role = self._role_of(slot, frozenset(items))
        kinds = "action" if slot.kind == "action" and self.material.of("action") else BEST.get(role, BEST["advice"])
        found = self._ordered(kinds)
        if role == "cause":
            return [*found[:1], Thing("owner", "an owner"), Thing("count", "a count"), *found[1:]][:most]
        known = [] if kinds == "action" else [self.material.subject] if role == "metric" else ANGLE_THINGS
        return (found if len(found) > 2 else found + known)[:most]

    def _role_of(self, slot: Slot, known: frozenset[str]) -> str:
        """What the objects of a list are: by the fields that they have, else by the list's name."""
        signs = {"intentStatement": "intent", "cause": "cause", "factor": "fit"}
        role = next((role for name, role in signs.items() if name in known), ROLES.get(singular(slot.last), ""))
        role = "metric" if {"unit", "direction"} <= known else role
        if role == "summary" and "category" in known:
            return "headline"
        return "wording" if role == "advice" and self.is_draft else role

    def _ordered(self, kinds: str) -> list[Thing]:
        """The things of these kinds, one of each before the second of any; the subject only if it is alone."""
        names, subject = kinds.split(), self.material.subject
        groups = [[thing for thing in self._all if thing.kind == kind] for kind in names]
        found = [thing for row in zip_longest(*groups) for thing in row if thing is not None]
        others = [thing for thing in found if thing != subject or subject.kind == "issue"]
        return others or ([subject] if subject.kind in names else [])

    @cached_property
    def _all(self) -> list[Thing]:
        """What was given, next steps of goals, hard days and good ones (the newest first), and what comes up again."""
        goals = [goal for goal in self.material.goals if goal.is_open and goal.next]
        steps = [Thing("milestone", goal.next, goal.title) for goal in goals]
        entries = self.material.entries[::-1]
        wins = [replace(one, kind="win", detail=one.best_sentence()) for one in entries if one.mood in GLAD]
        days = [*(entry for entry in entries if entry.mood in HEAVY), *wins]
        return [*(one for one in self.material.things if one.kind != "journal"), *steps, *days, *self._themes()]

    def _themes(self, among: bool = True) -> list[Thing]:
        """What comes up again; also ``among`` what the goals say, or beyond it where there is such."""
        found = themes(self.material.entries)
        goals = frozenset[str]().union(*(goal.about for goal in self.material.goals))
        fresh = [theme for theme in found if among or not content(theme.name) & goals]
        return list(map(_of_theme, fresh or found))

    def _sections(self) -> list[Thing]:
        given, topic = self.facts.get("sections"), str(self.facts.get("topic") or "")
        names = [str(name) for name in given] if isinstance(given, list) else []
        names += [capital(topic)] if topic and topic.lower() != str(self.facts.get("title", "")).lower() else []
        return [Thing("section", name) for name in names] or ANGLE_THINGS

    def _starter(self, option: str) -> Thing:
        fitting = [thing for thing in self._all if thing.kind == STARTERS[option] and thing.is_open]
        found = (fitting or self.material.documents)[0]
        return replace(found, kind=f"starter_{option}", fields={"figure": found.figure})


def _fits(role: str, thing: Thing) -> bool:
    """A figure that goes the wrong way is no strength, nothing that is done is a weakness."""
    if thing.kind == "measure" and role in ("strength", "weakness"):
        return thing.trend > 0 if role == "strength" else thing.trend < 0
    return thing.is_open or role not in ("weakness", "threat", "risk")


def _of_theme(theme: Theme) -> Thing:
    last = max(theme.entries, key=lambda entry: str(entry.when))
    ids = tuple(entry.id for entry in theme.entries)
    fields = {"figure": f"{len(ids)} entries ({theme.days})", "tags": theme.name, "leaning": theme.leaning}
    return Thing("theme", theme.name, last.best_sentence(content(theme.name)), "", fields, last.when, "documents", ids)
