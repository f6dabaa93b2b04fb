"""Every path to a model passes the stage of care: what meets one, and what takes words, is listed here or fails."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.jobs.registry import registry
from tests.conftest import Caller

APP = Path(__file__).parents[2] / "app"
OUTSIDE = {  # modules that meet a model without the stage, and why
    "app/llm": "the models themselves",
    "app/care/opinion.py": "the second opinion, which the stage asks for",
    "app/turns/watched_models.py": "what the stage hands on: see MADE_BY",
}
MADE_BY = {  # where what can ask a model is made
    "WatchedModels": {"app/turns/pipeline.py"}, "QuickModel": {"app/composition/services.py"}, "Models": set[str](),
}  # fmt: skip
HOLDS_MODELS = {  # what has models in its hands, and why
    "app/turns/pipeline.py": "hands them to the stage `generate`, after care",
    "app/composition/services.py": "makes them",
    "app/web/probes.py": "tells which are configured",
    "app/topics/overrides.py": "checks that a name is one of theirs",
    "app/topics/admin_views.py": "the same",
    "app/administration/service_views.py": "tells operators which there are, and how they are",
}

KEPT = "is kept; whatever a coach reads of it later is looked at then"
QUIET = {  # routes that take a body and don't look at it before anything else, by reason
    KEPT: """
        /api/v1/categories /api/v1/categories/<category_id> /api/v1/me /workspace/import
        /api/v1/me/imports /api/v1/attachments /api/v1/journal/<entry_id>/attachments
        /workspace/foundation /api/chats/ /api/chats/<row_id>/ /api/slides/ /api/slides/<row_id>/
        """,
    "describes a coach, not the person": """
        /api/v1/chat/personalities /api/v1/chat/personalities/<personality_id> /api/agents/ /api/agents/<row_id>/
        /api/voices/ /api/voices/<row_id>/ /api/sessions/ /api/sessions/<row_id>/
        """,
    "is a title or a name that no model is shown": """
        /api/v1/chat/session /api/v1/chat/session/<session_id>/title /api/v1/tenants /api/v1/tenants/<tenant>
        """,
    "is a human coach's, who answers for their own words; no model is shown what is like a crisis": """
        /api/v1/coach/sessions/<session_id>/reply /api/v1/coach/people/<user_id>/notes /api/v1/coach/notes/<note_id>
        """,
    "signs somebody in or up, or is about their account": """
        /auth/sign-up /auth/sign-in /auth/refresh /auth/sign-out /auth/sign-out-everywhere /auth/magic-link
        /auth/magic-link/use /auth/password/forgot /auth/password/reset /auth/verify /auth/email /auth/email/confirm
        /auth/me /auth/password /auth/tenant
        /auth/totp /auth/totp/confirm /auth/totp/remove /api/v1/tenants/join /api/v1/tenants/<tenant>/transfer
        /api/v1/tenants/<tenant>/members/<user_id> /api/v1/tenants/<tenant>/invitations
        """,
    "tries out what would be found, and asks no model": "/api/v1/care/try",
    "has no words in its body": """
        /ai/coaching/cancel /ai/coaching/complete /ai/coaching/pause /ai/coaching/resume
        /api/interviews/<interview_id>/retry /api/interviews/<interview_id>/stop
        /api/slides/<row_id>/revisions/<int:version>/revert/ /api/v1/chat/personalities/<personality_id>/default
        /api/v1/chat/session/<session_id>/cancel /api/v1/chat/suggest-goals /api/v1/chat/weekly-insights/generate
        /api/v1/chat/weekly-insights/regenerate /api/v1/goals/<goal_id>/habit-toggle
        /api/v1/goals/<goal_id>/link-journal /api/v1/goals/<goal_id>/milestone/<milestone_id>/complete
        /api/v1/goals/<goal_id>/status /api/v1/routines/<routine_id>/complete /api/v1/routines/<routine_id>/reset
        /api/v1/routines/<routine_id>/steps/<step_id>/toggle /insights/<insight_id>/acknowledge
        /insights/<insight_id>/dismiss /insights/generate /api/v1/me/exports /api/v1/reminders/settings
        /api/v1/push/subscriptions /api/v1/me/erasure/cancel /api/v1/actions/settings
        /api/v1/consents /api/v1/chat/session/<session_id>/hand-back
        /api/v1/coach/sessions/<session_id>/take-over /api/v1/coach/sessions/<session_id>/hand-back
        /api/v1/actions/<action_id>/confirm /api/v1/actions/<action_id>/decline /api/v1/actions/<action_id>/undo
        /api/v1/dev/demo /api/v1/memory/settings
        """,
    "is an operator's or an owner's": """
        /admin/api-keys /admin/budgets/<tenant> /admin/retention/<tenant> /admin/revocations /admin/topics/<topic_id>
        /admin/topics/<topic_id>/dry-run /admin/topics/<topic_id>/prompts/<kind>
        /admin/topics/<topic_id>/prompts/<kind>/rollback /ai/webhook-secret
        /admin/care /admin/care/resources /admin/care/resources/<resource_id>
        /admin/exports /admin/erasures /admin/traces/settings
        /admin/topics/<topic_id>/try-out /admin/topics/<topic_id>/inputs
        /admin/jobs/<job_id>/retry /admin/jobs/<job_id>/cancel
        """,
}
RECORDS = ("actions", "departments", "goals", "issues", "measures", "people", "positions", "strategies")
ALIASES = ("goal.", "journal_app", "rq_dashboard.")  # the same views at other places, and the queue's own pages
SOCKETS = {
    "/ws/chat/": "looks at every text, and at what is recognised of speech",
    "/ws/voice/": "looks at every text, and at what is recognised of speech",
    "/ws": "tells events",
    "/realtime": "tells events",
    "/api/interviews/<interview_id>/stream": "tells events",
}
JOBS = {
    "chat.summarise": "is shown nothing of a crisis", "chat.remember": "is shown nothing of a crisis",
    "chat.prompts": "reads goals and entries",
    "chat.weekly_insight": "reads goals and entries", "interviews.run": "two agents talk",
    "topics.run": "its parameters pass the stage", "topics.callback": "asks no model",
    "workspace.index_notes": "asks no model", "workspace.index_goals": "asks no model",
    "workspace.embed": "vectors only", "care.webhook": "asks no model",
    "exports.make": "asks no model", "exports.callback": "asks no model",
    "erasures.run": "asks no model",
    "imports.run": "marks what it stores, asks no model", "imports.take_back": "asks no model",
    "reminders.deliver": "asks no model", "identity.mail": "asks no model",
}  # fmt: skip
UNHEARD = {  # texts in the bodies of routes that look at others, and why
    ("/conversations/initiate", "topic"): "shown to models without what is a crisis",
    ("/conversations/initiate", "context"): "shown to models without what is a crisis",
}
FACTS = {  # fields that hold no words of anybody's: ids, dates, choices, an address
    "topic_id", "session_id", "sessionId", "personalityId", "persona_id", "goal_ids", "callback_url", "target_date",
    "due_date", "entry_date", "actions", "is_habit", "habit_frequency", "frequency", "status", "scope",
    "progress_value",
    "kind", "goal_id", "at", "rrule", "timezone", "channels", "webhook_url", "quiet_hours", "paused_until",
    "pinned", "accepted",
}  # fmt: skip


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(APP.rglob("*.py")):
        name = str(path.relative_to(APP.parent))
        if not any(name == known or name.startswith(f"{known}/") for known in OUTSIDE):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def names_in(*nodes: ast.AST) -> set[str]:
    """All that is named in some code, be it a function or a method."""
    found = [one for node in nodes for one in ast.walk(node)]
    return {one.id for one in found if isinstance(one, ast.Name)} | {
        one.attr for one in found if isinstance(one, ast.Attribute)
    }


def within_the_stage(tree: ast.Module) -> list[ast.AST]:
    """The code that is handed to the stages of a turn, and the functions of this module that it calls."""
    handed: list[ast.AST] = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) == "Stages"]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    names = names_in(*handed)
    while more := [one for one in functions if one.name in names and one not in handed]:
        handed += more
        names = names_in(*handed)
    return handed


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def asks_a_model(node: ast.AST) -> bool:
    """``structured(…)``, and ``stream`` or ``complete`` of something that is called a model."""
    if not isinstance(node, ast.Call):
        return False
    if called(node) == "structured":
        return True
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return called(node) in {"stream", "complete"} and owner is not None and "model" in ast.unparse(owner).lower()


def test_models_are_asked_within_the_stage_only() -> None:
    outside, inside = [], 0
    for name, tree in modules():
        allowed = {id(one) for code in within_the_stage(tree) for one in ast.walk(code)}
        asking = [node for node in ast.walk(tree) if asks_a_model(node)]
        outside += [f"{name}:{node.lineno}" for node in asking if id(node) not in allowed]  # type: ignore[attr-defined]
        inside += sum(id(node) in allowed for node in asking)
    assert outside == [] and inside >= 6


@pytest.mark.parametrize("kind", MADE_BY)
def test_what_asks_models_is_made_where_it_belongs(kind: str) -> None:
    makers = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) == kind
    }
    assert makers - {"app/config/settings.py"} == MADE_BY[kind]  # whose Models are names


def test_nobody_else_has_models_in_hand() -> None:
    holding = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == "models" and "settings" not in ast.unparse(node))
        or (isinstance(node, ast.Call) and called(node).startswith("resolve") and "Models" in names_in(*node.args))
    }
    assert holding - {"app/local/banner.py"} <= set(HOLDS_MODELS)  # a line of text


def test_every_route_that_takes_words_looks_at_them_or_says_why_not(app: Flask) -> None:
    quiet = {rule for rules in QUIET.values() for rule in rules.split()}
    records = {f"/workspace/{name}{end}" for name in RECORDS for end in ("", "/<row_id>")}
    silent = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & {"POST", "PUT", "PATCH"}
        and not rule.endpoint.startswith(ALIASES)
        and not getattr(app.view_functions[rule.endpoint], "hears", None)
    }
    assert silent - quiet - records == set() and (quiet | records) - silent == set()


def test_the_same_view_looks_wherever_it_stands(app: Flask) -> None:
    marked = {
        rule.endpoint.removeprefix("journal_app_products.")
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "hears", None)
    }
    copies = [rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("journal_app_products.")]
    heard = {one for one in copies if one.removeprefix("journal_app_products.") in marked}
    assert {one for one in heard if not getattr(app.view_functions[one], "hears", None)} == set() and heard


def test_it_looks_at_all_of_a_body(app: Flask, anonymous: Caller) -> None:
    document = anonymous.get("/api/schema/").json
    heard = [
        (rule, app.view_functions[rule.endpoint].hears, path)
        for rule in app.url_map.iter_rules()
        if (path := document["paths"].get(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)))
        and hasattr(app.view_functions[rule.endpoint], "hears")
    ]
    missed = {
        (rule.rule, field)
        for rule, fields, path in heard
        for field in body_fields(path, rule.methods or set(), document["components"]["schemas"]) - FACTS - {*fields}
    }
    assert missed == set(UNHEARD) and len(heard) > 20


def body_fields(path: dict[str, Any], methods: set[str], schemas: dict[str, Any]) -> set[str]:
    """The names in the bodies of a path's operations."""
    taken = [path[method.lower()]["requestBody"] for method in methods & {"POST", "PUT", "PATCH"}]
    found = [media["schema"] for body in taken for media in body["content"].values()]
    shown = [schemas[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in found]
    return {name for schema in shown for name in schema.get("properties", {})}


def test_every_socket_and_every_job_is_known(app: Flask) -> None:
    assert {rule.rule for rule in app.url_map.iter_rules() if rule.websocket} == set(SOCKETS)
    assert set(registry.jobs) == set(JOBS)


@pytest.mark.parametrize("name", [*OUTSIDE, *HOLDS_MODELS])
def test_no_exception_is_left_over(name: str) -> None:
    assert (APP.parent / name).exists()
