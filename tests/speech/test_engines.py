"""Engine processes that crash, hang, are crowded, or lose their owner."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import gevent
import psutil
import pytest
from gevent.event import Event

from app.speech import engine_protocol
from app.speech.embedded import EspeakSynthesizer
from app.speech.engines import ROOT, Engines
from app.speech.interfaces import ErrorKind, Sound, SpeechError
from tests.speech.conftest import only

OWNER = """
import sys
from app.speech.engines import Engines
engines = Engines(("tts",), {}, 1, 1.0, 0.05)
engines.warm()
print(engines.pids[0], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def engines() -> Iterator[Engines]:
    running = Engines(("tts",), {}, count=1, waiting_share=0.06, hold_seconds=0.05)
    EspeakSynthesizer(running).synthesize("Warm.", "", 5)
    yield running
    running.close()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Set when an engine has been sent a task and its answer is waited for."""
    event, receive = Event(), engine_protocol.receive

    def receive_and_say(sock: socket.socket, until: float | None = None) -> bytes:
        event.set()
        return receive(sock, until)

    monkeypatch.setattr(engine_protocol, "receive", receive_and_say)
    return event


def say(engines: Engines, deadline: float = 5.0) -> Sound:
    return EspeakSynthesizer(engines).synthesize("Hello.", "", deadline)


def failure(engines: Engines, deadline: float = 5.0) -> SpeechError:
    with pytest.raises(SpeechError) as raised:
        say(engines, deadline)
    return raised.value


def hanging(engines: Engines) -> psutil.Process:
    process = only(engines)
    process.send_signal(signal.SIGSTOP)
    return process


def gone(process: psutil.Process, within: float = 60.0) -> bool:
    until = time.monotonic() + within
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_a_warm_engine_is_the_one_that_answers(engines: Engines) -> None:
    pids = engines.pids
    assert say(engines).audio and engines.pids == pids


def test_an_engine_that_hangs_is_ended_at_the_deadline(engines: Engines) -> None:
    process = hanging(engines)
    error = failure(engines, deadline=0.2)
    assert error.kind is ErrorKind.TIMEOUT and error.retryable
    assert gone(process) and say(engines).audio


def test_an_engine_that_dies_in_the_middle_fails_that_call_only(engines: Engines, sent: Event) -> None:
    process = hanging(engines)
    call = gevent.spawn(failure, engines)
    assert sent.wait(60)
    process.kill()
    error = call.get(timeout=60)
    assert error.kind is ErrorKind.CRASHED and error.retryable
    assert say(engines).audio


def test_an_engine_that_died_between_calls_is_not_missed(engines: Engines) -> None:
    process = only(engines)
    process.kill()
    assert gone(process) and say(engines).audio


def test_a_crowd_is_turned_away_quickly(engines: Engines, sent: Event) -> None:
    hanging(engines)
    first = gevent.spawn(failure, engines, 2.0)
    assert sent.wait(60)
    crowd = [gevent.spawn(failure, engines, 2.0) for _ in range(200)]
    kinds = {call.get(timeout=60).kind for call in crowd}
    assert kinds == {ErrorKind.BUSY} and not first.ready()
    assert first.get(timeout=60).kind is ErrorKind.TIMEOUT


def test_a_crowd_that_can_be_served_is_served(voices: Engines) -> None:
    calls = [gevent.spawn(say, voices) for _ in range(10)]
    assert all(call.get(timeout=60).audio for call in calls)


def test_a_caller_who_stops_harms_nobody(engines: Engines, sent: Event) -> None:
    hanging(engines)
    calls = [gevent.spawn(say, engines) for _ in range(3)]
    assert sent.wait(60)
    gevent.killall(calls, timeout=60)
    assert say(engines).audio


def test_others_go_on_while_an_engine_works(engines: Engines) -> None:
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            gevent.sleep(0.001)

    ticking = gevent.spawn(tick)
    EspeakSynthesizer(engines).synthesize("A plan for a busy week. " * 20, "", 5)
    ticking.kill()
    assert ticks > 3


def test_an_engine_ends_with_its_owner() -> None:
    command = [sys.executable, "-c", OWNER]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        engine = psutil.Process(int(owner.stdout.readline()))
        owner.kill()
    assert gone(engine)


def test_an_engine_holds_no_secret_and_no_connection(engines: Engines) -> None:
    process = only(engines)
    assert not process.environ()
    assert not process.net_connections(kind="inet")


def test_a_terminals_interrupt_is_its_owners_business(engines: Engines) -> None:
    process = only(engines)
    process.send_signal(signal.SIGINT)
    assert say(engines).audio and only(engines) == process


def test_an_engine_without_its_library_says_so() -> None:
    engines = Engines(("stt", "faster-whisper", "base"), {}, count=1, waiting_share=1, hold_seconds=0.05)
    error = failure(engines)
    engines.close()
    assert error.kind is ErrorKind.MISSING and not error.retryable
