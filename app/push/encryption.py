"""Web push: a message that only one browser can read (RFC 8291, RFC 8188), and who sent it (VAPID, RFC 8292)."""

import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

CURVE = ec.SECP256R1()
RECORD = 4096  # bytes, in one of which the whole message is
LAST = b"\x02"  # ends the last record
LIFE = 12 * 3600  # seconds that a token of ours counts; services refuse more than 24 hours


def from_base64(text: str) -> bytes:
    """Base64 for URLs, with or without padding. Raises ``ValueError``."""
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))


def to_base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def new_key() -> str:
    """A private key of ours, as PEM."""
    made = ec.generate_private_key(CURVE)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_key(pem: str) -> bytes:
    """Its public part, as browsers take it: 65 bytes."""
    return _raw(_private(pem).public_key())


def encrypted(
    message: bytes, receiver: bytes, secret: bytes, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """A body of the coding ``aes128gcm``. ``receiver`` is the browser's public key, ``secret`` what it shares with us.

    ``own`` and ``salt`` are new for each message. Raises ``ValueError`` for keys that are none.
    """
    own, salt = own or ec.generate_private_key(CURVE), salt or os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, receiver)
    sender = _raw(own.public_key())
    shared = _derived(own.exchange(ec.ECDH(), theirs), secret, b"WebPush: info\x00" + receiver + sender, 32)
    key = _derived(shared, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(shared, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(sender)]) + sender
    return header + AESGCM(key).encrypt(nonce, message + LAST, None)


def authorization(pem: str, endpoint: str, contact: str) -> str:
    """Says who sends; ``contact`` is a ``mailto:`` or ``https:`` address of the operator's."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(time.time()) + LIFE, "sub": contact}
    return f"vapid t={jwt.encode(claims, pem, 'ES256')}, k={to_base64(public_key(pem))}"


def _derived(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(key)


def _private(pem: str) -> ec.EllipticCurvePrivateKey:
    found = load_pem_private_key(pem.encode(), None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise TypeError("not a key of an elliptic curve")
    return found


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
