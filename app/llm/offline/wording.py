"""What the texts of a JSON answer are made of, by the part that they play. ``{evidence}`` cites a line of the data."""

from app.llm.offline.words import table

ROLES: tuple[tuple[str, frozenset[str]], ...] = (
    ("question", table("question questions prompt ask inquiry")),
    ("measure", table("kpi kpis measure measures metric metrics indicator indicators")),
    ("quote", table("quote quotes excerpt verbatim testimonial testimonials")),
    ("need", table("prerequisite prerequisites requirement requirements dependency dependencies precondition")),
    ("resource", table("resource resources tool tools equipment support")),
    (
        "reason",
        table("reasoning reason reasons rationale explanation explain why evidence justification because impact"),
    ),
    (
        "action",
        table("""recommendation recommendations suggestion suggestions action actions step steps advice strategy
            strategies tip tips improvement improvements opportunity opportunities next task tasks todo plan
            mitigation solution solutions"""),
    ),
    (
        "theme",
        table("theme themes tag tags keyword keywords topic topics category categories pattern patterns area areas"),
    ),
    ("title", table("title name headline label heading subject caption tagline")),
    (
        "strain",
        table("""challenge challenges obstacle obstacles risk risks pain barrier barriers weakness weaknesses concern
            concerns blocker blockers problem problems gap gaps cause causes issue issues"""),
    ),
    (
        "gain",
        table("strength strengths win wins highlight highlights achievement achievements success celebration positive"),
    ),
    (
        "summary",
        table("""summary overview analysis review assessment insight insights description feedback observation
            observations conclusion report reflection details content body text abstract message"""),
    ),
)
BODY = table("text description content body detail details")
LENDING = table("action question strain gain need resource reason")
MEASURING = table("kpi kpis measure measures metric metrics indicator indicators unit formula")
REPLIES = frozenset({"reply", "response", "answer", "message", "coach_message", "assistant_message"})
ORDERS = table("instruction instructions details brief")
SEARCHES = table("query q search term topic subject keyword keywords title name page text request prompt")

TITLES = (
    "{topic}: A Steady Rhythm",
    "{topic}: First Small Steps",
    "{topic}: Clear Signs of Progress",
    "{topic}: Fewer Obstacles",
    "{topic}: Protected Time",
    "{topic}: A Weekly Look",
    "{topic}: Support From Others",
    "{topic}: What Moves It Forward",
)
MEASURES = (
    "{topic}: Weekly Progress",
    "{topic}: Steps Finished",
    "{topic}: Hours Invested",
    "{topic}: Days Without a Setback",
    "{topic}: Confidence Rating",
    "{topic}: Time to the Next Milestone",
)
MEASURED = (
    "Shows how steadily “{topic}” moves from one week to the next.",
    "Counts what was finished for “{topic}” against what was planned.",
    "Tells early whether “{topic}” gets the time that it needs.",
    "Makes a setback in “{topic}” visible while it is still small.",
)
NEEDS = (
    "Agreement on what a good result for “{topic}” looks like",
    "One person who owns the next step",
    "A fixed time in the week for “{topic}”",
    "An honest picture of where “{topic}” stands today",
)
RESOURCES = (
    "Two protected hours a week",
    "One person who keeps the overview",
    "A shared list of open steps",
    "A short weekly review",
)
ACTIONS = (
    "Reserve two fixed hours a week for “{topic}” and protect them like a meeting.",
    "Agree on one number that shows whether “{topic}” is moving, and look at it every Friday.",
    "Break “{topic}” into three dated milestones and start with the smallest.",
    "Ask one person for support with “{topic}” and tell them what help would look like.",
    "Clear one obstacle to “{topic}” before adding any new effort.",
    "Write down what has already helped “{topic}” and repeat it on purpose.",
    "Review “{topic}” at the same time each week, in ten minutes or less.",
    "Choose a fallback version of “{topic}” for the days when little is possible.",
    "Decide what can wait, so that “{topic}” gets attention first.",
)
NEXT_ACTION = "Put “{next}” in the calendar this week, since it is already the next milestone of “{topic}”."
FACT_ACTION = "Tie “{topic}” more clearly to the {key}: {quote}."
REASONS = (
    "This follows from {evidence}.",
    "It rests on {evidence}.",
    "The clearest sign: {evidence}.",
    "It builds on {evidence}.",
    "What speaks for it: {evidence}.",
)
QUESTIONS = (
    "What would make the biggest difference for “{topic}” this month?",
    "How will you notice that “{topic}” is moving?",
    "What has helped “{topic}” so far, even a little?",
    "Who else cares about “{topic}”, and what could they contribute?",
    "What would you stop doing to make room for “{topic}”?",
    "What would a good enough result for “{topic}” look like?",
)
STRAINS = (
    "Little protected time for “{topic}”",
    "No agreed sign that “{topic}” is moving",
    "Too many things started beside “{topic}”",
    "Unclear ownership of the next step for “{topic}”",
)
GAINS = (
    "A clear wish to move “{topic}” forward",
    "Willingness to look at “{topic}” honestly",
    "Experience that carries over to “{topic}”",
)
# Short values that are the same whatever the data says; looked up by the last word of the name.
PLAIN = {
    "unit": "percentage",
    "timeframe": "2-3 weeks",
    "timeline": "2-3 weeks",
    "duration": "2 weeks",
    "frequency": "weekly",
    "cadence": "weekly",
    "effort": "about 2 hours a week",
    "difficulty": "medium",
    "priority": "high",
    "impact": "high",
    "direction": "up",
    "emotion": "thoughtful",
    "mood": "thoughtful",
    "sentiment": "mixed",
    "tone": "warm",
    "status": "in progress",
    "language": "en",
    "locale": "en",
    "currency": "USD",
    "color": "#3b7a57",
    "colour": "#3b7a57",
    "version": "1.0",
    "owner": "you",
    "formula": "steps finished / steps planned * 100",
    "source": "weekly review",
    "type": "paragraph",
    "level": "medium",
    "slug": "next-step",
}
