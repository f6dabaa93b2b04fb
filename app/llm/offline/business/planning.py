"""Which actions come first, and when they can be done: counted from dates, hours and what waits for what."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.llm.offline.business.data import Row, named, number, part, rows, short, text_of, texts, title
from app.llm.offline.reading import Reading
from app.llm.offline.words import content, shorten

Answer = dict[str, Any]
RATES = ("low", "medium", "high", "critical")
WEIGHTS = {"low": 1, "small": 1, "medium": 2, "high": 3, "large": 3, "critical": 4}
MANY = 60  # rows that are told at length
SOON = 14  # days
HOURS = 8.0  # of work in a day
WORKDAYS = 5
SATURDAY = 5


def priorities(reading: Reading) -> Answer:
    """By what an action brings, what it takes, and how near its day is; the most pressing first."""
    tasks = named(rows(reading, "tasks"))
    ranked = sorted(tasks, key=lambda row: -_points(row, reading))
    made = [_ranked(row, reading) for row in ranked]
    return {"data": made if len(made) <= MANY else [_brief(row) for row in made]} if tasks else {}


def _brief(row: Row) -> Row:
    """The same with few words: an answer has to end somewhere."""
    return row | {"urgencyFactors": [], "impactFactors": [], "reasoning": shorten(row["reasoning"], 10)}


def schedule(reading: Reading) -> Answer:
    """One after the other where they wait for each other or share a person, on working days only."""
    tasks = named(rows(reading, "tasks"))
    plan = Plan(tasks, part(reading, "constraints"), today_of(reading))
    return {"data": [plan.place(row) for row in _in_order(tasks)]} if tasks else {}


class Plan:
    def __init__(self, tasks: list[Row], limits: Row, today: date) -> None:
        self._names = {row["id"]: title(row) or row["id"] for row in tasks}
        self._limits = limits
        self._people = {str(row.get("personId")): row for row in _objects(limits.get("teamAvailability"))}
        self._ends: dict[str, date] = {}
        self._busy: dict[str, date] = {}
        self._deadline = min(filter(None, (day(row.get("date")) for row in self._deadlines)), default=None)
        self._begin = self._first_day(tasks, today)

    @property
    def _deadlines(self) -> list[Row]:
        return _objects(self._limits.get("criticalDeadlines"))

    def place(self, row: Row) -> Row:
        person = str(row.get("assignedTo") or "")
        before = [name for name in texts(row.get("dependencies")) if name in self._ends]
        ends = [*(self._ends[name] for name in before), self._busy.get(person, date.min)]
        start = self._open_day(max(self._begin, max(ends) + timedelta(days=1)), person)
        due = self._last_day(start, self._days(row, person), person)
        self._ends[row["id"]] = due
        self._busy |= {person: due} if person else {}
        return self._told(row, person, before, start, due)

    def _told(self, row: Row, person: str, before: list[str], start: date, due: date) -> Row:
        waits = [f"{short(self._names[name], 10)} must be done first" for name in before]
        why = f"It begins when {' and '.join(short(self._names[name], 8) for name in before)} is done" if before else ""
        later = self._later(start, due)
        return {
            "actionId": row["id"],
            "suggestedStartDate": start.isoformat(),
            "suggestedDueDate": due.isoformat(),
            "reasoning": f"{why or 'Nothing has to be done before it'}, and takes {_hours(row):g} hours of work."[:600],
            "confidence": 0.7 if row.get("estimatedDuration") else 0.5,
            "dependencies": waits,
            "resourceConsiderations": self._load(person),
            "risks": [f"A delay of {short(self._names[name], 10)} moves this too" for name in before][:6],
            "alternativeSchedules": [later] if later else [],
        }

    def _load(self, person: str) -> list[str]:
        known = self._people.get(person)
        if not person:
            return ["Nobody has been named for it yet"]
        hours = number(known.get("hoursPerWeek")) if known else None
        return [f"{person} has {hours:g} hours a week" if hours else f"How many hours {person} has is not known"]

    def _later(self, start: date, due: date) -> Row | None:
        """A week of buffer, if that is still in time."""
        week = timedelta(days=7)
        if self._deadline and due + week > self._deadline:
            return None
        dates = {"startDate": (start + week).isoformat(), "dueDate": (due + week).isoformat()}
        return dates | {"rationale": "A week of buffer before it begins"}

    def _days(self, row: Row, person: str) -> int:
        a_week = number(self._people.get(person, {}).get("hoursPerWeek")) or HOURS * WORKDAYS
        return max(1, -int(-_hours(row) // min(24.0, a_week / WORKDAYS)))

    def _last_day(self, start: date, days: int, person: str) -> date:
        last = start
        for _ in range(min(days, 2000) - 1):
            last = self._open_day(last + timedelta(days=1), person)
        return last

    def _open_day(self, wanted: date, person: str) -> date:
        away = {day(text) for text in texts(self._people.get(person, {}).get("unavailableDates"))}
        for _ in range(366):
            if wanted.weekday() < SATURDAY and wanted not in away:
                break
            wanted += timedelta(days=1)
        return wanted

    def _first_day(self, tasks: list[Row], today: date) -> date:
        """Today. For a plan of the past, when it began, or early enough for its deadline."""
        if self._deadline is None or self._deadline >= today:
            return today
        begun = [found for row in tasks if (found := day(row.get("currentStartDate")))]
        needed = timedelta(days=sum(self._days(row, str(row.get("assignedTo") or "")) for row in tasks) * 2)
        return min([*begun, self._deadline - min(needed, timedelta(days=3650))])


def today_of(reading: Reading) -> date:
    return day(text_of(reading, "today")) or datetime.now(UTC).date()


def day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _in_order(tasks: list[Row]) -> list[Row]:
    """What others wait for comes first; of those that are free, the most pressing."""
    left, done = sorted(tasks, key=lambda row: -WEIGHTS.get(str(row.get("priority")).lower(), 2)), list[Row]()
    while left:
        names = {row["id"] for row in left}
        free = next((row for row in left if not names & {*texts(row.get("dependencies"))} - {row["id"]}), left[0])
        left.remove(free)
        done.append(free)
    return done


def _ranked(row: Row, reading: Reading) -> Row:
    points = _points(row, reading)
    wanted = RATES[max(0, min(3, round(points) - 1))]
    current = str(row.get("currentPriority") or row.get("priority") or wanted).lower()
    current = current if current in RATES else wanted
    step = RATES.index(wanted) - RATES.index(current)
    move = "escalate" if step > 0 else "de-prioritize" if step < 0 else "maintain"
    urgent, impact = _urgency(row, reading), _impact(row)
    because = "; ".join([*urgent, *impact]).lower() or "nothing presses it, and no goal is linked to it"
    return {
        "actionId": row["id"],
        "suggestedPriority": wanted,
        "currentPriority": current,
        "reasoning": f"{short(title(row) or row['id'])}: {because}."[:600],
        "confidence": 0.75 if urgent and impact else 0.6,
        "urgencyFactors": urgent,
        "impactFactors": impact,
        "recommendedAction": move,
        "estimatedBusinessValue": 0,
    }


def _points(row: Row, reading: Reading) -> float:
    """From 1, what can wait, to 4, what can't."""
    impact, effort = _weight(row.get("impact"), 2), _weight(row.get("effort"), 2)
    return impact + (2 - effort) * 0.25 + 0.6 * len(_urgency(row, reading)) + 0.3 * bool(_linked(row)) - 0.5


def _weight(value: Any, usual: int) -> int:
    words = str(value or "").lower().split()
    return next((WEIGHTS[word.strip(",.")] for word in words if word.strip(",.") in WEIGHTS), usual)


def _urgency(row: Row, reading: Reading) -> list[str]:
    today, due = today_of(reading), day(row.get("dueDate"))
    made = []
    if due and str(row.get("status") or "").lower() not in {"completed", "done"}:
        if due < today:
            made.append(f"It was due on {due}")
        elif (due - today).days <= SOON:
            made.append(f"It is due on {due}")
    own = content(f"{title(row)} {' '.join(_linked(row))}")
    pressing = texts(part(reading, "business_context").get("urgentDeadlines"))
    return made + [f"An urgent deadline speaks of it: {short(line)}" for line in pressing if own & content(line)][:2]


def _impact(row: Row) -> list[str]:
    made = [f"Its impact is said to be {row['impact']}"] if row.get("impact") else []
    made += [f"It serves the goal {short(name)}" for name in _linked(row)[:2]]
    return made + ([f"It takes little effort ({row['effort']})"] if _weight(row.get("effort"), 2) == 1 else [])


def _linked(row: Row) -> list[str]:
    return texts(row.get("linkedGoals"))


def _hours(row: Row) -> float:
    return number(row.get("estimatedDuration")) or HOURS


def _objects(value: Any) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
