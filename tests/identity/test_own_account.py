"""What people change of their own account while they are signed in: their name, password, and where they work."""

from collections.abc import Callable

from tests.identity.conftest import PASSWORD, Someone
from tests.identity.test_sign_in import refused_soon

NEW = "a lamp in the lobby"
TENANTS = "/api/v1/tenants"


def test_a_name_is_changed(ada: Someone) -> None:
    assert ada.caller.patch("/auth/me", json={"name": "Ada L."}).json["name"] == "Ada L."
    assert ada.caller.get("/auth/me").json["name"] == "Ada L."


def test_a_new_password_signs_out_all_but_this_device(ada: Someone, someone: Callable[..., Someone]) -> None:
    other = someone()
    assert other.sign_in().status_code == 200
    answer = ada.caller.post("/auth/password", json={"password": PASSWORD, "new_password": NEW})
    assert answer.status_code == 200
    ada.signed = answer.json
    assert refused_soon(other.caller)
    assert (other.refresh().status_code, other.sign_in().status_code, other.sign_in(NEW).status_code) == (401, 401, 200)
    assert ada.caller.get("/auth/me").status_code == 200
    assert ada.refresh().status_code == 200


def test_a_browser_goes_on_with_another_cookie(ada: Someone, someone: Callable[..., Someone]) -> None:
    tab = someone()
    tab.sign_in(cookie=True)
    before = tab.client.get_cookie("__Host-session").value
    change = {"password": PASSWORD, "new_password": NEW}
    assert tab.client.post("/auth/password", json=change).status_code == 403
    answer = tab.client.post("/auth/password", json=change, headers={"X-CSRF-Token": tab.signed["csrf_token"]})
    assert answer.status_code == 200 and "access_token" not in answer.json
    assert tab.client.get_cookie("__Host-session").value != before
    assert tab.client.get("/auth/me").json["csrf_token"] == answer.json["csrf_token"]


def test_who_does_not_know_the_password_changes_nothing(ada: Someone) -> None:
    def change(old: str, new: str) -> int:
        return int(ada.caller.post("/auth/password", json={"password": old, "new_password": new}).status_code)

    assert (change("a guess", NEW), change(PASSWORD, "password"), change(PASSWORD, "short")) == (401, 400, 400)
    assert [change("a guess", NEW) for _ in range(11)][-1] == 429
    assert ada.caller.get("/auth/me").status_code == 200


def test_a_browser_goes_on_in_another_tenant(ada: Someone, someone: Callable[..., Someone]) -> None:
    acme = ada.caller.post(TENANTS, json={"name": "Acme"}).json["id"]
    tab = someone()
    tab.sign_in(cookie=True)
    own = next(place["id"] for place in tab.client.get("/auth/me").json["tenants"] if not place["name"])

    def move(tenant: str) -> int:
        proof = {"X-CSRF-Token": tab.signed["csrf_token"]}
        return int(tab.client.post("/auth/tenant", json={"tenant": tenant}, headers=proof).status_code)

    assert (move(own), tab.client.get("/auth/me").json["tenant"]) == (200, own)
    assert (move(acme), tab.client.get("/auth/me").json["role"]) == (200, "owner")
    assert move("tenant_of_others") == 404
