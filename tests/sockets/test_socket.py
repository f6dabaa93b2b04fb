"""One socket over a pair, with a real client library at the other end."""

import time
from collections.abc import Callable

import gevent
import pytest
from simple_websocket import ConnectionClosed
from websocket import ABNF

from app.sockets import memory
from app.sockets import socket as timing
from tests.sockets.conftest import Pair

Make = Callable[..., Pair]


def fails_with(pair: Pair, code: int) -> None:
    """Our side ends with ``code``, and the client is told so."""
    serving = gevent.spawn(pair.here.receive)
    assert pair.goodbye() == code
    pair.peer.send_close(code)
    with pytest.raises(ConnectionClosed) as closed:
        serving.get(timeout=60)
    assert closed.value.reason == code


def test_text_is_text_and_bytes_are_bytes(pair: Make) -> None:
    made = pair()
    made.peer.send("grüß dich")
    made.peer.send_binary(b"\x00\xff")
    assert made.here.receive() == "grüß dich"
    assert made.here.receive() == b"\x00\xff"


def test_encoded_json_leaves_as_text(pair: Make) -> None:
    made = pair()
    made.here.send(b'{"type":"pong"}')
    assert made.peer.recv() == '{"type":"pong"}'


def test_nothing_in_time_is_none(pair: Make) -> None:
    made = pair()
    assert made.here.receive(timeout=0.01) is None
    made.peer.send("late")
    assert made.here.receive(timeout=60) == "late"


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536, 300_000])
def test_every_form_of_length_arrives_whole(pair: Make, size: int) -> None:
    made = pair()
    made.here.send("x" * size)
    assert made.peer.recv() == "x" * size
    gevent.spawn(made.peer.send, "y" * size)
    assert made.here.receive() == "y" * size


def test_fragments_are_put_together_around_a_ping(pair: Make) -> None:
    made = pair()
    made.peer.send_frame(ABNF.create_frame("Ä", ABNF.OPCODE_TEXT, fin=0))
    made.peer.send_frame(ABNF.create_frame(b"in between", ABNF.OPCODE_PING))
    made.peer.send_frame(ABNF.create_frame("ö".encode()[:1], ABNF.OPCODE_CONT, fin=0))
    made.peer.send_frame(ABNF.create_frame("ö".encode()[1:], ABNF.OPCODE_CONT, fin=1))
    assert made.here.receive() == "Äö"
    opcode, data = made.peer.recv_data(control_frame=True)
    assert (opcode, bytes(data)) == (ABNF.OPCODE_PONG, b"in between")


def test_a_message_of_the_largest_size_passes_and_one_byte_more_is_1009(pair: Make) -> None:
    made = pair(max_message_size=1000)
    made.peer.send("x" * 1000)
    assert made.here.receive() == "x" * 1000
    made.peer.send("x" * 1001)
    fails_with(made, 1009)


def test_size_is_counted_over_fragments_and_in_bytes(pair: Make) -> None:
    made = pair(max_message_size=1000)
    made.peer.send_frame(ABNF.create_frame("ä" * 300, ABNF.OPCODE_TEXT, fin=0))
    made.peer.send_frame(ABNF.create_frame(("ä" * 300).encode(), ABNF.OPCODE_CONT, fin=1))
    fails_with(made, 1009)


def test_endless_fragments_are_1009(pair: Make) -> None:
    made = pair()
    made.peer.send_frame(ABNF.create_frame("", ABNF.OPCODE_TEXT, fin=0))
    made.raw.sendall(ABNF.create_frame("", ABNF.OPCODE_CONT, fin=0).format() * 5000)
    fails_with(made, 1009)


def test_strangers_may_say_little(pair: Make) -> None:
    made = pair(admitted=False)
    made.peer.send("x" * 4096)
    assert made.here.receive() == "x" * 4096
    made.peer.send("x" * 4097)
    fails_with(made, 1009)


def test_a_message_that_never_ends_is_1008(pair: Make) -> None:
    made = pair()
    made.peer.send_frame(ABNF.create_frame("x" * 1000, ABNF.OPCODE_TEXT, fin=0))
    assert made.here.receive(timeout=0.01) is None
    made.here.tick(time.monotonic() + 29)
    assert made.here.connected
    gevent.idle()
    made.here.tick(time.monotonic() + 31)
    assert made.goodbye() == 1008


def test_the_memory_of_all_sockets_is_bounded(pair: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.budget, "limit", memory.budget.used + 1_000_000)
    one, other, third = pair(), pair(), pair()
    gevent.spawn(one.peer.send_frame, ABNF.create_frame("x" * 900_000, ABNF.OPCODE_TEXT, fin=0))
    while one.here.receive(timeout=0.01) is None and memory.budget.used < memory.budget.limit - 110_000:
        pass
    sending = gevent.spawn(other.peer.send, "y" * 200_000)
    fails_with(other, 1013)
    third.peer.send("still heard")
    assert third.here.receive(timeout=60) == "still heard"
    one.here.cut()
    gevent.spawn(third.peer.send, "z" * 900_000)
    assert third.here.receive(timeout=60) == "z" * 900_000
    sending.kill()


def test_a_message_counts_while_it_is_worked_on(pair: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.budget, "limit", memory.budget.used + 1_000_000)
    one, other = pair(), pair()
    gevent.spawn(one.peer.send, "x" * 700_000)
    assert one.here.receive(timeout=60)
    with pytest.raises(ConnectionClosed) as closed, other.here.holding(500_000):
        pass
    assert closed.value.reason == 1013
    assert one.here.receive(timeout=0) is None
    with one.here.holding(900_000):
        one.here.send("kept")
    assert one.peer.recv() == "kept"


@pytest.mark.parametrize("junk", [b"\xff", b"\xed\xa0\x80", b"\xc3"])
def test_what_is_not_utf8_is_1007(pair: Make, junk: bytes) -> None:
    made = pair()
    made.peer.send_frame(ABNF.create_frame(junk, ABNF.OPCODE_TEXT))
    fails_with(made, 1007)


@pytest.mark.parametrize(
    "junk",
    [
        b"\x81\x05hello",  # not masked
        b"\xc1\x80\x00\x00\x00\x00",  # compressed, which was not agreed
        b"\x83\x80\x00\x00\x00\x00",  # a reserved opcode
        b"\x80\x80\x00\x00\x00\x00",  # a continuation of nothing
        b"\x09\x80\x00\x00\x00\x00",  # a ping in pieces
    ],
)
def test_broken_frames_are_1002(pair: Make, junk: bytes) -> None:
    made = pair()
    made.raw.sendall(junk)
    fails_with(made, 1002)


def test_many_producers_of_big_frames_never_mix(pair: Make) -> None:
    made = pair()
    producers = [gevent.spawn(lambda n=n: [made.here.send(str(n) * 200_000) for _ in range(40)]) for n in range(4)]
    arrived = [made.peer.recv() for _ in range(160)]
    gevent.joinall(producers, raise_error=True)
    assert sorted(arrived) == sorted(str(n) * 200_000 for n in range(4) for _ in range(40))


def test_a_big_frame_reaches_a_slow_reader_whole(pair: Make) -> None:
    made = pair()
    text = "".join(f"{n:08d}" for n in range(650_000))
    sending = gevent.spawn(made.here.send, text)
    sending.get(timeout=60)  # nobody waits for one slow reader
    assert made.peer.recv() == text


def test_a_full_queue_cuts_a_reader_that_does_not_read(pair: Make) -> None:
    made = pair(max_queued=100_000)
    with pytest.raises(ConnectionClosed) as closed:
        for _ in range(100):
            made.here.send("x" * 50_000, timeout=0.05)
    assert closed.value.reason == 1006
    with pytest.raises(ConnectionClosed):
        made.here.send("more")


def test_a_reader_that_is_stuck_is_cut(pair: Make) -> None:
    made = pair()
    made.here.send("x" * 2_000_000)
    serving = gevent.spawn(made.here.receive)
    gevent.idle()
    made.here.tick(time.monotonic() + timing.SEND_TIMEOUT + 1)
    with pytest.raises(ConnectionClosed) as closed:
        serving.get(timeout=60)
    assert closed.value.reason == 1006


def test_a_silent_peer_is_pinged_then_cut(pair: Make) -> None:
    made = pair()
    serving = gevent.spawn(made.here.receive)
    gevent.sleep(0)
    made.here.tick(time.monotonic() + timing.PING_INTERVAL + 1)
    assert made.peer.recv_data(control_frame=True)[0] == ABNF.OPCODE_PING
    made.here.tick(time.monotonic() + timing.PING_TIMEOUT + 1)
    with pytest.raises(ConnectionClosed):
        serving.get(timeout=60)


def test_a_peer_that_answers_pings_stays(pair: Make) -> None:
    made = pair()
    serving = gevent.spawn(made.here.receive)
    gevent.sleep(0)
    later = time.monotonic() + timing.PING_TIMEOUT - 1
    made.here.tick(later)
    made.peer.recv_data_frame(control_frame=True)
    gevent.idle()
    made.here.tick(time.monotonic() + timing.PING_TIMEOUT - 1)
    made.peer.send("still here")
    assert serving.get(timeout=60) == "still here"


def test_of_many_pings_at_once_the_newest_are_answered_before_what_is_queued(pair: Make) -> None:
    made = pair()
    for number in range(50):
        made.peer.ping(str(number))
    made.peer.send("now")
    made.here.receive()
    made.here.send("later")
    arrived = [bytes(made.peer.recv_data(control_frame=True)[1]).decode() for _ in range(17)]
    assert arrived == [*map(str, range(34, 50)), "later"]


def test_closing_sends_what_is_queued_first(pair: Make) -> None:
    made = pair()
    made.here.send("x" * 2_000_000)
    made.here.close(4001, "enough")
    finishing = gevent.spawn(made.here.finish)
    assert len(made.peer.recv()) == 2_000_000
    assert made.goodbye() == 4001
    made.peer.send_close(4001)
    finishing.get(timeout=60)
    assert made.raw.recv(1) == b""


def test_after_closing_nothing_can_be_sent_or_received(pair: Make) -> None:
    made = pair()
    made.here.close(4001)
    with pytest.raises(ConnectionClosed):
        made.here.send("more")
    with pytest.raises(ConnectionClosed) as closed:
        made.here.receive()
    assert closed.value.reason == 4001


def test_a_peer_that_does_not_say_goodbye_is_not_waited_for(pair: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "CLOSE_TIMEOUT", 0.05)
    made = pair()
    gevent.spawn(made.here.finish).get(timeout=60)
    assert made.raw.recv(10) == b"\x88\x02" + (1000).to_bytes(2, "big")
    assert made.raw.recv(10) == b""


def test_the_peers_goodbye_is_answered_with_its_code(pair: Make) -> None:
    made = pair()
    made.peer.send_close(4123, b"bye")
    with pytest.raises(ConnectionClosed) as closed:
        made.here.receive()
    assert closed.value.reason == 4123
    assert made.goodbye() == 4123


def test_a_goodbye_without_a_code_is_answered_without_one(pair: Make) -> None:
    made = pair()
    made.raw.sendall(ABNF.create_frame(b"", ABNF.OPCODE_CLOSE).format())
    with pytest.raises(ConnectionClosed) as closed:
        made.here.receive()
    assert closed.value.reason == 1005
    assert made.raw.recv(10) == b"\x88\x00"


def test_a_peer_that_vanishes_is_1006(pair: Make) -> None:
    made = pair()
    made.raw.close()
    with pytest.raises(ConnectionClosed) as closed:
        made.here.receive()
    assert closed.value.reason == 1006
    with pytest.raises(ConnectionClosed):
        made.here.send("anybody?")


def test_a_peer_that_vanishes_frees_who_waits_for_room(pair: Make) -> None:
    made = pair(max_queued=1000)
    made.here.send("x" * 3_000_000)
    waiting = gevent.spawn(made.here.send, "y")
    gevent.idle()
    made.raw.close()
    with pytest.raises(ConnectionClosed):
        waiting.get(timeout=60)
