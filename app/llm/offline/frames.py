"""A coach's message: what the person's own records say on it, and one question."""

import re
from collections.abc import Callable, Iterable

from app.llm.offline import sessions
from app.llm.offline.material import Material, Thing
from app.llm.offline.phrases import ONLY, PHRASES, QUESTIONS, language_of
from app.llm.offline.safety import help_for
from app.llm.offline.words import content, day, quote, sentences, stem, words


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, text.split()))


GOALS = _stems("goal goals ziel ziele meta metas objetivo objetivos objectif objectifs obiettivo obiettivi")
JOURNAL = _stems(
    "journal diary wrote write written entry entries tagebuch geschrieben notes écrit diario escribí scritto"
)
PROGRESS = _stems("progress progressing progressed fortschritt läuft voy progreso progrès progressi doing")
NEXT = _stems("next focus step steps milestone nächste nächster nächstes schritt prochaine étape próximo paso prossimo")
ASKING = _stems(
    "what which show list tell give many recent right current new look see find when how wie was welche cómo qué cuáles voy "
    "quelle quel quels est sont come quali sono che si mis meine mein mes miei tutto month monat mois mes week woche today "
    "search please help insights generate activity"
)
HELLO = re.compile(
    r"\W*(?:hi|hello|hey|good (?:morning|evening|day)|hallo|guten tag|bonjour|salut|hola|ciao)\b\W*$", re.I
)
THANKS = re.compile(r"\W*(?:thanks?(?: you)?|danke|merci|gracias|grazie)\b", re.I)
WHO = re.compile(r"\b(?:who|what) are you\b|wer bist du|qui es[- ]tu|quién eres|chi sei", re.I)
OWN = frozenset(
    [
        "i",
        "my",
        "mine",
        "we",
        "our",
        "i'm",
        "ich",
        "mein",
        "meine",
        "meinen",
        "meinem",
        "wir",
        "unser",
        "je",
        "j",
        "mon",
        "ma",
        "mes",
        "nous",
        "yo",
        "mi",
        "mis",
        "nosotros",
        "estoy",
        "tengo",
        "io",
        "mio",
        "mia",
        "miei",
        "noi",
        "sono",
        "ho",
    ]
)
CARE = _stems(
    "died dead death dying funeral dementia cancer diagnosed diagnosis stroke miscarriage divorce abuse assault hospice "
    "gestorben demenz krebs mort décès démence murió muerte demencia cáncer morto morta demenza cancro grief grieving"
)
COMPLETED = _stems("completed achieved finished reached accomplished erreicht atteint logrado raggiunto")
NOT = frozenset("not open missing never left".split())  # noqa: SIM905
MOST, SAME = 6, 4  # documents that are shown; letters by which words of other languages are the same


def message(material: Material) -> str:
    """What the coach says now. Danger comes before everything else."""
    danger = help_for(material.said)
    return danger or (sessions.message(material) if sessions.is_one(material) else Reply(material).text())


class Reply:
    def __init__(self, material: Material) -> None:
        self.material, self.latest = material, material.latest.strip()
        told = language_of(self.latest, material.grounding.language)
        self.language, self.is_foreign = told or "en", not told
        self.phrases = PHRASES[self.language]
        self.before = "\n".join(m.content for m in material.request.messages if m.role == "assistant")
        self.documents = material.documents or [t for t in material.things if t.kind in ("goal", "issue")]

    def text(self) -> str:
        body = self._found() or self._small() or self._listed() or self._about() or self._beyond()
        return f"{ONLY}\n\n{body}" if self.is_foreign else body

    def _found(self) -> str:
        """What a tool has just brought."""
        messages = self.material.request.messages
        if not messages or messages[-1].role != "tool":
            return ""
        told = " ".join(sentences(readable(messages[-1].content))[:3])
        return f"{told or self.phrases['nothing']}\n\n{self._question()}"

    def _small(self) -> str:
        name = self.material.grounding.name
        if WHO.search(self.latest):
            return self.phrases["self"].format(who=f"{name}, " if name else "")
        if not self.latest or HELLO.match(self.latest):
            hello = self.phrases["hello"].format(name=f" {name}." if name else "")
            return f"{hello}\n\n{self._question(self._first_goal())}"
        if THANKS.match(self.latest) and len(words(self.latest)) < 6:
            return f"{self.phrases['thanks']} {self._question(self._first_goal())}"
        return ""

    def _listed(self) -> str:
        """Goals, entries, progress or next steps, when the question is for them and names nothing else."""
        asked = {stem(word) for word in words(self.latest)}
        rest = content(self.latest) - GOALS - JOURNAL - PROGRESS - NEXT - ASKING
        goals = sorted((one for one in self.documents if one.kind == "goal"), key=lambda goal: not goal.is_open)
        if asked & COMPLETED and asked & (GOALS | ASKING) and goals:
            wanted = [goal for goal in goals if goal.is_open is bool(asked & NOT)]
            return self._list("goals", wanted, self.line) if wanted else self._none()
        if asked & JOURNAL and ("?" in self.latest or asked & ASKING):
            found = self._near(rest, "journal") if rest else self._of("journal")
            return self._list("entries", found[:MOST], self.line) if found else self._none()
        if len(rest) > 1 or not goals:
            return ""
        if asked & NEXT:
            due = [goal for goal in goals if goal.fields.get("next")] or [goal for goal in goals if goal.is_open]
            return self._list("next", due[:MOST], self.line)
        if asked & (GOALS | PROGRESS):
            notes = self._of("progress")[:3] if asked & PROGRESS else []
            return self._list("goals", goals, self.line, notes)
        return ""

    def _about(self) -> str:
        """What the records say on the matter of the last message, or of the one before where this one names none."""
        said = self.material.said[-1:-3:-1]
        found = next((near for text in said if (near := self._near(content(text)))), [])
        fresh = [one for one in found if one.kind == "goal" or self._quoted(one) not in self.before]
        if not fresh:
            return ""
        goals, rest = [one for one in fresh if one.kind == "goal"][:2], [one for one in fresh if one.kind != "goal"][:3]
        shown = [*goals, *rest]
        head = self.phrases["seen" if self._is_own else "found"].format(quote=self._quote())
        limit = "" if self._is_own else f"\n\n{self.phrases['limit']}"
        return f"{head}\n\n{_bullets(map(self.line, shown))}{limit}\n\n{self._question(goals[0] if goals else None)}"

    def _beyond(self) -> str:
        facts = self.material.facts
        if {stem(word) for word in words(self.latest)} & CARE:
            return f"{self.phrases['care']}\n\n{self.phrases['ask']}"
        if facts.get("slides"):
            return f"The slides are on their way and will appear beside our conversation. {self._question()}"
        if not self._is_own:
            return self.phrases["beyond"]
        told = self.phrases["told"] if self.material.documents else self.phrases["seen"].partition(".")[0] + "."
        return f"{told.format(quote=self._quote())}\n\n{self._question()}"

    @property
    def _is_own(self) -> bool:
        """Whether the person speaks of themselves, instead of asking for knowledge."""
        return bool(OWN & set(words(self.latest.replace("’", "'"))))

    def _quote(self) -> str:
        return quote(next(iter(sentences(self.latest)), self.latest) or self.latest, 120)

    def _of(self, kind: str) -> list[Thing]:
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

    def _first_goal(self) -> Thing | None:
        return next((one for one in self.documents if one.kind == "goal" and one.is_open), None)

    def _none(self) -> str:
        return f"{self.phrases['nothing']}\n\n{self._question(self._first_goal())}"

    def _list(self, head: str, found: list[Thing], line: Callable[[Thing], str], notes: Iterable[Thing] = ()) -> str:
        count = len([one for one in found if one.kind == "goal"])
        number = self.phrases["one" if count == 1 else "many"].format(n=count)
        told = f"{self.phrases[head].format(n=number)}\n\n{_bullets(map(line, found))}"
        noted = _bullets(map(self.line, notes))
        return "\n\n".join(
            part for part in (told, noted, self._question(next((g for g in found if g.is_open), None))) if part
        )

    def line(self, one: Thing) -> str:
        """A goal with its state and next step, anything else with its day and a sentence."""
        if one.kind in ("journal", "progress", "milestone"):
            mood = f" ({one.mood})" if one.mood else ""
            return f"{self._day(one)}{mood}: {self._quoted(one)}"
        if one.kind != "goal":
            return f"{quote(one.title)}: {one.status or one.detail}"
        return f"{quote(one.title)}: {'; '.join(self._standing(one))}"

    def _standing(self, goal: Thing) -> list[str]:
        done, total = sum(step[0] for step in goal.steps), len(goal.steps)
        due = next((when for is_done, _, when in goal.steps if not is_done and when), None)
        name = quote(str(goal.fields["next"])) if goal.fields.get("next") else ""
        progress = f"{goal.fields['progress']}%" if goal.fields.get("progress") not in (None, "") else ""
        if self.language != "en":
            step = f"→ {name}{f' ({due})' if due else ''}" if name else ""
            return [part for part in (progress, f"{done}/{total}" if total else "", step) if part] or [goal.status]
        steps = f"{done} of {total} milestones done" if total else ""
        step = f"next: {name}{f', due {day(due)}' if due else ''}" if name else ""
        target = f"target {goal.deadline}" if goal.deadline else ""
        return [part for part in (goal.status, progress, steps, step, target) if part]

    def _day(self, one: Thing) -> str:
        return "" if one.when is None else day(one.when) if self.language == "en" else one.when.isoformat()

    def _quoted(self, one: Thing) -> str:
        return one.best_sentence(content(self.latest))

    def _question(self, goal: Thing | None = None) -> str:
        """One that this conversation has not heard: about a goal's next step where there is one."""
        options = list(QUESTIONS[self.language])
        turn = self.before.count("?") + self.material.seed + len(self.latest)
        options = options[turn % len(options) :] + options[: turn % len(options)]
        if goal is not None and goal.title:
            next_ = goal.fields.get("next")
            due = next((when for done, _, when in goal.steps if not done and when), None)
            by = self.phrases["due"].format(day=day(due) if self.language == "en" else due) if due else ""
            template = self.phrases["step" if next_ else "open"]
            options.insert(0, template.format(t=quote(str(next_ or goal.title)), due=by))
        return next((option for option in options if option not in self.before), "")


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def readable(raw: str) -> str:
    """The words of a tool's answer, be it text or JSON."""
    found = re.findall(r'"(?:summary|extract|content|text)"\s*:\s*"((?:[^"\\]|\\.)*)"', raw[:20_000])
    return found[0] if found else "" if raw.lstrip().startswith(("{", "[")) else raw.strip()
