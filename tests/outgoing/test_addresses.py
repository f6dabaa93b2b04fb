"""Which addresses are asked: public ones, however the others are spelled."""

import pytest

from app.outgoing.addresses import is_public, parse
from app.outgoing.fetch import FetchRefused, fetch
from tests import guard
from tests.outgoing.site import Site

NOBODY: frozenset[str] = frozenset()

OURS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.",
    "0", "0.0.0.0", "1２7.0.0.1", "127。0。0。1", "localhost", "LOCALHOST", "localhost.", "[::1]", "[0:0:0:0:0:0:0:1]",
    "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]",
    "[::1%25lo]",
]  # fmt: skip

PRIVATE = [
    "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1", "169.254.169.254", "169.254.1.1", "100.64.0.1",
    "100.100.100.200", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "168.63.129.16", "2852039166", "0xa9fea9fe", "[fd00:ec2::254]", "[fe80::1]", "[fec0::1]",
    "[ff02::1]", "[2001:db8::1]", "[2001::1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[::ffff:10.0.0.1]",
    "[3fff::1]", "[2002:a00:1::1]", "[100::1]", "[5f00::1]",
]  # fmt: skip

NO_URL = [
    "file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "javascript:alert(1)", "data:text/html,x",
    "//example.com", "example.com", "", "http://", "http:///x", "http://user@example.com/", "http://user:word@example.com/",
    "http://@example.com/", "http://example.com:0/", "http://example.com:65536/", "http://example.com:x/",
    "http://exa mple.com/", "http://example.com\\@127.0.0.1/", "http://127.0.0.1%2eexample.com/", "http://[::1/",
    "http://[v1.x]/", "http://exam\nple.com/", "http://example.com/\x00", "http://1.2.3.4.5/", "http://0x/", "http://.../",
    "http://" + "a" * 3000, "http://" + "a" * 70 + ".com/",
]  # fmt: skip


@pytest.mark.parametrize("host", OURS)
def test_this_machine_is_not_asked(site: Site, host: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(f"http://{host}:{site.port}/", NOBODY)
    assert not site.asked


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", PRIVATE)
def test_private_networks_are_not_asked(host: str, scheme: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(f"{scheme}://{host}/", NOBODY)


@pytest.mark.parametrize("url", NO_URL)
def test_only_plain_addresses_of_the_web_are_asked(url: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(url, NOBODY, resolve=lambda _: ["93.184.216.34"])


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_asked(address: str) -> None:
    assert is_public(address)
    with pytest.raises(guard.Forbidden, match=address):
        fetch("http://example.com:8080/", NOBODY, resolve=lambda _: [address])


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::1", "93.184.216.34"], ["fe80::1%2"], ["nonsense"], []],
)
def test_a_name_needs_public_addresses_only(addresses: list[str]) -> None:
    with pytest.raises(FetchRefused):
        fetch("http://example.com/", NOBODY, resolve=lambda _: addresses)


def test_an_open_private_port_looks_like_a_closed_one(site: Site) -> None:
    def refusal(port: int) -> tuple[int, str, str]:
        with pytest.raises(FetchRefused) as refused:
            fetch(f"http://127.0.0.1:{port}/", NOBODY)
        return refused.value.status, refused.value.code, refused.value.text

    assert refusal(site.port) == refusal(1) == (422, "ADDRESS_REFUSED", "This address can't be scanned")


def test_an_internal_name_looks_like_one_that_nobody_has() -> None:
    def nobody_has_it(_: str) -> list[str]:
        raise OSError("unknown")

    texts = set()
    for resolve in (nobody_has_it, lambda _: ["10.0.0.1"]):
        with pytest.raises(FetchRefused) as refused:
            fetch("http://db.internal/", NOBODY, resolve=resolve)
        texts.add((refused.value.status, refused.value.code, refused.value.text))
    assert len(texts) == 1


def test_the_allow_list_exempts_one_host_and_port_as_spelled(site: Site) -> None:
    site.page("/", "<p>hello")
    assert fetch(site.url, site.allow).status == 200
    for url in (f"http://127.1:{site.port}/", f"http://localhost:{site.port}/", "http://127.0.0.1:1/"):
        with pytest.raises(FetchRefused):
            fetch(url, site.allow)


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("HTTP://Example.COM:80", "http://example.com/"),
        ("https://example.com:443/a b?q=ä#part", "https://example.com/a%20b?q=%C3%A4"),
        ("http://münchen.example:8080/ö", "http://xn--mnchen-3ya.example:8080/%C3%B6"),
        ("http://134744072/", "http://8.8.8.8/"),
        ("http://[2606:4700:0::1111]:81/", "http://[2606:4700::1111]:81/"),
        ("http://example.com?x=%20", "http://example.com/?x=%20"),
    ],
)
def test_addresses_have_one_form(url: str, seen: str) -> None:
    assert parse(url).url == seen
