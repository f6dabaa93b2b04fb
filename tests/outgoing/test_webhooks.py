"""Deliveries: signed, once, to addresses that may be asked, and clear about whether to try again."""

import hashlib
import hmac
import time
from collections.abc import Iterator

import pytest

from app.outgoing import webhooks
from app.outgoing.webhooks import DeliveryFailed, FetchRefused
from tests.outgoing.site import Raw, Site

BODY = '{"event": "goal.completed", "title": "Grün"}'.encode()


def send(url: str, allow: frozenset[str], **more: object) -> None:
    webhooks.send(url, BODY, "the secret", allow=allow, **more)  # type: ignore[arg-type]


def test_a_receiver_can_tell_who_sent_it(site: Site) -> None:
    site.page("/hook?a=1", status=204)
    send(site.url + "/hook?a=1", site.allow)
    asked = site.asked[0]
    timestamp = asked.headers["X-Coachhouse-Timestamp"]
    expected = hmac.new(b"the secret", timestamp.encode() + b"." + asked.body, hashlib.sha256).hexdigest()
    assert (asked.method, asked.body, asked.headers["Content-Type"]) == ("POST", BODY, "application/json")
    assert asked.headers["X-Coachhouse-Signature"] == f"sha256={expected}"
    assert abs(int(timestamp) - time.time()) < 60


def test_a_delivery_keeps_its_name_when_it_is_tried_again(site: Site) -> None:
    site.page("/", status=200)
    for name in ("", "", "delivery-1", "delivery-1"):
        send(site.url, site.allow, delivery=name)
    first, second, *named = (asked.headers["X-Coachhouse-Delivery"] for asked in site.asked)
    assert first != second
    assert named == ["delivery-1", "delivery-1"]


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(301, False), (302, False), (400, False), (401, False), (404, False), (408, True), (410, False), (422, False),
     (429, True), (500, True), (502, True), (503, True), (504, True)],
)  # fmt: skip
def test_a_refusal_says_whether_to_try_again(site: Site, status: int, retryable: bool) -> None:
    site.page("/", status=status, Location="/elsewhere")
    with pytest.raises(DeliveryFailed) as failed:
        send(site.url, site.allow)
    assert failed.value.retryable is retryable
    assert site.paths == ["/"]


def test_faults_of_the_network_may_pass() -> None:
    def unknown(_: str) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(DeliveryFailed) as nobody:
        send("http://127.0.0.1:1/", frozenset({"127.0.0.1:1"}))
    with pytest.raises(DeliveryFailed) as nameless:
        send("http://hooks.test/", frozenset(), resolve=unknown)
    assert nobody.value.retryable and nameless.value.retryable


def test_a_receiver_that_never_answers_is_left() -> None:
    def say() -> Iterator[bytes]:
        while True:
            time.sleep(0.02)
            yield b"H"

    with Raw(say) as raw, pytest.raises(DeliveryFailed) as late:
        send(f"http://{raw.host}/", raw.allow, seconds=0.2)
    assert late.value.retryable


def test_the_address_is_checked_when_it_is_given_and_at_each_delivery(site: Site) -> None:
    for url in (site.url, "http://169.254.169.254/", "file:///x", "http://a:b@hooks.test/"):
        with pytest.raises(FetchRefused) as refused:
            webhooks.check(url, allow=frozenset())
        with pytest.raises(FetchRefused):
            send(url, frozenset())
        assert (refused.value.status, refused.value.code) == (422, "ADDRESS_REFUSED")
    assert not site.asked


def test_a_name_that_turns_private_gets_nothing(site: Site) -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    url = f"http://hooks.test:{site.port}/"
    webhooks.check(url, allow=frozenset(), resolve=lambda _: answers.pop(0))
    with pytest.raises(FetchRefused):
        send(url, frozenset(), resolve=lambda _: answers.pop(0))
    assert not site.asked


def test_an_allowed_address_passes_the_check(site: Site) -> None:
    webhooks.check(site.url, allow=site.allow)
    assert not site.asked
