"""How goals and actions fit what a business is for: counted from the words that they share."""

from typing import Any

from app.llm.offline.business.data import Row, foundation, goal, named, rows, score, share, short, text_of, texts, title
from app.llm.offline.reading import Reading

Answer = dict[str, Any]
CONNECTED = 0.12  # of the words that an action and a goal share
IMPACTS = ((80, "high"), (65, "medium"), (0, "low"))


def checked(reading: Reading) -> Answer:
    intent, strategies, kpis = _parts(reading)
    base = foundation(reading)
    if not intent or not base:
        return {}
    everything = [line for lines in base.values() for line in lines]
    whole = [intent, *strategies, *kpis]
    parts = {
        "intentAlignment": score([intent], everything),
        "strategyAlignment": score(strategies, [intent, *everything]),
        "kpiRelevance": score(kpis, [intent, *strategies]),
    }
    breakdown = {
        "visionAlignment": score(whole, base.get("vision", [])),
        "purposeAlignment": score(whole, base.get("purpose", [])),
        "valuesAlignment": score(whole, base.get("values", [])),
    }
    scores = [*parts.values(), *breakdown.values()]
    return {
        "alignmentScore": round(sum(scores) / len(scores)),
        "explanation": _explanation(reading)[:2000],
        "suggestions": _steps(reading)[:3],
        "componentScores": parts,
        "breakdown": breakdown,
    }


def suggested(reading: Reading) -> Answer:
    return {"suggestions": _steps(reading)[:5]} if _parts(reading)[0] else {}


def explained(reading: Reading) -> Answer:
    intent = _parts(reading)[0]
    base = foundation(reading)
    if not intent or not base:
        return {}
    known = text_of(reading, "alignment_score") or reading.data.get("alignment_score")
    scored = f"The score of {known} rests on the following. " if known else ""
    factors = [_line(name, lines, reading) for name, lines in base.items()]
    return {
        "explanation": (scored + _explanation(reading))[:3000],
        "key_factors": [factor[:400] for factor in factors],
        "improvement_areas": _steps(reading)[:5],
    }


def of_actions(reading: Reading) -> Answer:
    actions, goals = named(rows(reading, "tasks")), named(rows(reading, "goals"))
    if not actions or not goals:
        return {}
    found = [_action(action, goals) for action in actions]
    return {
        "alignmentAnalysis": found,
        "overallAlignment": round(sum(item["alignmentScore"] for item in found) / len(found)),
        "insights": _insights(actions, found),
    }


def _parts(reading: Reading) -> tuple[str, list[str], list[str]]:
    """Intent, strategies and measures of the goal."""
    row = goal(reading)
    measured = texts(row.get("measures")) or texts(row.get("kpis"))
    return str(row.get("intent") or title(row)), texts(row.get("strategies")), measured


def _explanation(reading: Reading) -> str:
    intent, strategies, kpis = _parts(reading)
    points = [_line(name, lines, reading) for name, lines in foundation(reading).items()]
    points.append(_counted(strategies, "strategy", "strategies", "says how it will be reached"))
    points.append(_counted(kpis, "measure", "measures", "shows whether it moves"))
    numbered = " ".join(f"{place}) {point}" for place, point in enumerate(points, 1))
    return f"Your goal {short(intent, 20)} stands beside your business foundation like this: {numbered}"


def _line(name: str, lines: list[str], reading: Reading) -> str:
    intent, strategies, kpis = _parts(reading)
    whole = f"Your {name} {short('; '.join(lines), 18)}"
    if share([intent], lines):
        return f"{whole}: spoken of in the goal itself."
    if share([*strategies, *kpis], lines):
        return f"{whole}: to be felt in how you want to reach it."
    return f"{whole}: not yet to be heard in the goal."


def _counted(lines: list[str], one: str, many: str, what: str) -> str:
    if not lines:
        return f"No {one} {what} so far."
    return f"There {'is one ' + one if len(lines) == 1 else f'are {len(lines)} {many}'}, {short(lines[0])} first."


def _steps(reading: Reading) -> list[str]:
    """What would bring the goal nearer, the biggest gap first."""
    intent, strategies, kpis = _parts(reading)
    base, made = foundation(reading), []
    if not strategies:
        made.append(f"Add a strategy that says how {short(intent)} will be reached.")
    if not kpis:
        made.append(f"Add a measure that shows every month whether {short(intent)} moves.")
    whole = [intent, *strategies, *kpis]
    for name, lines in sorted(base.items(), key=lambda pair: share(whole, pair[1])):
        made.append(GAPS[name].format(intent=short(intent), words=short(lines[0], 16)))
    return [step[:400] for step in made] or [
        f"Write down the vision and the purpose that {short(intent)} should serve."
    ]


GAPS = {
    "vision": "Say in {intent} which part of the vision {words} it brings nearer.",
    "purpose": "Reframe {intent} so that it names whom it serves: your purpose is {words}.",
    "values": "Choose one way of working towards {intent} in which your value {words} shows.",
    "target market": "Name in {intent} whom it is for: {words}.",
    "value proposition": "Tie {intent} to what you promise: {words}.",
}


def _action(action: Row, goals: list[Row]) -> Row:
    own = [title(action), str(action.get("description") or "")]
    links = [link for row in goals if (link := _link(own, row))]
    links.sort(key=lambda link: -link["alignmentScore"])
    name = short(title(action) or action["id"])
    if not links:
        advice = [f"{name} serves none of the goals so far: link it to one, or ask whether it can wait."]
    else:
        advice = [f"Link {name} to {short(links[0]['goalTitle'])} so that its progress is seen there."]
        low = str(action.get("priority") or "").lower() == "low"
        advice += [f"Consider a higher priority for {name}: it serves a goal."] if low else []
    best = links[0]["alignmentScore"] if links else 25
    return {
        "actionId": action["id"], "alignmentScore": best, "strategicConnections": links[:10], "recommendations": advice,
    }  # fmt: skip


def _link(own: list[str], row: Row) -> Row | None:
    said = [title(row), *texts(row.get("strategies"))]
    shared = share(own, said)
    if shared < CONNECTED:
        return None
    points = min(95, 55 + round(60 * shared))
    impact = next(word for least, word in IMPACTS if points >= least)
    return {"goalId": row["id"], "goalTitle": title(row) or row["id"], "alignmentScore": points, "impact": impact}


def _insights(actions: list[Row], found: list[Row]) -> list[str]:
    loose = [row for row, item in zip(actions, found, strict=True) if not item["strategicConnections"]]
    if not loose:
        return ["Every action serves at least one goal."]
    part = round(100 * len(loose) / len(found))
    names = ", ".join(short(title(row) or row["id"], 8) for row in loose[:3])
    urgent = [row for row in loose if str(row.get("priority") or "").lower() in {"high", "critical"}]
    more = [f"{short(title(urgent[0]))} has a high priority but serves no goal."] if urgent else []
    return [f"{part}% of the actions serve no goal: {names}.", *more]
