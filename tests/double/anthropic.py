"""The messages wire, as the vendor sends it."""

import json
from typing import Any

from tests.double.behaviour import Behaviour, arguments, split

FINISH = {"stop": "end_turn", "length": "max_tokens", "filtered": "refusal"}


def frames(behaviour: Behaviour, body: dict[str, Any]) -> list[bytes]:
    """One frame per delta; the first opens the message, the last ends it."""
    texts = [] if behaviour.finish == "filtered" else behaviour.parts()
    calls = behaviour.tool_calls
    forced = _forced(body) if not calls else ""
    if calls and isinstance(behaviour.text, list):
        texts = []
    steps = _block(0, texts, forced) if texts else []
    for index, call in enumerate(calls, start=1):
        steps += _call(index, call["id"], call["name"], split(arguments(call), 3))
    reason = "tool_use" if (calls or forced) and behaviour.finish == "stop" else FINISH[behaviour.finish]
    start, end = _start(behaviour, body), _end(behaviour, reason)
    return [start + steps[0], *steps[1:], end] if steps else [start + end]


def error(kind: str) -> bytes:
    return _event("error", error={"type": kind, "message": "the vendor says SECRET-VENDOR-TEXT"})


def refusal(status: int, code: str) -> dict[str, Any]:
    kind = code or {429: "rate_limit_error", 529: "overloaded_error"}.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": "the vendor says SECRET-VENDOR-TEXT"}}


def unsupported(name: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": "invalid_request_error", "message": f"{name}: not supported"}}


def whole(behaviour: Behaviour, body: dict[str, Any]) -> dict[str, Any]:
    sent, received = behaviour.usage or [0, 0]
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": body.get("model", ""),
        "content": [{"type": "text", "text": "".join(behaviour.parts())}],
        "stop_reason": FINISH[behaviour.finish],
        "usage": {"input_tokens": sent, "output_tokens": received},
    }


def _forced(body: dict[str, Any]) -> str:
    """The name of the tool that has to carry the answer, if one has."""
    choice = body.get("tool_choice") or {}
    return str(choice.get("name") or (body["tools"][-1]["name"] if choice.get("type") == "any" else ""))


def _start(behaviour: Behaviour, body: dict[str, Any]) -> bytes:
    message: dict[str, Any] = {"id": "msg_1", "type": "message", "role": "assistant", "content": []}
    message |= {"model": body.get("model", ""), "stop_reason": None}
    if behaviour.usage:
        message["usage"] = {"input_tokens": behaviour.usage[0], "output_tokens": 1}
    return _event("message_start", message=message) + _event("ping")


def _end(behaviour: Behaviour, reason: str) -> bytes:
    usage = {"usage": {"output_tokens": behaviour.usage[1]}} if behaviour.usage else {}
    delta = _event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, **usage)
    return delta + _event("message_stop")


def _block(index: int, texts: list[str], forced: str) -> list[bytes]:
    if forced:
        return _call(index, "toolu_0", forced, texts)
    open_ = _event("content_block_start", index=index, content_block={"type": "text", "text": ""})
    steps = [_event("content_block_delta", index=index, delta={"type": "text_delta", "text": text}) for text in texts]
    return _closed(index, open_, steps)


def _call(index: int, call_id: str, name: str, parts: list[str]) -> list[bytes]:
    block = {"type": "tool_use", "id": call_id, "name": name, "input": {}}
    open_ = _event("content_block_start", index=index, content_block=block)
    deltas = [{"type": "input_json_delta", "partial_json": part} for part in parts]
    return _closed(index, open_, [_event("content_block_delta", index=index, delta=delta) for delta in deltas])


def _closed(index: int, open_: bytes, steps: list[bytes]) -> list[bytes]:
    steps[0] = open_ + steps[0]
    steps[-1] += _event("content_block_stop", index=index)
    return steps


def _event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields}, separators=(',', ':'))}\n\n".encode()
