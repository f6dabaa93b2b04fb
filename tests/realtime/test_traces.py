"""A turn of the realtime coach says by what its trace is found."""

from flask import Flask

from tests.conftest import sign_in
from tests.double.client import Double
from tests.realtime.conftest import THREAD, Talk
from tests.realtime.test_socket import ask, of
from tests.waiting import until


def test_a_turn_is_traced_for_who_talks(app: Flask, talk: Talk, double: Double) -> None:
    double.script({"text": "Begin small.", "usage": [70, 9]})
    [done] = of(ask(talk, "How do I plan my week?", muteAudio=True), "response_done")
    person = sign_in(app, THREAD, "acme")
    path = f"/api/v1/traces/{done['metadata']['turn_id']}"
    until(lambda: person.get(path).status_code == 200)
    found = person.get(path).json
    assert (found["feature"], found["conversation_id"], found["outcome"]) == ("realtime.turn", THREAD, "completed")
    assert found["words"] == {"asked": "How do I plan my week?", "answered": "Begin small."}
    assert found["usage"]["output_tokens"] == 9
