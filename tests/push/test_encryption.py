"""Web push against the worked example of RFC 8291, and tokens that push services can check."""

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.push.encryption import authorization, encrypted, from_base64, new_key, public_key, to_base64

# RFC 8291, section 5
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard() -> None:
    own = ec.derive_private_key(int.from_bytes(from_base64(SENDER), "big"), ec.SECP256R1())
    said = b"When I grow up, I want to be a watermelon"
    assert to_base64(encrypted(said, from_base64(RECEIVER), from_base64(SECRET), own, from_base64(SALT))) == BODY


def test_no_two_messages_are_alike() -> None:
    said = [encrypted(b"Go for a run", from_base64(RECEIVER), from_base64(SECRET)) for _ in range(2)]
    assert said[0] != said[1]


@pytest.mark.parametrize("key", [b"", b"\x04" + bytes(64), b"short"])
def test_a_key_that_is_none_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        encrypted(b"Go for a run", key, bytes(16))


def test_the_service_can_check_who_sends() -> None:
    pem = new_key()
    scheme, token, key = authorization(pem, "https://push.example/send/abc", "mailto:ops@coach.example").split(" ")
    assert (scheme, from_base64(key.removeprefix("k="))) == ("vapid", public_key(pem))
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key(pem))
    claims = jwt.decode(token.removeprefix("t=").rstrip(","), theirs, ["ES256"], audience="https://push.example")
    assert claims["sub"] == "mailto:ops@coach.example"
