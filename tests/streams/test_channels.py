"""Publish, replay, follow: in one process, across two, and while Redis is away."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import gevent
import pytest
from flask import Flask
from gevent.event import Event
from redis import Redis

from app.local.services import Services
from app.streams import log as log_module
from app.streams import redis_store
from app.streams.interfaces import Frame, Gone
from app.streams.log import EventLog
from tests.waiting import until


@pytest.fixture
def here(services: Services, app: Flask, clean: None) -> EventLog:
    return connected(services)


@pytest.fixture
def there(services: Services, app: Flask, clean: None) -> EventLog:
    """The log of another process."""
    return connected(services)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "IDLE_AFTER", 0.1)


def connected(services: Services) -> EventLog:
    return EventLog(redis_store.client(services.redis_url))


def say(log: EventLog, name: str, *words: bytes, pause: float = 0.0) -> None:
    channel = log.open(name)
    for number, word in enumerate(words, 1):
        log.publish(channel, word, final=number == len(words))
        gevent.sleep(pause)


def heard(frames: Iterator[list[Frame] | None]) -> list[bytes]:
    with gevent.Timeout(60):
        return [frame.data for batch in frames if batch for frame in batch]


def is_stored(log: EventLog, name: str) -> bool:
    with suppress(Gone):
        return bool(log.replay(name))
    return False


def test_a_reader_in_the_same_process_hears_everything(here: EventLog) -> None:
    speaking = gevent.spawn(say, here, "a", b"1", b"2", b"3", pause=0.01)
    gevent.sleep(0)
    assert heard(here.follow("a")) == [b"1", b"2", b"3"]
    speaking.join()


def test_a_reader_elsewhere_hears_the_same(here: EventLog, there: EventLog) -> None:
    gevent.spawn(say, here, "a", b"1", b"2", b"3", pause=0.15)
    until(lambda: is_stored(there, "a"))
    assert heard(there.follow("a")) == [b"1", b"2", b"3"]


def test_a_cursor_skips_what_was_heard(here: EventLog, there: EventLog) -> None:
    say(here, "a", b"1", b"2", b"3")
    here.flush()
    assert heard(there.follow("a", after=1)) == [b"2", b"3"]
    assert heard(there.follow("a", after=3)) == []


def test_many_readers_each_hear_all(here: EventLog, there: EventLog) -> None:
    gevent.spawn(say, here, "a", *[b"%d" % n for n in range(50)], pause=0.005)
    until(lambda: is_stored(there, "a"))
    readers = [gevent.spawn(lambda: heard(there.follow("a"))) for _ in range(20)]
    readers += [gevent.spawn(lambda: heard(here.follow("a"))) for _ in range(20)]
    gevent.joinall(readers)
    assert {len(reader.value) for reader in readers} == {50}


def test_silence_is_told(here: EventLog, quick: None) -> None:
    channel = here.open("a")
    reader = here.follow("a")
    assert next(reader) is None
    here.publish(channel, b"1", final=True)
    assert heard(reader) == [b"1"]


def test_nothing_is_known_of_an_unknown_channel(here: EventLog) -> None:
    with pytest.raises(Gone):
        next(here.follow("unknown"))


def test_local_readers_do_not_need_redis(app: Flask) -> None:
    log = EventLog(redis_store.client("redis://127.0.0.1:9"))
    gevent.spawn(say, log, "a", b"1", b"2", pause=0.2)
    gevent.sleep(0)
    assert heard(log.follow("a")) == [b"1", b"2"]


def test_what_redis_missed_is_written_when_it_is_back(here: EventLog, there: EventLog, services: Services) -> None:
    here._redis = redis_store.client("redis://127.0.0.1:9")
    channel = here.open("a")
    here.publish(channel, b"1")
    here.flush()
    here._redis = redis_store.client(services.redis_url)
    here.publish(channel, b"2", final=True)
    here.flush()
    assert heard(there.follow("a")) == [b"1", b"2"]


def test_a_write_never_overtakes_another(here: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    writing, may_end, append = Event(), Event(), redis_store.append
    stored: list[bytes] = []

    def slow_at_first(server: Redis, batches: Sequence[tuple[str, Sequence[Frame]]]) -> None:
        if not writing.is_set():
            writing.set()
            may_end.wait()
        append(server, batches)
        stored.extend(frame.data for _, frames in batches for frame in frames)

    monkeypatch.setattr(redis_store, "append", slow_at_first)
    channel = here.open("a")
    here.publish(channel, b"1")
    writing.wait()
    here.publish(channel, b"2", final=True)
    going_down = gevent.spawn(here.flush)
    going_down.join(timeout=0.3)  # it could end by now, if it did not have to wait
    may_end.set()
    going_down.join()
    assert stored == [b"1", b"2"]


def test_a_connection_that_redis_has_closed_is_not_lent(services: Services) -> None:
    server, other = redis_store.client(services.redis_url), redis_store.client(services.redis_url)
    first = server.client_id()
    other.client_kill_filter(_id=str(first))
    assert server.client_id() != first
