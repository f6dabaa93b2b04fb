"""Coaches: five for everybody, and people's own."""

from typing import Any

from tests.chat.conftest import ask, stream
from tests.conftest import Caller
from tests.double.client import Double

PLACE = "/api/v1/chat/personalities"
EDITOR = {
    "name": "The Editor", "description": "Cuts to the point.", "systemPrompt": "Ask for one <b>sentence</b>.",
    "style": "direct",
}  # fmt: skip


def make(caller: Caller, **fields: Any) -> Any:
    return caller.post(PLACE, json=EDITOR | fields).json


def prompt(double: Double) -> str:
    found: str = double.requests()[-1]["body"]["messages"][0]["content"]
    return found


def test_everybody_has_one_of_each_style(owner: Caller) -> None:
    found = owner.get(PLACE).json
    styles = {row["style"] for row in found}
    assert styles == {"supportive", "direct", "motivational", "analytical", "empathetic"}
    assert [row["id"] for row in found if row["isDefault"]] == ["personality_supportive"]


def test_own_ones_come_first_with_every_field(owner: Caller) -> None:
    voice = {"firstMessage": "Hello", "voiceId": "v1", "voiceStability": 0.5, "voiceSimilarityBoost": 0.75}
    made = owner.post(PLACE, json=EDITOR | voice | {"language": "de", "elevenLabsAgentId": None})
    assert made.status_code == 201
    first = owner.get(PLACE).json[0]
    assert first == made.json
    assert {name: first[name] for name in EDITOR | voice} == EDITOR | voice
    assert (first["user_id"], first["language"], first["isDefault"]) == ("olivia", "de", False)


def test_what_is_missing_or_wrong_is_told(owner: Caller) -> None:
    for wrong in ({"name": ""}, {"style": "rude"}, {"voiceStability": 2}, {"isDefault": "perhaps"}):
        assert owner.post(PLACE, json=EDITOR | wrong).status_code == 400, wrong
    assert owner.post(PLACE, json={}).status_code == 400


def test_a_change_touches_only_what_it_names(owner: Caller) -> None:
    made = make(owner)
    changed = owner.put(f"{PLACE}/{made['id']}", json={"name": "The Cutter"}).json
    assert changed == made | {"name": "The Cutter", "updated_at": changed["updated_at"]}


def test_one_is_the_default(owner: Caller) -> None:
    first, second = make(owner, isDefault=True), make(owner)
    assert first["isDefault"]
    assert owner.patch(f"{PLACE}/{second['id']}/default").json["isDefault"]
    assert [row["id"] for row in owner.get(PLACE).json if row["isDefault"]] == [second["id"]]
    owner.patch(f"{PLACE}/personality_direct/default")
    assert owner.get("/api/v1/me").json["personality_id"] == "personality_direct"


def test_another_takes_over_from_a_default_that_is_deleted(owner: Caller) -> None:
    older, default = make(owner), make(owner, isDefault=True)
    assert owner.delete(f"{PLACE}/{default['id']}").json["success"] is True
    assert owner.get(f"{PLACE}/{older['id']}").json["isDefault"]
    owner.delete(f"{PLACE}/{older['id']}")
    assert owner.get(f"{PLACE}/personality_supportive").json["isDefault"]


def test_built_in_ones_stay_as_they_are(owner: Caller) -> None:
    assert owner.put(f"{PLACE}/personality_direct", json={"name": "Mine"}).status_code == 409
    assert owner.delete(f"{PLACE}/personality_direct").status_code == 409


def test_others_do_not_see_mine(owner: Caller, teammate: Caller, stranger: Caller) -> None:
    made = make(owner)
    for other in (teammate, stranger):
        assert len(other.get(PLACE).json) == 5
        for answer in (
            other.get(f"{PLACE}/{made['id']}"),
            other.put(f"{PLACE}/{made['id']}", json={"name": "x"}),
            other.patch(f"{PLACE}/{made['id']}/default"),
            other.delete(f"{PLACE}/{made['id']}"),
        ):
            assert (answer.status_code, answer.json["message"]) == (404, "Coach personality not found")


def test_messages_and_streams_speak_in_the_chosen_manner(owner: Caller, double: Double) -> None:
    made = make(owner)
    for talk in (ask, stream):
        talk(owner, personalityId=made["id"])
        assert '<coach name="The Editor" style="direct">' in prompt(double)
        assert "Ask for one &lt;b>sentence&lt;/b>." in prompt(double)


def test_without_a_wish_the_default_speaks(owner: Caller, double: Double) -> None:
    make(owner, isDefault=True)
    ask(owner)
    assert 'name="The Editor"' in prompt(double)
    ask(owner, personalityId="personality_unknown")
    assert 'name="The Editor"' in prompt(double)
    ask(owner, personalityId="personality_analytical")
    assert 'name="Analytical"' in prompt(double)


def test_somebody_elses_coach_never_speaks_to_me(owner: Caller, teammate: Caller, double: Double) -> None:
    made = make(teammate, name="Canary")
    ask(owner, personalityId=made["id"])
    assert "Canary" not in prompt(double)
