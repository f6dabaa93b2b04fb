"""The server: HTTP/1.1 over asyncio protocols, keep-alive, one model request at a time per connection."""

import asyncio
import gzip
import json
import socket
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from tests.double import anthropic, openai, speech
from tests.double.behaviour import Behaviour
from tests.double.wheel import Wheel

WIRES: dict[str, Any] = {"/v1/chat/completions": openai, "/v1/messages": anthropic}
REASONS = {200: "OK", 429: "Too Many Requests"}


class State:
    """What is scripted and what was asked, shared by all connections."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.script: deque[Behaviour] = deque()
        self.default = Behaviour()
        self.requests: deque[dict[str, Any]] = deque(maxlen=2000)
        self.connections = 0
        self.held: list[Callable[[], None]] = []

    def next(self) -> Behaviour:
        return self.script.popleft() if self.script else self.default


async def serve(state: State, port: int, pem: str = "") -> asyncio.Server:
    wheel = Wheel()
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: Connection(state, wheel), "127.0.0.1", port, backlog=4096, ssl=_tls(pem) if pem else None
    )


def _tls(pem: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


class Connection(asyncio.Protocol):
    def __init__(self, state: State, wheel: Wheel) -> None:
        self._state = state
        self._wheel = wheel
        self._buffer = b""
        self._log: dict[str, Any] | None = None
        self._frames: list[bytes] = []
        self._at = 0
        self._gap = 0.0
        self._end: Callable[[], None] = self._done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._state.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:
        if self._log is not None:
            self._log["disconnected"] = True
        self._frames, self._log = [], None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._buffer[:1].isupper():  # not HTTP: somebody's TLS
            self._transport.close()
            return
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        request, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        method, path, _ = request.split(" ", 2)
        self._route(method, path, headers, _parsed(headers, rest[:length]))

    def _route(self, method: str, path: str, headers: dict[str, str], body: Any) -> None:
        if path.startswith("/_"):
            self._json(200, CONTROLS[method, path](self._state, body))
            return
        self._log = {"path": path, "headers": headers, "body": body, "disconnected": False}
        self._state.requests.append(self._log)
        self._act(self._state.next(), path, body)

    def _act(self, behaviour: Behaviour, path: str, body: dict[str, Any]) -> None:
        wire = WIRES.get(path, openai)
        if behaviour.silence == "all":
            return
        if behaviour.raw:
            self._raw(behaviour)
        elif behaviour.status != 200:
            extra = f"Retry-After: {behaviour.retry_after}\r\n" if behaviour.retry_after else ""
            said = (behaviour.status, behaviour.code)
            usual = speech.refusal(path, *said) if speech.is_speech(path) else wire.refusal(*said)
            self._json(said[0], behaviour.body or usual, extra)
        elif refused := next((name for name in behaviour.refuses if name in body), ""):
            self._json(400, wire.unsupported(refused))
        elif speech.is_speech(path):
            self._wheel.after(behaviour.first, lambda: self._speak(behaviour, *speech.answer(path, behaviour, body)))
        elif path == "/v1/embeddings":
            self._json(200, openai.embeddings(body))
        elif behaviour.whole or not body.get("stream"):
            self._json(200, wire.whole(behaviour, body))
        else:
            self._stream(behaviour, wire, path, body)

    def _speak(self, behaviour: Behaviour, kind: str, value: Any) -> None:
        """An answer in one piece, or byte by byte, or not to its end."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        body = b"<html>oops</html>" if behaviour.junk is not None else body
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        self._frames = [head + body]
        if behaviour.cut is not None:
            self._frames = [head + body[: len(body) // 2]]
        elif behaviour.loris:
            self._frames = [bytes([byte]) for byte in head + body]
        self._at, self._gap = 0, behaviour.loris
        self._end = self._close if behaviour.cut is not None else self._done
        self._step()

    def _stream(self, behaviour: Behaviour, wire: Any, path: str, body: dict[str, Any]) -> None:
        self._frames, self._end = self._encoded(behaviour, wire, path, body)
        self._at, self._gap = 0, behaviour.loris or behaviour.gap
        length = sum(map(len, self._frames))
        framing = {
            "chunked": "Transfer-Encoding: chunked\r\n",
            "length": f"Content-Length: {length}\r\n",
            "close": "Connection: close\r\n",
        }[behaviour.framing]
        self._transport.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{framing}\r\n".encode())
        if behaviour.silence:
            return
        if behaviour.hold is not None:
            self._transport.writelines(self._frames[: behaviour.hold])
            self._frames = self._frames[behaviour.hold :]
            self._state.held.append(self._step)
        elif behaviour.first:
            self._wheel.after(behaviour.first, self._step)
        else:
            self._step()

    def _encoded(
        self, behaviour: Behaviour, wire: Any, path: str, body: dict[str, Any]
    ) -> tuple[list[bytes], Callable[[], None]]:
        """The bytes of each step, made once per behaviour and model, and what happens after the last."""
        frames = behaviour.encoded.get((path, str(body)[:2000]))
        broken = behaviour.cut is not None
        if frames is None:
            frames = [b": queued\n\n"] * behaviour.queued + _faulty(wire.frames(behaviour, body), behaviour, wire)
            if behaviour.framing == "chunked":
                frames = [b"%x\r\n%b\r\n" % (len(frame), frame) for frame in frames if frame]
                frames = frames if broken else [*frames[:-1], b"".join(frames[-1:]) + b"0\r\n\r\n"]
            behaviour.encoded[path, str(body)[:2000]] = frames
        return frames, self._close if broken or behaviour.framing == "close" else self._done

    def _step(self) -> None:
        if self._transport.is_closing():  # its client is gone: ``connection_lost`` comes next and writes that down
            return
        if not self._gap:
            self._transport.writelines(self._frames)
            self._end()
        elif self._at < len(self._frames):
            self._transport.write(self._frames[self._at])
            self._at += 1
            if self._at == len(self._frames):
                self._end()
            else:
                self._wheel.after(self._gap, self._step)

    def _done(self) -> None:
        self._log = None
        self._frames = []

    def _close(self) -> None:
        self._done()
        self._transport.close()

    def _raw(self, behaviour: Behaviour) -> None:
        body = gzip.compress(behaviour.raw.encode()) if behaviour.zipped else behaviour.raw.encode()
        zipped = "Content-Encoding: gzip\r\n" if behaviour.zipped else ""
        head = f"HTTP/1.1 {behaviour.status} {REASONS.get(behaviour.status, 'Error')}\r\n{zipped}"
        head += f"Content-Type: {behaviour.mime}\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)
        self._done()

    def _json(self, status: int, value: Any, extra: str = "") -> None:
        body = json.dumps(value).encode()
        head = f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}\r\nContent-Type: application/json\r\n{extra}"
        self._transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self._done()


def _parsed(headers: dict[str, str], body: bytes) -> Any:
    if headers.get("content-type", "").startswith("multipart/"):
        return speech.form(headers, body)
    return json.loads(body or b"null")


def _faulty(frames: list[bytes], behaviour: Behaviour, wire: Any) -> list[bytes]:
    """The same stream with its scripted fault in it."""
    if behaviour.cut is not None:
        return frames[: behaviour.cut]
    if behaviour.truncated:
        return frames[:-1]
    if behaviour.error:
        return [*frames[: behaviour.error_after], wire.error(behaviour.error)]
    if behaviour.junk is not None:
        return [*frames[: behaviour.junk], b"data: <html>oops</html>\n\n", frames[-1]]
    if behaviour.loris:
        return [bytes([byte]) for byte in frames[0]]
    if behaviour.comments:
        return [b": keep-alive\n\n" + frame.replace(b"\n", b"\r\n") for frame in frames]
    return frames


def _script(state: State, body: list[dict[str, Any]]) -> dict[str, Any]:
    state.script.extend(Behaviour(**item) for item in body)
    return {"queued": len(state.script)}


def _default(state: State, body: dict[str, Any]) -> dict[str, Any]:
    state.default = Behaviour(**body)
    return {}


def _requests(state: State, body: Any) -> dict[str, Any]:
    return {"requests": list(state.requests), "connections": state.connections, "held": len(state.held)}


def _release(state: State, body: Any) -> dict[str, Any]:
    held, state.held = state.held, []
    for go_on in held:
        go_on()
    return {}


def _reset(state: State, body: Any) -> dict[str, Any]:
    state.reset()
    return {}


CONTROLS: dict[tuple[str, str], Callable[[State, Any], dict[str, Any]]] = {
    ("POST", "/_script"): _script,
    ("POST", "/_default"): _default,
    ("GET", "/_requests"): _requests,
    ("POST", "/_release"): _release,
    ("POST", "/_reset"): _reset,
}
