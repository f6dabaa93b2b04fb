"""A person sees, corrects, pins and deletes what is remembered; deleted is gone everywhere."""

from typing import Any

import pytest
from sqlalchemy import delete, update

from app.chat.models import ChatMessage, ChatSession
from app.db.session import db as database
from tests.care.crises import CRISIS
from tests.chat.conftest import ask, prompt
from tests.conftest import Caller
from tests.double.client import Double
from tests.memory.conftest import MEMORY, MORNING, SETTINGS, Memory, fact, leave
from tests.provenance.conftest import stored

CANARY = "kumquat"
PLANTED = f"I love {CANARY} jam"


def change(caller: Caller, made: dict[str, Any], **fields: Any) -> Any:
    return caller.patch(f"{MEMORY}/{made['id']}", json=fields)


def forget(caller: Caller, made: dict[str, Any]) -> None:
    assert caller.delete(f"{MEMORY}/{made['id']}").json["id"] == made["id"]


def test_what_is_said_again_is_dated_and_not_doubled(memory: Memory) -> None:
    first = memory.learn()
    again = memory.learn("I prefer to run before breakfast!")
    assert again["id"] == first["id"] and len(memory.facts()) == 1
    assert again["said_at"] > first["said_at"] and len(again["sources"]) == 2


def test_what_is_corrected_is_superseded(memory: Memory) -> None:
    first = memory.learn("I live in Graz", kind="circumstance")
    second = memory.learn("I live in Linz now", kind="circumstance", known=first["id"])
    assert [one["superseded_by"] for one in memory.facts()] == [None, second["id"]]
    assert ask(memory.caller, "Where do I live?").json["metadata"]["context"] == [second["id"]]


def test_a_pin_passes_to_what_comes_after(memory: Memory) -> None:
    first = memory.learn("I live in Graz")
    change(memory.caller, first, pinned=True)
    assert memory.learn("I live in Linz now", known=first["id"])["pinned"] is True


def test_a_fact_is_used_in_another_conversation_and_named(memory: Memory, double: Double) -> None:
    made = memory.learn()
    answer = ask(memory.caller, "When should I run?").json
    assert answer["metadata"]["context"] == [made["id"]]
    assert f'<document id="{made["id"]}" kind="memory"' in prompt(double) and MORNING in prompt(double)


def test_the_person_corrects_it(memory: Memory) -> None:
    made = memory.learn()
    shown = change(memory.caller, made, text="I prefer to swim at noon", kind="commitment").json
    assert (shown["text"], shown["kind"], shown["sources"]) == (
        "I prefer to swim at noon",
        "commitment",
        made["sources"],
    )
    ask(memory.caller, "When do I swim?")
    assert "swim at noon" in prompt(memory.double) and stored("before breakfast") == ["chat_messages", "chat_sessions"]


def test_a_correction_that_tells_of_danger_is_not_kept(memory: Memory) -> None:
    made = memory.learn()
    answer = change(memory.caller, made, text=CRISIS)
    assert (answer.status_code, answer.json["safety"]["level"]) == (422, "crisis")
    assert answer.json["resources"] and memory.texts() == [MORNING]


@pytest.mark.parametrize("body", [{"text": ""}, {"text": "x" * 301}, {"kind": "secret"}, {"pinned": "yes"}])
def test_what_is_no_fact_is_refused(memory: Memory, body: dict[str, Any]) -> None:
    assert change(memory.caller, memory.learn(), **body).status_code == 400


def test_pinned_facts_come_first_and_old_ones_fall_out_of_the_budget(memory: Memory) -> None:
    with_words = [memory.learn(f"I like {word} {'a great deal ' * 20}") for word in ("fjords", "maps", "tea")]
    change(memory.caller, with_words[0], pinned=True)
    many = [memory.learn(f"I enjoy {word} {'on most days ' * 20}") for word in ("chess", "opera", "sailing", "clay",
            "judo", "poker", "yoga", "verse")]  # fmt: skip
    used = ask(memory.caller, "What about maps?").json["metadata"]["context"]
    assert used[:2] == [with_words[0]["id"], with_words[1]["id"]]
    assert len(used) < len(with_words) + len(many)


def test_deleted_is_gone_from_memory_prompts_and_index(memory: Memory, double: Double) -> None:
    made = memory.learn(PLANTED)
    assert "document_chunks" in stored(CANARY)
    forget(memory.caller, made)
    assert memory.facts() == [] and stored(made["id"]) == []
    assert stored(CANARY) == ["chat_messages", "chat_sessions"]  # what the person said
    assert ask(memory.caller, "What jam do I love?").json["metadata"]["context"] == []
    assert CANARY not in str(double.requests()[-1])


def test_deleted_is_gone_from_summaries(memory: Memory) -> None:
    other = memory.talk("Something else")
    made = memory.learn(PLANTED)
    told = ask(memory.caller, "What jam do I love?").json["sessionId"]
    with database.begin() as session:
        session.execute(update(ChatSession).values(summary=f"They love {CANARY}", summarised_through=1))
    forget(memory.caller, made)
    with database.read() as session:
        kept = {row.id: row.summary for row in session.query(ChatSession)}
    assert (kept[told], kept[other]) == (None, f"They love {CANARY}")
    assert [one for one in kept.values() if one] == [kept[other]]


def test_older_versions_go_with_it(memory: Memory) -> None:
    first = memory.learn(f"I live near {CANARY} farm")
    forget(memory.caller, memory.learn("I live in Linz now", known=first["id"]))
    assert memory.facts() == []


def test_who_deletes_a_conversation_deletes_what_was_remembered_of_it(memory: Memory) -> None:
    session_id = memory.talk(PLANTED)
    memory.end(session_id, fact(memory.said(session_id)[0], PLANTED))
    assert memory.texts() == [PLANTED]
    memory.caller.delete(f"/api/v1/chat/session/{session_id}")
    assert memory.facts() == [] and stored(CANARY) == []


def test_a_message_that_goes_takes_its_facts_along(memory: Memory) -> None:
    made = memory.learn(PLANTED)
    memory.learn()
    with database.begin() as session:
        session.execute(delete(ChatMessage).where(ChatMessage.id == made["sources"][0]["id"]))
    assert memory.texts() == [MORNING] and stored(CANARY) == []


def test_everything_can_be_forgotten_at_once(memory: Memory, teammate: Caller) -> None:
    memory.learn()
    theirs = Memory(memory.app, memory.double, teammate)
    theirs.learn(PLANTED)
    assert memory.caller.delete(MEMORY).json["count"] == 1
    assert (memory.texts(), theirs.texts()) == ([], [PLANTED])


def test_nothing_comes_back_from_what_was_looked_through(memory: Memory, double: Double) -> None:
    session_id = memory.talk(MORNING)
    memory.end(session_id, fact(memory.said(session_id)[0]))
    forget(memory.caller, memory.facts()[0])
    asked = len(double.requests())
    memory.look_through(session_id)
    assert len(double.requests()) == asked and memory.facts() == []


def test_switched_off_nothing_is_remembered_and_nothing_used(memory: Memory, double: Double) -> None:
    memory.learn()
    assert memory.caller.get(SETTINGS).json == {"enabled": True}
    assert memory.caller.put(SETTINGS, json={"enabled": False}).json == {"enabled": False}
    session_id = memory.talk("When should I run?")
    assert MORNING not in prompt(double)
    leave(session_id)
    asked = len(double.requests())
    memory.look_through(session_id)
    assert len(double.requests()) == asked and memory.texts() == [MORNING]


def test_what_was_said_while_it_was_off_stays_unremembered(memory: Memory, double: Double) -> None:
    memory.caller.put(SETTINGS, json={"enabled": False})
    session_id = memory.talk(PLANTED)
    memory.caller.put(SETTINGS, json={"enabled": True})
    leave(session_id)
    memory.look_through(session_id)
    assert "memory" not in str(double.requests()[-1]["body"].get("response_format", ""))
    assert memory.facts() == []


@pytest.mark.parametrize("body", [{}, {"enabled": None}, {"enabled": "no"}])
def test_the_setting_is_a_truth_value(owner: Caller, body: dict[str, Any]) -> None:
    assert owner.put(SETTINGS, json=body).status_code == 400


def test_nobody_else_sees_or_touches_it(memory: Memory, teammate: Caller, stranger: Caller) -> None:
    made = memory.learn()
    for caller in (teammate, stranger):
        assert caller.get(MEMORY).json["facts"] == []
        assert caller.get(f"{MEMORY}/{made['id']}").status_code == 404
        assert change(caller, made, pinned=True).status_code == 404
        assert caller.delete(f"{MEMORY}/{made['id']}").status_code == 404
        assert ask(caller, "When should I run?").json["metadata"]["context"] == []
    assert memory.texts() == [MORNING]


def test_the_list_has_pages(memory: Memory) -> None:
    for text in (MORNING, PLANTED, "My boss is called Tom"):
        memory.learn(text)
    first = memory.caller.get(f"{MEMORY}?limit=2").json
    rest = memory.caller.get(f"{MEMORY}?limit=2&cursor={first['nextCursor']}").json
    assert [len(one["facts"]) for one in (first, rest)] == [2, 1] and rest["hasMore"] is False
