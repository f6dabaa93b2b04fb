"""Tenants: made, joined by invitation, led, handed over and left."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Caller, sign_in
from tests.identity.conftest import PASSWORD, Someone
from tests.waiting import until

TENANTS = "/api/v1/tenants"


@pytest.fixture
def acme(ada: Someone) -> str:
    """Ada's."""
    answer = ada.caller.post(TENANTS, json={"name": "Acme"})
    assert answer.status_code == 201, answer.json
    ada.signed = ada.refresh().json
    return str(answer.json["id"])


def invite(ada: Someone, acme: str, email: str, role: str = "member") -> Any:
    return ada.caller.post(f"{TENANTS}/{acme}/invitations", json={"email": email, "role": role})


@pytest.fixture
def team(ada: Someone, acme: str, someone: Callable[..., Someone]) -> Callable[..., Someone]:
    """Brings somebody into Ada's tenant, by an invitation."""

    def bring(email: str, role: str = "member") -> Someone:
        new = someone(email)
        assert invite(ada, acme, email, role).status_code == 201
        assert new.sign_up(invitation=new.token()).status_code == 202
        assert new.sign_in().status_code == 200
        return new

    return bring


def members(someone: Someone, acme: str) -> dict[str, str]:
    listed = someone.caller.get(f"{TENANTS}/{acme}/members").json["members"]
    return {member["email"].partition("@")[0]: member["role"] for member in listed}


def place(acme: str, who: Someone) -> str:
    return f"{TENANTS}/{acme}/members/{who.signed['user']['id']}"


def audited(app: Flask, acme: str) -> list[str]:
    entries = sign_in(app, "opal", "house", "operator").get(f"/api/v1/admin/audit?tenant={acme}").json["entries"]
    return [entry["action"] for entry in entries if entry["action"] != "audit.read"]


def test_who_makes_a_tenant_owns_it_and_works_in_it(ada: Someone, acme: str) -> None:
    user = ada.signed["user"]
    assert (user["tenant"], user["role"]) == (acme, "owner")
    assert ada.caller.get("/api/v1/admin/api-keys").status_code == 200
    assert ada.caller.get(TENANTS).json["tenants"] == [{"id": acme, "name": "Acme", "role": "owner"}]


def test_going_back_to_what_is_mine_alone(ada: Someone, acme: str) -> None:
    own = f"user:{ada.signed['user']['id']}"
    assert ada.refresh(tenant=own).json["user"]["tenant"] == own


def test_from_an_invitation_to_a_goal_in_four_requests(
    ada: Someone, acme: str, someone: Callable[..., Someone]
) -> None:
    invite(ada, acme, "bob@example.com")
    bob = someone("bob@example.com")
    assert "Acme" in bob.mails()[0]["subject"]
    bob.sign_up(invitation=bob.token())
    bob.sign_in()
    assert (bob.signed["user"]["tenant"], bob.signed["user"]["role"]) == (acme, "member")
    goal = {"title": "Run a 5K", "target_date": "2099-12-31"}
    assert bob.caller.post("/api/v1/goals", json=goal).status_code == 201


def test_an_invitation_is_for_one_address_and_sent_again_changes_nothing(
    ada: Someone, acme: str, someone: Callable[..., Someone]
) -> None:
    bob, eve = someone("bob@example.com"), someone("eve@example.com")
    invite(ada, acme, bob.email)
    token = bob.token()
    assert eve.sign_up(invitation=token).status_code == 400
    assert {bob.sign_up(password, invitation=token).status_code for password in (PASSWORD, "another one")} == {202}
    assert (bob.sign_in("another one").status_code, bob.sign_in().status_code) == (401, 200)


def test_who_has_left_does_not_come_back_by_an_old_invitation(
    ada: Someone, acme: str, someone: Callable[..., Someone]
) -> None:
    bob = someone("bob@example.com").join()
    invite(ada, acme, bob.email)
    token = {"invitation": bob.token()}
    assert bob.caller.post(f"{TENANTS}/join", json=token).status_code == 200
    assert ada.caller.delete(place(acme, bob)).status_code == 204
    bob.signed = bob.refresh().json
    assert bob.caller.post(f"{TENANTS}/join", json=token).status_code == 400


def test_whoever_has_an_account_joins_with_it(ada: Someone, acme: str, someone: Callable[..., Someone]) -> None:
    bob = someone("bob@example.com").join()
    invite(ada, acme, bob.email, "viewer")
    assert bob.caller.post(f"{TENANTS}/join", json={"invitation": bob.token()}).json["role"] == "viewer"
    assert bob.refresh().json["user"]["tenant"] == acme
    assert members(ada, acme) == {"ada": "owner", "bob": "viewer"}


def test_an_invitation_that_was_taken_back_is_none(ada: Someone, acme: str, someone: Callable[..., Someone]) -> None:
    bob = someone("bob@example.com")
    made = invite(ada, acme, bob.email).json
    token = bob.token()
    where = f"{TENANTS}/{acme}/invitations"
    assert [row["email"] for row in ada.caller.get(where).json["invitations"]] == [bob.email]
    assert ada.caller.delete(f"{where}/{made['id']}").status_code == 204
    assert bob.sign_up(invitation=token).status_code == 400


def test_invitations_let_in_where_nobody_else_may_sign_up(
    make_app: Callable[..., Flask], ada: Someone, acme: str
) -> None:
    bob = Someone(make_app(ACCOUNTS="on", SIGN_UP="invitation").test_client(), "bob@example.com")
    assert bob.sign_up().status_code == 403
    invite(ada, acme, bob.email)
    assert bob.sign_up(invitation=bob.token()).status_code == 202


def test_what_members_may_not_do(team: Callable[..., Someone], ada: Someone, acme: str) -> None:
    bob = team("bob@example.com")
    assert invite(bob, acme, "eve@example.com").status_code == 403
    assert bob.caller.patch(place(acme, bob), json={"role": "owner"}).status_code == 403
    assert bob.caller.delete(place(acme, ada)).status_code == 403
    assert bob.caller.post(f"{TENANTS}/{acme}/transfer", json={"user_id": "x"}).status_code == 403
    assert bob.caller.patch(f"{TENANTS}/{acme}", json={"name": "Mine"}).status_code == 403


def test_admins_do_not_touch_owners(team: Callable[..., Someone], ada: Someone, acme: str) -> None:
    amy = team("amy@example.com", "admin")
    assert invite(amy, acme, "bob@example.com", "owner").status_code == 403
    assert amy.caller.patch(place(acme, amy), json={"role": "owner"}).status_code == 403
    assert amy.caller.patch(place(acme, ada), json={"role": "viewer"}).status_code == 403
    assert amy.caller.delete(place(acme, ada)).status_code == 403
    assert invite(amy, acme, "bob@example.com", "viewer").status_code == 201


def test_nobody_is_made_an_operator(ada: Someone, acme: str) -> None:
    assert invite(ada, acme, "bob@example.com", "operator").status_code == 400
    assert ada.caller.patch(place(acme, ada), json={"role": "operator"}).status_code == 400


def test_a_role_counts_at_once(team: Callable[..., Someone], ada: Someone, acme: str) -> None:
    bob = team("bob@example.com", "admin")
    assert ada.caller.patch(place(acme, bob), json={"role": "viewer"}).json["role"] == "viewer"
    until(lambda: bob.caller.get("/auth/me").status_code == 401)
    assert bob.refresh().json["user"]["role"] == "viewer"


def test_a_tenant_keeps_an_owner(team: Callable[..., Someone], ada: Someone, acme: str) -> None:
    bob = team("bob@example.com")
    assert ada.caller.delete(place(acme, ada)).status_code == 409
    assert ada.caller.patch(place(acme, ada), json={"role": "member"}).status_code == 409
    given = ada.caller.post(f"{TENANTS}/{acme}/transfer", json={"user_id": bob.signed["user"]["id"]})
    assert given.json["role"] == "owner"
    ada.signed = ada.refresh().json
    assert members(ada, acme) == {"ada": "admin", "bob": "owner"}
    assert ada.caller.delete(place(acme, ada)).status_code == 204


def test_who_has_left_works_alone_again(team: Callable[..., Someone], acme: str) -> None:
    bob = team("bob@example.com")
    assert bob.caller.delete(place(acme, bob)).status_code == 204
    until(lambda: bob.caller.get("/auth/me").status_code == 401)
    bob.signed = bob.refresh().json
    assert bob.signed["user"]["tenant"].startswith("user:")
    assert bob.caller.get(f"{TENANTS}/{acme}/members").status_code == 404
    assert bob.refresh(tenant=acme).status_code == 404


def test_a_tenant_is_not_there_for_strangers(ada: Someone, acme: str, someone: Callable[..., Someone]) -> None:
    eve = someone("eve@example.com").join()
    assert eve.caller.get(f"{TENANTS}/{acme}/members").status_code == 404
    assert invite(eve, acme, "eve@example.com").status_code == 404
    assert eve.caller.delete(place(acme, ada)).status_code == 404


def test_what_owners_do_is_in_the_audit_log(
    accounts_app: Flask, team: Callable[..., Someone], ada: Someone, acme: str
) -> None:
    bob = team("bob@example.com")
    ada.caller.patch(place(acme, bob), json={"role": "manager"})
    ada.caller.delete(place(acme, bob))
    done = ["tenant.create", "invitation.create", "member.role", "member.remove"]
    assert audited(accounts_app, acme) == done[::-1]


def test_who_has_no_account_has_no_tenants(accounts_app: Flask, clean: None) -> None:
    olivia: Caller = sign_in(accounts_app, "olivia", "acme", "owner")
    assert olivia.post(TENANTS, json={"name": "Acme"}).status_code == 404
