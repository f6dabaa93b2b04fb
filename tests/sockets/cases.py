"""What RFC 6455 asks of a server that answers every message with the same message.

Its chapters are those of Autobahn's test suite, by their numbers there; ``python -m bench.autobahn`` runs that itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.sockets.peer import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Heard, fragments, frame, goodbye, pieces

KIB = 1024
MIB = 1024 * KIB
ENDED = goodbye(1000)
HELLO = "Grüß dich, κόσμε, 𝄞".encode()


@dataclass(frozen=True)
class Case:
    name: str
    sent: bytes
    answers: tuple[Heard, ...] = ()  # that the server gives at once
    goodbye: bytes = b""  # what is sent when they have come
    end: Heard = (CLOSE, b"\x03\xe8")  # the last that is heard
    chop: int = 0


def passes(name: str, *sent: bytes, heard: tuple[Heard, ...] = (), chop: int = 0) -> Case:
    """The server answers, and ends because we do."""
    return Case(name, b"".join(sent), heard, ENDED, chop=chop)


def ends(name: str, *sent: bytes, code: int = 1000) -> Case:
    """Our goodbye is answered, and nothing else."""
    return Case(name, b"".join(sent), end=closed(code))


def fails(name: str, *sent: bytes, code: int = 1002, heard: tuple[Heard, ...] = (), chop: int = 0) -> Case:
    """The server ends with ``code``, and waits for nothing more."""
    return Case(name, b"".join(sent), heard, end=closed(code), chop=chop)


def closed(code: int) -> Heard:
    return CLOSE, code.to_bytes(2, "big")


def framing() -> Iterator[Case]:
    """(1) Every form of length, in one segment and in many."""
    for opcode, payload in ((TEXT, b"*"), (BINARY, b"\xfe")):
        for size in (0, 1, 125, 126, 127, 128, 65535, 65536):
            message = payload * size
            yield passes(f"{opcode}-of-{size}", frame(opcode, message), heard=((opcode, message),))
        big = payload * 65536
        yield passes(f"{opcode}-in-segments", frame(opcode, big), heard=((opcode, big),), chop=997)
    yield passes("text-byte-by-byte", frame(TEXT, HELLO * 6), heard=((TEXT, HELLO * 6),), chop=1)


def pings() -> Iterator[Case]:
    """(2) Each ping has its pong; a pong that nobody asked for has no answer."""
    payloads = {"empty": b"", "text": b"are you there?", "bytes": b"\0\xff\xfe\xfd", "125": b"x" * 125}
    for name, payload in payloads.items():
        yield passes(f"ping-{name}", frame(PING, payload), heard=((PONG, payload),))
        yield passes(f"ping-{name}-chopped", frame(PING, payload), heard=((PONG, payload),), chop=1)
        yield passes(f"pong-{name}", frame(PONG, payload))
    yield fails("ping-of-126", frame(PING, b"x" * 126))
    yield fails("pong-of-126", frame(PONG, b"x" * 126))
    yield passes("pong-then-ping", frame(PONG, b"no"), frame(PING, b"yes"), heard=((PONG, b"yes"),))
    ten = [b"number %d" % number for number in range(10)]
    answers = tuple((PONG, payload) for payload in ten)
    for chop in (0, 1):
        yield passes(f"ten-pings-by-{chop}", *[frame(PING, payload) for payload in ten], heard=answers, chop=chop)


def reserved_bits() -> Iterator[Case]:
    """(3) No extension was agreed to, so these bits mean nothing."""
    for rsv in range(1, 8):
        for opcode in (TEXT, BINARY, PING, PONG):
            yield fails(f"rsv-{rsv}-on-{opcode}", frame(opcode, b"odd", rsv=rsv))
        yield fails(f"rsv-{rsv}-on-close", frame(CLOSE, b"\x03\xe8", rsv=rsv))
        good, odd = frame(TEXT, HELLO), frame(TEXT, b"odd", rsv=rsv)
        yield fails(f"rsv-{rsv}-later", good, odd, frame(PING), heard=((TEXT, HELLO),))
        yield fails(f"rsv-{rsv}-later-chopped", good, odd, frame(PING), heard=((TEXT, HELLO),), chop=1)


def opcodes() -> Iterator[Case]:
    """(4) Opcodes that nobody has defined."""
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        yield fails(f"opcode-{opcode}", frame(opcode))
        yield fails(f"opcode-{opcode}-with-payload", frame(opcode, b"odd"))
        sent = frame(TEXT, HELLO), frame(opcode, b"odd"), frame(PING)
        yield fails(f"opcode-{opcode}-later", *sent, heard=((TEXT, HELLO),))
        yield fails(f"opcode-{opcode}-in-a-message", frame(TEXT, b"be", fin=False), frame(opcode))


def fragmentation() -> Iterator[Case]:
    """(5) Messages in pieces, with control frames between them."""
    ping, parts, whole = frame(PING, b"between"), (b"one ", b"two ", b"three"), ((TEXT, b"one two three"),)
    first, second, third = fragments(TEXT, *parts)
    for control in (PING, PONG, CLOSE):
        yield fails(f"control-{control}-in-pieces", *fragments(control, b"\x03", b"\xe8"))
    pongs = ((PONG, b"between"),) * 2
    for chop in (0, 1):
        yield passes(f"pieces-by-{chop}", first, second, third, heard=whole, chop=chop)
        sent = first, ping, second, ping, third
        yield passes(f"pieces-around-pings-by-{chop}", *sent, heard=pongs + whole, chop=chop)
        yield fails(f"no-beginning-by-{chop}", frame(CONTINUATION, b"more"), ping, chop=chop)
        yield fails(f"no-beginning-and-no-end-by-{chop}", frame(CONTINUATION, b"more", fin=False), chop=chop)
        yield fails(f"a-message-in-a-message-by-{chop}", first, frame(TEXT, b"other"), chop=chop)
        yield fails(f"a-message-after-its-end-by-{chop}", first, third, third, heard=((TEXT, b"one three"),), chop=chop)
    yield passes("empty-pieces", *fragments(TEXT, b"", b"", b""), heard=((TEXT, b""),))
    yield passes("an-empty-end", *fragments(BINARY, b"all", b""), heard=((BINARY, b"all"),))
    yield passes("an-empty-beginning", *fragments(BINARY, b"", b"all"), heard=((BINARY, b"all"),))
    yield passes("pongs-between", first, frame(PONG, b"?"), second, frame(PONG), third, heard=whole)


VALID = {
    "ascii": b"Hello", "mixed": HELLO, "first-of-1": b"\x00", "last-of-1": b"\x7f", "first-of-2": b"\xc2\x80",
    "last-of-2": b"\xdf\xbf", "first-of-3": b"\xe0\xa0\x80", "before-surrogates": b"\xed\x9f\xbf",
    "after-surrogates": b"\xee\x80\x80", "replacement": b"\xef\xbf\xbd", "last-of-3": b"\xef\xbf\xbf",
    "first-of-4": b"\xf0\x90\x80\x80", "last-of-4": b"\xf4\x8f\xbf\xbf", "byte-order-mark": b"\xef\xbb\xbfx",
    "no-characters": b"".join(chr(plane << 16 | 0xFFFE).encode() for plane in range(17)),
}  # fmt: skip
INVALID = {
    "continuation": b"\x80", "continuations": b"\x80\xbf" * 9, "all-continuations": bytes(range(0x80, 0xC0)),
    "starts-alone": b"".join(bytes((start, 0x20)) for start in range(0xC0, 0xFE)), "fe": b"\xfe", "ff": b"\xff",
    "overlong-2": b"\xc0\xaf", "overlong-3": b"\xe0\x80\xaf", "overlong-4": b"\xf0\x80\x80\xaf",
    "overlong-5": b"\xf8\x80\x80\x80\xaf", "overlong-6": b"\xfc\x80\x80\x80\x80\xaf", "largest-overlong-2": b"\xc1\xbf",
    "largest-overlong-3": b"\xe0\x9f\xbf", "largest-overlong-4": b"\xf0\x8f\xbf\xbf", "overlong-nul": b"\xc0\x80",
    "above-the-last": b"\xf4\x90\x80\x80", "of-5": b"\xf8\x88\x80\x80\x80", "of-6": b"\xfc\x84\x80\x80\x80\x80",
    "surrogate": b"\xed\xa0\x80", "last-surrogate": b"\xed\xbf\xbf", "surrogate-pair": b"\xed\xa0\x80\xed\xb0\x80",
    "cut-2": b"\xdf", "cut-3": b"\xe2\x82", "cut-4": b"\xf0\x9d\x84",
}  # fmt: skip


def utf8() -> Iterator[Case]:
    """(6) Text is UTF-8, wherever it is cut; what is not is refused as soon as it can be seen."""
    for name, text in VALID.items():
        yield passes(f"valid-{name}", frame(TEXT, text), heard=((TEXT, text),))
        yield passes(f"valid-{name}-byte-by-byte", *fragments(TEXT, *pieces(text, 1)), heard=((TEXT, text),))
        yield passes(f"valid-{name}-chopped", frame(TEXT, text), heard=((TEXT, text),), chop=1)
    for name, junk in INVALID.items():
        text = HELLO + junk
        yield fails(f"invalid-{name}", frame(TEXT, text), code=1007)
        yield fails(f"invalid-{name}-in-the-middle", frame(TEXT, text + HELLO), code=1007)
        yield fails(f"invalid-{name}-byte-by-byte", *fragments(TEXT, *pieces(text, 1)), code=1007)
        yield passes(f"bytes-{name}", frame(BINARY, text), heard=((BINARY, text),))
    junk = HELLO + b"\xf4\x90"
    yield fails("seen-in-a-piece", frame(TEXT, junk, fin=False), code=1007)
    yield fails("seen-in-a-later-piece", frame(TEXT, HELLO, fin=False), frame(CONTINUATION, junk, fin=False), code=1007)
    whole = frame(TEXT, junk + b"x" * 99)
    yield fails("seen-in-half-a-frame", whole[:-90], code=1007)
    yield fails("seen-in-half-a-frame-chopped", whole[:-90], code=1007, chop=1)


LEGAL = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999)
ILLEGAL = (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)


def closing() -> Iterator[Case]:
    """(7) Goodbyes, with what may stand in them, and nothing after them."""
    hello = frame(TEXT, HELLO)
    yield Case("without-a-code", frame(CLOSE), end=(CLOSE, b""))
    yield ends("twice", ENDED, ENDED)
    yield ends("a-ping-after", ENDED, frame(PING))
    yield ends("a-message-after", ENDED, hello)
    yield ends("in-a-message", frame(TEXT, b"be", fin=False), ENDED, frame(CONTINUATION, b"gin"))
    yield passes("after-a-message", hello, heard=((TEXT, HELLO),))
    yield fails("half-a-code", frame(CLOSE, b"\x03"))
    yield ends("a-reason", goodbye(1000, HELLO))
    yield ends("a-long-reason", goodbye(1000, b"*" * 123))
    yield fails("too-long-a-reason", goodbye(1000, b"*" * 124))
    for name, junk in INVALID.items():
        yield fails(f"a-reason-of-{name}", goodbye(1000, junk[:123]), code=1007)
    for code in LEGAL:
        yield ends(f"code-{code}", goodbye(code, b"so it is"), code=code)
        yield ends(f"code-{code}-without-a-reason", goodbye(code), code=code)
    for code in ILLEGAL:
        yield fails(f"code-{code}", goodbye(code, b"so it is"))
        yield fails(f"code-{code}-without-a-reason", goodbye(code))


def sizes() -> Iterator[Case]:
    """(9) Large messages, in few and in many pieces and segments; over the route's limit they are 1009."""
    for opcode, unit in ((TEXT, "κόσμε 𝄞 ".encode()), (BINARY, bytes(range(256)))):
        for size in (64 * KIB, 256 * KIB, MIB, 4 * MIB, 16 * MIB):
            message = unit * (size // len(unit))
            yield passes(f"{opcode}-of-{size // KIB}-kib", frame(opcode, message), heard=((opcode, message),))
        message = unit * (MIB // len(unit))
        for size in (64, 256, KIB, 4 * KIB, 64 * KIB, 256 * KIB):
            sent = fragments(opcode, *pieces(message, size))
            yield passes(f"{opcode}-in-pieces-of-{size}", *sent, heard=((opcode, message),))
        message = unit * (256 * KIB // len(unit))
        for size in (64, 256, KIB):
            yield passes(f"{opcode}-by-{size}", frame(opcode, message), heard=((opcode, message),), chop=size)
    yield fails("over-the-limit", frame(BINARY, b"x" * 37 * MIB), code=1009)
    yield fails("over-the-limit-in-pieces", *fragments(TEXT, *[b"x" * MIB] * 37), code=1009)


def automatic_fragmentation() -> Iterator[Case]:
    """(10) As libraries cut messages by themselves."""
    message = b"*" * 65536
    for size in (1300, 65536 // 3):
        yield passes(f"pieces-of-{size}", *fragments(TEXT, *pieces(message, size)), heard=((TEXT, message),))


CHAPTERS = (framing, pings, reserved_bits, opcodes, fragmentation, utf8, closing, sizes, automatic_fragmentation)


def of_every_route() -> Iterator[Case]:
    """What holds whatever a route does with messages: of each chapter a few."""
    yield passes("a-ping", frame(PING, b"are you there?"), heard=((PONG, b"are you there?"),))
    yield ends("a-pong", frame(PONG, b"no"), ENDED)
    yield ends("goodbye-in-a-message", frame(TEXT, b"be", fin=False), ENDED)
    yield Case("goodbye-without-a-code", frame(CLOSE), end=(CLOSE, b""))
    yield ends("goodbye-of-its-own", goodbye(4999, HELLO), code=4999)
    yield fails("an-illegal-goodbye", goodbye(1005))
    yield fails("a-reason-of-junk", goodbye(1000, b"\xff"), code=1007)
    yield fails("not-masked", frame(TEXT, HELLO, masked=False))
    yield fails("a-reserved-bit", frame(TEXT, HELLO, rsv=4))
    yield fails("an-unknown-opcode", frame(3))
    yield fails("a-ping-of-126", frame(PING, b"x" * 126))
    yield fails("a-ping-in-pieces", frame(PING, fin=False))
    yield fails("no-beginning", frame(CONTINUATION, b"more"))
    yield fails("a-message-in-a-message", frame(TEXT, b"one", fin=False), frame(TEXT, b"other"))
    yield fails("not-utf8", frame(TEXT, b"\xed\xa0\x80"), code=1007)
    yield fails("not-utf8-and-no-end", frame(TEXT, b"\xff", fin=False), code=1007)
