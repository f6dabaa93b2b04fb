"""An OpenID provider on loopback, which checks what it is asked for and can be told to lie."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "coachhouse", "a secret: with/signs"


class Issuer:
    """``claims`` and ``header`` are put over those of an honest ID token; ``person`` is who is signed in there."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key: Any = self._key
        self.person: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.description: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.reset()

    def reset(self) -> None:
        self.person = {"sub": "248289", "email": "ada@example.com", "email_verified": True, "name": "Ada"}
        self.claims, self.algorithm, self.key, self.description = {}, "RS256", self._key, {}

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def approve(self, address: str) -> str:
        """What a person does there: where their browser is sent back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256" and asked["state"] and asked["nonce"]
        assert set(asked["scope"].split()) >= {"openid", "email"}
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def _told(self) -> dict[str, Any]:
        at = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.url, **{name: f"{self.url}/{path}" for name, path in at.items()}, **self.description}

    def _published(self) -> dict[str, Any]:
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [jwk | {"kid": "first", "use": "sig"}]}

    def _tokens(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Nothing for who is not the client, or does not know what the code was asked for with."""
        asked = self.codes.pop(form.get("code", ""), None)
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or authorization != f"Basic {known}" or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        return self._id_token(asked["nonce"]) if challenge.decode() == asked["code_challenge"] else None

    def _id_token(self, nonce: str) -> dict[str, Any]:
        claims = {"iss": self.url, "aud": CLIENT, "nonce": nonce, "iat": int(time.time()), "exp": time.time() + 300}
        claims |= self.person | self.claims
        token = jwt.encode(claims, self.key, algorithm=self.algorithm, headers={"kid": "first"})
        return {"access_token": "of the provider", "token_type": "Bearer", "id_token": token}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(issuer._published() if self.path == "/keys" else issuer._told())

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(text).items()}
                self._answer(issuer._tokens(form, self.headers.get("Authorization", "")))

            def _answer(self, body: dict[str, Any] | None) -> None:
                data = json.dumps(body or {"error": "invalid_grant"}).encode()
                self.send_response(200 if body else 400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None: ...

        return Handler
