"""One streamed call, whoever the vendor is: opened, split into events, held to its deadlines, its faults made ours."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NoReturn

import httpx2

from app.llm import errors
from app.llm.deadlines import WATCHDOG, Call, opening
from app.llm.errors import Sdk, Sent
from app.llm.interfaces import Deadlines, ErrorKind, ProviderError

LONGEST_LINE = 1 << 20
DATA, DONE, BRACKETS, ENDS = b"data:", b"[DONE]", (b"{", b"["), (b"}", b"]")
BOM = b"\xef\xbb\xbf"

Send = Callable[[], httpx2.Response]


class Wire:
    """``open`` sends and gives the ``data:`` payloads of a Server-Sent Events body. Raises ``ProviderError`` only."""

    def __init__(self, sent: Sent, deadlines: Deadlines, sdk: Sdk) -> None:
        self.provider, self.model = sent.provider, sent.model
        self._sent_to = sent
        self._sdk = sdk
        self.call = Call(deadlines)

    @contextlib.contextmanager
    def open(self, send: Send) -> Iterator[Iterator[bytes]]:
        with self.exchange(send) as response:
            yield self._payloads(response)

    @contextlib.contextmanager
    def exchange(self, send: Send) -> Iterator[httpx2.Response]:
        """The response, closed at the end: a body that was not read to its end takes its connection with it."""
        try:
            with WATCHDOG.watch(self.call), contextlib.closing(self._sent(send)) as response:
                yield response
        except self._sdk.known as error:
            raise self._translated(error) from None

    def fail(self, kind: ErrorKind, detail: str) -> NoReturn:
        if self.call.expired:
            kind, detail = ErrorKind.TIMEOUT, "deadline"
        raise ProviderError(kind, self.provider, self.model, detail=detail)

    def drain(self, payloads: Iterable[bytes]) -> None:
        """Reads what follows a complete answer, so that the connection can be used again."""
        self.call.answer_ended()
        with contextlib.suppress(httpx2.TransportError):
            for _ in payloads:
                pass

    def _sent(self, send: Send) -> httpx2.Response:
        with opening(self.call):
            return send()

    def _translated(self, error: Exception) -> ProviderError:
        if self.call.expired:
            return ProviderError(ErrorKind.TIMEOUT, self.provider, self.model, detail="deadline")
        return errors.translated(error, self._sdk, self._sent_to)

    def _payloads(self, response: httpx2.Response) -> Iterator[bytes]:
        """Whatever type the body is said to have: an answer in one piece begins with a bracket, and no event does."""
        pieces = response.iter_bytes() if "content-encoding" in response.headers else response.iter_raw()
        begun = _begun(pieces)
        if begun[:1] in BRACKETS:
            yield begun + b"".join(pieces)
            yield DONE
            return
        rest = b""
        for data in chain((begun,), pieces):
            lines = (rest + data).replace(b"\r", b"\n").split(b"\n")
            rest = lines.pop()
            if len(rest) > LONGEST_LINE:
                self.fail(ErrorKind.JUNK, "endless line")
            if any(map(bytes.strip, lines)):  # a comment is a sign of life too
                self.call.resume()
            for payload in [line[5:].strip() for line in lines if line.startswith(DATA)]:
                self.call.pause()
                yield payload
                self.call.resume()
        if rest.startswith(DATA) and rest.endswith(ENDS):  # the last line may have no end
            yield rest[5:].strip()


def _begun(pieces: Iterator[bytes]) -> bytes:
    """The first bytes that say something."""
    begun = b""
    while not begun and (piece := next(pieces, b"")):
        begun = piece.removeprefix(BOM).lstrip()
    return begun
