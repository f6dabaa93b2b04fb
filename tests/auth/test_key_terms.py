"""What a key is good for: its scopes, its places, its rate, its end; and when it was used."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.auth.keyring import Keyring
from app.auth.principals import Scope
from app.core.clock import iso, now
from app.web.container import resolve_from
from tests.waiting import until

PAGE, EVIL = "https://app.example", "https://evil.example"
Answer = Callable[..., int]


@pytest.fixture
def make(app: Flask, clean: None) -> Callable[..., str]:
    """A key as an operator makes it."""

    def made(*options: str) -> str:
        result = app.test_cli_runner().invoke(args=["api-key", "create", "--tenant", "acme", "--name", "k", *options])
        assert result.exit_code == 0, result.stderr
        return result.stdout.strip()

    return made


@pytest.fixture
def ask(app: Flask) -> Answer:
    """The status that a request with a key gets."""

    def asked(
        key: str, method: str = "GET", path: str = "/api/voices/", address: str = "203.0.113.7", **headers: str
    ) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client, sender = app.test_client(), {"REMOTE_ADDR": address}
        answer = client.open(path, method=method, headers={"X-API-Key": key} | named, environ_base=sender)
        return answer.status_code

    return asked


@pytest.mark.parametrize("scope", Scope)
def test_every_keyed_route_asks_for_its_scope(app: Flask, make: Callable[..., str], ask: Answer, scope: Scope) -> None:
    key = make("--scope", scope.value)
    for rule in app.url_map.iter_rules():
        wanted = getattr(app.view_functions[rule.endpoint], "scope", None)
        if getattr(app.view_functions[rule.endpoint], "auth", "") == "apiKey":
            path = rule.build(dict.fromkeys(rule.arguments, 1))[1]
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert (ask(key, method, path) == 403) is (scope != wanted), (method, path)
                assert (wanted is Scope.READ) is (method == "GET")


def test_a_key_without_scopes_has_all(app: Flask, make: Callable[..., str], ask: Answer) -> None:
    key = make()
    assert (ask(key), ask(key, "POST")) == (200, 400)


def test_the_document_names_the_scopes(app: Flask) -> None:
    paths = app.test_client().get("/api/schema/").json["paths"]
    assert paths["/api/agents/"]["get"]["x-scope"] == "realtime:read"
    assert paths["/api/agents/{row_id}/"]["delete"]["x-scope"] == "realtime:write"


def test_interviews_ask_for_their_scope(make_app: Any, make: Callable[..., str]) -> None:
    client = make_app(INTERVIEWS_REQUIRE_KEY="yes").test_client()
    paged = make("--scope", "realtime:connect")
    assert client.get("/api/interviews/personas", headers={"X-API-Key": paged}).status_code == 403


@pytest.mark.parametrize(
    ("listed", "origin", "status"),
    [
        ("https://app.example", PAGE, 200), ("https://app.example", EVIL, 403), ("https://app.example", "null", 403),
        ("https://app.example", "http://app.example", 403), ("https://app.example", f"{PAGE}.evil.example", 403),
        ("https://app.example:443/", PAGE, 200), ("https://app.example", f"{PAGE}:8443", 403),
        ("https://*.app.example", "https://a.app.example", 200), ("https://*.app.example", "https://xapp.example", 403),
        ("https://*.app.example", "https://a.b.app.example", 403), ("app.example", "http://app.example", 200),
        (".app.example", "https://a.b.app.example", 200), ("app.example", EVIL, 403),
    ],
)  # fmt: skip
def test_a_page_must_be_listed(make: Callable[..., str], ask: Answer, listed: str, origin: str, status: int) -> None:
    assert ask(make("--origin", listed), Origin=origin) == status


def test_host_and_address_do_not_stand_in_for_a_page(make: Callable[..., str], ask: Answer) -> None:
    key = make("--origin", PAGE, "--host", "localhost", "--network", "203.0.113.0/24")
    assert ask(key, Origin=PAGE) == 200
    assert ask(key, Origin=EVIL) == 403
    assert ask(key, Referer=f"{EVIL}/page") == 403
    assert ask(key, address="198.51.100.1", Origin=PAGE) == 403
    assert ask(key, Origin=PAGE, Host="other.example") == 403


def test_what_comes_from_no_page_needs_a_listed_network(make: Callable[..., str], ask: Answer) -> None:
    assert ask(make("--origin", PAGE)) == 403


def test_a_server_in_a_listed_network_has_no_page(make: Callable[..., str], ask: Answer) -> None:
    assert ask(make("--origin", PAGE, "--network", "203.0.113.7")) == 200


def test_a_page_of_our_own_is_known_by_its_browser(make: Callable[..., str], ask: Answer) -> None:
    assert ask(make("--origin", "http://localhost"), Sec_Fetch_Site="same-origin") == 200


def test_untyped_entries_are_alternatives_as_before(make: Callable[..., str], ask: Answer) -> None:
    assert ask(make("--allow", "app.example", "--allow", "203.0.113.7"), Origin=EVIL) == 200


@pytest.mark.parametrize(
    "option",
    [
        ("--scope", "everything"), ("--origin", "ftp:/x"), ("--origin", "https://app.example/page"), ("--host", "a/b"),
        ("--network", "app.example"), ("--rate", "often"), ("--expires", "soon"), ("--expires", "2020-01-01"),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused(app: Flask, clean: None, option: tuple[str, str]) -> None:
    result = app.test_cli_runner().invoke(args=["api-key", "create", "--tenant", "t", "--name", "n", *option])
    assert (result.exit_code != 0, result.stdout) == (True, "")


def test_a_key_has_a_rate_of_its_own(make: Callable[..., str], ask: Answer) -> None:
    key = make("--rate", "2 per minute")
    assert [ask(key) for _ in range(3)] == [200, 200, 429]


def test_a_key_ends(make: Callable[..., str], ask: Answer) -> None:
    key = make("--expires", "2s")
    assert ask(key) == 200
    until(lambda: ask(key) == 401)


def test_the_list_shows_the_terms(app: Flask, make: Callable[..., str]) -> None:
    make("--scope", "realtime:read", "--origin", PAGE, "--rate", "5 per hour", "--expires", "2099-01-01")
    listed = app.test_cli_runner().invoke(args=["api-key", "list", "--tenant", "acme"]).stdout
    for shown in ("realtime:read", f"origin={PAGE}", "5 per hour", "ends 2099-01-01T00:00:00.000Z", "never used"):
        assert shown in listed


def test_the_list_shows_when_a_key_was_used(app: Flask, make: Callable[..., str], ask: Answer) -> None:
    ask(make())
    resolve_from(app, Keyring).flush()
    assert (
        f"used {iso(now())[:10]}" in app.test_cli_runner().invoke(args=["api-key", "list", "--tenant", "acme"]).stdout
    )


def test_use_is_written_once_a_minute(app: Flask, make: Callable[..., str], ask: Answer, statements: list[str]) -> None:
    key = make()
    for _ in range(5):
        ask(key)
    until(lambda: any("last_used_at=" in statement for statement in statements))
    resolve_from(app, Keyring).flush()
    assert sum("last_used_at=" in statement for statement in statements) == 1
