"""Strategies for a goal, actions for an issue, and ways to find a root cause."""

from dataclasses import dataclass
from typing import Any

from app.llm.offline.business.data import Row, goal, number, part, share, short, texts, title
from app.llm.offline.reading import Reading

Answer = dict[str, Any]
RATES = ("low", "medium", "high", "critical")
ALIKE = 0.5  # of the words, from which on a strategy is there already


@dataclass(frozen=True, slots=True)
class Strategy:
    """``portion`` is what it takes of a budget."""

    title: str
    what: str
    why: str
    difficulty: str
    time: str
    impact: str
    first: str
    portion: float
    who: str


@dataclass(frozen=True, slots=True)
class Step:
    """An action against an issue. ``portion`` is what it takes of a budget."""

    title: str
    what: str
    why: str
    hours: int
    portion: float
    outcome: str
    risk: str
    first: tuple[str, ...] = ()


STRATEGIES = (
    Strategy(
        title="Ask Before You Build",
        what="Talk to eight {market} within two weeks about {matter}, and act on the three things that come up most.",
        why="Whoever is concerned knows what is in the way; guessing costs more.",
        difficulty="low",
        time="2-3 weeks",
        impact="medium",
        first="A list of people to talk to",
        portion=0.05,
        who="Four hours a week for the talks",
    ),
    Strategy(
        title="Take the Biggest Obstacle Away",
        what="Take {obstacle} apart: where does it begin, whom does it hit, what would end it? Then change that.",
        why="One obstacle less moves {matter} more than three new efforts.",
        difficulty="medium",
        time="1-2 months",
        impact="high",
        first="Agreement on which obstacle is the biggest",
        portion=0.4,
        who="One person who owns it",
    ),
    Strategy(
        title="Try It Small First",
        what="Make one change with ten {market} for six weeks, compare, and only then do it for all.",
        why="A small trial shows what works for {matter} before it costs much.",
        difficulty="medium",
        time="2-3 months",
        impact="high",
        first="A group that agrees to try",
        portion=0.25,
        who="One person who follows the trial",
    ),
    Strategy(
        title="Make Progress Visible",
        what="Put one page about {matter} where all see it, and go through it every Friday in ten minutes.",
        why="What is looked at every week does not fade after the first month.",
        difficulty="low",
        time="1-2 weeks",
        impact="medium",
        first="One number that shows whether it moves",
        portion=0.02,
        who="Ten minutes a week for all",
    ),
)
ACTIONS = (
    Step(
        title="Remove the Cause: {cause}",
        what="Change what lies behind {matter}: {cause}. Begin with the smallest change that would be felt.",
        why="as long as its cause stays, every other step only treats what can be seen.",
        hours=40,
        portion=0.6,
        outcome="{matter} does not come back for the same reason",
        risk="The cause may lie deeper than it seems",
        first=("Agreement that this is the cause",),
    ),
    Step(
        title="Help Those Who Are Hit Now",
        what="Find out who suffers from {matter} today, and do for them by hand what will later be solved for all.",
        why="a quick relief keeps trust while the cause is being removed.",
        hours=12,
        portion=0.15,
        outcome="Those who are hit notice it within a week",
        risk="It takes time away from the real cure",
        first=("A list of who is concerned",),
    ),
    Step(
        title="Agree on a Sign That It Is Solved",
        what="Choose one number that shows whether {matter} gets better, and look at it every week.",
        why="without a common sign nobody knows whether the other steps help.",
        hours=4,
        portion=0.0,
        outcome="Everybody sees the same picture of {matter}",
        risk="The number may be easy to count and beside the point",
    ),
)
QUESTIONS = (
    "Why does it happen: {matter}?",
    "Why then, and not before: what changed just before it began?",
    "Why was it not noticed or stopped earlier?",
    "Why does it hit {area} and not others?",
    "Why would it come back if you only cured what can be seen?",
)


def strategies(reading: Reading) -> Answer:
    row = goal(reading)
    matter = str(row.get("intent") or title(row))
    if not matter:
        return {}
    context, limits = part(reading, "business_foundation"), part(reading, "constraints")
    known = texts(reading.data.get("existing_strategies")) + texts(row.get("strategies"))
    market = " ".join(texts(context.get("targetMarket"))[:1]) or "customers"
    obstacle = next(iter(texts(context.get("currentChallenges"))), "")
    words = {
        "matter": short(matter), "market": f"people from your market ({market})" if market != "customers" else market,
        "obstacle": short(obstacle) if obstacle else f"the biggest obstacle to {short(matter)}",
    }  # fmt: skip
    made = [_strategy(one, words, limits) for one in STRATEGIES]
    fitting = [one for one in made if all(share([one["title"]], [line]) < ALIKE for line in known)]
    return {"suggestions": fitting or made, "confidence": 0.7 if context else 0.5, "reasoning": _why(matter, context)}


def _strategy(one: Strategy, words: Row, limits: Row) -> Row:
    return {
        "title": one.title,
        "description": one.what.format(**words)[:600],
        "rationale": one.why.format(**words)[:600],
        "difficulty": one.difficulty,
        "timeframe": one.time,
        "expectedImpact": one.impact,
        "prerequisites": [one.first],
        "estimatedCost": _cost(limits, one.portion),
        "requiredResources": texts(limits.get("resources"))[:3] or [one.who],
    }


def _why(matter: str, context: Row) -> str:
    named = [f"your market ({line})" for line in texts(context.get("targetMarket"))[:1]]
    named += [f"the challenge {short(line)}" for line in texts(context.get("currentChallenges"))[:1]]
    beside = f" and {' and '.join(named)}" if named else ""
    return f"Based on your goal {short(matter, 20)}{beside}: learn first, remove one obstacle, and keep it in sight."


def actions(reading: Reading) -> Answer:
    issue = part(reading, "issue")
    if not title(issue):
        return {}
    limits = part(reading, "constraints")
    cause = str(issue.get("rootCause") or "what lies behind it")
    words = {"matter": short(title(issue)), "cause": cause[:70]}
    hands = texts(limits.get("availableResources")) or texts(limits.get("resources"))
    made = [_advised(one, words, limits, hands, place, issue) for place, one in enumerate(ACTIONS)]
    return {"suggestions": made}


def _advised(one: Step, words: Row, limits: Row, hands: list[str], place: int, issue: Row) -> Row:
    rate = RATES.index(found) if (found := _rate(issue)) in RATES else 1
    return {
        "title": one.title.format(**words)[:100],
        "description": one.what.format(**words)[:600],
        "priority": RATES[max(0, rate - place)],
        "estimatedDuration": one.hours,
        "estimatedCost": _cost(limits, one.portion),
        "assignmentSuggestion": hands[place % len(hands)][:200] if hands else "Whoever knows the matter best",
        "dependencies": list(one.first),
        "confidence": round(0.8 - 0.1 * place, 2),
        "reasoning": f"The issue is {words['matter']}; {one.why}",
        "expectedOutcome": one.outcome.format(**words),
        "risks": [one.risk],
    }


def methods(reading: Reading) -> Answer:
    issue, context = part(reading, "issue"), part(reading, "context")
    name = title(issue)
    if not name:
        return {}
    areas, done = texts(context.get("affectedAreas")), texts(context.get("relatedActions"))
    area = areas[0] if areas else "those whom it hits"
    questions = [question.format(matter=short(name), area=area) for question in QUESTIONS]
    shown = short(name)
    history = f"{shown} is one symptom with a history: a short chain of questions leads back to its start."
    around = f"Beside the cause of {shown} it helps to see what you can build on, and what could make it worse."
    return {
        "methods": [
            {"method": "five_whys", "confidence": 0.8, "suggestions": _whys(areas, questions), "reasoning": history},
            {"method": "swot", "confidence": 0.6, "suggestions": _swot(issue, areas, done), "reasoning": around},
        ]
    }


def _whys(areas: list[str], questions: list[str]) -> Row:
    causes = [f"Something in {area} that changed before it began" for area in areas[:2]]
    causes += ["A step that nobody owns from beginning to end", "Early signs that nobody was looking at"]
    return {"fiveWhys": {"suggestedQuestions": questions, "potentialRootCauses": causes}}


def _swot(issue: Row, areas: list[str], done: list[str]) -> Row:
    told = str(issue.get("description") or "").strip()
    return {
        "swot": {
            "strengths": ["The issue has been named and described", *(f"Under way: {line}" for line in done[:2])],
            "weaknesses": [told[:300]] if told else [f"Little is known yet about {short(title(issue))}"],
            "opportunities": [f"What is learned in {area} helps elsewhere" for area in areas[:2]]
            or ["What is learned here helps elsewhere"],
            "threats": [f"{short(title(issue))} lasts on and costs trust"],
        }
    }


def _rate(issue: Row) -> str:
    return str(issue.get("impact") or issue.get("priority") or "medium").lower()


def _cost(limits: Row, portion: float) -> int | None:
    """A part of the budget; nobody knows a price when there is none."""
    budget = number(limits.get("budget"))
    return round(budget * portion) if budget is not None else None
