"""Events reach their person: in order, once, on every process, and nobody else."""

from datetime import datetime, timedelta

import gevent

from app.core.clock import now
from app.db.session import db as database
from app.feeds import service
from app.streams.signals import signals
from tests.conftest import Caller
from tests.feeds.conftest import Open, happen, numbers
from tests.gunicorn import Web
from tests.waiting import somebody_waits_for, until


def test_an_event_arrives_in_its_frame(here: Web, connect: Open, owner: Caller) -> None:
    client = connect(here, header=owner.token)
    [made] = happen(owner, 7)
    frame = client.hear()
    assert frame == {"type": "ai.job.completed", "timestamp": frame["timestamp"], "data": {"number": 7}, "id": made}
    assert frame["timestamp"].endswith("Z")
    assert abs(datetime.fromisoformat(frame["timestamp"]) - now()) < timedelta(minutes=1)


def test_sockets_of_every_process_hear_it(here: Web, there: Web, connect: Open, owner: Caller) -> None:
    clients = [connect(web, path=path, header=owner.token) for web in (here, there) for path in ("/ws", "/realtime")]
    happen(owner, 1, 2, 3)
    assert [numbers(client.heard(3)) for client in clients] == [[1, 2, 3]] * 4


def test_nobody_else_hears_it(
    here: Web, connect: Open, owner: Caller, teammate: Caller, stranger: Caller, operator: Caller
) -> None:
    others = [connect(here, header=who.token) for who in (teammate, stranger, operator)]
    client = connect(here, header=owner.token)
    happen(owner, 1)
    assert numbers(client.heard(1)) == [1]
    assert all(other.nothing_more() for other in others)


def test_a_new_socket_begins_with_what_comes(here: Web, connect: Open, owner: Caller) -> None:
    happen(owner, 1, 2)
    client = connect(here, header=owner.token)
    assert client.nothing_more()
    happen(owner, 3)
    assert numbers(client.heard(1)) == [3]


def test_a_burst_of_many_writers_arrives_whole_and_in_order(
    here: Web, there: Web, connect: Open, owner: Caller
) -> None:
    clients = [connect(web, header=owner.token) for web in (here, there)]
    writers = [gevent.spawn(happen, owner, *range(n * 50, n * 50 + 50)) for n in range(10)]
    for client in clients:
        frames = client.heard(500)
        assert [int(frame["id"]) for frame in frames] == sorted({int(frame["id"]) for frame in frames})
        assert sorted(numbers(frames)) == list(range(500))
    gevent.joinall(writers, raise_error=True)


def test_ids_grow_in_the_order_of_commits(here: Web, connect: Open, owner: Caller) -> None:
    client = connect(here, header=owner.token)
    with database.begin() as session:
        slow = service.append(session, owner.tenant, owner.user, "slow", {"number": 1})
        other = gevent.spawn(happen, owner, 2)
        until(lambda: somebody_waits_for("advisory"))
        assert not other.ready()
    assert numbers(client.heard(2)) == [1, 2]
    assert int(other.get()[0]) > slow


def test_nothing_is_told_of_what_was_not_committed(here: Web, connect: Open, owner: Caller) -> None:
    client = connect(here, header=owner.token)
    with database.begin() as session:
        service.append(session, owner.tenant, owner.user, "x", {"number": 1})
        session.rollback()
    happen(owner, 2)
    assert numbers(client.heard(1)) == [2]


def test_an_event_whose_word_was_lost_arrives_all_the_same(here: Web, connect: Open, owner: Caller) -> None:
    client = connect(here, header=owner.token)
    assert client.nothing_more()
    with database.begin() as session:
        service.append(session, owner.tenant, owner.user, "x", {"number": 1})
        session.info.clear()  # nobody is told after the commit
    assert numbers(client.heard(1)) == [1]


def test_a_process_is_signalled_for_the_feeds_that_it_follows_only(
    here: Web, connect: Open, owner: Caller, stranger: Caller
) -> None:
    client = connect(here, header=owner.token)
    assert client.nothing_more()
    until(lambda: subscribers(owner) == 1)
    assert subscribers(stranger) == 0
    client.socket.close()
    until(lambda: subscribers(owner) == 0)


def subscribers(who: Caller) -> int:
    channel = service.feed_of(who.tenant, who.user).channel
    return int(signals.redis.pubsub_numsub(f"signal:{channel}")[0][1])
