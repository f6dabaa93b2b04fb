"""Channels beside the feed: a webhook, and browsers by web push."""

import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from app.db.session import db
from app.push.encryption import from_base64, to_base64
from app.reminders.due import tell_due
from app.reminders.interfaces import Conversations
from app.web.container import resolve_from
from tests.conftest import Caller, sign_in
from tests.identity.conftest import PUBLIC, Someone
from tests.imports.conftest import burst
from tests.outgoing.site import Site
from tests.reminders.conftest import bring_forward, make

PUSH = "/api/v1/push"
SECRET = bytes(range(16))


class Browser:
    """What a browser keeps of a subscription, and how it reads what is sent."""

    def __init__(self, endpoint: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": to_base64(self.point), "auth": to_base64(SECRET)}
        self.subscription = {"endpoint": endpoint, "keys": keys}

    def read(self, body: bytes) -> object:
        salt, sender, sealed = body[:16], body[21 : 21 + body[20]], body[21 + body[20] :]
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = derived(shared, SECRET, b"WebPush: info\0" + self.point + sender, 32)
        key = derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        return json.loads(AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\2"))


def derived(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(key)


@pytest.fixture
def app_of_site(make_app: Callable[..., Flask], clean: None, site: Site) -> Flask:
    return make_app(WEBSITE_SCAN_ALLOW_HOSTS=site.host)


@pytest.fixture
def olivia(app_of_site: Flask) -> Caller:
    return sign_in(app_of_site, "olivia", "acme")


def tell(app: Flask) -> None:
    bring_forward()
    tell_due(db, resolve_from(app, Conversations))
    burst(app)


def test_a_webhook_is_told(app_of_site: Flask, olivia: Caller, site: Site) -> None:
    site.page("/hook", status=204)
    made = make(olivia, channels=["webhook"], webhook_url=f"{site.url}/hook")
    tell(app_of_site)
    [told] = site.asked
    body = json.loads(told.body)
    assert (body["type"], body["data"]["reminder_id"], body["data"]["text"]) == (
        "reminder.due", made["id"], "Go for a run",
    )  # fmt: skip
    assert told.headers["X-Coachhouse-Signature"].startswith("sha256=")


def test_a_mail_goes_to_a_confirmed_address(make_app: Callable[..., Flask], clean: None) -> None:
    app = make_app(ACCOUNTS="on", SIGN_UP="open", PUBLIC_URL=PUBLIC)
    ada = Someone(app.test_client()).join()
    make(ada.caller, channels=["email"])
    tell(app)
    (newest, *_) = ada.mails()
    assert (newest["subject"], newest["links"]) == ("Go for a run", [f"{PUBLIC}/"])
    assert newest["text"].startswith("Go for a run")


def test_each_browser_is_told_what_only_it_can_read(app_of_site: Flask, olivia: Caller, site: Site) -> None:
    site.page("/phone", status=201)
    site.page("/desk", status=201)
    browsers = {path: Browser(f"{site.url}{path}") for path in ("/phone", "/desk")}
    for browser in browsers.values():
        for _ in range(2):  # the same one again is the same one
            assert olivia.post(f"{PUSH}/subscriptions", json=browser.subscription).status_code == 201
    make(olivia, channels=["push"])
    tell(app_of_site)
    assert sorted(told.path for told in site.asked) == ["/desk", "/phone"]
    for told in site.asked:
        assert browsers[told.path].read(told.body)["data"]["text"] == "Go for a run"  # type: ignore[index]
        assert told.headers["Authorization"].split(", k=")[1] == olivia.get(f"{PUSH}/key").json["public_key"]


def test_a_browser_that_is_gone_is_forgotten(app_of_site: Flask, olivia: Caller, site: Site) -> None:
    site.page("/phone", status=410)
    olivia.post(f"{PUSH}/subscriptions", json=Browser(f"{site.url}/phone").subscription)
    make(olivia, channels=["push"])
    tell(app_of_site)
    tell(app_of_site)
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "keys", [{"p256dh": "abc", "auth": "abc"}, {"p256dh": to_base64(b"\4" + bytes(64)), "auth": "x"}]
)
def test_keys_that_nothing_can_be_sent_with_are_400(olivia: Caller, site: Site, keys: dict[str, str]) -> None:
    answer = olivia.post(f"{PUSH}/subscriptions", json={"endpoint": f"{site.url}/phone", "keys": keys})
    assert answer.status_code == 400


def test_an_address_inside_is_refused(owner: Caller) -> None:
    inside = Browser("http://127.0.0.1:9/send").subscription
    assert owner.post(f"{PUSH}/subscriptions", json=inside).status_code == 422


def test_a_subscription_is_its_persons_alone(app_of_site: Flask, olivia: Caller, site: Site) -> None:
    made = olivia.post(f"{PUSH}/subscriptions", json=Browser(f"{site.url}/phone").subscription).json
    path = f"{PUSH}/subscriptions/{made['id']}"
    assert sign_in(app_of_site, "theo", "acme").delete(path).status_code == 404
    assert olivia.delete(path).status_code == 204
    assert olivia.delete(path).status_code == 404


def test_base64_comes_with_and_without_padding() -> None:
    assert from_base64("AAE") == from_base64("AAE=") == b"\0\1"
