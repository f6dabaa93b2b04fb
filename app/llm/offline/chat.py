"""A coach's message: what the person's own records say on it, and one question; and the turns of a coaching session."""

from collections.abc import Iterable
from typing import Any

from app.llm.interfaces import Task
from app.llm.offline import review
from app.llm.offline.lexicon import EXPRESSIONS, LANGUAGES, PHRASES, SESSION, WORDS
from app.llm.offline.material import Material
from app.llm.offline.things import Thing
from app.llm.offline.words import content, day, joined, parts, quote, sentences, singular, stem, stems, words

STEMS = {name: frozenset(map(stem, known)) for name, known in WORDS.items()}
GOALS, JOURNAL, PROGRESS, NEXT, ASKING = (STEMS[name] for name in ("goals", "journal", "progress", "next", "asking"))
MOST, SAME, SUM_EVERY = 6, 4, 3  # documents shown; letters that make words of other languages alike; messages


def message(material: Material) -> str:
    """What the coach says now. To somebody who is not well: nothing of goals, and none of their words."""
    if material.grounding.gently:
        return Reply(material).gentle()
    is_session = material.grounding.turns > 0 or "message" in material.facts
    return session_message(material) if is_session else Reply(material).text()


class Reply:
    def __init__(self, material: Material) -> None:
        self.material, self.latest, self.facts = material, material.latest.strip(), material.facts
        told = language_of(self.latest, material.grounding.language)
        self.language, self.is_foreign = told or "en", not told
        self.phrases: dict[str, Any] = PHRASES[self.language]
        self.asked, self.quote = stems(self.latest), quote(next(iter(sentences(self.latest)), self.latest), 120)
        self.before = "\n".join(m.content for m in material.request.messages if m.role == "assistant")
        self.documents = material.documents or material.of("goal", "issue")
        self.goals = material.goals or material.of("goal")

    def gentle(self) -> str:
        return f"{self.phrases['care']}\n\n{self.phrases['ask']}"

    def proposing(self) -> str:
        """Beside the call of a tool."""
        return f"{self.phrases['propose'].format(quote=self.quote)}\n\n{self._question()}"

    def text(self) -> str:
        looked = review.Review(self.material).paragraphs() if self.asked & STEMS["insights"] else ""
        body = self._found() or self._small() or looked or self._listed() or self._about() or self._beyond()
        return f"{PHRASES['en']['only']}\n\n{body}" if self.is_foreign else body

    def _found(self) -> str:
        """What a tool has just brought, be it text or JSON."""
        messages = self.material.request.messages
        if not messages or messages[-1].role != "tool":
            return ""
        raw = messages[-1].content.strip()
        found = EXPRESSIONS["found"].findall(raw[:20_000]) or ["" if raw.startswith(("{", "[")) else raw]
        told = " ".join(sentences(found[0])[:3])
        return f"{told or self.phrases['nothing']}\n\n{self._question()}"

    def _small(self) -> str:
        name, first = self.material.grounding.name, next((goal for goal in self.goals if goal.is_open), None)
        if EXPRESSIONS["who"].search(self.latest):
            return str(self.phrases["self"].format(who=f"{name}, " if name else ""))
        if self.asked & STEMS["recap"] and len(self.material.said) > 1:
            return "\n".join(f"- {quote(text)}" for text in self.material.said[-MOST - 1 : -1])
        if not self.latest or EXPRESSIONS["hello"].match(self.latest):
            hello = self.phrases["hello"].format(name=self.phrases["name"].format(name=name) if name else "")
            return f"{hello}\n\n{self._question(first)}"
        if EXPRESSIONS["thanks"].match(self.latest) and len(words(self.latest)) < 6:
            return f"{self.phrases['thanks']} {self._question(first)}"
        return ""

    def _listed(self) -> str:
        """Goals, entries, progress or next steps, when the question is for them and names nothing else."""
        asked, goals, rest = self.asked, self.goals, content(self.latest) - GOALS - JOURNAL - PROGRESS - NEXT - ASKING
        if asked & STEMS["completed"] and asked & (GOALS | ASKING) and goals:
            return self._list("goals", [goal for goal in goals if goal.is_open is bool(asked & WORDS["negations"])])
        if asked & JOURNAL and ("?" in self.latest or asked & ASKING):
            return self._list("entries", (self._near(rest, "journal") if rest else self._newest("journal"))[:MOST])
        if len(rest) > 1 or not goals:
            return ""
        if asked & NEXT:
            due = [goal for goal in goals if goal.next] or [goal for goal in goals if goal.is_open]
            return self._list("next", due[:MOST])
        notes = self._newest("progress")[:3] if asked & PROGRESS else []
        return self._list("goals", goals, notes) if asked & (GOALS | PROGRESS) else ""

    def _list(self, head: str, found: list[Thing], notes: Iterable[Thing] = ()) -> str:
        first = next((goal for goal in found or self.goals if goal.kind == "goal" and goal.is_open), None)
        if not found:
            return f"{self.phrases['nothing']}\n\n{self._question(first)}"
        count = len([one for one in found if one.kind == "goal"])
        told = self.phrases[head].format(n=self.phrases["one" if count == 1 else "many"].format(n=count))
        parts = (told, self._bullets(found), self._bullets(notes), self._question(first))
        return "\n\n".join(part for part in parts if part)

    def _about(self) -> str:
        """What the records say on the matter of the last message, or of the one before where this one names none."""
        said = self.material.said[-1:-3:-1]
        found = next((near for text in said if (near := self._near(content(text)))), [])
        fresh = [one for one in found if one.kind == "goal" or self._quoted(one) not in self.before]
        if not fresh:
            return ""
        goals, rest = [one for one in fresh if one.kind == "goal"][:2], [one for one in fresh if one.kind != "goal"][:3]
        head = self.phrases["seen" if self._is_own else "found"].format(quote=self.quote)
        limit = "" if self._is_own else f"\n\n{self.phrases['limit']}"
        return f"{head}\n\n{self._bullets([*goals, *rest])}{limit}\n\n{self._question(goals[0] if goals else None)}"

    def _beyond(self) -> str:
        """Honest about what it cannot know."""
        if self.asked & STEMS["care"]:
            return self.gentle()
        if self.facts.get("slides"):
            return f"The slides are on their way and will appear beside our conversation. {self._question()}"
        if not self._is_own:
            return str(self.phrases["beyond"])
        told = self.phrases["told"] if self.material.documents else self.phrases["seen"].partition(".")[0] + "."
        return f"{told.format(quote=self.quote)}\n\n{self._question()}"

    @property
    def _is_own(self) -> bool:
        """Whether the person speaks of themselves, instead of asking for knowledge."""
        return bool(WORDS["own"] & set(words(self.latest.replace("’", "'"))))

    def _newest(self, kind: str) -> list[Thing]:
        return sorted((one for one in self.documents if one.kind == kind), key=lambda one: str(one.when), reverse=True)

    def _near(self, near: frozenset[str], kind: str = "") -> list[Thing]:
        """Those that share words with it, the nearest first; a title's words count double."""
        weighed = [(self._weight(one, near), one) for one in self.documents if not kind or one.kind == kind]
        return [one for weight, one in sorted(weighed, key=lambda pair: -pair[0]) if weight][:MOST]

    def _weight(self, one: Thing, near: frozenset[str]) -> int:
        if self.language == "en":
            return len(one.about & near) + len(content(one.title) & near)
        heads = {word[:SAME] for word in near if len(word) >= SAME}
        return sum(word[:SAME] in heads for word in one.about)

    def _bullets(self, things: Iterable[Thing]) -> str:
        return "\n".join(f"- {self._line(thing)}" for thing in things)

    def _line(self, one: Thing) -> str:
        """A goal with its state and next step, a file with its name, anything else with its day, and a sentence."""
        if one.kind in ("journal", "progress", "milestone", "memory"):
            return f"{self._day(one.when)}{f' ({one.mood})' if one.mood else ''}: {self._quoted(one)}"
        if one.kind == "attachment":
            return f"{quote(one.title)}: {self._quoted(one)}"
        standing = "; ".join(self._standing(one)) if one.kind == "goal" else one.status or one.detail
        return f"{quote(one.title)}: {standing}"

    def _standing(self, goal: Thing) -> list[str]:
        done, total = sum(is_done for is_done, _ in goal.steps), len(goal.steps)
        name, due = quote(goal.next) if goal.next else "", goal.next_due
        if self.language != "en":
            step = f"→ {name}{f' ({due})' if due else ''}" if name else ""
            return [part for part in (goal.progress, f"{done}/{total}" if total else "", step) if part] or [goal.status]
        steps = f"{done} of {total} milestones done" if total else ""
        step = f"next: {name}{f', due {day(due)}' if due else ''}" if name else ""
        target = f"target {day(goal.due)}" if goal.due else ""
        return [part for part in (goal.status, goal.progress, steps, step, target) if part]

    def _day(self, moment: Any) -> str:
        return str(day(moment) if self.language == "en" else moment) if moment else ""

    def _quoted(self, one: Thing) -> str:
        return one.best_sentence(content(self.latest))

    def _question(self, goal: Thing | None = None) -> str:
        """One that this conversation has not heard: about a goal's next step where there is one."""
        options = list(self.phrases["questions"])
        turn = (self.before.count("?") + self.material.seed + len(self.latest)) % len(options)
        options = options[turn:] + options[:turn]
        if goal is not None and goal.title:
            by = self.phrases["due"].format(day=self._day(goal.next_due)) if goal.next_due else ""
            template = self.phrases["step" if goal.next else "open"]
            options.insert(0, template.format(t=quote(goal.next or goal.title), due=by))
        return next((option for option in options if option not in self.before), "")


def language_of(text: str, wanted: str) -> str:
    """That of the text, else the wanted one, "" for one that the coach has not."""
    found = words(text)
    counts = {code: sum(word in signs for word in found) for code, signs in LANGUAGES.items()}
    best = max(counts, key=lambda code: (counts[code], code == wanted[:2], code == "en"))
    if counts[best]:
        return best
    foreign = sum(not word.isascii() for word in found) > len(found) * 0.3
    return "" if foreign else wanted[:2] if wanted[:2] in PHRASES else "en"


def greeting(material: Material) -> str:
    grounding = material.grounding
    names = [material.scalars.get(key) for key in (("company", "name"), ("business", "name"))]
    name = next((f" of {name}" for name in [*(one.title for one in material.of("business")), *names] if name), "")
    subject = f"{grounding.subject or 'this'}{name}"
    if grounding.task is Task.RESUME and material.said:
        return f"Welcome back! We are looking for the {subject}. Last you said {_last(material)}.\n\n{_next(material)}"
    turns = f", in about {grounding.turns} messages" if grounding.turns else ""
    return f"Welcome! Together we find the {subject}{turns}, in your own words.\n\n{_questions(material)[0]}"


def session_message(material: Material) -> str:
    """Gives back what was said; then asks, sums up, or closes."""
    if not material.latest.strip():
        return greeting(material)
    count, clear = len(material.said), _clear(material)
    if material.wants_to_end or count >= material.grounding.turns > 0:
        return f"Thank you. {clear} That is the {material.grounding.subject} now, in your own words."
    further = f" {clear} Is that right so far?" if clear and not count % SUM_EVERY else f"\n\n{_next(material)}"
    return f"You say {_last(material)}.{further}"


def _last(material: Material) -> str:
    told = sentences(material.latest) or [material.latest]
    return quote(max(told, key=lambda sentence: len(content(sentence))), 160)


def _clear(material: Material) -> str:
    told = [quote(sentence, 90) for sentence in material.statements[-3:]]
    return f"This has become clear: {joined(told)}." if told else ""


def _next(material: Material) -> str:
    options = _questions(material)
    return options[len(material.said) % len(options)]


def _questions(material: Material) -> list[str]:
    subject = material.grounding.subject or str(material.facts.get("topic") or "")
    words = {singular(word) for word in parts(subject.replace(" ", "_"))}
    return next((options for name, options in SESSION.items() if name in words), SESSION["any"])
