"""What an answer may say of a person: their documents, the conversation, and what was counted."""

from collections.abc import Iterator

from app.chat.admission import AdmittedTurn
from app.chat.chat_context import ChatContext
from app.receipts import figures
from app.receipts.ground import Figure, Ground, passages_of, said
from app.workspace.figures import LATELY, Counts


def data(context: ChatContext) -> dict[str, object]:
    """For the model."""
    counts = context.counts
    lately = {
        f"last_{days}_days": {"entries": counts.entries_of(days), "days_written": counts.days_of(days)}
        for days in LATELY
    }
    counted = {"entries": counts.entries, **lately, "days_written_in_a_row": counts.streak, "goals": counts.goals}
    return {**counted, "of_goals": figures.as_data(context.documents, counts.today)["goals"]}


def ground(turn: AdmittedTurn, context: ChatContext) -> Ground:
    past = context.past
    told = [*(one.content for one in past.messages), turn.question["content"], past.opening, past.summary]
    told += [summary for _, _, summary in context.actions.known]
    passages = [*passages_of(context.documents), *said(told, turn.session_id)]
    counted = [*_counted(context.counts), *figures.of_some(context.documents, context.counts.today)]
    return Ground(passages, counted, {"today": context.counts.today}, context.counts.today, context.coach.language)


def _counted(counts: Counts) -> Iterator[Figure]:
    yield Figure("entries", float(counts.entries), "entry")
    yield Figure("days_in_a_row", float(counts.streak), "day", "row")
    for days in LATELY:
        yield Figure(f"entries_last_{days}_days", float(counts.entries_of(days)), "entry")
        yield Figure(f"days_written_last_{days}_days", float(counts.days_of(days)), "day", about=figures.WRITING)
    for status, number in counts.goals.items():
        yield Figure(f"goals_{status}", float(number), "goal")
    yield Figure("goals", float(sum(counts.goals.values())), "goal")
