"""Voices and agents of all tenants, for operators."""

from tests.conftest import Caller
from tests.realtime.conftest import Machine, make_agent


def test_operators_see_those_of_all_tenants_or_of_one(operator: Caller, machine: Machine, foreigner: Machine) -> None:
    voice = machine.post("/api/voices/", json={"name": "Calm", "service": "espeak"}).json
    make_agent(machine, voice=voice["id"])
    make_agent(foreigner, name="Other")
    agents = operator.get("/api/v1/admin/agents").json
    found = [(one["tenant"], one["name"], one["voice"] and one["voice"]["name"]) for one in agents["agents"]]
    assert (agents["total"], found) == (2, [("other", "Other", None), ("acme", "AI AgentProfile", "Calm")])
    assert operator.get("/api/v1/admin/agents?tenant=acme&limit=1").json["total"] == 1
    voices = operator.get("/api/v1/admin/voices").json
    assert [(one["tenant"], one["name"]) for one in voices["voices"]] == [("acme", "Calm")]
    assert operator.get("/api/v1/admin/voices?tenant=other").json == {"voices": [], "total": 0}
