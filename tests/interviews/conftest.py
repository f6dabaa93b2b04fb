"""Interviews in tests: begun over HTTP, made by a real worker, watched on real sockets."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket
from flask import Flask

from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from tests import sse
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.gunicorn import Web
from tests.sse import ServerEvent

SARAH = {
    "name": "Sarah Chen", "role": "Startup Founder", "industry": "B2B SaaS",
    "background": "Building a project management tool for remote teams.",
}  # fmt: skip
VALIDATION = {"score": 6, "label": "Likely", "reasoning": "One person says so."}
INSIGHTS: dict[str, Any] = {
    "summary": "She struggles.", "overallMood": "Frustrated but Hopeful", "moodEmoji": "😤→😌",
    "topicCloud": ["answer", "unheard of"],
    "themes": [
        {"theme": "Tools", "quotes": ["Answer 2", "Never said"], "emotionalTone": "Anger", "underlyingNeed": "Calm"}
    ],
    "humanInsights": {"coreDesires": ["Calm"], "fearsOrFrustrations": ["Noise"], "aspirations": ["Clarity"]},
    "contextualInsights": {"whenProblemFelt": ["Mondays"], "triggersMoments": ["Call"], "preventionBarriers": ["Cost"]},
    "opportunityMap": ["Noise is everywhere — explore silence"],
    "emotionalJourney": [{"phase": "Opening", "emotion": "Curiosity", "emoji": "🤔"}],
    "overallVerdict": "MAYBE", "confidenceScore": 40, "problemValidation": VALIDATION, "marketValidation": VALIDATION,
    "paymentValidation": VALIDATION, "goodNews": ["She cares"], "badNews": ["One voice"],
    "executionChallenges": ["Time"],
    "nextSteps": ["Talk to five more"], "keyQuotes": ["Answer 4"], "detailedAnalysis": "It hurts.\n\nA bit.",
}  # fmt: skip


def start(caller: Caller, **body: Any) -> Any:
    return caller.post("/api/interviews/start", json=body or {"persona": SARAH})


def begun(caller: Caller) -> str:
    answer = start(caller)
    assert answer.status_code == 201, answer.json
    return str(answer.json["interviewId"])


def status(caller: Caller, interview_id: str) -> Any:
    return caller.get(f"/api/interviews/{interview_id}/status").json


def script(double: Double, messages: int = 20, **more: Any) -> None:
    """``messages`` numbered answers, then insights whenever they are asked for."""
    double.script(*[{"text": f"Answer {number}"} | more for number in range(1, messages + 1)])
    double.default(json=INSIGHTS)


@pytest.fixture(scope="package")
def quick_app(make_app: Callable[..., Flask], app: Flask) -> Flask:
    return make_app(INTERVIEW_DELAY="0", RATE_LIMIT_INTERVIEWS="1000 per hour")


@pytest.fixture
def visitor(quick_app: Flask, clean: None) -> Caller:
    return sign_in(quick_app, "", "")


@pytest.fixture
def work_off(quick_app: Flask) -> Callable[[], None]:
    return lambda: work(quick_app, redis_store.blocking_client(signals.url), 50, burst=True)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interviews of eleven messages, so that scripts can be counted."""
    monkeypatch.setattr("app.interviews.service.LENGTHS", (11,))


def events(answer: Any) -> list[ServerEvent]:
    return sse.parse(answer.data)


@pytest.fixture(scope="package")
def web(environ: dict[str, str], app: Flask) -> Iterator[Web]:
    running = Web(environ | {"INTERVIEW_DELAY": "0"})
    running.await_ready()
    yield running
    running.stop()


def watch(web: Web, interview_id: str) -> websocket.WebSocket:
    return websocket.create_connection(f"ws://127.0.0.1:{web.port}/api/interviews/{interview_id}/stream", timeout=20)


def heard(socket: websocket.WebSocket) -> tuple[list[Any], int]:
    """All frames, and the code at the end."""
    frames: list[Any] = []
    while True:
        opcode, frame = socket.recv_data_frame(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return frames, int.from_bytes(frame.data[:2], "big")
        if opcode == websocket.ABNF.OPCODE_TEXT:
            frames.append(json.loads(frame.data))
