"""What can be said of a thing, by its kind and by the role of the field that asks.

In a sentence ``{k}`` is the thing as one speaks of it (the value “Patience”), ``{t}`` its title in quotation marks, ``{n}``
its bare title, ``{d}`` its detail, ``{f}`` its figure, ``{x}`` what is recorded of it as a clause, ``{w}`` its day and
``{s}`` the subject of the whole answer (``{S}`` without quotation marks). After ``||`` stands the sentence for a thing without the detail or the figure.
"""

import re

KINDS = {  # other names of the kinds below
    "task": "action", "kpi": "measure", "metric": "measure", "challenge": "issue", "problem": "issue", "ica": "client",
    "avatar": "client", "customer": "client", "company": "business", "foundation": "business", "context": "business",
    "niche": "market", "serve": "market", "audience": "market", "proposition": "promise", "differentiator": "promise",
    "service": "product", "entry": "journal", "intent": "draft", "current": "draft", "message": "draft",
    "people": "person", "plan": "action", "topic": "draft", "resource": "person",
}  # fmt: skip
FOUNDATION = ("vision", "purpose", "value", "market", "promise")
PHRASES = {  # how one speaks of a thing
    "client": "people like {t}", "promise": "the promise {t}", "value": "the value {t}", "purpose": "the purpose {t}",
    "vision": "the vision {t}", "market": "the people you serve, {t},", "strategy": "the strategy {t}",
    "goal": "the goal {t}", "person": "{n}", "angle": "{n}",
}  # fmt: skip
SENTENCES: dict[str, dict[str, str]] = {}


def _read(text: str) -> None:
    kind = ""
    for line in text.strip().splitlines():
        if line[0] != " ":
            kind = line.strip()
            SENTENCES[kind] = {}
        else:
            role, _, sentence = line.strip().partition(" ")
            SENTENCES[kind][role] = sentence.strip()


_read("""
item
  name Begin with {n}
  advice Put one date and one person beside {t}
  reason {k} bears on {s}
  outcome It can be seen in {k} whether {s} moves
  strength You have {k} to build on
  weakness Nothing recorded shows yet how {k} stands
  opportunity You can take {k} further
  threat Without an owner {t} may fade
  risk It may take longer than it looks to move {t}
  step Write down in two lines how {t} stands today
  question What would have to be true for {t} to move?
  wording {n}
  intent {S}, beginning with {t}
  headline {n}
  cause What is not written down yet about {t}
  evidence The record names {k}
  impact It bears on {k}
  resource The time of whoever knows {t}
  metric Progress of {n}|How far {t} has come|percent|up|share of {t} that is done
  label Clarity
  quote {n}
angle
  name {n}
  advice Write down in one sentence, for {s}, {n}
  reason The words {s} leave this open
  wording {S}: {n}
  weakness Still open in {s}: {n}
  text There is room here for what you know. So far the words are {s}
  step Ask one person what they see in {s}
client
  name Ask people like {n}
  advice Talk to three people like {t} about {d}, and let their answers decide the next step||Talk to three people like {t} first
  reason People like {t} live with {d}, so they can say whether {s} helps||{t} is who it is for
  outcome Three answers that say whether {s} helps with {d}||Three answers that say whether {s} helps
  opportunity People like {t} live with {d}, which you can end||You can ask people like {t} what they miss
  threat Somebody else may answer {d} first||Somebody else may reach {t} first
  risk People like {t} may say what they think you want to hear
  step Write down three names of people like {t}
  question When did somebody like {t} last meet {d}, and what did they do?||What would {t} say about {s}?
  wording For people like {n}: an end to {d}||For people like {n}
  intent {S}, so that people like {n} notice the difference
  cause What people like {t} meet, {d}, has not been asked about||Nobody has asked people like {t}
  resource Three conversations with people like {t}
  metric People who still report {d}|How many people like {t} still report {d} when they are asked|people|down|people who report {d} in a month||Conversations with {n}|How many people like {t} were asked|conversations|up|conversations in a month
  label Focus
product
  name Lead with {n}
  advice Offer {t} first, and show how it answers {d}||Offer {t} first, and ask what it changed
  reason {t} answers {d}, and that can be shown before {s} is reached||{t} is there already and can be shown
  outcome It shows whether {t} really ends {d}||It shows what {t} is good for
  strength You offer {t}, which answers {d}||You offer {t}
  step Collect one example in which {t} ended {d}||Collect one example of {t} at work
  wording {n}, for people who are tired of {d}||{n}, for people who need it now
  cause The way in which {t} is made or delivered
  resource One finished example of {t}
  metric Use of {n}|How many people take {t}|customers|up|customers with {t} in a month
promise
  name Show the promise
  advice Show {t} where people decide, with one example that they can check
  reason {t} is what sets you apart, and {s} can rest on it
  strength You promise something of your own: {t}
  step Find one customer who has seen {t}
value
  name Keep {n} on the way
  advice Agree on one rule that keeps the value {t} safe on the way to {s}: {d}||Agree on one rule that keeps the value {t} safe on the way to {s}
  reason The value {t} says {d}; {s} does not say yet how that is kept||{s} does not say yet how the value {t} is kept
  threat Under pressure the value {t} is the first to give way
  step Recall one decision in which {t} cost something
  intent {S}, in a way that keeps {t}
  label Integrity
purpose
  name Say why
  advice Add the reason to the words of {s}: {t}
  reason The purpose is {t}, and {s} does not say yet how it serves it
  intent {S}, because {t}
  label Meaning
vision
  name Name the part of the vision
  advice Say which part of the vision {t} comes nearer through {s}
  reason The vision is {t}, and {s} does not say yet which part of it it brings nearer
  intent {S}, as a step towards {t}
  threat The vision {t} is far, and daily work may crowd it out
  label Direction
market
  name Name whom it is for
  advice Say in {s} whom it is for: {t}
  reason The people you serve are {t}, and {s} should be recognisable to them
  intent {S}, for {t}
strategy
  name Take {n} further
  advice Take {t} one step further: {d}||Give {t} a date for its next step
  reason {t} is chosen already, and {s} gains when it is carried on
  metric Results of {n}|What {t} brought|results|up|results of {t} in a month
action
  name Finish {n}
  advice Finish {t} before something new begins: {d}||Finish {t} before something new begins
  reason {t} is {f} and bears on {s}||{t} is open and bears on {s}
  outcome {t} is done, and {s} is one step nearer
  weakness {t} is {f}: {d}||{t} is not finished
  threat {t} holds up what comes after it
  risk {t} may wait for something that is not written down
  step Choose a day for {t}
  headline {n} is {f}||{n} is open
  cause The work on {t}, which is {f}||The work on {t}
  evidence {t} is recorded: {d}||{t} is recorded as an action
  resource The time that {t} takes
issue
  name Settle {n}
  advice Give {t} an owner and a date: {d}||Give {t} an owner and a date
  reason {t} is open, and the record says {d}||{t} is open
  outcome {t} does not come back for the same reason
  weakness {t} is open: {d}||{t} is open
  threat {t} lasts on and costs trust
  risk The cause of {t} may lie deeper than it seems
  step List the cases of {t} with their dates
  question Why does this happen: {d}?||Why does {t} happen?
  wording An end to {t}
  headline Open issue: {n}
  cause What lies behind {d}||What lies behind {t}
  evidence The record says {d}||The record names {t} without its causes
  resource One person who owns {t}
  metric Cases of {n}|How often {t} happens|cases|down|cases of {t} in a week
measure
  name Watch {n}
  advice Record {t} again next month, so that there is something to compare with {f}||Record {t} for the first time
  reason {t} is at {f}, and it shows whether {s} moves||{t} shows whether {s} moves
  strength {t} is at {f}, and moves as it should
  weakness {t} is at {f}, and moves the wrong way
  threat Nobody may notice in time when {t} moves away from {f}||Nobody may notice in time how {t} moves
  step Agree who looks at {t} and when
  question What moved {t} to {f}?||What would move {t}?
  headline {n} is at {f}||{n} has no figure yet
  intent {S}, counted by {t}, which is at {f} now||{S}, counted by {t}
  evidence {t} is at {f}||{t} is not recorded yet
  label Measurability
goal
  name Move {n}
  advice Choose the next step of {t} and give it a day
  reason {t} is at {f}||{t} is what is wanted
  weakness {t} is at {f} so far||{t} has no figure yet
  threat Much hangs on {t}
  step Say in one sentence what will be different when {t} is reached
  headline {n} is at {f}||{n} has no figure yet
milestone
  advice Pick a day for {t} and put the first ten minutes of it in your calendar
  step Do a half-size version of {t} and note how it went
journal
  advice Read {t} again and name the one thing in it that is yours to change
  reason On {w} you wrote {d}
win
  advice Do again what helped on {w}, when you wrote {d}
  reason On {w} you wrote {d}
theme
  name {n}
  headline {n} comes up in {f}
  advice Choose one thing about {n} that is yours to change, and change it this week
  reason It keeps coming up, last when you wrote {d}
  step Write down what you want {n} to be like
said
  advice Come back to {t} and ask what would have helped
  step Ask three more people about {t}
  opportunity {t}: ask what would make this easier
  strength It was said of a real life: {t}
  weakness It is one voice only: {t}
  risk Nobody has shown yet that this can be changed: {t}
  reason In the person's own words: {t}
section
  name {n}
  step Choose one thing about {t} that you can try this week
  text There is room here for what you know about {t}, in your own words
draft
  wording {n}
  weakness {s} could stand on many pages
""")

ROLES = {  # what a field's name asks for; the last word that is known decides
    "title": "name", "name": "name", "label": "name", "heading": "name", "headline": "headline", "theme": "name",
    "suggestion": "advice", "recommendation": "advice", "description": "advice", "advice": "advice", "text": "wording",
    "step": "step", "milestone": "step", "prerequisite": "step", "bullet": "step", "action": "advice",
    "reasoning": "reason", "rationale": "reason", "reason": "reason", "explanation": "reason", "comment": "trend",
    "why": "reason", "evidence": "evidence", "outcome": "outcome", "result": "outcome", "gain": "outcome",
    "strength": "strength", "win": "strength", "highlight": "strength", "news": "strength", "advantage": "strength",
    "weakness": "weakness", "misalignment": "weakness", "area": "advice", "gap": "weakness", "factor": "fit",
    "opportunity": "opportunity", "map": "opportunity", "threat": "threat", "risk": "risk", "execution": "risk",
    "question": "question", "cause": "cause", "statement": "intent", "intent": "intent", "impact": "impact",
    "resource": "resource", "consideration": "resource", "summary": "summary", "review": "summary",
    "assessment": "summary", "overview": "summary", "analysis": "summary", "insight": "summary", "urgency": "threat",
    "pattern": "headline", "strengthen": "label", "response": "message", "message": "message", "reply": "message",
    "quote": "quote", "desire": "quote", "fear": "quote", "frustration": "quote", "aspiration": "quote",
    "felt": "quote", "moment": "quote", "barrier": "quote", "bad": "weakness", "good": "strength", "tone": "mood",
    "mood": "mood", "emotion": "mood", "emoji": "emoji", "need": "quote", "cloud": "word", "phase": "phase",
    "frequency": "frequency", "timeframe": "timeframe", "timeline": "timeframe", "horizon": "horizon",
    "unit": "unit", "formula": "formula", "source": "source", "industry": "industry", "assignment": "person",
    "insights": "summary", "value": "quote", "challenge": "weakness", "dependency": "dependency", "key": "fit",
    "importance": "quote", "guide": "quote", "matter": "quote",
}  # fmt: skip

BEST = {  # the kinds that a role speaks of, the best first
    "strength": "promise strategy product measure value said win",
    "weakness": "issue measure action draft goal angle said",
    "opportunity": "client product strategy goal said",
    "threat": "issue client action goal vision said",
    "risk": "issue action measure value product strategy said",
    "fit": "purpose vision value market promise client",
    "resource": "person action product",
    "outcome": "measure goal issue action",
    "cause": "issue action product strategy measure goal person angle",
    "wording": "client product promise value market angle draft",
    "intent": "vision purpose client measure market",
    "label": "vision purpose value measure client",
    "metric": "goal strategy product issue client promise action",
    "headline": "issue measure goal action strategy client theme",
    "question": "issue client measure goal product section angle said",
    "advice": "milestone issue client product strategy promise value action measure purpose vision market journal win theme"
    " said section goal angle",
    "step": "milestone issue client measure product strategy action value win journal theme said section goal vision angle",
    "impact": "vision purpose value",
}
EVERYTHING = " ".join(SENTENCES)
ANGLES = ("where it stands today", "what matters most in it", "how one can tell that it works", "the next small step")
CUES = {  # what a sentence says when it answers a field, by the stems of the field's name
    "desire": "want wish would like need love",
    "aspiration": "want wish hope will become year dream",
    "fear": "afraid worri fear lose lost scar nervous",
    "frustration": "angry annoy never again hard lost late wast",
    "felt": "when morn night day monday friday",
    "trigger": "when since because start suddenly",
    "barrier": "but cannot never only nobody tried without",
    "need": "need want so that because",
    "vision": "will year want see become everi",
    "purpose": "exist so that nobody because",
    "why": "because so when matter",
    "matter": "because so when matter",
    "guide": "would never always when choose",
    "importance": "matter because money again",
    "value": "honest import matter value never always",
    "horizon": "year month by",
}
GLAD = frozenset(
    [
        "amazed",
        "calm",
        "confident",
        "content",
        "excited",
        "glad",
        "good",
        "grateful",
        "great",
        "happy",
        "hopeful",
        "inspired",
        "joyful",
        "moved",
        "optimistic",
        "peaceful",
        "proud",
        "relaxed",
        "relieved",
        "satisfied",
        "strong",
    ]
)
HEAVY = frozenset(
    [
        "afraid",
        "angry",
        "anxious",
        "ashamed",
        "bad",
        "bored",
        "depressed",
        "disappointed",
        "down",
        "drained",
        "exhausted",
        "frustrated",
        "guilty",
        "hurt",
        "lonely",
        "lost",
        "nervous",
        "overwhelmed",
        "sad",
        "scared",
        "stressed",
        "stuck",
        "tired",
        "upset",
        "worried",
    ]
)
HORIZON = re.compile(
    r"\b(?:by|until) (?:the year )?20\d\d\b|\b(?:\d+|one|two|three|four|five|six|seven|eight|ten|twenty) (?:years?|months?)\b",
    re.IGNORECASE,
)
