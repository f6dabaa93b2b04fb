"""Help with the foundation, and conversations about the business."""

from dataclasses import replace
from typing import Any

from app.llm.interfaces import Message
from app.llm.offline.business.data import Row, part, rows, short, text_of, texts, title
from app.llm.offline.coach import Turn, joined
from app.llm.offline.harvest import valued
from app.llm.offline.reading import Reading
from app.llm.offline.safety import safe_reply
from app.llm.offline.words import content, turned

Answer = dict[str, Any]
KINDS = {
    "niche": (
        "Owner-led {industry} businesses with 5 to 50 people that want {product} without hiring for it",
        "{industry} teams that have outgrown spreadsheets and look for {product}",
        "Young {industry} companies in one region that need {product} in their first two years",
    ),
    "ica": (
        "The owner of a small {industry} business who does {product} late in the evening and wants the time back",
        "The head of operations in a growing {industry} team who answers for {product} but has no tool for it",
        "The first manager of a {industry} company who has to show within a quarter that {product} pays",
    ),
    "valueProposition": (
        "{name} takes {product} off the hands of {industry} teams, so that they get hours back every week",
        "With {name}, {industry} businesses know within a week what {product} brings them, without a long project",
        "{name} makes {product} so plain that nobody in a {industry} team needs a training for it",
    ),
}
CALLED = {"niche": "niche", "ica": "ideal client", "valueProposition": "value proposition"}
GUIDES = {
    "coreValues": "Core values are what you act by when it costs something. Think of one hard decision of the last "
    "year that you are still proud of: what did you refuse to give up?",
    "purpose": "A purpose says why you exist beyond making money. If you closed tomorrow, who would miss you most, and "
    "what exactly would they miss?",
    "vision": "A vision is a picture of a day in the future that one could see and count. Choose a year and walk "
    "through an ordinary day in it: what is different for those you serve?",
}
STARTS = {
    "coreValues": ("Honesty", "Reliability", "Customers First", "Continuous Improvement"),
    "purpose": ("We exist so that …", "Without us, … would be left alone with …", "We began because …"),
    "vision": ("By 2030, every … in our region can …", "In five years our customers say …", "We will have stopped …"),
}
QUESTIONS = (
    "What exactly changed, and since when?",
    "Who is hit by it most, and what do they say?",
    "What have you tried so far, and what came of it?",
    "What would be the first sign that it gets better?",
    "What does it cost you a month if nothing changes?",
    "What would you have to stop doing to have time for it?",
    "Who in the team sees it differently, and why?",
)
STEPS = (
    "Write down in three lines what changed, since when, and for whom.",
    "Ask three people who are concerned, this week, before you decide anything.",
    "Choose one number that shows whether it gets better, and look at it every Friday.",
    "Name one person who owns the next step, and a day on which it is done.",
)


def suggested(reading: Reading) -> Answer:
    kind, context = text_of(reading, "kind"), part(reading, "business_context")
    if kind not in KINDS:
        return {}
    products, industry = texts(context.get("products")), " ".join(texts(context.get("industry")))
    words = {
        "industry": industry or "service",
        "product": " and ".join(products[:2]) or "what you offer",
        "name": " ".join(texts(context.get("businessName"))) or "Your business",
    }
    made = [line.format(**words)[:400] for line in KINDS[kind]]
    return {"suggestions": [f"{line[:1].upper()}{line[1:]}" for line in made], "reasoning": _basis(reading, kind)}


def _basis(reading: Reading, kind: str) -> str:
    context, current = part(reading, "business_context"), text_of(reading, "current")
    known = [f"your products ({', '.join(texts(context.get('products'))[:3])})"] if context.get("products") else []
    known += [f"your industry ({context['industry']})"] if context.get("industry") else []
    basis = f"Based on {' and '.join(known)}." if known else "You have said little about the business so far."
    start = f" You wrote {short(current)}; each suggestion says more closely whom it is for." if current else ""
    return f"{basis}{start} A good {CALLED[kind]} names somebody that you could call today."


def coached(reading: Reading) -> Answer:
    stage, message = text_of(reading, "stage"), text_of(reading, "message")
    if stage not in GUIDES:
        return {}
    draft = text_of(reading, "current")
    kept = f" Your draft says {short(draft)}: when did it last show in what you did?" if draft else ""
    heard = f"You wrote {short(message, 20)}. " if message and "?" not in message else ""
    named = [name for name, _ in valued([message, draft])] if stage == "coreValues" else []
    return {
        "response": f"{heard}{GUIDES[stage]}{kept}",
        "suggestions": list(dict.fromkeys([*named, *STARTS[stage]]))[:6],
    }


def conversed(reading: Reading) -> Answer:
    """What was said, given back, and one question; the insights that it names are those that speak of the same."""
    message = text_of(reading, "message")
    if not message:
        return {}
    talk = replace(reading, conversation=(*reading.conversation, Message("user", message)))
    near = content(message)
    related = [str(row["id"]) for row in rows(reading, "insights") if row.get("id") and near & _stems(row)]
    return {"response": _response(talk), "suggestions": turned(STEPS, message)[:2], "relatedInsights": related[:5]}


def _response(talk: Reading) -> str:
    asked = next((one for one in QUESTIONS if one not in talk.replies), QUESTIONS[0])
    said = joined([Turn(talk, 0).opening(), _matter(talk)])
    return safe_reply(talk.said) or f"{said}\n\n{asked}"[:4000]


def _matter(talk: Reading) -> str:
    """The goal or issue that it is about, once."""
    near = content(talk.latest)
    known = [title(row) for row in (*rows(talk, "goals"), *rows(talk, "issues"))]
    named = next((name for name in known if near & content(name) and name not in talk.replies), "")
    return f"It touches {short(named)}, which you have on record." if named else ""


def _stems(row: Row) -> frozenset[str]:
    return content(f"{row.get('title', '')} {row.get('description', '')}")
