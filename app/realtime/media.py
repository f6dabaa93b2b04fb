"""Uploaded pictures and sounds: told by their first bytes, never by what they call themselves.

Each belongs to a row, and goes with it or with what takes its place there; a tenant has room for so many bytes.
"""

import base64
import binascii
import re
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.errors import AppError, BadRequest, NotFound
from app.core.file_types import sniffed
from app.core.ids import joined
from app.db.locks import advisory_lock
from app.realtime.models import Agent, Media, Voice

LARGEST = 6 * 1024 * 1024  # bytes
DATA_URL = re.compile(r"^data:[\w.+/-]*(?:;[^,;]*)*,")


class NoRoom(AppError):
    code, status = "UPLOAD_QUOTA_EXCEEDED", 413


@dataclass(frozen=True, slots=True)
class Upload:
    """Where a row has its file: a column with the id of a media row. ``kind`` is ``image`` or ``audio``."""

    column: InstrumentedAttribute[str | None]
    kind: str

    @property
    def field(self) -> str:
        """Of a body, in base64."""
        return f"{self.column.key}_b64"


AVATAR, PREVIEW = Upload(Agent.avatar, "image"), Upload(Voice.preview, "audio")
UNUSED_FOR = timedelta(hours=1)  # before what no row has is swept
MOST_SWEPT = 500


def take(
    session: Session, tenant: str, upload: Upload, row_id: int | None, body: dict[str, object], quota: int
) -> None:
    """Keeps the file of a body, in the place of the row's file if there is one. ``quota`` is the tenant's, in bytes."""
    text = body.pop(upload.field, None)
    if not text:
        return
    made = _file(tenant, upload, str(text))
    advisory_lock(session, joined("uploads", tenant))
    if row_id is not None:
        _remove_file_of(session, upload, row_id)
    _check_room(session, upload, made, quota)
    session.add(made)
    body[upload.column.key] = made.id


def remove(session: Session, media_id: str | None) -> None:
    session.execute(delete(Media).where(Media.id == media_id))


def sweep(session: Session) -> int:
    """Removes some of what belongs to no row; how many."""
    mine = (exists().where(upload.column == Media.id) for upload in (AVATAR, PREVIEW))
    old = Media.created_at < func.clock_timestamp() - UNUSED_FOR
    unused = select(Media.id).where(old, ~or_(*mine)).limit(MOST_SWEPT).with_for_update(skip_locked=True)
    return len(session.execute(delete(Media).where(Media.id.in_(unused)).returning(Media.id)).all())


def _file(tenant: str, upload: Upload, text: str) -> Media:
    data = _decoded(upload.field, text)
    found = sniffed(data)
    if not found.startswith(f"{upload.kind}/"):
        known = "PNG, JPEG, GIF or WebP" if upload.kind == "image" else "MP3, WAV, OGG, WebM, M4A or FLAC"
        raise refused(upload.field, f"Not an {upload.kind} file of a known kind: {known}")
    return Media(id=str(uuid.uuid4()), tenant_id=tenant, content_type=found, data=data)


def _remove_file_of(session: Session, upload: Upload, row_id: int) -> None:
    """What the row has by now, under the tenant's lock: another request may have replaced it since it was read."""
    model = upload.column.class_
    current = select(upload.column).where(model.id == row_id).with_for_update()
    found = session.execute(current).one_or_none()
    if found is None:
        raise NotFound("It was removed meanwhile.")
    remove(session, found[0])


def _check_room(session: Session, upload: Upload, made: Media, quota: int) -> None:
    used = session.scalar(select(func.sum(func.octet_length(Media.data))).where(Media.tenant_id == made.tenant_id)) or 0
    if used + len(made.data) > quota:
        text = f"No room: uploads may take {quota} bytes, {used} are taken"
        raise NoRoom(f"{upload.field}: {text}", errors={upload.field: [text]})


def find(session: Session, media_id: str) -> Media:
    """Its data are read when they are asked for."""
    media = session.get(Media, media_id[:36])
    if media is None:
        raise NotFound("Not found.")
    return media


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
