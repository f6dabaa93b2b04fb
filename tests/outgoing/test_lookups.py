"""Names that no name server answers for."""

import socket
import threading
from collections.abc import Callable, Iterator

import gevent
import pytest
from gevent import monkey

from app.llm.errors import ProviderError
from app.llm.interfaces import Deadlines
from app.llm.openai import OpenAIProvider
from app.outgoing import lookups
from app.outgoing.fetch import FetchRefused, FetchTimedOut, fetch
from app.outgoing.lookups import Lookups
from tests.llm.conftest import a_request

Resolver = Callable[..., list[tuple[object, ...]]]
real_event = monkey.get_original("threading", "Event")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names that the system was asked for. Those that end with ``.hole`` get no answer until the test ends."""
    names: list[str] = []
    end: threading.Event = real_event()

    def answer(host: str, *_: object) -> list[tuple[object, ...]]:
        names.append(host)
        if host.endswith(".hole"):
            end.wait(60)
        if host.endswith(".unknown"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(lookups, "ask", answer)
    yield names
    end.set()


def test_a_name_has_its_addresses(asked: list[str]) -> None:
    assert Lookups(1).addresses("one.test", 60) == ["127.0.0.1"]
    with pytest.raises(socket.gaierror):
        Lookups(1).addresses("no.unknown", 60)


def test_a_name_without_an_answer_ends_with_its_deadline_and_holds_one_thread(asked: list[str]) -> None:
    names = Lookups(2)
    waiting = [gevent.spawn(pytest.raises, TimeoutError, names.addresses, "black.hole", 0.05) for _ in range(30)]
    assert names.addresses("other.test", 60) == ["127.0.0.1"]
    gevent.joinall(waiting, raise_error=True)
    assert sorted(asked) == ["black.hole", "other.test"]


def test_nobody_waits_longer_when_all_threads_are_taken(asked: list[str]) -> None:
    names = Lookups(1)
    for name in ("one.hole", "two.hole", "other.test"):
        with pytest.raises(TimeoutError):
            names.addresses(name, 0.05)


def test_the_rest_of_the_process_looks_up_beside_a_hundred_dead_names(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "strangers", Lookups(4))
    fetches = [
        gevent.spawn(pytest.raises, FetchTimedOut, fetch, f"http://n{n}.hole/", frozenset(), seconds=0.2)
        for n in range(100)
    ]
    gevent.sleep(0)
    assert socket.getaddrinfo("localhost", 80)
    assert lookups.operators.addresses("vendor.test", 60)
    gevent.joinall(fetches, raise_error=True)
    assert sum(name.startswith("n") for name in asked) == 4


def test_an_unknown_name_is_refused(asked: list[str]) -> None:
    with pytest.raises(FetchRefused):
        fetch("http://no.unknown/", frozenset())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_model_call_waits_for_a_name_as_long_as_for_a_connection(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setattr(lookups, "operators", Lookups(1))
    provider = OpenAIProvider("key", f"{scheme}://vendor.hole/v1")
    with pytest.raises(ProviderError):
        list(provider.stream("coach-1", a_request(), Deadlines(connect=0.1, first=60, between=60, total=60)))
    assert set(asked) == {"vendor.hole"}
