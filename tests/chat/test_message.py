"""POST /chat/message, as the contract prints it."""

from tests.chat.conftest import ask, messages
from tests.conftest import Caller
from tests.double.client import Double


def test_answers_with_the_contracts_fields(owner: Caller, double: Double) -> None:
    double.script({"text": "You have three active goals."})
    answer = ask(owner, "What are my goals for this month?")
    assert answer.status_code == 200
    assert answer.json["response"] == "You have three active goals."
    assert answer.json["sessionId"].startswith("session_")
    assert answer.json["messageId"].startswith("msg_")
    assert answer.json["timestamp"].endswith("Z")


def test_also_gives_what_the_public_client_reads(owner: Caller, double: Double) -> None:
    double.script({"text": "Good."})
    body = ask(owner, "Hello").json
    assert body["userMessage"]["content"] == "Hello"
    assert body["assistantMessage"]["id"] == body["messageId"]
    assert body["assistantMessage"]["content"] == "Good."
    assert body["userMessage"]["timestamp"].endswith("Z")
    assert body["usageInfo"]["allowed"] is True


def test_names_the_model_that_answered(owner: Caller) -> None:
    assert ask(owner).json["metadata"]["model"] == "coach-1"


def test_goes_on_in_a_session(owner: Caller, double: Double) -> None:
    first = ask(owner, "One").json
    ask(owner, "Two", sessionId=first["sessionId"])
    sent = double.requests()[-1]["body"]["messages"]
    assert [message["role"] for message in sent] == ["system", "user", "assistant", "user"]
    assert [message["content"] for message in sent[1::2]] == ["One", "Two"]


def test_stores_question_and_answer_in_order(owner: Caller) -> None:
    session_id = ask(owner, "Hello").json["sessionId"]
    assert [(m["role"], m["status"]) for m in messages(owner, session_id)] == [
        ("user", "complete"),
        ("assistant", "complete"),
    ]


def test_refuses_an_empty_message(owner: Caller) -> None:
    for message in ("", "   ", "\x00"):
        answer = ask(owner, message)
        assert answer.status_code == 400
        assert answer.json == {
            "statusCode": 400,
            "message": "message must be longer than or equal to 1 characters",
            "error": "Bad Request",
        }


def test_refuses_what_is_no_text(owner: Caller) -> None:
    for message in (None, 7, ["a"], {"a": 1}):
        answer = owner.post("/api/v1/chat/message", json={"message": message})
        assert (answer.status_code, answer.json["message"]) == (400, "message must be a string")
    assert owner.post("/api/v1/chat/message", json={}).json["message"] == "message is required"


def test_refuses_bodies_that_are_not_json_objects(owner: Caller) -> None:
    for body in (b"{", b"[]", b'"text"', b"[" * 20_000, b'{"message": NaN}', b"\xff"):
        answer = owner.post("/api/v1/chat/message", data=body, content_type="application/json")
        assert (answer.status_code, answer.json["statusCode"]) == (400, 400)


def test_says_what_is_wrong_with_a_body(owner: Caller) -> None:
    place = "/api/v1/chat/message"
    assert owner.post(place, json=["hello"]).json["message"] == "The body must be an object"
    plain = owner.post(place, data='{"message": "hello"}', content_type="text/plain")
    assert (plain.status_code, "application/json" in plain.json["message"]) == (400, True)
    assert owner.post("/api/v1/chat/session", data="{}", content_type="text/plain").status_code == 201


def test_refuses_a_message_that_is_too_long(owner: Caller) -> None:
    assert ask(owner, "a" * 10_001).status_code == 400
    assert ask(owner, "a" * 10_000).status_code == 200


def test_refuses_a_body_that_is_too_large(owner: Caller) -> None:
    answer = owner.post("/api/v1/chat/message", data=b"x" * 2_000_000, content_type="application/json")
    assert (answer.status_code, answer.json["error"]) == (413, "Request Entity Too Large")


def test_ignores_unknown_properties(owner: Caller) -> None:
    assert ask(owner, "Hello", mood="fine").status_code == 200


def test_drops_nul_characters(owner: Caller) -> None:
    session_id = ask(owner, "Hel\x00lo").json["sessionId"]
    assert messages(owner, session_id)[0]["content"] == "Hello"


def test_needs_a_token(anonymous: Caller) -> None:
    answer = ask(anonymous)
    assert (answer.status_code, answer.json["message"]) == (401, "No token provided")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_unknown_session_is_404(owner: Caller) -> None:
    answer = ask(owner, sessionId="session_unknown")
    assert answer.status_code == 404
    assert answer.json == {"statusCode": 404, "message": "Chat session not found", "error": "Not Found"}


def test_an_unknown_personality_means_the_default(owner: Caller) -> None:
    assert ask(owner, personalityId="personality_abc123").status_code == 200


def test_a_personality_shapes_the_prompt(owner: Caller, double: Double) -> None:
    ask(owner, personalityId="personality_direct")
    assert 'style="direct"' in double.requests()[-1]["body"]["messages"][0]["content"]
