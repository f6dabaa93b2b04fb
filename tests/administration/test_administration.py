"""Keys and the audit log, for owners and operators."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.auth.roles import COACHING, EVERYBODY, WORKING
from app.db.session import db as database
from app.jobs.models import Job, JobState
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.interviews.conftest import begun
from tests.topics.conftest import answer_of

KEYS, AUDIT = "/api/v1/admin/api-keys", "/api/v1/admin/audit"
Call = tuple[str, str]


@pytest.fixture
def boss(app: Flask, clean: None) -> Caller:
    return sign_in(app, "bo", "acme", "owner")


def made(caller: Caller, **body: Any) -> Any:
    answer = caller.post(KEYS, json={"name": "web"} | body)
    assert answer.status_code == 201, answer.json
    return answer.json


def entries(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(f"{AUDIT}{query}").json["entries"]
    return found


def actions(caller: Caller, query: str = "") -> list[str]:
    return [entry["action"] for entry in entries(caller, query)]


def test_a_key_is_made_used_listed_and_revoked(boss: Caller, anonymous: Caller) -> None:
    row = made(boss, scopes=["realtime:read"], origins=["https://app.example"], rate="5 per hour")
    used = {"X-API-Key": row["key"], "Origin": "https://app.example"}
    assert anonymous.get("/api/voices/", headers=used).status_code == 200
    listed = boss.get(KEYS).json["api_keys"]
    assert [(key["id"], key["scopes"], key["rate"]) for key in listed] == [(row["id"], ["realtime:read"], "5 per hour")]
    assert row["key"] not in str(listed)
    assert boss.delete(f"{KEYS}/{row['id']}").status_code == 204
    assert boss.get(KEYS).json["total"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ""}, 422), ({"scopes": ["all"]}, 422), ({"scopes": []}, 400), ({"origins": ["a/b"]}, 400),
        ({"rate": "often"}, 400), ({"expires_at": "2020-01-01"}, 400), ({"expires_at": "soon"}, 422),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense(boss: Caller, body: dict[str, Any], status: int) -> None:
    assert boss.post(KEYS, json={"name": "web"} | body).status_code == status


def test_a_name_is_taken_once(boss: Caller) -> None:
    made(boss)
    assert boss.post(KEYS, json={"name": "web"}).status_code == 409


def test_other_tenants_keys_are_not_there(app: Flask, boss: Caller, operator: Caller) -> None:
    row, stranger = made(boss), sign_in(app, "sam", "other", "owner")
    assert stranger.get(KEYS).json["total"] == 0
    assert stranger.get(f"{KEYS}?tenant=acme").status_code == 403
    assert stranger.delete(f"{KEYS}/{row['id']}").status_code == 404
    assert stranger.post(KEYS, json={"name": "x", "tenant": "acme"}).status_code == 403
    assert operator.get(f"{KEYS}?tenant=acme").json["total"] == 1
    assert operator.delete(f"{KEYS}/{row['id']}").status_code == 204


def test_an_entry_says_who_what_and_from_where(boss: Caller) -> None:
    boss.post(KEYS, json={"name": "web"}, headers={"X-Request-Id": "r-1"}, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    entry = entries(boss)[0]
    who = {name: entry[name] for name in ("actor_kind", "actor", "actor_tenant", "role", "address", "request_id")}
    assert who == {
        "actor_kind": "person", "actor": "bo", "actor_tenant": "acme", "role": "owner", "address": "203.0.113.7",
        "request_id": "r-1",
    }  # fmt: skip
    assert (entry["tenant"], entry["action"], entry["target"]) == ("acme", "api_key.create", "web")


def test_what_was_not_done_leaves_no_entry(boss: Caller) -> None:
    made(boss)
    boss.post(KEYS, json={"name": "web"})
    boss.delete(f"{KEYS}/key_unknown")
    assert actions(boss) == ["api_key.create"]


def test_what_keys_write_is_there(boss: Caller, anonymous: Caller) -> None:
    key = {"X-API-Key": made(boss)["key"]}
    agent = anonymous.post("/api/agents/", json={"name": "Ada"}, headers=key).json
    anonymous.delete(f"/api/agents/{agent['id']}/", headers=key)
    found = [(entry["actor_kind"], entry["actor"], entry["action"]) for entry in entries(boss, "?actor=web")]
    assert found == [("key", "web", "agent.remove"), ("key", "web", "agent.create")]


def test_secrets_that_are_read_are_there(boss: Caller) -> None:
    boss.get("/ai/webhook-secret")
    assert actions(boss) == ["webhook_secret.read"]


def test_owners_see_their_tenants_entries_and_operators_all(app: Flask, boss: Caller, operator: Caller) -> None:
    made(boss)
    made(sign_in(app, "sam", "other", "owner"))
    assert [entry["tenant"] for entry in entries(boss)] == ["acme"]
    assert boss.get(f"{AUDIT}?tenant=other").status_code == 403
    assert {entry["tenant"] for entry in entries(operator)} == {"acme", "other", None}
    assert {entry["tenant"] for entry in entries(operator, "?tenant=other")} == {"other"}


def test_an_operator_in_another_tenant_leaves_an_entry_there(boss: Caller, operator: Caller) -> None:
    operator.get(f"{AUDIT}?tenant=acme")
    operator.get(f"{KEYS}?tenant=acme")
    made(operator, tenant="acme")
    assert actions(boss, "?actor=opal") == ["api_key.create", "api_keys.list", "audit.read"]


def test_the_log_comes_in_pages(boss: Caller) -> None:
    for number in range(5):
        made(boss, name=f"key {number}")
    first = boss.get(f"{AUDIT}?limit=3").json
    second = boss.get(f"{AUDIT}?limit=3&before={first['next_before']}").json
    assert [entry["target"][-1] for entry in first["entries"] + second["entries"]] == list("43210")
    assert (first["has_more"], second["has_more"], second["next_before"]) == (True, False, None)


COMMANDS = {
    "token.mint": ["token", "--user", "u", "--tenant", "acme"],
    "api_key.create": ["api-key", "create", "--tenant", "acme", "--name", "k"],
    "api_key.revoke": ["api-key", "revoke", "--tenant", "acme", "--name", "k"],
    "token.revoke": ["revoke", "--tenant", "acme", "--jti", "t"],
    "webhook_secret.rotate": ["webhook-secret", "rotate", "--tenant", "acme"],
    "weekly_insights.ask": ["weekly-insights"],
    "export.write": ["export", "--tenant", "acme", "--user", "u", "--out", "all.zip"],
    "erasure.create": ["erase", "--tenant", "acme", "--user", "nobody who signs in", "--yes"],
    "demo.seed": ["demo"],
    "user.create": ["user", "create", "--email", "ada@example.com"],
    "user.reset_app": ["user", "reset-app", "--email", "ada@example.com"],
    "invitation.create": ["user", "invite", "--email", "bob@example.com", "--tenant", "acme"],
    "retention.sweep": ["retention"],
}
READING = {("api-key", "list"), ("care-report",), ("erasures",)}
CHANGING_NOTHING = {("POST", "/api/v1/care/try")}
FLASKS = {"db", "openapi", "routes", "run", "shell"}


def test_commands_leave_entries(
    app: Flask, operator: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    for args in COMMANDS.values():
        assert app.test_cli_runner().invoke(args=args).exit_code == 0, args
    done = [entry["action"] for entry in entries(operator) if entry["actor_kind"] == "command"]
    assert done[::-1] == list(COMMANDS)


def test_no_command_is_left_out(app: Flask) -> None:
    groups = {name: getattr(command, "commands", {}) for name, command in app.cli.commands.items()}
    commands = {(name, *rest) for name, inner in groups.items() for rest in ([[one] for one in inner] or [[]])}
    known = {tuple(word for word in args[:2] if not word.startswith("-")) for args in COMMANDS.values()} | READING
    assert {command for command in commands if command[0] not in FLASKS} == known


BODIES: dict[Call, Any] = {
    ("PATCH", "/admin/topics/<topic_id>"): {"active": True},
    ("PUT", "/admin/topics/<topic_id>/prompts/<kind>"): {"text": "{{ current_value }}"},
    ("DELETE", "/admin/topics/<topic_id>/prompts/<kind>"): None,
    ("POST", "/admin/topics/<topic_id>/prompts/<kind>/rollback"): {"version": 0},
    ("POST", "/admin/topics/<topic_id>/dry-run"): {"parameters": {"current_value": "We help"}},
    ("POST", "/admin/topics/<topic_id>/try-out"): {"parameters": {"current_value": "We help"}},
    ("POST", "/admin/topics/<topic_id>/inputs"): {"name": "new", "parameters": {}},
    ("DELETE", "/admin/topics/<topic_id>/inputs/<input_id>"): None,
    ("POST", "/admin/jobs/<job_id>/retry"): None,
    ("POST", "/admin/jobs/<job_id>/cancel"): None,
    ("POST", "/admin/api-keys"): {"name": "new"},
    ("DELETE", "/admin/api-keys/<key_id>"): None,
    ("POST", "/admin/revocations"): {"jti": "a token"},
    ("POST", "/admin/erasures"): {"tenant": "acme", "user": "nobody who signs in"},
    ("DELETE", "/api/interviews/<interview_id>"): None,
    ("PUT", "/admin/budgets/<tenant>"): {"user_day": 1},
    ("DELETE", "/admin/budgets/<tenant>"): None,
    ("PUT", "/admin/retention/<tenant>"): {"messages_days": 30},
    ("DELETE", "/admin/retention/<tenant>"): None,
    ("POST", "/ai/webhook-secret"): {},
    ("PUT", "/admin/care"): {"webhook_url": None},
    ("POST", "/admin/care/resources"): {"name": "Samaritans", "country": "GB", "hidden": True},
    ("PUT", "/admin/care/resources/<resource_id>"): {"name": "A line", "country": "GB", "hidden": True},
    ("DELETE", "/admin/care/resources/<resource_id>"): None,
    ("DELETE", "/admin/exports/<export_id>"): None,
    ("POST", "/admin/exports"): {},
    ("PUT", "/admin/traces/settings"): {"operators_read_words": True},
}

OF_PEOPLE = (EVERYBODY, WORKING, COACHING)


def administrative(app: Flask) -> Iterator[Call]:
    """What changes something that is not a person's own nor their business, but for the queue's dashboard.

    What a coach may do they do for people, who are told.
    """
    for rule in app.url_map.iter_rules():
        resource = getattr(app.view_functions[rule.endpoint], "resource", None)
        if resource is None or rule.rule.startswith("/rq") or resource.writers in OF_PEOPLE:
            continue
        yield from ((method, rule.rule) for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"})


def failed_job() -> str:
    with database.begin() as session:
        job = Job(name="workspace.embed", tenant_id="acme", state=JobState.FAILED)
        session.add(job)
        session.flush()
        return job.id


def test_each_administrative_change_leaves_an_entry(
    app: Flask, operator: Caller, anonymous: Caller, double: Double
) -> None:  # fmt: skip
    double.default(json=answer_of("niche_review"))
    kept = operator.post("/admin/topics/niche_review/inputs", json={"name": "old", "parameters": {}}).json
    known = {"<topic_id>": "niche_review", "<kind>": "user", "<tenant>": "acme"}
    line = operator.post("/admin/care/resources", json={"name": "A line", "hidden": True}).json
    known |= {"<resource_id>": line["id"], "<input_id>": kept["id"], "<job_id>": failed_job()}
    known |= {"<key_id>": made(operator)["id"], "<interview_id>": begun(anonymous)}
    known |= {"<export_id>": operator.post("/admin/exports", json={}).json["id"]}
    assert set(administrative(app)) - CHANGING_NOTHING == set(BODIES)
    for (method, rule), body in BODIES.items():
        before, path = len(deeds(operator)), re.sub("<[a-z_]+>", lambda name: known[name[0]], rule)
        answer = operator.open(method, path, **({} if body is None else {"json": body}))
        assert answer.status_code < 300, (method, path, answer.json)
        assert len(deeds(operator)) == before + 1, (method, path)


def deeds(operator: Caller) -> list[dict[str, Any]]:
    """All entries but those of reading the log."""
    return [entry for entry in entries(operator, "?limit=200") if entry["action"] != "audit.read"]


def test_changes_in_the_queues_dashboard_leave_entries(operator: Caller) -> None:
    operator.post("/rq/queue/default/queued/empty")
    assert actions(operator, "?action=queue.change") == ["queue.change"]
