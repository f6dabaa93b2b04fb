"""Pictures, PDFs and texts, sent as forms."""

import io
import zlib
from typing import Any

from sqlalchemy import text

from app.db.session import db as database
from tests.conftest import Caller

FILES = "/api/v1/attachments"


def picture(width: int = 800, height: int = 600, form: str = "JPEG", **more: Any) -> bytes:
    from PIL import Image
    from pillow_heif import register_heif_opener

    register_heif_opener()
    made = io.BytesIO()
    Image.new("RGB", (width, height), (200, 40, 40)).save(made, form, **more)
    return made.getvalue()


def pdf(*pages: str) -> bytes:
    """One that says these lines, a page for each, made by hand."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, said in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        stream = zlib.compress(f"BT /F1 12 Tf 50 780 Td ({said}) Tj ET".encode())
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(stream), stream))
    made = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%b\nendobj\n" % (n, body) for n, body in enumerate(objects, 1))
    return made + b"trailer\n<< /Root 1 0 R /Size %d >>\n%%%%EOF\n" % (len(objects) + 1)


def send(caller: Caller, data: bytes | str, name: str = "a.txt", path: str = FILES) -> Any:
    raw = data.encode() if isinstance(data, str) else data
    return caller.post(path, data={"file": (io.BytesIO(raw), name)}, content_type="multipart/form-data")


def sent(caller: Caller, data: bytes | str, name: str = "a.txt", path: str = FILES) -> Any:
    answer = send(caller, data, name, path)
    assert answer.status_code == 201, answer.json
    return answer.json


def opened(caller: Caller, attachment: Any, **kwargs: Any) -> Any:
    return caller.get(f"{FILES}/{attachment['id']}", **kwargs)


def of_entry(entry: Any) -> str:
    return f"/api/v1/journal/{entry['id']}/attachments"


def counted(table: str) -> int:
    with database.read() as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}")) or 0
