"""What was missed can be asked for."""

import pytest

from tests.conftest import Caller
from tests.feeds.conftest import Open, happen, numbers
from tests.gunicorn import Web


def test_resume_tells_what_was_missed_then_goes_on(here: Web, there: Web, connect: Open, owner: Caller) -> None:
    client = connect(here, header=owner.token)
    happen(owner, 1, 2)
    seen = client.heard(2)
    client.socket.close()
    happen(owner, 3, 4, 5)
    again = connect(there, header=owner.token)
    again.say(action="resume", after=seen[-1]["id"])
    assert numbers(again.heard(3)) == [3, 4, 5]
    happen(owner, 6)
    assert numbers(again.heard(1)) == [6]


def test_resume_takes_a_number_and_pages_through_a_long_absence(here: Web, connect: Open, owner: Caller) -> None:
    ids = happen(owner, *range(250))
    client = connect(here, header=owner.token)
    client.say(action="resume", after=int(ids[0]))
    assert numbers(client.heard(249)) == list(range(1, 250))


def test_resume_from_0_tells_all_that_is_kept(here: Web, connect: Open, owner: Caller) -> None:
    happen(owner, 1, 2)
    client = connect(here, header=owner.token)
    client.say(action="resume", after="0")
    assert numbers(client.heard(2)) == [1, 2]


def test_nothing_is_told_twice(here: Web, connect: Open, owner: Caller) -> None:
    ids = happen(owner, 1, 2, 3)
    client = connect(here, header=owner.token)
    happen(owner, 4)
    assert numbers(client.heard(1)) == [4]
    client.say(action="resume", after=ids[1])
    client.say(action="resume", after=ids[1])
    client.say(action="resume", after=ids[0])
    assert numbers(client.heard(2)) == [3, 2]
    assert client.nothing_more()


def test_resume_from_the_newest_tells_nothing(here: Web, connect: Open, owner: Caller) -> None:
    ids = happen(owner, 1, 2)
    client = connect(here, header=owner.token)
    client.say(action="resume", after=ids[-1])
    assert client.nothing_more()


def test_resume_tells_the_callers_own_events_only(
    here: Web, connect: Open, owner: Caller, teammate: Caller, stranger: Caller
) -> None:
    happen(stranger, 1)
    happen(teammate, 2)
    happen(owner, 3)
    client = connect(here, header=owner.token)
    client.say(action="resume", after=0)
    assert numbers(client.heard(1)) == [3]
    assert client.nothing_more()


@pytest.mark.parametrize("junk", ["x", "-1", -1, "", None, 1.5, True, [], {}, "9" * 18, 10**30, 10**18, "²"])
def test_a_junk_id_is_refused_and_the_socket_goes_on(here: Web, connect: Open, owner: Caller, junk: object) -> None:
    client = connect(here, header=owner.token)
    client.say(action="resume", after=junk)
    frame = client.hear()
    assert (frame["type"], frame["data"]["code"]) == ("error", "VALIDATION_ERROR")
    happen(owner, 1)
    assert numbers(client.heard(1)) == [1]
