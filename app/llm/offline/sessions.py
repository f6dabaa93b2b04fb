"""A coaching session: a greeting with its topic, one question at a time, a sum now and then, and an end."""

from app.llm.interfaces import Task
from app.llm.offline.choices import ENDING
from app.llm.offline.material import Material
from app.llm.offline.words import capital, content, joined, parts, quote, sentences, singular

SUM_EVERY = 3  # messages
QUESTIONS = {  # what a field of the result would like to know, by a word of its name or of the topic
    "value": (
        "Tell me of one moment in which you were proud of how you acted. What did you decide?",
        "What did it cost you to hold on to that, and would you do it again?",
        "Whom did you let go, or turn down, because it did not fit?",
        "What makes you angry when you see it elsewhere in your field?",
        "Which of these would you keep even if it lost you money?",
    ),
    "purpose": (
        "Tell me of one day on which the work felt worth it. Who was there, and what changed for them?",
        "What made you begin, in the first place?",
        "What would be missing, and for whom, if you closed tomorrow?",
        "When did that decide something for you?",
        "How would you say in one sentence why you exist?",
    ),
    "vision": (
        "Imagine that all of it worked. How far ahead is that, and what do you see first?",
        "Who is there on an ordinary day then, and what are they doing?",
        "What do people say about you then that they don't say today?",
        "What has become of today's biggest problem?",
        "What else will you have built by then?",
    ),
    "": (
        "What comes to your mind first?", "Can you tell me of one moment in which that showed?", "Why does that matter to you?",
        "What would be different if it were as you want it?", "What is still open for you?",
    ),
}  # fmt: skip


def is_one(material: Material) -> bool:
    return material.grounding.turns > 0


def greeting(material: Material) -> str:
    subject, name = material.grounding.subject or "this", material.business
    where = f" of {name}" if name else ""
    first = _questions(material)[0]
    if material.grounding.task is Task.RESUME and material.said:
        return f"Welcome back! We are looking for the {subject}{where}. Last you said {_last(material)}.\n\n{_next(material)}"
    turns = f", in about {material.grounding.turns} messages" if material.grounding.turns else ""
    return f"Welcome! Together we find the {subject}{where}{turns}, in your own words.\n\n{first}"


def message(material: Material) -> str:
    """Gives back what was said; then asks, sums up, or closes."""
    if not material.latest.strip():
        return greeting(material)
    heard = f"You say {_last(material)}."
    count = len(material.said)
    asked_to_end = bool(ENDING.search(material.latest.replace("’", "'")))
    clear = _clear(material)
    if asked_to_end or count >= material.grounding.turns > 0:
        return f"Thank you. {clear} That is written down now as the {material.grounding.subject}, in your own words."
    summed = f" {clear} Is that right so far?" if count % SUM_EVERY == 0 and clear else ""
    return f"{heard}{summed}" if summed else f"{heard}\n\n{_next(material)}"


def _last(material: Material) -> str:
    told = sentences(material.latest) or [material.latest]
    return quote(max(told, key=lambda sentence: len(content(sentence))), 160)


def _clear(material: Material) -> str:
    told = [sentence for sentence in material.spoken if len(content(sentence)) > 2 and not ENDING.search(sentence)]
    return f"This has become clear: {joined([quote(sentence, 90) for sentence in told[-3:]])}." if told else ""


def _next(material: Material) -> str:
    options = _questions(material)
    return options[len(material.said) % len(options)]


def _questions(material: Material) -> tuple[str, ...]:
    words = {singular(word) for word in parts(material.grounding.subject.replace(" ", "_"))}
    own = next((options for name, options in QUESTIONS.items() if name in words), QUESTIONS[""])
    return tuple(map(capital, own))
