"""``/ws/chat/``: who gets in, and every kind of turn, event by event."""

import base64
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import av
import pytest
import websocket
from flask import Flask
from sqlalchemy import text

from app.auth import api_keys
from app.core.clock import now
from app.core.dates import clock_text
from app.db.session import db as database
from app.realtime.live.connection import decoded
from tests.conftest import Caller
from tests.double.client import Double
from tests.double.speech import encoded
from tests.gunicorn import Web
from tests.realtime.conftest import THREAD, Machine, Talk, key_of, make_agent, make_session
from tests.waiting import until

ANSWER = "Let's start with a simple plan. What matters most this week?"
TIME = "10/30/2025, 10:00:00 AM"


def kinds(events: list[Any]) -> list[str]:
    """Event types in order, repeated ones once."""
    found = [event["type"] for event in events]
    return [kind for place, kind in enumerate(found) if place == 0 or found[place - 1] != kind]


def of(events: list[Any], kind: str) -> list[Any]:
    return [event for event in events if event["type"] == kind]


def ask(talk: Talk, text: str = "How do I plan my week?", **fields: Any) -> list[Any]:
    talk.say("text_query", text=text, local_time=TIME, **fields)
    return talk.until("response_ended")


def chats(machine: Machine) -> list[Any]:
    rows: list[Any] = machine.get("/api/chats/?ordering=id").json["results"]
    return rows


def test_a_muted_turn_event_by_event(talk: Talk, machine: Machine, double: Double) -> None:
    double.script({"text": ANSWER, "deltas": 12})
    events = ask(talk, muteAudio=True)
    order = ["text_query", "audio_muted", "response_start", "emotion", "text_token"]
    assert [event["type"] for event in events][:5] == order
    assert kinds(events)[-2:] == ["response_done", "response_ended"]
    assert "".join(event["token"] for event in of(events, "text_token")) == ANSWER
    sentences = of(events, "text_sentence")
    assert [event["text"] for event in sentences] == ["Let's start with a simple plan.", "What matters most this week?"]
    assert [item["name"] for item in sentences[0]["emotion"]["items"]] == ["Joy", "Anger", "Sadness"]
    assert {event["local_time"] for event in events if "local_time" in event} == {TIME}
    assert of(events, "audio_muted") == [{"type": "audio_muted", "muted": True}] and not of(events, "audio_response")
    timings = of(events, "response_done")[0]["timings"]
    assert set(timings) == {"prepare_ms", "run_ms", "total_ms", "ws_total_sec"}


def test_the_turn_is_kept_before_it_is_done(talk: Talk, machine: Machine, double: Double, agent: Any) -> None:
    double.script({"text": ANSWER})
    ask(talk, muteAudio=True)
    [chat] = chats(machine)
    assert (chat["query"], chat["response"], chat["state"]) == ("How do I plan my week?", ANSWER, "completed")
    assert (chat["emotion"]["stats"]["count"], chat["viseme"]["segments"]) == (2, 0)
    meta = chat["meta"]
    assert (meta["schema"], meta["bot_id"], meta["model"]) == ("engine.v3", agent["bot_id"], "coach-1")
    assert meta["tools"] == ["search_wikipedia", "generate_or_update_slides"] and meta["response_len"] == len(ANSWER)


def test_an_answer_is_spoken(talk: Talk, machine: Machine, double: Double) -> None:
    double.script({"text": ANSWER, "deltas": 6})
    events = ask(talk, muteAudio=False)
    clips = of(events, "audio_response")
    assert [clip["chunk_index"] for clip in clips] == [0, 1] and clips[1]["offset_ms"] == clips[0]["duration_ms"]
    for clip in clips:
        assert clip["viseme_profile"] == "arkit15-v2"
        assert len(clip["viseme"]) == len(clip["viseme_times"]) > 10 and len(clip["viseme"][0]) == 15
        with av.open(io.BytesIO(base64.b64decode(clip["audio"]))) as sound:
            seconds = sum(frame.samples / frame.sample_rate for frame in sound.decode(audio=0))
        assert abs(seconds * 1000 - clip["duration_ms"]) < 120
        assert abs(clip["viseme_times"][-1] * 1000 - clip["duration_ms"]) < 50
    assert events.index(clips[-1]) < events.index(of(events, "response_done")[0])
    [chat] = chats(machine)
    assert chat["viseme"]["segments"] == 2 and 0 < len(chat["viseme"]["last_frames"]) <= 240


def test_the_first_sound_need_not_wait_for_the_end_of_a_long_sentence(talk: Talk, double: Double) -> None:
    clause, rest = "Before you look at the whole week, let ", "us start with one small step. Shall we?"
    double.script({"text": [clause, rest], "hold": 1})
    talk.say("text_query", text="How do I plan my week?", muteAudio=False)
    assert not of(talk.until("audio_response"), "text_sentence")
    double.release()
    events = talk.until("response_ended")
    assert [event["text"] for event in of(events, "text_sentence")] == [f"{clause}{rest[:-10]}".strip(), "Shall we?"]
    assert [clip["chunk_index"] for clip in of(events, "audio_response")] == [1, 2]


def test_a_voice_of_openai_speaks_through_its_base_url(
    web: Web, machine: Machine, agent: Any, session: Any, double: Double
) -> None:
    voice = machine.post("/api/voices/", json={"name": "Nova", "service": "openai", "voice_id": "openai::nova"}).json
    machine.patch(f"/api/agents/{agent['id']}/", json={"voice": voice["id"]})
    double.script({"text": "I hear you."})
    talk = Talk(web, machine.key, agent["bot_id"])
    [clip] = of(ask(talk, muteAudio=False), "audio_response")
    [spoken] = [request for request in double.requests() if request["path"].endswith("/audio/speech")]
    assert (spoken["body"]["voice"], spoken["body"]["input"]) == ("nova", "I hear you.")
    assert clip["duration_ms"] > 0 and len(clip["viseme"]) == len(clip["viseme_times"])


@pytest.fixture
def configured(request: pytest.FixtureRequest, environ: dict[str, str], app: Flask) -> Iterator[Web]:
    running = Web(environ | request.param)
    running.await_ready()
    yield running
    running.stop()


@pytest.mark.parametrize("configured", [{"TTS_MODEL": "openai:tts-1,espeak"}], indirect=True)
def test_another_voice_speaks_for_one_that_fails(
    configured: Web, machine: Machine, agent: Any, session: Any, double: Double
) -> None:
    double.script({"text": ANSWER}, {"status": 401}, {"status": 429})
    events = ask(Talk(configured, machine.key, agent["bot_id"]), muteAudio=False)
    assert len(of(events, "audio_response")) == 2 and not of(events, "error")
    assert of(events, "audio_muted") == [{"type": "audio_muted", "muted": False}]


@pytest.mark.parametrize("configured", [{"TTS_MODEL": "openai:tts-1"}], indirect=True)
def test_without_any_voice_the_client_is_told_once(
    configured: Web, machine: Machine, agent: Any, session: Any, double: Double
) -> None:
    double.script({"text": ANSWER * 3}, *[{"status": 401}] * 2)
    talk = Talk(configured, machine.key, agent["bot_id"])
    events = ask(talk, muteAudio=False)
    assert [event["muted"] for event in of(events, "audio_muted")] == [False, True]
    assert not of(events, "audio_response") and not of(events, "error") and of(events, "response_done")
    assert chats(machine)[0]["response"] == ANSWER * 3
    double.default(text="Fine.")
    assert of(ask(talk, "Again"), "audio_response")


def test_a_spoken_question_is_answered(talk: Talk, double: Double) -> None:
    double.script({"text": ANSWER}, {"text": "I heard you."})
    [clip, *_] = of(ask(talk, muteAudio=False), "audio_response")
    talk.say("audio_query", audio=f"data:audio/mpeg;base64,{clip['audio']}", format="mp3", muteAudio=True)
    events = talk.until("response_ended")
    assert events[0]["type"] == "text_query" and events[0]["text"]
    assert "".join(event["token"] for event in of(events, "text_token")) == "I heard you."


@pytest.mark.parametrize("configured", [{"OPENAI_STT_MODEL": "whisper-1"}], indirect=True)
def test_when_nobody_speaks_there_is_no_turn(
    configured: Web, machine: Machine, agent: Any, session: Any, double: Double
) -> None:
    double.default(text="Thank you for watching!")
    talk = Talk(configured, machine.key, agent["bot_id"])
    talk.until("connected")
    silence = base64.b64encode(encoded(bytes(96_000), 16_000, "wav", "pcm_s16le")).decode()
    talk.say("audio_query", audio=silence, format="wav")
    assert talk.hear() == {"type": "error", "message": "No speech was recognised"} and not double.requests()
    [clip] = of(ask(talk, "Hello"), "audio_response")
    talk.say("audio_query", audio=clip["audio"], format="mp3")
    assert talk.hear() == {"type": "error", "message": "No speech was recognised"}
    assert double.requests()[-1]["path"].endswith("/audio/transcriptions") and len(chats(machine)) == 1


def test_the_coach_remembers_and_has_its_persona(talk: Talk, double: Double) -> None:
    double.default(text="Fine.")
    ask(talk, "My name is Ada", muteAudio=True)
    ask(talk, "What did I say?", muteAudio=True)
    system, *past = double.requests()[-1]["body"]["messages"]
    assert "Warm and brief" in system["content"] and "Today is " in system["content"]
    assert [message["content"] for message in past] == ["My name is Ada", "Fine.", "What did I say?"]


@pytest.mark.parametrize("form", ["%m/%d/%Y, %I:%M:%S %p", "%d.%m.%Y, %H:%M:%S", "%Y-%m-%dT%H:%M:%S"])
def test_the_coach_knows_what_the_clients_clock_shows(talk: Talk, double: Double, form: str) -> None:
    there = now() + timedelta(hours=13)
    double.script({"text": "Fine."})
    talk.say("text_query", text="What day is it?", local_time=f"{there:{form}}", muteAudio=True)
    talk.until("response_ended")
    assert f"Today is {clock_text(there)}." in double.requests()[-1]["body"]["messages"][0]["content"]


def test_a_locked_table_keeps_no_word_back(talk: Talk, machine: Machine, double: Double) -> None:
    double.script({"text": ANSWER, "deltas": 12})
    with database.begin() as session:
        session.execute(text("LOCK TABLE realtime_chats IN ACCESS EXCLUSIVE MODE"))
        talk.say("text_query", text="Go", muteAudio=True)
        heard = talk.until("text_sentence") + talk.until("text_sentence")
        assert "".join(event["token"] for event in of(heard, "text_token")) == ANSWER
    assert of(talk.until("response_ended"), "response_done")
    assert [chat["response"] for chat in chats(machine)] == [ANSWER]


def test_a_new_query_ends_the_running_turn(talk: Talk, machine: Machine, double: Double) -> None:
    double.script({"text": "One two three four five six seven", "deltas": 7, "gap": 0.3}, {"text": "New"})
    talk.say("text_query", text="First", muteAudio=True)
    talk.until("text_token")
    talk.say("text_query", text="Second")
    first = talk.until("response_ended")
    assert not of(first, "response_done") and not of(first, "error")
    second = talk.until("response_ended")
    assert second[0] | {"local_time": ""} == {"type": "text_query", "text": "Second", "local_time": ""}
    assert [(chat["query"], chat["state"]) for chat in chats(machine)] == [
        ("First", "cancelled"),
        ("Second", "completed"),
    ]
    assert chats(machine)[0]["response"].startswith("One")


def test_a_failing_model(talk: Talk, machine: Machine, double: Double) -> None:
    double.default(status=500)
    events = ask(talk, muteAudio=True)
    assert kinds(events)[-3:] == ["error", "response_done", "response_ended"]
    [error] = of(events, "error")
    assert error == {
        "type": "error", "message": "Generation failed", "code": "AI_SERVICE_UNAVAILABLE", "retryable": True,
    }  # fmt: skip
    assert [(chat["query"], chat["state"]) for chat in chats(machine)] == [("How do I plan my week?", "failed")]
    double.reset()
    double.script({"text": ANSWER})
    assert of(ask(talk), "response_done")


@pytest.mark.parametrize("answer", ["", " \n "])
def test_an_answer_without_a_word_is_a_failure(talk: Talk, machine: Machine, double: Double, answer: str) -> None:
    double.default(text=answer)
    events = ask(talk, muteAudio=True)
    assert kinds(events)[-3:] == ["error", "response_done", "response_ended"]
    assert [chat["state"] for chat in chats(machine)] == ["failed"]


def test_the_emotion_that_was_shown_is_kept(talk: Talk, machine: Machine, double: Double) -> None:
    double.script({"text": "That is a great and wonderful first step!"})
    [shown] = of(ask(talk, "I am so sad and lonely", muteAudio=True), "emotion")
    [chat] = chats(machine)
    assert shown["emotion"]["name"] == "Sadness"
    assert {name: chat["emotion"][name] for name in ("name", "intensity")} == shown["emotion"]
    assert (chat["emotion"]["items"][0]["intensity"], chat["emotion"]["stats"]["count"]) == (3, 1)


DECK = {
    "title": "Weekly planning", "summary": "Plan a week in an hour",
    "sections": [{"heading": f"Part {n}", "text": "What to do.", "bullets": ["Begin", "End"]} for n in range(3)],
}  # fmt: skip


def test_slides_beside_the_text(talk: Talk, machine: Machine, double: Double) -> None:
    double.default(json=DECK)
    events = ask(talk, "Please make slides about weekly planning", muteAudio=True)
    [shown] = of(events, "slides_response")
    deck = shown["slides"]
    assert (deck["version"], deck["title"]) == (1, "Weekly planning") and deck["updated_at"].endswith("Z")
    blocks = deck["editorjs"]["blocks"]
    assert blocks[0] == {"type": "header", "data": {"text": "Weekly planning", "level": 2}}
    assert sum(block["type"] == "header" and block["data"]["level"] == 3 for block in blocks) == 3
    names = kinds(events)
    assert names.index("slides_response") + 1 == names.index("slides_done") < names.index("response_done")
    assert machine.get("/api/slides/").json["results"][0]["version"] == 1


def test_a_model_may_call_for_slides_and_facts(talk: Talk, double: Double) -> None:
    calls = [
        {"id": "1", "name": "generate_or_update_slides", "arguments": {"request": "weekly planning"}},
        {"id": "2", "name": "search_wikipedia", "arguments": {"query": "Planning"}},
    ]
    double.script({"text": "", "tool_calls": calls, "finish": "stop"})
    double.default(json=DECK)
    events = ask(talk, "Show me something about planning", muteAudio=True)
    assert of(events, "slides_response") and of(events, "response_done")
    results = [m["content"] for r in double.requests() for m in r["body"]["messages"] if m["role"] == "tool"]
    assert any("can't be reached" in result for result in results)


def call_for_slides(**arguments: Any) -> dict[str, Any]:
    call = {"id": "1", "name": "generate_or_update_slides", "arguments": arguments}
    return {"text": "Let me see.", "tool_calls": [call], "finish": "stop"}


def test_what_is_said_before_and_after_a_tool_stays_apart(talk: Talk, machine: Machine, double: Double) -> None:
    double.script(call_for_slides(**DECK), {"text": "Here they are."})
    events = ask(talk, "Show me something about planning", muteAudio=True)
    assert [event["text"] for event in of(events, "text_sentence")] == ["Let me see.", "Here they are."]
    assert chats(machine)[0]["response"] == "Let me see. Here they are."
    said = double.requests()[1]["body"]["messages"][-2]
    assert (said["content"], len(said["tool_calls"])) == ("Let me see.", 1)


def test_a_model_may_have_nothing_to_add_after_a_tool(talk: Talk, machine: Machine, double: Double) -> None:
    double.script(call_for_slides(**DECK))
    double.default(text="")
    events = ask(talk, "Show me something", muteAudio=True)
    assert of(events, "slides_response") and of(events, "response_done") and not of(events, "error")
    assert [(chat["response"], chat["state"]) for chat in chats(machine)] == [("Let me see.", "completed")]


BLOCKS = [{"type": "header", "data": {"text": text, "level": 3}} for text in ("Why", "When", "How")]


@pytest.mark.parametrize("arguments", [DECK, {"title": "Weekly planning", "editorjs": {"blocks": BLOCKS}}])
def test_slides_in_the_call_itself_need_no_second_one(talk: Talk, double: Double, arguments: Any) -> None:
    double.script(call_for_slides(**arguments), {"text": "Here they are."})
    [shown] = of(ask(talk, "Show me something", muteAudio=True), "slides_response")
    assert (shown["slides"]["title"], len(double.requests())) == ("Weekly planning", 2)
    assert shown["slides"]["editorjs"]["blocks"][0]["data"]["text"] == "Weekly planning"


def test_a_model_that_writes_prose_gets_its_slides_too(talk: Talk, double: Double) -> None:
    double.default(text="Go to bed at ten. Leave the phone in the kitchen. Read something slow.")
    events = ask(talk, "Make slides about sleeping well", muteAudio=True)
    [shown] = of(events, "slides_response")
    blocks = shown["slides"]["editorjs"]["blocks"]
    assert (blocks[0]["data"]["text"], shown["slides"]["title"]) == ("Sleeping well", "Sleeping well")
    assert sum(block["type"] == "header" and block["data"]["level"] == 3 for block in blocks) == 3
    assert "Leave the phone in the kitchen." in json.dumps(blocks) and not of(events, "error")


@pytest.mark.parametrize("without", [{"bullets": None}, {"bullets": []}, {"text": None}, {"text": ""}])
def test_a_section_may_do_without_text_or_bullets(talk: Talk, double: Double, without: Any) -> None:
    double.default(json=DECK | {"sections": [section | without for section in DECK["sections"]]})
    [shown] = of(ask(talk, "Please make slides about weekly planning", muteAudio=True), "slides_response")
    kinds_ = [block["type"] for block in shown["slides"]["editorjs"]["blocks"][2:]]
    assert kinds_ == ["header", "paragraph" if "bullets" in without else "list"] * 3
    assert sum(bool(request["body"].get("response_format")) for request in double.requests()) == 1


EVIL = "<script>alert(1)</script><b>Plan</b> & <img src=x onerror=alert(1)>"


def test_html_of_a_model_is_shown_not_run(talk: Talk, machine: Machine, double: Double) -> None:
    deck = {
        "title": EVIL, "summary": EVIL, "sections": [{"heading": EVIL, "text": EVIL, "bullets": [EVIL, "Begin"]}] * 3,
    }  # fmt: skip
    double.default(json=deck)
    [shown] = of(ask(talk, "Please make slides about weekly planning", muteAudio=True), "slides_response")
    [kept] = machine.get("/api/slides/").json["results"]
    for written in (json.dumps(shown["slides"]), json.dumps(kept)):
        assert "<script" not in written and "<img" not in written and "<b>Plan</b> &amp; &lt;img" in written
    assert shown["slides"]["title"] == "alert(1)Plan &"


TYPED = {
    "title": "My own week",
    "editorjs": {
        "blocks": [
            {"type": "header", "data": {"text": "My own week", "level": 2}},
            {"type": "header", "data": {"text": "Part 0", "level": 3}},
            {"id": "a1", "type": "paragraph", "data": {"text": "Typed by <b>hand</b>."}},
            {"type": "list", "data": {"style": "unordered", "items": ["Begin", "Call Ana's mother"]}},
            {"type": "quote", "data": {"text": "Less is more", "caption": "Mies"}},
        ]
    },
}


def changed_by_hand(talk: Talk, machine: Machine, double: Double) -> None:
    double.default(json=DECK)
    ask(talk, "Please make slides about weekly planning", muteAudio=True)
    [deck] = machine.get("/api/slides/").json["results"]
    assert machine.patch(f"/api/slides/{deck['id']}/", json=TYPED).status_code == 200


def test_what_a_person_typed_into_the_slides_stays(talk: Talk, machine: Machine, double: Double) -> None:
    changed_by_hand(talk, machine, double)
    for version in (3, 4):
        double.default(json=DECK | {"summary": f"Version {version}"})
        [shown] = of(ask(talk, "Please update the slides"), "slides_response")
        deck = shown["slides"]
        assert (deck["title"], deck["version"], deck["summary"]) == ("My own week", version, f"Version {version}")
        blocks = deck["editorjs"]["blocks"]
        headings = [block["data"]["text"] for block in blocks if block["type"] == "header"]
        assert headings == ["My own week", "Part 0", "Part 1", "Part 2"]
        assert all(block in blocks for block in TYPED["editorjs"]["blocks"][2:3] + TYPED["editorjs"]["blocks"][4:])
        assert next(block["data"]["items"] for block in blocks if block["type"] == "list") == [
            "Begin", "Call Ana's mother", "End",
        ]  # fmt: skip
    seen = [json.dumps(request["body"]["messages"], ensure_ascii=False) for request in double.requests()]
    for typed in ("My own week", "Typed by hand.", "Call Ana's mother", "Less is more Mies"):
        assert any(f"[typed by the person] {typed}" in asked for asked in seen)


@pytest.mark.parametrize(
    ("request_", "answer"),
    [("Change the title of the slides", {}), ("Bitte ändere den Titel der Folien", {"changed": [1]})],
)
def test_what_a_person_typed_changes_when_they_ask(
    talk: Talk, machine: Machine, double: Double, request_: str, answer: Any
) -> None:
    changed_by_hand(talk, machine, double)
    call = {"id": "1", "name": "generate_or_update_slides", "arguments": {"request": "the title"}}
    double.reset()
    double.default(json=DECK | answer)
    if answer:
        double.script({"text": "", "tool_calls": [call]})
    [shown] = of(ask(talk, request_), "slides_response")
    assert shown["slides"]["title"] == "Weekly planning" and "Typed by <b>hand</b>." in json.dumps(shown)


def test_other_slides_begin_anew(talk: Talk, machine: Machine, double: Double) -> None:
    changed_by_hand(talk, machine, double)
    [shown] = of(ask(talk, "Make slides about budgeting"), "slides_response")
    assert "hand" not in json.dumps(shown) and shown["slides"]["title"] == "Weekly planning"


def test_slides_in_a_call_do_not_replace_what_was_typed(talk: Talk, machine: Machine, double: Double) -> None:
    changed_by_hand(talk, machine, double)
    double.script(call_for_slides(**DECK), {"json": DECK}, {"json": DECK})
    [shown] = of(ask(talk, "Show me something"), "slides_response")
    assert shown["slides"]["title"] == "My own week" and "Less is more" in json.dumps(shown)


def test_what_is_typed_while_slides_are_made_stays(talk: Talk, machine: Machine, double: Double) -> None:
    changed_by_hand(talk, machine, double)
    double.default(json=DECK, hold=0)
    talk.say("text_query", text="Update the slides")
    until(lambda: double.holds() == 2)
    late = {"type": "paragraph", "data": {"text": "Typed late"}}
    [deck] = machine.get("/api/slides/").json["results"]
    body = {"editorjs": {"blocks": [*deck["editorjs"]["blocks"], late]}}
    assert machine.patch(f"/api/slides/{deck['id']}/", json=body).json["version"] == 3
    double.default(json=DECK)
    double.release()
    [shown] = of(talk.until("response_ended"), "slides_response")
    assert shown["slides"]["version"] == 4 and late in shown["slides"]["editorjs"]["blocks"]


def test_controls(talk: Talk) -> None:
    for kind, answer in (
        ("ping", {"type": "pong"}), ("mute_audio", {"type": "audio_muted", "muted": True}),
        ("unmute_audio", {"type": "audio_muted", "muted": False}), ("stop_audio", {"type": "stop_audio"}),
    ):  # fmt: skip
        talk.say(kind)
        assert talk.hear() == answer


def test_stopped_sound_stays_away_and_text_goes_on(talk: Talk, double: Double) -> None:
    double.script({"text": ANSWER * 3, "deltas": 30, "gap": 0.05})
    talk.say("text_query", text="Go", muteAudio=False)
    talk.until("text_token")
    talk.say("stop_audio")
    talk.until("stop_audio")
    talk.say("unmute_audio")
    rest = talk.until("response_ended")
    assert not of(rest, "audio_response") and of(rest, "response_done")
    double.script({"text": ANSWER})
    assert of(ask(talk), "audio_response")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ('{"type": "nonsense"}', "Unknown type: nonsense"), ('{"a": 1}', "Unknown type: None"), ("{", "Invalid JSON"),
        ("[]", "Invalid JSON"), ('{"type": "text_query", "text": 7}', "No text provided"),
        ('{"type": "audio_query"}', "No audio provided"),
        ('{"type": "audio_query", "audio": "!!!"}', "Bad audio encoding"),
        ('{"type": ["ping"]}', "Unknown type: ['ping']"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_so(talk: Talk, frame: str, message: str) -> None:
    talk.socket.send(frame)
    assert talk.hear() == {"type": "error", "message": message}
    talk.say("ping")
    assert talk.hear() == {"type": "pong"}


def test_big_and_strange_frames_leave_the_socket_open(talk: Talk) -> None:
    talk.say("text_query", text="x" * 2_000_000)
    assert talk.hear()["message"].startswith("Text too long")
    talk.say("audio_query", audio=base64.b64encode(b"0" * (26 * 1024 * 1024)).decode())
    assert talk.hear()["message"] == "Audio too large"
    talk.say("audio_query", audio=base64.b64encode(b"junk" * 1000).decode())
    assert talk.hear()["message"] == "Audio processing failed"
    talk.socket.send_binary(b"\x00\x01")
    assert talk.hear()["type"] == "error"
    talk.say("text_query", text="  \x00 ")
    talk.say("ping")
    assert talk.hear() == {"type": "pong"}


def test_a_flood_is_thinned_but_controls_are_not(talk: Talk) -> None:
    for _ in range(100):
        talk.say("nonsense")
    for _ in range(30):
        talk.say("ping")
    heard = [talk.hear() for _ in range(50)]
    assert len(of(heard, "pong")) == 30 and len(of(heard, "error")) == 20


@pytest.mark.parametrize(
    ("key", "bot", "thread", "code"),
    [
        ("", "own", THREAD, 4403), ("nonsense", "own", THREAD, 4403), ("own", "", THREAD, 4000),
        ("own", "own", "", 4000), ("own", "%00", THREAD, 4004), ("own", "own", "user_%00", 4005),
        ("%00", "own", THREAD, 4403),
        ("own", "own", "user_XYZ", 4005), ("own", "own", "user_00112233445566AA", 4005),
        ("own", "no-uuid", THREAD, 4004), ("own", "urn:uuid:6a97a3c4-5d25-47a8-bb31-b6f35c98e6b7", THREAD, 4004),
        ("own", "6a97a3c4-5d25-47a8-bb31-b6f35c98e6b7", THREAD, 4004),
        ("own", "own", "user_0000000000000000", 4005),
        ("foreign", "own", THREAD, 4004), ("", "", "", 4403), ("own", "no-uuid", "user_XYZ", 4005),
    ],
)  # fmt: skip
def test_who_is_sent_away_and_how(
    web: Web, machine: Machine, foreigner: Machine, agent: Any, session: Any, key: str, bot: str, thread: str, code: int
) -> None:
    keys = {"own": machine.key, "foreign": foreigner.key}
    bots = {"own": agent["bot_id"]}
    assert Talk(web, keys.get(key, key), bots.get(bot, bot), thread).code() == code


@pytest.mark.parametrize("query", ["&api_key=%00", "&website_language=%00en", "&more=%00"])
def test_nul_in_other_parameters_harms_nothing(
    web: Web, machine: Machine, agent: Any, session: Any, query: str
) -> None:
    talk = Talk(web, machine.key, agent["bot_id"], query=query)
    assert talk.hear()["type"] == "connected"
    talk.say("text_query", text="Hello", muteAudio=True)
    assert talk.until("response_ended")


def test_a_revoked_key_ends_the_talk(web: Web, machine: Machine, agent: Any, session: Any) -> None:
    opened = Talk(web, machine.key, agent["bot_id"])
    opened.until("connected")
    with database.begin() as rows:
        api_keys.revoke(rows, "acme", "key of acme")
    assert opened.code_after_asking() == 4403


def test_a_revoked_keys_socket_is_closed_unasked(web: Web, machine: Machine, agent: Any, session: Any) -> None:
    opened = Talk(web, machine.key, agent["bot_id"])
    opened.until("connected")
    with database.begin() as rows:
        api_keys.revoke(rows, "acme", "key of acme")
    assert opened.code() == 4403


def test_an_allow_list_holds(web: Web, machine: Machine, agent: Any, session: Any) -> None:
    key = key_of("guarded", "coach.example")
    assert Talk(web, key, agent["bot_id"]).code() == 4403


@pytest.mark.parametrize("terms", [{"scopes": ["realtime:read"]}, {"origins": ["https://coach.example"]}])
def test_a_key_that_is_not_for_this_opens_nothing(web: Web, machine: Machine, agent: Any, terms: Any) -> None:
    key = key_of("acme", name="other", **terms)
    assert Talk(web, key, agent["bot_id"], origin="https://evil.example").code() == 4403


def test_a_pages_key_talks_and_does_nothing_else(web: Web, machine: Machine, agent: Any, session: Any) -> None:
    key = key_of("acme", name="page", scopes=["realtime:connect"], origins=["https://coach.example"])
    assert Talk(web, key, agent["bot_id"], origin="https://coach.example").hear()["type"] == "connected"
    assert machine.client.delete(f"/api/agents/{agent['id']}/", headers={"X-API-Key": key}).status_code == 403


def test_a_keys_rate_counts_questions(web: Web, machine: Machine, agent: Any, session: Any) -> None:
    opened = Talk(web, key_of("acme", name="slow", rate="2 per hour"), agent["bot_id"])
    for _ in range(2):
        opened.say("text_query", text="Hello", muteAudio=True)
    refused = opened.until("error")[-1]
    assert (refused["code"], refused["retry_after"] > 3000) == ("RATE_LIMIT_EXCEEDED", True)
    assert Talk(web, key_of("acme", name="slower", rate="1 per hour"), agent["bot_id"]).hear()["type"] == "connected"


@pytest.mark.parametrize("place", ["query", "cookie"])
def test_the_key_in_other_places(web: Web, machine: Machine, agent: Any, session: Any, place: str) -> None:
    more: dict[str, Any] = (
        {"query": f"&api_key={machine.key}"} if place == "query" else {"cookie": f"api_key={machine.key}"}
    )
    assert Talk(web, "", agent["bot_id"], **more).hear()["type"] == "connected"


def test_two_tenants_never_mix(
    web: Web, machine: Machine, foreigner: Machine, agent: Any, session: Any, double: Double
) -> None:
    theirs = make_agent(foreigner, persona="Foreign persona")
    make_session(foreigner, theirs)
    double.default(text="Fine.")
    ours, other = Talk(web, machine.key, agent["bot_id"]), Talk(web, foreigner.key, theirs["bot_id"])
    for talk, words in ((ours, "Our secret"), (other, "Hello")):
        talk.until("connected")
        ask(talk, words, muteAudio=True)
    assert "Our secret" not in json.dumps(double.requests()[-1]["body"])
    assert foreigner.get("/api/chats/").json["count"] == 1


def test_without_an_upgrade(web: Web, owner: Caller) -> None:
    assert owner.get("/ws/chat/").status_code == 426


def test_queries_that_come_in_one_go_all_have_their_turn(talk: Talk, machine: Machine, double: Double) -> None:
    double.default(text="Fine.")
    queries = [{"type": "text_query", "text": text, "muteAudio": True} for text in ("First", "Second", "Third")]
    frames = (websocket.ABNF.create_frame(json.dumps(query), websocket.ABNF.OPCODE_TEXT) for query in queries)
    talk.socket.sock.sendall(b"".join(frame.format() for frame in frames))
    turns = [talk.until("response_ended") for _ in queries]
    assert [turn[0]["text"] for turn in turns] == ["First", "Second", "Third"]
    assert [bool(of(turn, "response_done")) for turn in turns] == [False, False, True]
    assert [(chat["query"], chat["state"]) for chat in chats(machine)] == [
        ("First", "cancelled"),
        ("Second", "cancelled"),
        ("Third", "completed"),
    ]


@pytest.mark.parametrize(
    ("prefix", "given", "hint"),
    [
        ("data:audio/webm;codecs=opus;base64,", "webm", "audio/webm"), ("data:;base64,", "ogg", "ogg"),
        ('data:audio/ogg; codecs="opus";base64,', None, "audio/ogg"), ("data:audio/mp4,", 7, "audio/mp4"),
        ("data:video/webm;codecs=vp8,opus;base64,", None, "video/webm"), ("", "m4a", "m4a"), ("", None, "webm"),
    ],
)  # fmt: skip
def test_how_browsers_send_recordings(prefix: str, given: Any, hint: str) -> None:
    assert decoded(prefix + base64.b64encode(b"sound").decode(), given) == (b"sound", hint)


@pytest.mark.parametrize(("extra", "message"), [(0, "Audio processing failed"), (1, "Audio too large")])
def test_the_largest_recording(talk: Talk, extra: int, message: str) -> None:
    talk.say("audio_query", audio=base64.b64encode(b"0" * (25 * 1024 * 1024 + extra)).decode(), format="wav")
    assert talk.hear() == {"type": "error", "message": message}
