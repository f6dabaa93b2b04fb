"""A week is written once, whatever machine is asked, and followed from any."""

from collections.abc import Callable

import gevent
import pytest
from sqlalchemy import text

from app.db.session import db as database
from tests.chat.conftest import write
from tests.conftest import Caller
from tests.double.client import Double
from tests.gunicorn import Web

WORDS = [f"word{n} " for n in range(30)]
REVIEW = "".join(WORDS)
Start = Callable[..., Web]


@pytest.fixture(autouse=True)
def entry(owner: Caller) -> None:
    write(owner)


def test_many_at_once_on_two_machines_spend_one_call(two_webs: tuple[Web, Web], token: str, double: Double) -> None:
    double.default(text=WORDS, gap=0.05)
    asked = [gevent.spawn(lambda n=n: two_webs[n % 2].week(token).rest()) for n in range(12)]
    readings = [greenlet.get() for greenlet in asked]
    assert {reading.text for reading in readings} == {REVIEW}
    assert {reading.items[-1]["type"] for reading in readings} == {"done"}
    assert len(double.requests()) == 1


def test_a_cut_stream_goes_on_at_another_machine(here: Web, there: Web, token: str, double: Double) -> None:
    double.script({"text": WORDS, "gap": 0.05})
    reading = here.week(token)
    reading.next(8)
    reading.cut()
    rest = there.week(token, after=reading.ids[-1]).rest()
    assert reading.text + rest.text == REVIEW
    assert rest.items[-1]["insight"]["content"] == REVIEW


def test_on_sigterm_a_review_is_finished(start_web: Start, there: Web, token: str, double: Double) -> None:
    double.script({"text": WORDS, "gap": 0.05})
    web = start_web()
    reading = web.week(token)
    reading.next(3)
    web.stop()
    assert there.get(token, "/api/v1/chat/weekly-insights/current")["insight"]["content"] == REVIEW


def test_what_a_killed_process_left_is_written_by_another(
    start_web: Start, there: Web, token: str, double: Double
) -> None:
    double.script({"text": WORDS, "hold": 4}, {"text": "Whole"})
    web = start_web()
    reading = web.week(token)
    reading.next(5)
    there.week(token, after=reading.ids[0]).next(4)
    web.kill()
    with database.begin() as session:
        session.execute(text("UPDATE weekly_insights SET lease_until = now() - interval '1 second'"))
    assert there.week(token, after=reading.ids[-1]).rest().items[-1]["type"] == "error"
    assert there.week(token).rest().text == "Whole"
