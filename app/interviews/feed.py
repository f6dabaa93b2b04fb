"""An interview as a feed: its messages, then how it ended."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ARRAY, Integer, Select, String, and_, column, func, literal, select
from sqlalchemy.orm import Session
from wsproto.frame_protocol import CloseReason

from app.core.clock import iso
from app.feeds.dispatcher import FeedDispatcher
from app.feeds.interfaces import Entry, Feed, Range
from app.feeds.reader import Reader
from app.interviews.errors import NotFound
from app.interviews.looks import looks
from app.interviews.models import Interview, InterviewMessage, Status
from app.sockets.socket import Socket
from app.streams import sse

FAILED = "Failed to generate next response"
STOPPED = "Who began the interview has stopped it"
ABANDONED = "It was stopped because nobody looked at it any more; it can be tried again"
UNFINISHED = {  # what the last event calls it
    Status.FAILED: ("AI service unavailable", FAILED),
    Status.STOPPED: ("Interview stopped", STOPPED),
    Status.ABANDONED: ("Interview abandoned", ABANDONED),
}
NOT_FOUND, BROKEN = 4004, 4500  # close codes of the contract
READY = Entry(1, "insights", b"{}")


class MessageFeeds:
    channel = "interview"

    def read(self, session: Session, ranges: Sequence[Range], limit: int) -> list[list[Entry]]:
        rows = session.execute(_messages_after(ranges))
        looks.note(wanted.key[0] for wanted in ranges)
        return [_entries(ranges[n - 1], list(found))[:limit] for n, found in groupby(rows, key=lambda row: row.n)]


class InsightsFeeds:
    """One entry, as soon as there is nothing (more) to wait for. Signalled like the messages."""

    channel = MessageFeeds.channel

    def read(self, session: Session, ranges: Sequence[Range], limit: int) -> list[list[Entry]]:
        ids = {wanted.key[0] for wanted in ranges}
        is_pending = and_(Interview.status == Status.COMPLETED, Interview.insights.is_(None))
        pending = set(session.scalars(select(Interview.id).where(Interview.id.in_(ids), is_pending)))
        return [[] if wanted.key[0] in pending else [READY] for wanted in ranges]


MESSAGES, INSIGHTS = MessageFeeds(), InsightsFeeds()


def messages_of(interview_id: str) -> Feed:
    return Feed(MESSAGES, (interview_id,))


def insights_of(interview_id: str) -> Feed:
    return Feed(INSIGHTS, (interview_id,))


def serve(socket: Socket, dispatcher: FeedDispatcher, interview_id: str, after: int) -> None:
    """The messages after a position, then the end, over a socket. A client that leaves is noticed at once."""

    def send(entry: Entry) -> None:
        if entry.close_code != NOT_FOUND:
            socket.send(entry.data)
        if entry.final:
            socket.close(entry.close_code, NotFound.code if entry.close_code == NOT_FOUND else "")

    if "\x00" in interview_id:  # no text of the database holds it, and all who follow share a query
        socket.close(NOT_FOUND, NotFound.code)
        return
    with dispatcher.following(Reader(messages_of(interview_id), after, send)):
        while True:
            socket.receive()


def _messages_after(ranges: Sequence[Range]) -> Select[Any]:
    """For each range, by its number from 1: the interview, if it is there, with the messages, if there are any."""
    asked = (
        func.unnest(
            literal([wanted.key[0] for wanted in ranges], ARRAY(String)),
            literal([wanted.after for wanted in ranges], ARRAY(Integer)),
        )
        .table_valued(column("id", String), column("after", Integer), with_ordinality="n")
        .render_derived(name="asked")
    )
    message = InterviewMessage
    count = select(func.count()).where(message.interview_id == asked.c.id).correlate(asked).scalar_subquery()
    state = (Interview.status, Interview.error, Interview.completed_at, count.label("total"))
    fresh = and_(message.interview_id == asked.c.id, message.position > asked.c.after)
    return (
        select(asked.c.n, *state, message.position, message.id, message.agent, message.message, message.created_at)
        .select_from(asked)
        .outerjoin(Interview, Interview.id == asked.c.id)
        .outerjoin(message, fresh)
        .order_by(asked.c.n, message.position)
    )


def _entries(wanted: Range, rows: Sequence[Any]) -> list[Entry]:
    interview = rows[0]
    messages = [_message(row) for row in rows if row.position is not None]
    if interview.status is None:
        return [_not_found(wanted)]
    return messages if interview.status == Status.IN_PROGRESS else [*messages, _end(wanted, interview)]


def _message(row: Any) -> Entry:
    payload = {"id": row.id, "agent": row.agent, "message": row.message, "timestamp": iso(row.created_at)}
    return Entry(row.position, "message", sse.encode({"type": "message", "payload": payload}))


def _end(wanted: Range, row: Any) -> Entry:
    if row.status in UNFINISHED:
        title, text = UNFINISHED[row.status]
        return _error(row.total, title, row.error or text, BROKEN)
    completed_at = iso(row.completed_at) if row.completed_at else None
    payload = {"interviewId": wanted.key[0], "messageCount": row.total, "completedAt": completed_at}
    return Entry(
        row.total, "complete", sse.encode({"type": "complete", "payload": payload}), CloseReason.NORMAL_CLOSURE
    )


def _not_found(wanted: Range) -> Entry:
    error = NotFound(wanted.key[0])
    return _error(wanted.after, error.code, error.text, NOT_FOUND)


def _error(position: int, error: str, message: str, close_code: int) -> Entry:
    return Entry(position, "error", sse.encode({"type": "error", "error": error, "message": message}), close_code)
