"""What is older than it may be goes, by setting and by tenant, and leaves everything else whole."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.accounts.models import ModelCall
from app.core.clock import now
from app.db.session import Base
from app.db.session import db as database
from app.feeds import service as feed
from app.privacy.registry import declarations
from app.privacy.retention import jobs
from tests.conftest import Caller, sign_in
from tests.privacy.conftest import WorkOff, live, sent, settle
from tests.realtime.conftest import Machine, key_of, make_agent, make_session
from tests.realtime.test_uploads import sound

RETENTION = "/api/v1/admin/retention"
LIMITS = {f"RETENTION_{kind}_DAYS": "30" for kind in ("MESSAGES", "TRANSCRIPTS", "AUDIO", "USAGE")}
AFTER_FACTS = ("derived_sources", "document_chunks")  # what goes with a fact by trigger
Rows = dict[str, int]


@pytest.fixture
def strict(make_app: Callable[..., Flask], clean: None) -> Iterator[Flask]:
    """Keeps all of it for thirty days. What its models cost is written down before the next test begins."""
    application = make_app(LLM_MODELS="offline:coach", **LIMITS)
    yield application
    settle(application)


def rows() -> Rows:
    with database.read() as session:
        return {name: session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in Base.metadata.tables}


def gone(before: Rows) -> Rows:
    return {name: before[name] - count for name, count in rows().items() if count != before[name]}


def age(table: str, days: int, where: str = "true") -> None:
    """As if it had been written so many days before."""
    columns = [column.name for column in Base.metadata.tables[table].columns if str(column.type).startswith("DATETIME")]
    moved = ", ".join(f"{name} = {name} - interval '{days} days'" for name in columns)
    if columns:
        with database.begin() as session:
            session.execute(text(f'UPDATE "{table}" SET {moved} WHERE {where}'))


def age_everything(days: int) -> None:
    for name in Base.metadata.tables:
        age(name, days)


def run(app: Flask, *options: str) -> Rows:
    """What the command prints."""
    result = app.test_cli_runner().invoke(args=["retention", *options])
    assert result.exit_code == 0, result.output
    lines = (line.split("\t") for line in result.stdout.splitlines())
    return {table: int(count) for table, count in lines if int(count)}


def said(caller: Caller, session_id: str) -> Any:
    return sent(caller.get(f"/api/v1/chat/session/{session_id}"))


def say(caller: Caller, message: str, **body: Any) -> str:
    return str(sent(caller.post("/api/v1/chat/message", json={"message": message} | body))["sessionId"])


@pytest.fixture
def olivia(strict: Flask) -> Caller:
    return sign_in(strict, "olivia", "acme")


def test_everything_is_kept_unless_somebody_says_otherwise(
    offline_app: Flask, offline: Caller, work_off: WorkOff
) -> None:
    live(offline, "kumquat", work_off)
    age_everything(5000)
    before = rows()
    assert set(run(offline_app)) <= {"feed_events", "turn_traces"}
    assert set(gone(before)) <= {"feed_events", "turn_traces", "audit_entries"}


def test_a_dry_run_says_what_will_go_and_changes_nothing(strict: Flask, olivia: Caller, work_off: WorkOff) -> None:
    live(olivia, "kumquat", work_off)
    age_everything(29)
    run(strict)
    age_everything(71)
    before = rows()
    planned = run(strict, "--dry-run")
    assert gone(before) == {}
    assert {"chat_messages", "chat_sessions", "coaching_messages", "coaching_sessions", "conversations"} <= set(planned)
    run(strict)
    beside = dict.fromkeys(("audit_entries", *AFTER_FACTS), 0)
    assert gone(before) | beside == planned | beside
    assert run(strict, "--dry-run") == {}
    assert all(rows()[name] for name in ("journal_entries", "goals", "routines", "weekly_insights", "personalities"))


def test_a_chat_that_goes_on_is_whole_without_its_old_messages(strict: Flask, olivia: Caller) -> None:
    session_id = say(olivia, "Kumquats are what I want to grow")
    age("chat_messages", 40)
    for words in ("How do I sleep?", "And tomorrow?"):
        say(olivia, words, sessionId=session_id)
    run(strict)
    found = said(olivia, session_id)
    assert [message["content"] for message in found["messages"] if message["role"] == "user"] == [
        "How do I sleep?", "And tomorrow?",
    ]  # fmt: skip
    assert (found["message_count"], found["title"]) == (4, "How do I sleep?")
    assert "kumquat" not in str(found).lower()
    say(olivia, "Thank you", sessionId=session_id)
    with database.read() as session:
        places = session.scalars(text("SELECT position FROM chat_messages ORDER BY position")).all()
    assert places == [1, 2, 3, 4, 5, 6]


def test_a_title_that_the_person_gave_stays(strict: Flask, olivia: Caller) -> None:
    session_id = say(olivia, "Kumquats are what I want to grow")
    age("chat_messages", 40)
    sent(olivia.patch(f"/api/v1/chat/session/{session_id}/title", json={"title": "The garden"}))
    run(strict)
    found = said(olivia, session_id)
    assert (found["title"], found["message_count"], found["messages"]) == ("The garden", 0, [])
    assert say(olivia, "Hello again", sessionId=session_id) == session_id


def test_while_a_chat_is_answered_all_of_it_stays(strict: Flask, olivia: Caller) -> None:
    say(olivia, "How do I sleep?")
    age_everything(40)
    with database.begin() as session:
        running = "state = 'running', finished_at = NULL, lease_until = now() + interval '1 hour'"
        session.execute(text(f"UPDATE chat_turns SET {running}"))
    before = rows()
    run(strict)
    assert "chat_messages" not in gone(before) and "chat_sessions" not in gone(before)


def test_live_coaching_sessions_stay(strict: Flask, olivia: Caller) -> None:
    sent(olivia.post("/ai/coaching/start", json={"topic_id": "core_values"}))
    with database.begin() as session:
        session.execute(text("UPDATE coaching_sessions SET last_activity = last_activity - interval '40 days'"))
    before = rows()
    run(strict)
    assert "coaching_sessions" not in gone(before)
    age("coaching_sessions", 40)
    run(strict)
    assert {"coaching_sessions", "coaching_messages"} <= set(gone(before))


def test_what_was_said_aloud_goes_with_what_was_made_of_it(strict: Flask, clean: None) -> None:
    machine = Machine(strict.test_client(), key_of("acme"), "acme")
    session = make_session(machine, make_agent(machine))
    assert machine.patch(f"/api/sessions/{session['id']}/", json={"summary": "Kumquats"}).status_code == 200
    for path, body in (("chats", {"query": "Kumquats?", "response": "Yes"}), ("slides", {"title": "Kumquats"})):
        assert machine.post(f"/api/{path}/", json={"session": session["id"]} | body).status_code == 201
    age_everything(40)
    planned = run(strict, "--dry-run")
    assert planned == {"realtime_chats": 1, "slide_decks": 1, "slide_revisions": 1}
    run(strict)
    (left,) = machine.get("/api/sessions/").json["results"]
    assert (left["id"], left["summary"]) == (session["id"], "")


def test_sounds_go_and_voices_and_pictures_stay(strict: Flask, clean: None) -> None:
    machine = Machine(strict.test_client(), key_of("acme"), "acme")
    voice = machine.post("/api/voices/", json={"name": "Ada", "preview_b64": sound()}).json
    make_agent(machine, avatar_b64="data:image/gif;base64,R0lGODlhAQABAAAAACw=")
    age_everything(40)
    assert run(strict) == {"media": 1}
    assert machine.get(f"/api/voices/{voice['id']}/").json["preview"] is None
    assert rows()["media"] == 1


def test_records_of_this_month_stay_for_budgets(strict: Flask, clean: None) -> None:
    moment = now()
    month = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    facts = {"feature": "chat.turn", "provider": "p", "model": "m", "input_tokens": 1, "output_tokens": 1,
             "estimated": False, "latency_ms": 1, "outcome": "ok", "attempts": 1}  # fmt: skip
    with database.begin() as session:
        for at in (moment, month, month - timedelta(days=40)):
            session.add(ModelCall(tenant_id="acme", user_id="olivia", created_at=at, **facts))
    sent(sign_in(strict, "opal", "house", "operator").put(f"{RETENTION}/acme", json={"usage_days": 1}))
    assert run(strict, "--tenant", "acme") == {"model_calls": 1}


def test_events_are_kept_for_a_week(offline_app: Flask, clean: None) -> None:
    with database.begin() as session:
        for number in (1, 2):
            feed.append(session, "acme", "olivia", "ai.job.completed", {"number": number})
    age("feed_events", 8, "data->>'number' = '1'")
    with offline_app.app_context():
        jobs.sweep()
    with database.read() as session:
        assert session.scalars(text("SELECT data->>'number' FROM feed_events")).all() == ["2"]


def test_a_tenants_own_days_count_for_it_alone(strict: Flask, olivia: Caller) -> None:
    sam, opal = sign_in(strict, "sam", "other"), sign_in(strict, "opal", "house", "operator")
    lea = sign_in(strict, "lea", "third")
    for caller in (olivia, sam, lea):
        say(caller, "How do I sleep?")
    age_everything(40)
    sent(opal.put(f"{RETENTION}/acme", json={"messages_days": None}))
    sent(opal.put(f"{RETENTION}/other", json={"messages_days": 50}))
    with strict.app_context():
        jobs.sweep()
    left = [len(caller.get("/api/v1/chat/sessions").json["sessions"]) for caller in (olivia, sam, lea)]
    assert left == [1, 1, 0]


def test_what_is_set_is_shown_and_can_be_taken_back(strict: Flask, clean: None) -> None:
    opal = sign_in(strict, "opal", "house", "operator")
    usual = sent(opal.get(f"{RETENTION}/acme"))
    assert usual == {
        "tenant": "acme", "messages_days": 30, "transcripts_days": 30, "audio_days": 30, "usage_days": 30,
        "events_days": 7, "traces_days": 30, "own": [],
    }  # fmt: skip
    kept = sent(opal.put(f"{RETENTION}/acme", json={"messages_days": 90, "audio_days": None}))
    assert kept == usual | {"messages_days": 90, "audio_days": None, "own": ["audio_days", "messages_days"]}
    assert sent(opal.get(f"{RETENTION}/acme")) == kept
    assert sent(opal.delete(f"{RETENTION}/acme")) == usual


@pytest.mark.parametrize("days", [0, -1, 36501, 1.5, "30", True])
def test_nonsense_is_refused(operator: Caller, days: Any) -> None:
    assert operator.put(f"{RETENTION}/acme", json={"messages_days": days}).status_code == 422


@pytest.mark.parametrize("role", ["owner", "admin", "member"])
def test_operators_only(app: Flask, clean: None, role: str) -> None:
    caller = sign_in(app, "olivia", "acme", role)
    assert {caller.open(method, f"{RETENTION}/acme", json={}).status_code for method in ("GET", "PUT", "DELETE")} == {
        403
    }


def test_what_ages_says_so_of_columns_that_there_are() -> None:
    ages = {table: said.ages for table, said in declarations().items() if said.ages}
    assert all(one.since in table.columns for table, one in ages.items())
    never = {"journal_entries", "goals", "care_events", "audit_entries", "revocations"}
    assert not never & {table.name for table in ages}
