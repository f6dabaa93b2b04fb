"""The chat completions and embeddings wires, as the vendors send them."""

import hashlib
import json
from typing import Any

from tests.double.behaviour import Behaviour, arguments, split

FINISH = {"stop": "stop", "length": "length", "filtered": "content_filter"}


def frames(behaviour: Behaviour, body: dict[str, Any]) -> list[bytes]:
    """One frame per delta; the last holds the end."""
    model = str(body.get("model", ""))
    deltas = behaviour.chunks or [{"content": part} for part in behaviour.parts()]
    texts = [_chunk(model, delta) for delta in deltas]
    calls = _calls(model, behaviour.tool_calls)
    reason = "tool_calls" if behaviour.tool_calls and behaviour.finish == "stop" else FINISH[behaviour.finish]
    end = _chunk(model, {}, reason) + _usage(model, behaviour, body) + b"data: [DONE]\n\n"
    steps = (texts if not calls or isinstance(behaviour.text, str) else []) + calls
    if behaviour.finish == "filtered":
        steps = []
    return [
        _chunk(model, {"role": "assistant", "content": ""}) + step if i == 0 else step for i, step in enumerate(steps)
    ] + [end]


def error(kind: str) -> bytes:
    return _data({"error": {"message": "the vendor says SECRET-VENDOR-TEXT", "type": kind, "code": kind}})


def refusal(status: int, code: str) -> dict[str, Any]:
    return {"error": {"message": "the vendor says SECRET-VENDOR-TEXT", "type": "error", "code": code or str(status)}}


def unsupported(name: str) -> dict[str, Any]:
    text = f"Unsupported parameter: '{name}' is not supported with this model."
    return {"error": {"message": text, "type": "invalid_request_error", "param": name, "code": "unsupported_parameter"}}


def whole(behaviour: Behaviour, body: dict[str, Any]) -> dict[str, Any]:
    sent, received = behaviour.usage or [0, 0]
    message = {"role": "assistant", "content": "".join(behaviour.parts())}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": body.get("model", ""),
        "choices": [{"index": 0, "message": message, "finish_reason": FINISH[behaviour.finish]}],
        "usage": {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received},
    }


def embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """Eight numbers per text that depend on nothing but the text; out of order, as the wire allows."""
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    rows = [{"object": "embedding", "index": i, "embedding": vector(text)} for i, text in enumerate(texts)]
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    return {"object": "list", "data": rows[::-1], "model": body.get("model", ""), "usage": usage}


def vector(text: str) -> list[float]:
    return [byte / 255 for byte in hashlib.sha256(text.encode()).digest()[:8]]


def _usage(model: str, behaviour: Behaviour, body: dict[str, Any]) -> bytes:
    if behaviour.usage is None or not (body.get("stream_options") or {}).get("include_usage"):
        return b""
    sent, received = behaviour.usage
    usage = {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}
    return _data({"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": model, "choices": [], "usage": usage})


def _calls(model: str, calls: list[dict[str, Any]]) -> list[bytes]:
    steps = []
    for index, call in enumerate(calls):
        head = {
            "index": index,
            "id": call["id"],
            "type": "function",
            "function": {"name": call["name"], "arguments": ""},
        }
        steps.append(_chunk(model, {"tool_calls": [head]}))
        for part in split(arguments(call), 3):
            steps.append(_chunk(model, {"tool_calls": [{"index": index, "function": {"arguments": part}}]}))
    return steps


def _chunk(model: str, delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    head = {"id": f"chatcmpl-{'1' * 29}", "object": "chat.completion.chunk", "created": 1763600000, "model": model}
    tail = {"system_fingerprint": "fp_1234567890", "choices": [choice], "usage": None, "obfuscation": "x" * 8}
    return _data({**head, "service_tier": "default", **tail})


def _data(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value, separators=(",", ":")).encode() + b"\n\n"
