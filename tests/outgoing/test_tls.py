"""Over TLS the certificate must be the name's, though the connection is made to an address."""

import datetime
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.outgoing import session
from app.outgoing.fetch import FetchFailed, fetch
from tests.outgoing.site import Site


def certificate(name: str, path: Path) -> Path:
    """For that name, vouching for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "site")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1, now, now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    return path


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    pem = certificate("secure.test", tmp_path / "site.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    session.trust.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with Site(tls=context) as site:
        site.page("/", "<p>hello" * 20_000)
        yield site
    session.trust.cache_clear()


def test_a_page_is_read_over_tls_from_the_checked_address(secure: Site) -> None:
    named = f"secure.test:{secure.port}"
    page = fetch(f"https://{named}/", frozenset({named}), resolve=lambda _: ["127.0.0.1"])
    assert len(page.body) == 160_000
    assert secure.asked[0].headers["Host"] == named


@pytest.mark.parametrize("name", ["other.test", "127.0.0.1"])
def test_a_certificate_for_another_name_is_not_enough(secure: Site, name: str) -> None:
    named = f"{name}:{secure.port}"
    with pytest.raises(FetchFailed):
        fetch(f"https://{named}/", frozenset({named}), resolve=lambda _: ["127.0.0.1"])
    assert not secure.asked
