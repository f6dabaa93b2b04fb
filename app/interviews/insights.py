"""What an interview shows: asked of the model, then checked against what was really said."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from app.care.output_phrases import HARMFUL
from app.care.words import Words
from app.core.json import JSONObject, JSONValue, objects_of
from app.interviews.agents import PROMPTS, Transcript
from app.interviews.models import Agent
from app.llm import prompts
from app.llm.interfaces import Caller, Grounding, Message, Request
from app.llm.json_schema import array, closed_object, text
from app.llm.structured import OutputSchema
from app.turns.pipeline import Pipeline
from app.turns.single_shot import complete_data
from app.turns.trace import Answer

MIN_TOPICS, MAX_TOPICS = 5, 12
WORD = re.compile(r"[^\W\d_]{4,}")
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Japanese, Chinese
STOP_WORDS = frozenset(Path(__file__).with_name("stop_words.txt").read_text().split())
POINTS, QUOTES = array(text(400), 8), array(text(400), 4)
THEME = closed_object(theme=text(120), quotes=QUOTES, emotionalTone=text(80), underlyingNeed=text(160))
SCORE = {"type": "number", "minimum": 0, "maximum": 10}
VALIDATION = closed_object(score=SCORE, label=text(80), reasoning=text(800))
OUTPUT_SCHEMA = OutputSchema(closed_object(
    summary=text(1500),
    overallMood=text(120),
    moodEmoji=text(20),
    topicCloud=array(text(40), 20),
    themes=array(THEME, 6),
    humanInsights=closed_object(coreDesires=POINTS, fearsOrFrustrations=POINTS, aspirations=POINTS),
    contextualInsights=closed_object(whenProblemFelt=POINTS, triggersMoments=POINTS, preventionBarriers=POINTS),
    opportunityMap=POINTS,
    emotionalJourney=array(closed_object(phase=text(80), emotion=text(120), emoji=text(20)), 8),
    overallVerdict={"type": "string", "enum": ["GO", "MAYBE", "NO GO"]},
    confidenceScore={"type": "integer", "minimum": 0, "maximum": 100},
    problemValidation=VALIDATION,
    marketValidation=VALIDATION,
    paymentValidation=VALIDATION,
    goodNews=POINTS,
    badNews=POINTS,
    executionChallenges=POINTS,
    nextSteps=POINTS,
    keyQuotes=POINTS,
    detailedAnalysis=text(4000),
))  # fmt: skip


def generate_insights(pipeline: Pipeline, transcript: Transcript) -> JSONObject:
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
    words = Words.nobodys(request.caller)
    place = Answer(conversation_id=transcript.interview_id)
    made = complete_data(pipeline, words, lambda: request, OUTPUT_SCHEMA, watched=HARMFUL, answer=place)
    return _grounded(made, transcript)


def _grounded(found: JSONObject, transcript: Transcript) -> JSONObject:
    """Quotes are the customer's own sentences, topics are words of the interview."""
    texts = [text for agent, text in transcript.messages if agent is Agent.CUSTOMER]
    sentences = [part for text in texts for part in _sentences(text)]
    themes = [
        {**theme, "quotes": quotes(theme["quotes"], texts, sentences, f"{theme['theme']} {theme['underlyingNeed']}")}
        for theme in objects_of(found["themes"])
    ]
    return {
        **found,
        "keyQuotes": quotes(found["keyQuotes"], texts, sentences),
        "themes": themes,
        "topicCloud": topics(found["topicCloud"], transcript.texts),
    }


def quotes(given: JSONValue, texts: Sequence[str], sentences: Sequence[str], about: str = "") -> list[str]:
    """Those that were really said; in place of each other one, the sentence that comes closest."""
    kept: list[str] = []
    for quote in _texts(given):
        bare = quote.strip().strip("\"'“”‘’").strip()
        exact = bool(bare) and any(bare in text for text in texts)
        best = bare if exact else _closest(f"{quote} {about}", [one for one in sentences if one not in kept])
        if best and best not in kept:
            kept.append(best)
    return kept or list(sentences[:1])


def topics(given: JSONValue, texts: Sequence[str]) -> list[str]:
    """Words that occur, filled up with the most frequent ones."""
    whole = " ".join(texts).lower()
    wanted = (" ".join(topic.lower().split()) for topic in _texts(given))
    kept = list(dict.fromkeys(topic for topic in wanted if topic and _occurs(topic, whole)))
    frequent = Counter(word for word in WORD.findall(whole) if word not in STOP_WORDS)
    more = (word for word, _ in frequent.most_common(40) if word not in kept)
    while len(kept) < MIN_TOPICS and (word := next(more, "")):
        kept.append(word)
    return kept[:MAX_TOPICS] or whole.split()[:MIN_TOPICS]


def _texts(value: JSONValue) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


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
