"""What an interview shows: asked of the model, then held against what was really said."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.interviews.models import Agent, InterviewMessage
from app.interviews.talk import Scene
from app.llm import prompts
from app.llm.interfaces import Caller, Message, Request
from app.llm.registry import Models
from app.llm.structured import OutputSchema, structured

PROMPTS = Path(__file__).parent / "prompts"
LEAST_TOPICS, MOST_TOPICS = 5, 12
WORD = re.compile(r"[^\W\d_]{4,}")
UNPARTED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Japanese, Chinese
COMMON = frozenset(
    """
    about after again also always because been before being could does doing done each every from have having here into
    just know last like made make many more most much never only other over really said same should some something still
    such than that their them then there these they thing things think this those time told until very want wants week
    well went were what when where which while will with without would your yours feel felt going
    """.split()  # noqa: SIM905
)

Body = dict[str, Any]


def text(most: int = 600) -> Body:
    return {"type": "string", "minLength": 1, "maxLength": most}


def listed(most: int = 8, item: Body | None = None) -> Body:
    return {"type": "array", "minItems": 1, "maxItems": most, "items": item or text(400)}


def shape(**properties: Body) -> Body:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


VALIDATION = shape(score={"type": "number", "minimum": 0, "maximum": 10}, label=text(80), reasoning=text(800))
OUTPUT_SCHEMA = OutputSchema(shape(
    summary=text(1500),
    overallMood=text(120),
    moodEmoji=text(20),
    topicCloud=listed(20, text(40)),
    themes=listed(6, shape(theme=text(120), quotes=listed(4), emotionalTone=text(80), underlyingNeed=text(160))),
    humanInsights=shape(coreDesires=listed(), fearsOrFrustrations=listed(), aspirations=listed()),
    contextualInsights=shape(whenProblemFelt=listed(), triggersMoments=listed(), preventionBarriers=listed()),
    opportunityMap=listed(),
    emotionalJourney=listed(8, shape(phase=text(80), emotion=text(120), emoji=text(20))),
    overallVerdict={"type": "string", "enum": ["GO", "MAYBE", "NO GO"]},
    confidenceScore={"type": "integer", "minimum": 0, "maximum": 100},
    problemValidation=VALIDATION,
    marketValidation=VALIDATION,
    paymentValidation=VALIDATION,
    goodNews=listed(),
    badNews=listed(),
    executionChallenges=listed(),
    nextSteps=listed(),
    keyQuotes=listed(),
    detailedAnalysis=text(4000),
))  # fmt: skip


def insights(models: Models, scene: Scene, messages: Sequence[InterviewMessage]) -> Body:
    """Raises ``ProviderError``."""
    lines = [(message.agent, message.message) for message in messages]
    request = Request(
        Caller("interviews.insights", "", scene.interview_id),
        (Message("user", prompts.render(
            PROMPTS, "insights_user.j2", persona=scene.persona, problem=scene.problem, solution=scene.solution,
            lines=lines,
        )),),
        prompts.render(PROMPTS, "insights.j2"),
        schema_name="interview_insights",
        temperature=0.3,
        max_tokens=8000,
    )  # fmt: skip
    found: Body = structured(models, request, OUTPUT_SCHEMA).value
    return grounded(found, messages)


def grounded(found: Body, messages: Sequence[InterviewMessage]) -> Body:
    """Quotes are the customer's own sentences, topics are words of the talk."""
    spoken = [message.message for message in messages if message.agent == Agent.CUSTOMER]
    sentences = [part for text in spoken for part in _sentences(text)]
    found["keyQuotes"] = quotes(found["keyQuotes"], spoken, sentences)
    for theme in found["themes"]:
        theme["quotes"] = quotes(
            theme["quotes"], spoken, sentences, about=f"{theme['theme']} {theme['underlyingNeed']}"
        )
    found["topicCloud"] = topics(found["topicCloud"], [message.message for message in messages])
    return found


def quotes(given: Sequence[str], spoken: Sequence[str], sentences: Sequence[str], about: str = "") -> list[str]:
    """Those that were really said; in place of each other one, the sentence that comes closest."""
    kept: list[str] = []
    for quote in given:
        bare = quote.strip().strip("\"'“”‘’").strip()
        exact = bool(bare) and any(bare in text for text in spoken)
        best = bare if exact else _closest(f"{quote} {about}", [one for one in sentences if one not in kept])
        if best and best not in kept:
            kept.append(best)
    return kept or list(sentences[:1])


def topics(given: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Words that occur, filled up with the most frequent ones."""
    whole = " ".join(texts).lower()
    wanted = (" ".join(topic.lower().split()) for topic in given)
    kept = list(dict.fromkeys(topic for topic in wanted if topic and _occurs(topic, whole)))
    frequent = Counter(word for word in WORD.findall(whole) if word not in COMMON)
    more = (word for word, _ in frequent.most_common(40) if word not in kept)
    while len(kept) < LEAST_TOPICS and (word := next(more, "")):
        kept.append(word)
    return kept[:MOST_TOPICS] or whole.split()[:LEAST_TOPICS]


def _occurs(topic: str, whole: str) -> bool:
    """As words of their own, in languages that part words."""
    if UNPARTED.search(topic):
        return topic in whole
    return re.search(rf"(?<!\w){re.escape(topic)}(?!\w)", whole) is not None


def _closest(wanted: str, sentences: Sequence[str]) -> str:
    words = set(WORD.findall(wanted.lower()))
    return max(sentences, key=lambda one: len(words & set(WORD.findall(one.lower()))), default="")


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?…])\s+", text) if len(part.strip()) > 8] or [text.strip()]
