"""What each role may do, on every route that asks for a bearer token."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.auth.principals import Role
from app.auth.roles import RESOURCES, Resource
from app.core.errors import Forbidden
from app.web.errors import rendering
from app.web.unified import bare
from tests.conftest import Caller, sign_in
from tests.double.client import Double

ELSEWHERE = ("goal.", "journal_app_products.")  # blueprints that stand at another place too


def guarded(app: Flask) -> Iterator[tuple[Rule, Resource]]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if getattr(view, "auth", "") == "bearer" and not rule.endpoint.startswith(ELSEWHERE):
            yield rule, view.resource


def calls(app: Flask, role: Role, *, permitted: bool) -> Iterator[tuple[str, str]]:
    for rule, resource in guarded(app):
        path = rule.build(dict.fromkeys(rule.arguments, 1))[1]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if (role in resource.roles(method)) is permitted:
                yield method, path


def someone(app: Flask, role: Role) -> Caller:
    return sign_in(app, f"one-{role}", "acme", role)


def test_every_guarded_route_names_what_it_is_about(app: Flask) -> None:
    views = [app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()]
    silent = [view for view in views if getattr(view, "auth", "") == "bearer" and view.resource is None]
    assert silent == []


@pytest.mark.parametrize("role", Role)
def test_what_the_table_does_not_give_is_refused(app: Flask, clean: None, role: Role) -> None:
    caller = someone(app, role)
    for method, path in calls(app, role, permitted=False):
        answer = caller.open(method, path)
        assert answer.status_code == 403, (role, method, path)
        renderer, _ = rendering(bare(path))
        assert path.startswith("/rq") or set(answer.json) == set(renderer(Forbidden(), 403)), (role, method, path)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COACH, Role.MEMBER, Role.OWNER])
def test_what_the_table_gives_is_not_refused(app: Flask, clean: None, double: Double, role: Role) -> None:
    caller = someone(app, role)
    for method, path in calls(app, role, permitted=True):
        with caller.open(method, path) as answer:
            assert answer.status_code != 403, (role, method, path)


def test_the_document_says_who_may_call_what(anonymous: Caller) -> None:
    paths = anonymous.get("/api/schema/").json["paths"]
    assert paths["/workspace/foundation"]["get"]["x-roles"] == list(Role)
    assert {"viewer", "coach"}.isdisjoint(paths["/workspace/foundation"]["put"]["x-roles"])
    assert paths["/admin/topics/{topic_id}"]["patch"]["x-roles"] == ["operator"]
    unsaid = [
        (method, path) for path, item in paths.items() for method, operation in item.items()
        if method != "parameters" and {"bearer": []} in operation["security"] and not operation.get("x-roles")
    ]  # fmt: skip
    assert unsaid == []


def test_a_viewer_reads_the_business_and_writes_their_own(app: Flask, clean: None) -> None:
    viewer = someone(app, Role.VIEWER)
    assert viewer.get("/workspace/foundation").status_code == 200
    assert viewer.put("/workspace/foundation", json={}).status_code == 403
    assert viewer.post("/workspace/import", json={"goals": [{"title": "Mine"}]}).status_code == 403
    assert viewer.get("/ai/webhook-secret").status_code == 403
    assert viewer.post("/api/v1/journal", json={"title": "Today", "content": "A good day"}).status_code == 201
    assert viewer.get("/api/v1/goals").status_code == 200


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=str)
def test_the_table_is_in_the_documents(resource: Resource) -> None:
    row = f"| `{resource.name}`: {resource.about} | {named(resource.readers)} | {named(resource.writers)} |"
    assert row in Path("docs/api.md").read_text()


def named(roles: frozenset[Role]) -> str:
    return "all" if roles == set(Role) else ", ".join(role for role in Role if role in roles)
