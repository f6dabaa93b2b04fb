"""Uploaded pictures and sounds: told by their first bytes, never by what they call themselves."""

import base64
import binascii
import re
import uuid

from sqlalchemy.orm import Session

from app.core.errors import BadRequest, NotFound
from app.realtime.models import Media

LARGEST = 6 * 1024 * 1024  # bytes
DATA_URL = re.compile(r"^data:[\w.+/-]*(?:;[^,;]*)*,")
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
SOUNDS = {
    b"ID3": "audio/mpeg", b"\xff\xfb": "audio/mpeg", b"\xff\xf3": "audio/mpeg", b"\xff\xf2": "audio/mpeg",
    b"OggS": "audio/ogg", b"\x1aE\xdf\xa3": "audio/webm", b"fLaC": "audio/flac",
}  # fmt: skip


def store(session: Session, tenant: str, field: str, text: str, kind: str) -> str:
    """Keeps a base64 text or data URI; its id. ``kind`` is ``image`` or ``audio``."""
    data = _decoded(field, text)
    found = sniffed(data)
    if not found.startswith(f"{kind}/"):
        known = "PNG, JPEG, GIF or WebP" if kind == "image" else "MP3, WAV, OGG, WebM, M4A or FLAC"
        raise refused(field, f"Not an {kind} file of a known kind: {known}")
    media = Media(id=str(uuid.uuid4()), tenant_id=tenant, content_type=found, data=data)
    session.add(media)
    return media.id


def find(session: Session, media_id: str) -> Media:
    media = session.get(Media, media_id[:36])
    if media is None:
        raise NotFound("Not found.")
    return media


def sniffed(data: bytes) -> str:
    """The MIME type by the first bytes, or ``""``."""
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(data[8:12], "")
    if data[4:8] == b"ftyp":
        return "audio/mp4" if data[8:11] in {b"M4A", b"mp4", b"iso", b"M4B"} else ""
    known = {**PICTURES, **SOUNDS}
    return next((mime for magic, mime in known.items() if data.startswith(magic)), "")


def _decoded(field: str, text: str) -> bytes:
    body = DATA_URL.sub("", text.strip(), count=1)
    if len(body) * 3 // 4 > LARGEST + 2:
        raise refused(field, f"Too large: at most {LARGEST // 1024 // 1024} MiB")
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        raise refused(field, "Invalid base64 payload") from None


def refused(field: str, text: str) -> BadRequest:
    return BadRequest(f"{field}: {text}", errors={field: [text]})
