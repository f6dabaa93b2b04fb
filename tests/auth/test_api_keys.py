"""Keys: shown once, stored hashed, revoked everywhere, used only from where they may be."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.auth import api_keys
from app.auth.allow_list import Source, allows, normal
from app.auth.api_keys import NameTaken
from app.auth.keyring import Keyring
from app.auth.models import ApiKey
from app.core.errors import BadRequest, NotFound, Unauthorized
from app.db.session import db as database

ANYWHERE = Source("", "", "api.example", "203.0.113.7")


@pytest.fixture
def key(app: Flask, clean: None) -> str:
    with database.begin() as session:
        return api_keys.create(session, "acme", "console", ["app.example", "10.0.0.0/8"])


def test_a_key_leads_to_its_tenant_and_allow_list(key: str) -> None:
    found = Keyring(database).check(key)
    assert (found.tenant_id, found.name, found.allow) == ("acme", "console", ("app.example", "10.0.0.0/8"))


def test_the_key_itself_is_not_stored(key: str) -> None:
    secret = key.split("_", 2)[2]
    with database.read() as session:
        row = session.scalars(select(ApiKey)).one()
    assert secret not in str(vars(row))


def test_other_keys_are_refused(key: str) -> None:
    for junk in ("", "ch", "ch_x_y", key[:-1], key + "x", key.replace("ch_", "xx_"), key[:-1] + "é", "ch_" + "0" * 12):
        with pytest.raises(Unauthorized):
            Keyring(database).check(junk)


def test_a_revoked_key_is_refused(key: str) -> None:
    with database.begin() as session:
        api_keys.revoke(session, "acme", "console")
    with pytest.raises(Unauthorized):
        Keyring(database).check(key)


def test_a_name_is_free_again_once_its_key_is_revoked(key: str) -> None:
    with pytest.raises(NameTaken), database.begin() as session:
        api_keys.create(session, "acme", "console")
    with database.begin() as session:
        api_keys.revoke(session, "acme", "console")
        api_keys.create(session, "acme", "console")
        assert [row.name for row in api_keys.live(session, "acme")] == ["console"]


def test_tenants_do_not_see_each_others_keys(key: str) -> None:
    with database.begin() as session:
        assert api_keys.live(session, "other") == []
        with pytest.raises(NotFound):
            api_keys.revoke(session, "other", "console")


def test_nonsense_in_an_allow_list_is_refused(app: Flask, clean: None) -> None:
    for entry in ("", "a b", "10.0.0.0/99", "http://"):
        with pytest.raises(BadRequest), database.begin() as session:
            api_keys.create(session, "acme", "bad", [entry])


def test_an_empty_list_allows_everything() -> None:
    assert allows([], ANYWHERE)


@pytest.mark.parametrize(
    ("entry", "source"),
    [
        ("app.example", Source("https://app.example", "", "api.example", "203.0.113.7")),
        ("app.example", Source("", "https://app.example:8443/page", "api.example", "203.0.113.7")),
        ("app.example:8443", Source("https://app.example:8443", "", "api.example", "203.0.113.7")),
        ("api.example", ANYWHERE),
        ("203.0.113.7", ANYWHERE),
        ("203.0.113.0/24", ANYWHERE),
        ("203.0.113.0/24", Source("", "", "api.example", "::ffff:203.0.113.7")),
        ("2001:db8::/32", Source("", "", "api.example", "2001:db8::1")),
        ("*", ANYWHERE),
        (".example", Source("https://www.app.example", "", "api.other", "203.0.113.7")),
        (".app.example", Source("https://app.example:8443", "", "api.other", "203.0.113.7")),
    ],
)
def test_a_matching_entry_allows(entry: str, source: Source) -> None:
    assert allows([normal(entry)], source)


@pytest.mark.parametrize(
    "source",
    [
        Source("https://evil.example", "", "api.example", "203.0.113.7"),
        Source("https://app.example.evil.example", "", "api.example", "203.0.113.7"),
        Source("https://app.example@evil.example", "", "api.example", "203.0.113.7"),
        Source("null", "", "api.example", ""),
        Source("https://[", "", "api.example", "not an address"),
    ],
)
def test_what_does_not_match_is_not_allowed(source: Source) -> None:
    assert not allows(["app.example", ".app.example", "10.0.0.0/8"], source)
