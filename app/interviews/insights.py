"""What an interview shows: asked of the model, then checked against what was really said."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from app.interviews.agents import PROMPTS, Transcript
from app.interviews.models import Agent, Insights
from app.llm import prompts
from app.llm.interfaces import Caller, Grounding, JSONSchema, Message, Request
from app.llm.structured import OutputSchema
from app.turns.pipeline import Pipeline, Words
from app.turns.single_shot import complete_data

MIN_TOPICS, MAX_TOPICS = 5, 12
WORD = re.compile(r"[^\W\d_]{4,}")
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Japanese, Chinese
STOP_WORDS = frozenset(
    """
    about after again also always because been before being could does doing done each every from have having here into
    just know last like made make many more most much never only other over really said same should some something still
    such than that their them then there these they thing things think this those time told until very want wants week
    well went were what when where which while will with without would your yours feel felt going
    """.split()  # noqa: SIM905
)


def _text(most: int = 600) -> JSONSchema:
    return {"type": "string", "minLength": 1, "maxLength": most}


def _array(most: int = 8, item: JSONSchema | None = None) -> JSONSchema:
    return {"type": "array", "minItems": 1, "maxItems": most, "items": item or _text(400)}


def _object(**properties: JSONSchema) -> JSONSchema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


VALIDATION = _object(score={"type": "number", "minimum": 0, "maximum": 10}, label=_text(80), reasoning=_text(800))
OUTPUT_SCHEMA = OutputSchema(_object(
    summary=_text(1500),
    overallMood=_text(120),
    moodEmoji=_text(20),
    topicCloud=_array(20, _text(40)),
    themes=_array(6, _object(theme=_text(120), quotes=_array(4), emotionalTone=_text(80), underlyingNeed=_text(160))),
    humanInsights=_object(coreDesires=_array(), fearsOrFrustrations=_array(), aspirations=_array()),
    contextualInsights=_object(whenProblemFelt=_array(), triggersMoments=_array(), preventionBarriers=_array()),
    opportunityMap=_array(),
    emotionalJourney=_array(8, _object(phase=_text(80), emotion=_text(120), emoji=_text(20))),
    overallVerdict={"type": "string", "enum": ["GO", "MAYBE", "NO GO"]},
    confidenceScore={"type": "integer", "minimum": 0, "maximum": 100},
    problemValidation=VALIDATION,
    marketValidation=VALIDATION,
    paymentValidation=VALIDATION,
    goodNews=_array(),
    badNews=_array(),
    executionChallenges=_array(),
    nextSteps=_array(),
    keyQuotes=_array(),
    detailedAnalysis=_text(4000),
))  # fmt: skip


def generate_insights(pipeline: Pipeline, transcript: Transcript) -> Insights:
    """Raises ``ProviderError``."""
    request = Request(
        Caller("interviews.insights", "", transcript.interview_id),
        (Message("user", prompts.render(
            PROMPTS, "insights_user.j2", persona=transcript.persona, problem=transcript.problem,
            solution=transcript.solution, lines=transcript.messages,
        )),),
        prompts.render(PROMPTS, "insights.j2"),
        schema_name="interview_insights",
        temperature=0.3,
        max_tokens=8000,
        grounding=Grounding(
            facts={
                "person": asdict(transcript.persona), "problem": transcript.problem, "solution": transcript.solution,
            },
            said=tuple(text for agent, text in transcript.messages if agent is Agent.CUSTOMER),
        ),
    )  # fmt: skip
    words = Words.of(request.caller, f"{transcript.problem}\n{transcript.solution}")
    return _grounded(complete_data(pipeline, words, lambda: request, OUTPUT_SCHEMA), transcript)


def _grounded(found: Insights, transcript: Transcript) -> Insights:
    """Quotes are the customer's own sentences, topics are words of the interview."""
    texts = [text for agent, text in transcript.messages if agent is Agent.CUSTOMER]
    sentences = [part for text in texts for part in _sentences(text)]
    found["keyQuotes"] = quotes(found["keyQuotes"], texts, sentences)
    for theme in found["themes"]:
        theme["quotes"] = quotes(theme["quotes"], texts, sentences, about=f"{theme['theme']} {theme['underlyingNeed']}")
    found["topicCloud"] = topics(found["topicCloud"], transcript.texts)
    return found


def quotes(given: Sequence[str], texts: Sequence[str], sentences: Sequence[str], about: str = "") -> list[str]:
    """Those that were really said; in place of each other one, the sentence that comes closest."""
    kept: list[str] = []
    for quote in given:
        bare = quote.strip().strip("\"'“”‘’").strip()
        exact = bool(bare) and any(bare in text for text in texts)
        best = bare if exact else _closest(f"{quote} {about}", [one for one in sentences if one not in kept])
        if best and best not in kept:
            kept.append(best)
    return kept or list(sentences[:1])


def topics(given: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Words that occur, filled up with the most frequent ones."""
    whole = " ".join(texts).lower()
    wanted = (" ".join(topic.lower().split()) for topic in given)
    kept = list(dict.fromkeys(topic for topic in wanted if topic and _occurs(topic, whole)))
    frequent = Counter(word for word in WORD.findall(whole) if word not in STOP_WORDS)
    more = (word for word, _ in frequent.most_common(40) if word not in kept)
    while len(kept) < MIN_TOPICS and (word := next(more, "")):
        kept.append(word)
    return kept[:MAX_TOPICS] or whole.split()[:MIN_TOPICS]


def _occurs(topic: str, whole: str) -> bool:
    """As words of their own, in languages that separate words."""
    if UNSPACED.search(topic):
        return topic in whole
    return re.search(rf"(?<!\w){re.escape(topic)}(?!\w)", whole) is not None


def _closest(wanted: str, sentences: Sequence[str]) -> str:
    words = set(WORD.findall(wanted.lower()))
    return max(sentences, key=lambda one: len(words & set(WORD.findall(one.lower()))), default="")


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?…])\s+", text) if len(part.strip()) > 8] or [text.strip()]
