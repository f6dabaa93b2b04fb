"""Answers about goals and what they are for: how they fit, what would serve them, what would show it."""

from typing import Any

from app.llm.offline.reading import Reading
from app.llm.offline.tenant.facts import Business, clipped, inside, joined, plain, q, shared, titled
from app.llm.offline.tenant.forms import INTENTS, PLANS

Answer = dict[str, Any]
LEVELS = ((40, "low"), (70, "medium"), (101, "high"))
FITS = {"low": "hardly fits", "medium": "partly fits", "high": "fits"}
GAINS = (12, 8, 5)
NOTHING = "Nothing is recorded here yet"


def alignment(reading: Reading, _seed: int) -> Answer:
    factors = [
        {name: factor[name] for name in ("factor", "score", "reasoning")} for factor in judged(Business(reading))
    ]
    score = _overall(factors)
    return {"alignment_score": score, "alignment_level": _level(score), "factors": factors}


def goal_alignment(reading: Reading, seed: int) -> Answer:
    business = Business(reading)
    factors = judged(business)
    good = [factor["reasoning"] for factor in factors if factor["score"] >= 70]
    poor = [factor["reasoning"] for factor in factors if factor["score"] < 70]
    advice = [text for text, _ in _changes(business)]
    return alignment(reading, seed) | {"strengths": good, "misalignments": poor, "recommendations": advice}


def explanation(reading: Reading, _seed: int) -> Answer:
    """Where there is no foundation that could explain it."""
    business = Business(reading)
    if business.purpose or business.vision or business.values:
        return {}
    factors = sorted(judged(business), key=lambda factor: -factor["score"])
    given = business.data.get("alignment_score")
    score = given if isinstance(given, int) else _overall(factors)
    lead = f"A score of {score} says that {q(titled(business.goal))} {FITS[_level(score)]} what the business is for."
    told = " ".join([lead, factors[0]["reasoning"], factors[-1]["reasoning"] if len(factors) > 1 else ""]).strip()
    areas = [f"{factor['factor']}: {factor['missing']}" for factor in factors[::-1] if factor["missing"]]
    return {
        "explanation": told,
        "key_factors": [
            f"{factor['factor']} ({factor['score']}): {factor['reasoning']}"[:400] for factor in factors[:3]
        ],
        "improvement_areas": [area[:400] for area in areas[:3]] or [_changes(business)[0][0][:400]],
    }


def improvements(reading: Reading, _seed: int) -> Answer:
    """What each change would add, never beyond 100 together."""
    business = Business(reading)
    given = business.data.get("alignment_score")
    score = given if isinstance(given, int) else _overall(judged(business))
    made, left = [], max(0, 100 - score)
    for (text, why), usual in zip(_changes(business), GAINS, strict=False):
        gain = min(usual, left)
        left -= gain
        made.append({"suggestion": text, "expected_improvement": gain, "reasoning": why})
    return {"suggestions": made, "potential_score": 100 - left if score <= 100 else 100}


def strategies(reading: Reading, _seed: int) -> Answer:
    business = Business(reading)
    if business.goal and not business.products:
        return {}
    known = {titled(row).lower() for row in business.strategies}
    made = [plan for plan in _plans(business) if plan["title"].lower() not in known][:3]
    goal = titled(business.goal)
    rests = f"All three serve {q(goal)}." if goal else "No goal is recorded, so these serve the business as a whole."
    beside = f" They come beside {joined([q(titled(row)) for row in business.strategies[:2]])}." if known else ""
    return {"suggestions": made, "confidence": 0.65 if business.pain else 0.45, "reasoning": rests + beside}


def measures(reading: Reading, _seed: int) -> Answer:
    """Where there is no goal that could say what to measure."""
    business = Business(reading)
    if business.goal:
        return {}
    known = {titled(row).lower() for row in business.measures}
    made = [row for row in _measures(business) if row["name"].lower() not in known][:4]
    return {"recommendations": made}


def intents(reading: Reading, _seed: int) -> Answer:
    business = Business(reading)
    goal = titled(business.goal) or "the goal"
    intent = clipped(plain(business.data.get("current_intent")) or plain(business.goal.get("intent")) or goal)
    asks = [] if any(letter.isdigit() for letter in intent) else ["by when", "how many"]
    asks += [] if shared(intent, business.market) else ["who will notice"]
    says = f"{q(intent)} tells what you want to do." if intent else "No intent is recorded."
    asked = f" It leaves open {joined(asks)}." if asks else " It also says who notices, and how much is enough."
    return {
        "qualityReview": says + asked,
        "qualityScore": 75 - 15 * len(asks),
        "suggestions": [_intent(business, goal, *form) for form in INTENTS],
    }


def judged(business: Business) -> list[Answer]:
    """The goal beside each part of the foundation: a score, why, and what is missing."""
    value, said = next(iter(business.values), ("", ""))
    parts = [
        ("Purpose Alignment", "purpose", business.purpose),
        ("Vision Alignment", "vision", business.vision),
        ("Values Alignment", f"value {q(value)}" if value else "core values", said or value),
        ("Market Alignment", "people whom you serve", business.market),
    ]
    told = " ".join(
        filter(None, (plain(business.goal.get(name)) for name in ("title", "name", "description", "intent")))
    )
    return [
        _factor(told, titled(business.goal), *part) for part in parts if part[2] or part[1] != "people whom you serve"
    ]


def _factor(told: str, goal: str, name: str, part: str, text: str) -> Answer:
    if not text:
        why = f"No {part} {'are' if part.endswith('s') else 'is'} recorded, so this can only be guessed."
        return {"factor": name, "score": 50, "reasoning": why, "missing": f"write down the {part} first"}
    both = shared(told, text)
    if both:
        why = f"{q(goal)} and the {part}, {q(text)}, both speak of {joined([q(word) for word in both[:3]])}."
        score = min(95, 68 + 9 * len(both))
        return {"factor": name, "score": score, "reasoning": why, "missing": ""}
    why = f"{q(goal)} doesn't say yet how it serves the {part}, {q(text)}."
    return {"factor": name, "score": 58, "reasoning": why, "missing": f"say how it serves the {part}, {q(text)}"}


def _overall(factors: list[Answer]) -> int:
    return round(sum(int(factor["score"]) for factor in factors) / len(factors))


def _level(score: int) -> str:
    return next((word for below, word in LEVELS if score < below), "high")


def _changes(business: Business) -> list[tuple[str, str]]:
    """What would bring the goal closer to the foundation, and why."""
    goal, made = q(titled(business.goal)), []
    if business.purpose:
        made.append(
            (
                f"Add the reason to the goal's own words: {goal}, because of {q(business.purpose)}",
                "Whoever reads the goal then sees the purpose in it.",
            )
        )
    if business.values:
        value, said = business.values[0]
        rule = f": {q(said)}" if said else ""
        made.append(
            (
                f"Agree on one rule that keeps the value {q(value)} safe on the way{rule}",
                "A value counts for a goal when it also says what you won't do for it.",
            )
        )
    if business.client:
        about = f", and ask about {q(business.pain)}" if business.pain else ""
        made.append(
            (
                f"Show the first result to somebody like {q(business.client)}{about}",
                "Then the people whom you serve decide whether the goal is on course.",
            )
        )
    if not any(business.goal.get(name) for name in ("targetDate", "dueDate", "endDate")):
        made.append(
            (
                f"Give {goal} a date and one number that shows how far it is",
                "Without them nobody can tell whether it moves.",
            )
        )
    made.append(
        (
            f"Choose one person who speaks for {goal} and looks at it every week",
            "A goal that nobody looks at drifts away from its reason.",
        )
    )
    return made[:3]


def _plans(business: Business) -> list[Answer]:
    """Those whose facts are there."""
    facts = {
        "goal": q(titled(business.goal)) if business.goal else "what matters most",
        "who": business.whom,
        "pain": q(business.pain) if business.pain else "what troubles them",
        "product": next((shorter(titled(row)) for row in business.products if titled(row)), ""),
        "promise": q(business.promise) if business.promise else "",
    }
    lacking = [f"{{{name}}}" for name, value in facts.items() if not value]
    ready = [plan for plan in PLANS if not any(name in f"{plan[0]} {plan[1]}" for name in lacking)]
    return [_plan(*(text.format(**facts) for text in plan)) for plan in ready]


def _plan(title: str, what: str, why: str, effort: str, time: str, impact: str, need: str, hands: str) -> Answer:
    return {
        "title": title,
        "description": what,
        "rationale": why,
        "difficulty": effort,
        "timeframe": time,
        "expectedImpact": impact,
        "prerequisites": [need],
        "estimatedCost": 0,
        "requiredResources": [hands],
    }


def _measures(business: Business) -> list[Answer]:
    goal = q(titled(business.goal)) if business.goal else "your first goal"
    who = business.whom
    made = [
        (
            "Share of the goal reached",
            f"How much of {goal} is done",
            "%",
            "up",
            "weekly",
            f"It tells every week whether {goal} moves, before its date comes near.",
        ),
        (
            "Conversations with clients",
            f"How often you spoke with {who}",
            "conversations",
            "up",
            "weekly",
            f"Work on {goal} that no client has seen is only a guess.",
        ),
        (
            "Days to a decision",
            "Median days from a first talk to a yes or a no",
            "days",
            "down",
            "monthly",
            "It shows early whether what you offer answers what clients need.",
        ),
    ]
    if business.promise:
        made.insert(
            1,
            (
                "Promises kept",
                f"Share of orders in which {q(business.promise)} held",
                "%",
                "maintain",
                "monthly",
                "Growth that breaks the promise costs more than it brings.",
            ),
        )
    names = ("name", "description", "unit", "direction", "frequency", "reasoning")
    return [dict(zip(names, facts, strict=True)) for facts in made]


def _intent(business: Business, goal: str, title: str, form: str, why: str, strengthens: tuple[str, ...]) -> Answer:
    who, purpose = (
        clipped(business.who) or "the people you serve",
        clipped(business.purpose) or "it matters to the people you serve",
    )
    values = [value for value, _ in business.values[:3]]
    text = form.format(goal=shorter(goal), who=inside(who), purpose=inside(purpose))
    return {
        "title": title,
        "intentStatement": text,
        "explanation": f"{why}. The wording so far leaves that to whoever reads it.",
        "strengthens": list(strengthens),
        "alignmentHighlights": {
            "vision": clipped(business.vision) or NOTHING,
            "purpose": clipped(business.purpose) or NOTHING,
            "values": values,
        },
    }


def shorter(text: str) -> str:
    return text if len(text) <= 90 else text[:90].rsplit(" ", 1)[0]
