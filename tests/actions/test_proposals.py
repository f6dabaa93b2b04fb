"""What a model calls is shown as a proposal, live, in one piece, on replay and when it is read back."""

from flask import Flask

from tests.actions.conftest import GOAL, aim, answered, calls, proposed, rows
from tests.chat.conftest import ask, messages, prompt, resume, stream
from tests.conftest import Caller, sign_in
from tests.double.client import Double


def test_a_proposal_comes_before_the_end(owner: Caller, double: Double) -> None:
    double.script(calls(("goal_create", GOAL)))
    events = answered(owner, "I want to run a marathon by June")
    assert events.types == ["start", "content", "proposal", "end"]
    assert events.items[-2]["proposal"] == events.last["proposals"][0]


def test_it_shows_the_change_as_it_would_be(owner: Caller, double: Double) -> None:
    shown = proposed(owner, double, "goal_create", GOAL, "I want to run a marathon")
    assert shown["kind"] == "goal.create" and shown["before"] is None and shown["id"].startswith("action_")
    assert shown["after"] == {**GOAL, "target_date": "2099-06-30T00:00:00.000Z"}
    assert shown["summary"] == "Create the goal “Run a marathon” by 2099-06-30"
    assert shown["expires_at"].endswith("Z")


def test_a_change_shows_what_was_and_what_would_be(owner: Caller, double: Double) -> None:
    goal = aim(owner)
    shown = proposed(owner, double, "goal_update", {"goal_id": goal["id"], "title": "Run a 10K"})
    assert shown["before"] == {"id": goal["id"], "title": "Run a 5K"}
    assert shown["after"] == {"id": goal["id"], "title": "Run a 10K"}


def test_a_reminder_says_when_on_the_persons_clock(owner: Caller, double: Double) -> None:
    owner.patch("/api/v1/me", json={"timezone": "Asia/Manila"})
    given = {"text": "Go for a run", "at": "2099-01-08T18:00:00", "rrule": "FREQ=WEEKLY;BYDAY=TH"}
    shown = proposed(owner, double, "reminder_create", given)
    assert shown["summary"] == "Remind you on 2099-01-08 18:00, every week: “Go for a run”"
    assert shown["after"]["timezone"] == "Asia/Manila"


def test_nothing_is_written_before_it_is_confirmed(owner: Caller, double: Double) -> None:
    aim(owner)
    before = rows()
    proposed(owner, double, "goal_update", {"goal_id": "Run a 5K", "title": "Run a 10K"})
    assert rows() == before


def test_an_answer_in_one_piece_has_it_too(owner: Caller, double: Double) -> None:
    double.script(calls(("goal_create", GOAL)))
    answer = ask(owner, "I want to run a marathon", actions=True).json
    assert [one["kind"] for one in answer["proposals"]] == ["goal.create"]


def test_it_is_there_on_replay_and_when_read_back(owner: Caller, double: Double) -> None:
    double.script(calls(("goal_create", GOAL), ("journal_create", {"title": "A start", "content": "Today I decided."})))
    events = answered(owner)
    session = events.start["sessionId"]
    again = resume(owner, session)
    assert again.items[1:] == events.items[1:]
    assert messages(owner, session)[-1]["proposals"] == events.last["proposals"]


def test_a_reader_who_had_one_proposal_gets_the_other(owner: Caller, double: Double) -> None:
    double.script(calls(("goal_create", GOAL), ("journal_create", {"title": "A start", "content": "Today I decided."})))
    events = answered(owner)
    rest = resume(owner, events.start["sessionId"], after=events.ids[-3])
    assert rest.types == ["proposal", "end"]
    assert rest.items[0]["proposal"]["kind"] == "journal.create"


def test_who_does_not_ask_gets_what_there_always_was(owner: Caller, double: Double) -> None:
    double.script({"text": ["Hello"]}, {"text": ["Hello"]})
    events = stream(owner)
    assert "tools" not in double.requests()[-1]["body"]
    assert "proposals" not in events.last and "proposals" not in ask(owner).json
    assert "proposals" not in messages(owner, events.start["sessionId"])[-1]


def test_who_asks_and_is_proposed_nothing_is_told_so(owner: Caller) -> None:
    events = answered(owner)
    assert events.types[-1] == "end" and events.last["proposals"] == []
    assert resume(owner, events.start["sessionId"]).last == events.last


def test_tools_are_named_like_the_kinds_and_take_what_rest_takes(owner: Caller, double: Double) -> None:
    answered(owner)
    tools = {one["function"]["name"]: one["function"] for one in double.requests()[-1]["body"]["tools"]}
    assert set(tools) == {
        "goal_create", "goal_update", "goal_complete", "milestone_create", "milestone_complete", "progress_add",
        "journal_create", "habit_log", "check_in_create", "reminder_create", "action_create", "issue_create",
    }  # fmt: skip
    assert tools["goal_create"]["parameters"]["required"] == ["target_date", "title"]
    assert "status" not in tools["goal_update"]["parameters"]["properties"]
    assert tools["milestone_create"]["parameters"]["properties"]["due_date"]["type"] == "string"


def test_a_viewer_is_not_offered_the_teams(app: Flask, double: Double, clean: None) -> None:
    answered(sign_in(app, "vera", "acme", "viewer"))
    names = {one["function"]["name"] for one in double.requests()[-1]["body"]["tools"]}
    assert "goal_create" in names and not names & {"action_create", "issue_create"}


def test_a_model_that_only_calls_has_its_proposal_put_into_words(owner: Caller, double: Double) -> None:
    double.script(calls(("goal_create", GOAL), text="") | {"text": []})
    assert answered(owner, "Ich möchte einen Marathon laufen").text == (
        "Das schlage ich vor: Das Ziel „Run a marathon“ bis 2099-06-30 anlegen. Es ändert sich nichts, bevor du es"
        " bestätigst."
    )


def test_what_can_not_be_done_is_not_proposed(owner: Caller, double: Double) -> None:
    double.script(
        calls(("goal_update", {"goal_id": "goal_of_nobody", "title": "Mine"}), ("goal_create", {"title": ""}))
    )
    assert answered(owner).last["proposals"] == []


def test_somebody_elses_goal_can_not_be_named(owner: Caller, stranger: Caller, double: Double) -> None:
    goal = aim(stranger)
    double.script(calls(("goal_update", {"goal_id": goal["id"], "title": "Mine"})))
    assert answered(owner).last["proposals"] == []


def test_the_next_answer_knows_what_was_proposed(owner: Caller, double: Double) -> None:
    double.script(calls(("goal_create", GOAL)))
    session = answered(owner).start["sessionId"]
    answered(owner, sessionId=session)
    assert "proposed: Create the goal “Run a marathon” by 2099-06-30" in prompt(double)


def test_five_at_most(owner: Caller, double: Double) -> None:
    many = [("goal_create", GOAL | {"title": f"Goal number {number}"}) for number in range(8)]
    double.script(calls(*many))
    assert len(answered(owner).last["proposals"]) == 5
