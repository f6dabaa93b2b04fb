"""What embeds, speaks and listens is in the ledger too, and counts where money or tokens are counted."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from app.accounts.ledger import Ledger
from app.web.container import resolve_from
from app.workspace import indexing, jobs
from tests.chat.conftest import ask, write
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.double.speech import sound
from tests.gunicorn import Web
from tests.realtime.conftest import THREAD, Machine, Talk, agent, machine, session
from tests.waiting import until

__all__ = ["agent", "machine", "session"]
USAGE = "/api/v1/admin/usage?by=tenant,feature,model"
SMALL = "openai:text-embedding-3-small"


def usage(operator: Caller, query: str = USAGE) -> dict[str, Any]:
    resolve_from(operator.client.application, Ledger).flush()
    return {row["feature"]: row for row in operator.get(query).json["rows"]}


@pytest.fixture(scope="module")
def embedding_app(make_app: Callable[..., Flask], app: Flask) -> Iterator[Flask]:
    yield make_app(EMBEDDING_MODEL=SMALL, BUDGET_USER="5000000 tokens per day")
    indexing.configure(None)


@pytest.fixture
def embedded(embedding_app: Flask, clean: None) -> Iterator[Caller]:
    yield sign_in(embedding_app, "olivia", "acme")
    resolve_from(embedding_app, Ledger).flush()


def test_vectors_are_on_the_account_of_whose_words_they_are(embedded: Caller, operator: Caller, double: Double) -> None:
    for caller in (embedded, sign_in(embedded.client.application, "sam", "other")):
        write(caller, "A day", "I ran"), write(caller, "Another", "I slept")
    jobs.embed()
    resolve_from(embedded.client.application, Ledger).flush()
    rows = operator.get(USAGE).json["rows"]
    found = [(row["tenant"], row["feature"], row["model"], row["calls"], row["input_tokens"]) for row in rows]
    assert found == [(tenant, "retrieval.index", SMALL, 1, 2) for tenant in ("acme", "other")]
    assert rows[0]["cost_usd"] == round(2 * 0.02 / 1e6, 8) and rows[0]["unpriced"] == 0
    assert [request["path"] for request in double.requests()] == ["/v1/embeddings"] * 2


def test_a_question_is_searched_for_on_the_account_of_who_asks(embedded: Caller, operator: Caller) -> None:
    ask(embedded)
    resolve_from(embedded.client.application, Ledger).flush()
    assert usage(operator)["retrieval.question"]["calls"] == 1


def test_a_vector_that_failed_has_used_nothing(embedded: Caller, operator: Caller, double: Double) -> None:
    double.script({"status": 400})
    ask(embedded)
    resolve_from(embedded.client.application, Ledger).flush()
    row = usage(operator)["retrieval.question"]
    assert (row["calls"], row["failed_calls"], row["input_tokens"]) == (1, 1, 0)


def test_what_is_spoken_and_heard_is_what_the_vendor_was_asked(
    speaking: Talk, operator: Caller, double: Double
) -> None:
    double.script({"text": "Tell me."}, {"text": "I hear you."})
    audio = base64.b64encode(sound("Hello there, how are you today?", "mp3")).decode()
    speaking.say("audio_query", audio=audio, format="mp3", muteAudio=False)
    speaking.until("response_ended")
    until(lambda: {"realtime.speech", "realtime.transcription", "realtime.turn"} <= set(usage(operator)))
    rows = usage(operator)
    spoken, heard = rows["realtime.speech"], rows["realtime.transcription"]
    assert (spoken["model"], spoken["cost_usd"]) == ("openai:tts-1", round(len("I hear you.") * 15 / 1e6, 8))
    assert (heard["model"], heard["cost_usd"]) == ("openai:whisper-1", round(3 * 0.006 / 60, 8))
    assert len(double.requests()) == sum(row["attempts"] for row in rows.values()) == 3


@pytest.fixture(scope="module")
def voice_web(environ: dict[str, str], app: Flask) -> Iterator[Web]:
    running = Web(environ | {"TTS_MODEL": "openai:tts-1", "STT_MODEL": "openai:whisper-1"})
    running.await_ready()
    yield running
    running.stop()


@pytest.fixture
def speaking(voice_web: Web, machine: Machine, agent: Any, session: Any, double: Double) -> Iterator[Talk]:
    talk = Talk(voice_web, machine.key, agent["bot_id"], THREAD)
    talk.until("connected")
    yield talk
    talk.socket.close()
