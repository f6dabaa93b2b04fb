"""GET /chat/session/<id>/stream: nothing lost, nothing twice, whenever the connection broke."""

import gevent
import pytest

from app.streams.log import EventLog
from app.streams.runner import Runner
from app.streams.signals import signals
from app.web.container import resolve_from
from tests.chat.conftest import Events, Listener, ask, messages, parse, resume, stream
from tests.conftest import Caller
from tests.double.client import Double
from tests.waiting import until

WORDS = ["You ", "wrote ", "about ", "running ", "and ", "schläfst ", "besser ", "💤."]


@pytest.fixture
def whole(owner: Caller, double: Double) -> Events:
    double.script({"text": WORDS})
    return stream(owner)


def test_any_cut_and_any_resume_give_the_same_text(owner: Caller, whole: Events) -> None:
    for at, cursor in enumerate(whole.ids[:-1]):
        rest = resume(owner, whole.start["sessionId"], cursor)
        said = "".join(item.get("content", "") for item in whole.items[: at + 1] if item["type"] == "content")
        assert said + rest.text == "".join(WORDS)
        assert rest.types[-1] == "end"
        assert "start" not in rest.types


def test_without_a_cursor_the_last_turn_is_told_from_its_start(owner: Caller, whole: Events) -> None:
    again = resume(owner, whole.start["sessionId"])
    assert (again.types[0], again.text, again.last) == ("start", whole.text, whole.last)


def test_past_the_end_only_the_end_is_told_again(owner: Caller, whole: Events) -> None:
    assert resume(owner, whole.start["sessionId"], whole.ids[-1]).items == [whole.last]


def test_a_cursor_of_an_earlier_turn_tells_that_turn(owner: Caller, whole: Events, double: Double) -> None:
    session_id = whole.start["sessionId"]
    stream(owner, "And now?", sessionId=session_id)
    assert resume(owner, session_id, whole.ids[2]).text == "".join(WORDS[2:])


def test_a_running_turn_is_followed_live_by_two_readers(owner: Caller, double: Double) -> None:
    session_id = owner.post("/api/v1/chat/session").json["id"]
    double.script({"text": WORDS, "gap": 0.03})
    asking = gevent.spawn(stream, owner, sessionId=session_id)
    until(double.requests)
    watching = gevent.spawn(resume, owner, session_id)
    gevent.joinall([asking, watching])
    assert asking.value.items == watching.value.items


def test_a_turn_of_another_process_is_followed_through_redis(
    owner: Caller, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = owner.post("/api/v1/chat/session").json["id"]
    double.script({"text": WORDS, "hold": 3})
    asking = gevent.spawn(stream, owner, sessionId=session_id)
    until(lambda: double.holds() and signals.redis.keys("stream:*"))
    runner = resolve_from(owner.client.application, Runner)
    monkeypatch.setattr(runner, "log", EventLog(signals.redis))
    watching = Listener(lambda: owner.get(f"/api/v1/chat/session/{session_id}/stream", buffered=False))
    watching.await_events(4)
    double.release()
    assert watching.get().items == asking.get().items


def test_a_turn_goes_on_when_its_reader_leaves(owner: Caller, double: Double) -> None:
    double.script({"text": WORDS, "gap": 0.02})
    response = owner.post("/api/v1/chat/message/stream", json={"message": "Hello"}, buffered=False)
    first = next(response.response)
    response.close()
    start = parse(first)[0][0]
    until(lambda: messages(owner, start["sessionId"])[-1]["content"] == "".join(WORDS))


def test_junk_cursors_are_refused(owner: Caller, whole: Events) -> None:
    for junk in ("7", "turn_x", "turn_x:1", "turn_x:a:b", "turn_x:1:-1", "x" * 500):
        assert resume(owner, whole.start["sessionId"], junk).status == 400


def test_a_cursor_of_somebody_elses_turn_is_unknown(owner: Caller, stranger: Caller, whole: Events) -> None:
    session_id = ask(stranger, "Mine").json["sessionId"]
    assert resume(stranger, session_id, whole.ids[1]).status == 404


def test_a_session_where_nothing_was_said_has_nothing_to_follow(owner: Caller, session_id: str) -> None:
    assert resume(owner, session_id).status == 404
