"""Structured answers that are asked for by name: suggested goals, questions to begin with, insights on one goal."""

from collections.abc import Callable, Sequence
from typing import Any

from app.llm.offline import phrases
from app.llm.offline.facts import day, newest, open_goals, said
from app.llm.offline.reading import Document, Reading
from app.llm.offline.review import Review, on
from app.llm.offline.themes import Theme, covered, moods
from app.llm.offline.words import stem, table, turned, words

FEWEST = 3
MOST_GOALS = 4
MOST_IDS = 10
AREAS = {
    "health": table("run running walk walking sleep health exercise gym yoga food knee doctor swimming cycling"),
    "career": table("work job client project office career portfolio writing meeting boss team business stress"),
    "relationships": table("family friend friends partner dad mom father mother sister brother love wedding"),
    "financial": table("money invoice saving savings debt budget bank rent finance"),
    "learning": table("reading book books course language study learning music choir guitar school"),
    "personal": table("morning mornings habit habits planning boundaries nature meditation home time"),
}
STEMS = {area: frozenset(map(stem, known)) for area, known in AREAS.items()}
TITLES = {
    "heavy": "Take the Pressure Out of {theme}",
    "light": "Make Time for {theme} Every Week",
    "": "Find Out What {theme} Needs",
}
STEPS = {
    "heavy": (
        "Write down what exactly weighs on you about {theme}", "Change one thing about it for a week",
        "Look back and decide what stays",
    ),
    "light": (
        "Choose a fixed time for {theme}", "Keep it for two weeks in a row", "Look back at what it changed",
    ),
    "": (
        "Note after each time what {theme} gave and what it took", "Read the notes after two weeks",
        "Choose one thing to do more of",
    ),
}  # fmt: skip
PLAIN = (
    ("A Weekly Hour to Look Back", "personal", "An hour a week keeps what you write from being forgotten."),
    ("One Small Habit Every Morning", "personal", "A beginning that takes two minutes carries the rest of the day."),
    ("Talk to Somebody Who Does You Good", "relationships", "What you carry alone gets lighter when it is told."),
)

Answer = dict[str, Any]


def goal_suggestions(reading: Reading, seed: int) -> Answer:
    """Goals for what keeps coming up and has no goal yet."""
    review = Review(reading, seed)
    goals = reading.of("goal")
    free = [theme for theme in review.themes if not covered(theme, goals)]
    chosen = (free + [theme for theme in review.themes if theme not in free])[:MOST_GOALS]
    made = [_goal(theme, theme in free) for theme in chosen]
    made += [_plain(*fact) for fact in PLAIN[: max(0, FEWEST - len(made))]]
    return {"patterns": [_pattern(theme) for theme in review.themes[:5]], "suggested_goals": made}


def conversation_starters(reading: Reading, seed: int) -> Answer:
    """One of each category, in the person's own voice."""
    review = Review(reading, seed)
    made = [
        {"text": text, "category": category}
        for category, write in STARTERS.items()
        if (text := write(review)) and len(text) <= 160
    ]
    return {"prompts": made if len(made) >= FEWEST else []}


def goal_insights(reading: Reading, seed: int) -> Answer:
    """How a goal stands, what helps it, what is in its way, and steps."""
    review = Review(reading, seed)
    goal = next(iter(reading.of("goal")), None)
    if goal is None:
        return {}
    helped = _told("What helps shows in your entry of", review.light)
    hindered = _told("What is in the way shows on", review.heavy)
    noted = _told("Your last note says, on", newest(reading.of("progress"))[:1])
    parts = [*review.goal_lines()[:1], noted, helped, hindered]
    return {
        "insights": " ".join(part for part in parts if part) or f"“{goal.title}” has only just begun.",
        "recommendations": _recommended(goal, review, seed),
    }


def _goal(theme: Theme, is_new: bool) -> Answer:
    last = theme.entries[-1]
    name = theme.name.title()
    marked = f", mostly on days marked {moods(theme.heavy)}" if theme.leaning == "heavy" else ""
    beside = "It has no goal of its own yet." if is_new else "It could go further than the goal that you have for it."
    return {
        "title": TITLES[theme.leaning].format(theme=name),
        "description": f"On {day(last.date)} you wrote {said(last)}. {beside} A goal would give it a place.",
        "category": _area(theme),
        "milestones": [step.format(theme=theme.name) for step in STEPS[theme.leaning]],
        "reasoning": f"“{name}” keeps coming up{marked}, last in “{last.title}”.",
        "journal_ids": _ids(theme.entries),
    }


def _plain(title: str, category: str, description: str) -> Answer:
    steps = ["Choose a day and a time", "Do it twice", "Decide whether it stays"]
    reasoning = "It is a start that fits whatever else comes up."
    return {
        "title": title, "description": description, "category": category, "milestones": steps,
        "reasoning": reasoning, "journal_ids": [],
    }  # fmt: skip


def _pattern(theme: Theme) -> Answer:
    told = {
        "heavy": f"“{theme.name.capitalize()}” goes with heavy days ({moods(theme.heavy)})",
        "light": f"“{theme.name.capitalize()}” goes with good days ({moods(theme.light)})",
        "": f"“{theme.name.capitalize()}” comes up again and again",
    }
    return {"pattern": told[theme.leaning], "journal_ids": _ids(theme.entries)}


def _ids(entries: Sequence[Document]) -> list[str]:
    return [entry.id for entry in entries if entry.id][-MOST_IDS:]


def _area(theme: Theme) -> str:
    """By the theme's name, else by what its entries speak of."""
    own = next((area for area, known in STEMS.items() if stem(theme.name) in known), "")
    told = {stem(word) for entry in theme.entries for word in words(entry.text)}
    return own or max(STEMS, key=lambda area: len(STEMS[area] & told))


def _motivation(review: Review) -> str:
    goal = _first_goal(review)
    if goal is None:
        return "How can I get started when I don't feel like it?"
    return f"How can I keep going with “{goal.title}”" + (
        f" now that it is at {goal.progress}%?" if goal.progress else "?"
    )


def _reflection(review: Review) -> str:
    if review.themes:
        theme = review.themes[0]
        return f"What do my entries about {theme.name} ({theme.days}) tell me about myself?"
    return f"What was “{review.entries[-1].title}” really about?" if review.entries else ""


def _planning(review: Review) -> str:
    goal = next((goal for goal in open_goals(review.reading) if goal.next), None)
    return f"Help me break down “{goal.next}” into smaller steps" if goal else "Help me plan the coming week"


def _celebration(review: Review) -> str:
    if review.light:
        return f"What did I do right on {on(review.light[-1])}, when I wrote “{review.light[-1].title}”?"
    goal = next((goal for goal in review.reading.of("goal") if any(step.done for step in goal.milestones)), None)
    return f"What got me this far with “{goal.title}”?" if goal else ""


def _challenge(review: Review) -> str:
    if review.heavy:
        return f"What made “{review.heavy[-1].title}” so hard on {on(review.heavy[-1])}?"
    goal = _first_goal(review)
    return f"What is really holding me back from “{goal.title}”?" if goal else ""


STARTERS: dict[str, Callable[[Review], str]] = {
    "motivation": _motivation,
    "reflection": _reflection,
    "planning": _planning,
    "celebration": _celebration,
    "challenge": _challenge,
}


def _first_goal(review: Review) -> Document | None:
    return next((goal for goal in open_goals(review.reading) if not goal.done), None)


def _told(lead: str, documents: Sequence[Document]) -> str:
    return f"{lead} {on(documents[-1])}: {said(documents[-1])}." if documents else ""


def _recommended(goal: Document, review: Review, seed: int) -> list[str]:
    steps = turned(phrases.STEPS["next"], seed, goal.title)[:1] if goal.next and not goal.done else ()
    made = [step.format(next=f"“{goal.next}”") for step in steps]
    made += [step.format(goal="this goal") for step in turned(phrases.STEPS["goal"], seed, goal.title)[:2]]
    if review.heavy:
        made.append(f"read “{review.heavy[-1].title}” again and name the one thing in it that is yours to change.")
    return [f"{step[:1].upper()}{step[1:]}" for step in made]


RECIPES: dict[str, Callable[[Reading, int], Answer]] = {
    "goal_suggestions": goal_suggestions,
    "conversation_starters": conversation_starters,
    "goal_insights": goal_insights,
}
