"""Answers to a founder: a wording reviewed and put three other ways, suggestions, and a coach's next question."""

import re
from typing import Any

from app.llm.offline.reading import Reading
from app.llm.offline.tenant.facts import Business, clipped, inside, joined, plain, q, titled
from app.llm.offline.words import number, table, words

Answer = dict[str, Any]
Variation = tuple[str, str]
BROAD = table("""
    best better business businesses clients companies customers everybody everyone experts good great grow growth help
    high-quality innovative leading marketing owners people professional quality services small solutions success
""")
WHAT = re.compile(r"\bhelp(?:s|ing)?\s+(?P<who>.+?)\s+(?:with|to|through|by|get|find|make)\s+(?P<what>.+)", re.I)
FIGURES = {
    True: "The figure in it helps, since it can be checked.",
    False: "There is no figure, place or moment in it by which somebody could tell that they are meant.",
}
SENT_KINDS = ("niche", "ica", "valueProposition")
SENT_STAGES = ("coreValues", "purpose", "vision")
KINDS = {"niche": "niche", "ica": "ideal client", "promise": "value proposition"}
MISSES = {
    "niche": "which of them you mean, what changes for them, and why they should come to you",
    "ica": "how to recognise one of them, what hurts, and where you would meet them",
    "promise": "what is different afterwards, how they can tell, and what they are spared",
}


def reviewed(reading: Reading, seed: int) -> Answer:
    business = Business(reading)
    kind = _kind(business)
    text = clipped(plain(business.data.get("current_value")))
    made = [*_known(business, kind, text), *_plain(text, kind, seed)][:3]
    said = [{"text": variation, "reasoning": reason} for variation, reason in made]
    return {"qualityReview": _review(text, kind, business), "suggestions": said}


def suggested(reading: Reading, seed: int) -> Answer:
    business = Business(reading)
    if plain(business.data.get("kind")) in SENT_KINDS and not business.pain:
        return {}
    asked = plain(business.data.get("kind")).lower()
    kind = "ica" if "ica" in asked or "client" in asked else "promise" if "prop" in asked else "niche"
    current = clipped(plain(business.data.get("current")))
    made = [*_known(business, kind, current), *_plain(current, kind, seed)][:3]
    rests = "your products and what is recorded of your clients" if business.pain else "what you wrote so far"
    more = "" if business.pain else " Add your products and whom they are for, and these can be more exact."
    return {"suggestions": [text[:400] for text, _ in made], "reasoning": f"These rest on {rests}.{more}"}


def coached(reading: Reading, _seed: int) -> Answer:
    """One sentence back, one thought, one question."""
    business = Business(reading)
    message, draft = plain(business.data.get("message")), plain(business.data.get("current"))
    if plain(business.data.get("stage")) in SENT_STAGES and not (
        business.values or business.purpose or business.vision
    ):
        return {}
    stage = plain(business.data.get("stage")).lower()
    part = "core values" if "value" in stage else "vision" if "vision" in stage else "purpose"
    heard = f"You say {q(message)}." if message else f"Your draft says {q(draft)}." if draft else ""
    thought = _thought(business, part)
    opening = heard or f"Let's begin with your {part}."
    return {"response": f"{opening} {thought} {QUESTIONS[part]}", "suggestions": _drafts(business, part)}


QUESTIONS = {
    "core values": "When did you last turn something down because it didn't feel right, and what did that protect?",
    "purpose": "For whom would something be missing if your business closed tomorrow, and what would it be?",
    "vision": "What will somebody see, hear or do differently when you have got there?",
}


def _thought(business: Business, part: str) -> str:
    known = {"core values": joined([q(value) for value, _ in business.values[:3]]), "purpose": q(business.purpose),
             "vision": q(business.vision)}[part] if _has(business, part) else ""  # fmt: skip
    if known:
        return f"What you have written down for your {part} so far is {known}: hold it next to what you just said."
    if business.pain:
        return (
            f"Your clients live with {q(business.pain)}; a good {part.removesuffix('s')} has something to say to that."
        )
    return "The words count less than the moment behind them, so think of one that you remember well."


def _has(business: Business, part: str) -> bool:
    return bool({"core values": business.values, "purpose": business.purpose, "vision": business.vision}[part])


def _drafts(business: Business, part: str) -> list[str]:
    who = clipped(business.client or business.who)
    if part == "core values":
        named = [f"{value}: {clipped(said)}" if said else value for value, said in business.values[:3]]
        return named or ["We say what we mean", "We finish what we start", "Respect comes before revenue"]
    if part == "purpose":
        made = [f"We exist so that nobody has to live with “{clipped(business.pain)}”"] if business.pain else []
        made += [f"We are here for {who}"] if who else []
        made += ["We want one thing to be easier for everybody who comes to us"]
        return [*made, "We do this because somebody once did it for us"][:3]
    made = [f"In five years, {who} know us by name"] if who else []
    return [*made, "In five years, others come to see how we do it", "In five years, we choose whom we work with"][:3]


def _kind(business: Business) -> str:
    """What is reviewed is the one that the prompt does not give beside it."""
    if "onboarding_niche" not in business.data:
        return "niche"
    return "promise" if "onboarding_ica" in business.data else "ica"


def _review(text: str, kind: str, business: Business) -> str:
    broad = [word for word in dict.fromkeys(words(text)) if word in BROAD][:3]
    lines = [f"{q(text)} gives a first idea of your {KINDS[kind]}; a stranger would still ask {MISSES[kind]}."]
    if broad:
        many = "These words" if len(broad) > 1 else "This word"
        lines.append(f"{many} could stand on any firm's page: {joined([q(word) for word in broad])}.")
    lines.append(FIGURES[any(letter.isdigit() for letter in text)])
    if business.pain:
        lines.append(f"You have recorded that clients struggle with {q(business.pain)}: let that show.")
    return " ".join(lines)


def _known(business: Business, kind: str, text: str) -> list[Variation]:
    """Wordings out of the business's own facts."""
    who = (text if kind == "ica" else "") or clipped(business.who)
    made = [_of_product(titled(row), plain(row.get("problemSolved") or row.get("problem")), kind, who)
            for row in business.products if titled(row)][:2]  # fmt: skip
    if business.clients and kind != "ica":
        pain = plain(business.clients[0].get("painPoints"))
        told = f"For clients like {clipped(business.client)}" + (f": an end to “{clipped(pain)}”" if pain else "")
        made.insert(0, (told, ("It begins with a person whom you have described, so that others like them recognise "
                        "themselves.")))  # fmt: skip
    if business.promise and kind == "niche":
        lead = f"{who}: " if who else ""
        made.append((f"{lead}{clipped(business.promise)}", ("It says what you alone promise, in the words that you use "
                     "elsewhere.")))  # fmt: skip
    return [variation for variation in made if variation[0]]


def _of_product(name: str, problem: str, kind: str, who: str) -> Variation:
    trouble = f"“{clipped(problem)}”" if problem else ""
    whose = who or "Clients"
    if kind == "ica":
        joint = "and" if " who " in whose else "who"
        told = f"{whose} {joint} live with {trouble}" if trouble else f"{whose} {joint} ask for {name}"
        why = f"{q(name)} answers this, so you can find them by asking who has it."
    elif kind == "niche":
        told = f"{name} for {inside(whose)}" + (f" who are tired of {trouble}" if trouble else "")
        why = f"It names {q(name)} and the problem that it solves: a reader knows at once whether it is theirs."
    else:
        told = f"{name}: an end to {trouble}" if trouble else f"{name}, ready to use from the first day"
        why = f"It promises what {q(name)} does, which a client can check."
    return told, why


def _plain(text: str, kind: str, seed: int) -> list[Variation]:
    """Wordings of the same content from three other sides, where little is recorded."""
    found = WHAT.search(text)
    who = clipped(found["who"]) if found else "clients"
    what = clipped(found["what"]) if found else clipped(text).rstrip(".") or "what they need"
    forms = PLAIN["subject" if kind == "niche" and text and not found else kind]
    begin = number(seed, text) % len(forms)
    turned = [*forms[begin:], *forms[:begin]]
    return [(form.format(who=who, what=inside(what), text=text or what), why) for form, why in turned]


PLAIN: dict[str, tuple[Variation, ...]] = {
    "niche": (
        ("For {who} who have nobody in house for {what}", "It says when somebody needs you."),
        ("For {who} in the first year after a change, with {what}", ("A moment in time narrows the group without "
         "shutting anybody out for long.")),
        ("For {who} who tried {what} on their own and want it off their desk", ("It picks those who know the problem "
         "already and need no convincing.")),
    ),
    "subject": (
        ("{text}, for those who have nobody in house for it", "It says when somebody needs you."),
        ("{text}, in the first year after a change", "A moment narrows the group without shutting anybody out."),
        ("{text}, for those who tried it on their own", "It picks those who know the problem already."),
    ),
    "ica": (
        ("{text}, with three to ten people and nobody to hand the work to", ("Size and a gap in the team can be asked "
         "for in a first call.")),
        ("{text}, who lost a client or a month over it last year", ("A recent loss makes the problem urgent and easy "
         "to talk about.")),
        ("{text}, who were sent by somebody you worked with", ("It tells where you meet them: among the friends of "
         "clients who stayed.")),
    ),
    "promise": (
        ("{text}, with one result agreed on before we begin", ("It turns a claim into something that both sides can "
         "check.")),
        ("{text}: one plan, one person to call, one look at the figures a month", ("It says what working with you is "
         "like, which is what clients compare.")),
        ("{text}, handed over so that your team can go on without us", ("It answers the fear of depending on somebody "
         "from outside.")),
    ),
}  # fmt: skip
