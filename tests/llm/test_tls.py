"""Over TLS, as in production: trusted by the system's store, as fast to fail as without."""

import datetime
import ipaddress
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.llm.interfaces import ErrorKind
from app.llm.openai import OpenAIProvider
from tests.double.client import Double
from tests.llm.conftest import Vendor

CALLER = """
import sys
if sys.argv[2] == "gevent":
    from gevent import monkey
    monkey.patch_all()
from app.llm.interfaces import *
from app.llm.openai import OpenAIProvider
provider = OpenAIProvider("key", sys.argv[1])
request = Request(Caller("test"), (Message("user", "Hello"),))
for _ in range(3):
    try:
        print(len(list(provider.stream("m", request, Deadlines(2, 0.6, 0.3, 3)))), end=" ")
    except ProviderError as error:
        print(error.kind, end=" ")
"""


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A certificate for 127.0.0.1 that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "double")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    path = tmp_path_factory.mktemp("tls") / "double.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain) + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return str(path)


@pytest.fixture(scope="module")
def secure(pem: str) -> Iterator[Double]:
    with Double(pem=pem) as double:
        yield double


@pytest.mark.parametrize("threads", ["gevent", "plain"])
def test_answers_and_deadlines_over_tls(secure: Double, pem: str, threads: str) -> None:
    secure.reset()
    secure.script({}, {"loris": 0.05}, {})
    command = [sys.executable, "-c", CALLER, secure.url + "/v1", threads]
    environ = {**os.environ, "SSL_CERT_FILE": pem}
    root = Path(__file__).parents[2]
    out = subprocess.run(command, check=False, cwd=root, env=environ, capture_output=True, text=True, timeout=30)
    assert out.stdout.split() == ["8", "timeout", "8"], out.stderr
    assert secure.requests()[1]["disconnected"]


def test_a_certificate_that_no_one_vouches_for(secure: Double) -> None:
    error = Vendor(OpenAIProvider("key", secure.url + "/v1")).failure()
    assert error.kind is ErrorKind.CONNECTION
