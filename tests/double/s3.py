"""A bucket on a socket: puts, gets with ranges, and deletes objects, for requests whose signature is right (SigV4)."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import quote, unquote, urlsplit

KEY, SECRET, BUCKET, REGION = "AKIATEST", "a secret of the test suite", "files", "eu-central-1"
AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=(\w+)/(\S+), ?SignedHeaders=(\S+), ?Signature=(\w+)")
ERROR = b"<?xml version='1.0'?><Error><Code>%s</Code><Message>No</Message></Error>"


class Bucket:
    """``objects`` by their names; while ``is_away`` nothing is answered but 503."""

    def __init__(self, port: int) -> None:
        self.url = f"s3://{BUCKET}/house?endpoint=http://127.0.0.1:{port}&region={REGION}"
        self.objects: dict[str, bytes] = {}
        self.is_away = False


@contextmanager
def running() -> Iterator[Bucket]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bucket = server.bucket = Bucket(server.server_port)  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield bucket
    server.shutdown()
    server.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def bucket(self) -> Bucket:
        return self.server.bucket  # type: ignore[attr-defined, no-any-return]

    @property
    def name(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}/")

    def do_PUT(self) -> None:
        body = self._body()
        if self._is_refused(body):
            return
        self.bucket.objects[self.name] = body
        self._send(200, b"", ETag=f'"{hashlib.md5(body).hexdigest()}"')

    def do_GET(self) -> None:
        if self._is_refused():
            return
        found = self.bucket.objects.get(self.name)
        if found is None:
            self._send(404, ERROR % b"NoSuchKey")
            return
        start = int((re.findall(r"bytes=(\d+)-", self.headers.get("Range", "")) or [0])[0])
        self._send(206 if start else 200, found[start:], ETag='"x"', Last_Modified="Mon, 20 Jul 2026 10:00:00 GMT")

    def do_HEAD(self) -> None:
        if not self._is_refused():
            found = self.bucket.objects.get(self.name)
            headers = {"ETag": '"x"', "Last_Modified": "Mon, 20 Jul 2026 10:00:00 GMT"}
            self._send(200 if found is not None else 404, found or b"", **headers)

    def do_DELETE(self) -> None:
        if not self._is_refused():
            self.bucket.objects.pop(self.name, None)
            self._send(204, b"")

    def log_message(self, *_: object) -> None: ...

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _is_refused(self, body: bytes = b"") -> bool:
        if self.bucket.is_away:
            self._send(503, ERROR % b"SlowDown")
            return True
        given = AUTHORIZATION.fullmatch(self.headers.get("Authorization", ""))
        said = self.headers.get("x-amz-content-sha256", "")
        is_right = said in {hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD"}
        if given and is_right and given[1] == KEY and hmac.compare_digest(given[4], self._signature(given, said)):
            return False
        self._send(403, ERROR % b"SignatureDoesNotMatch")
        return True

    def _signature(self, given: re.Match[str], payload: str) -> str:
        """As https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html says."""
        parts, names = urlsplit(self.path), given[3].split(";")
        headers = "".join(f"{name}:{' '.join(self.headers.get(name, '').split())}\n" for name in names)
        path = quote(unquote(parts.path), safe="/~")
        canonical = "\n".join([self.command, path, parts.query, headers, given[3], payload])
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], given[2], digest])
        key = f"AWS4{SECRET}".encode()
        for part in given[2].split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.new(key, text.encode(), "sha256").hexdigest()

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
