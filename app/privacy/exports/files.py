"""Files of exports: stored in pieces that no process holds two of, opened by a link that needs no token."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import IO

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from app.auth.signed_links import SignedLinks
from app.core.errors import NotFound
from app.db.session import db
from app.privacy.exports.models import Export, ExportPiece, ExportState

PIECE = 1024 * 1024  # bytes
DATA = select(ExportPiece.data).where(
    ExportPiece.export_id == bindparam("export_id"), ExportPiece.position == bindparam("position")
)


def store(session: Session, export_id: str, file: IO[bytes]) -> int:
    """In the place of what there may be; how many bytes."""
    session.execute(delete(ExportPiece).where(ExportPiece.export_id == export_id))
    file.seek(0)
    size = 0
    for position in count():
        data = file.read(PIECE)
        if not data:
            break
        session.execute(insert(ExportPiece).values(export_id=export_id, position=position, data=data))
        size += len(data)
    return size


def pieces(export_id: str) -> Iterator[bytes]:
    """Read one by one. A file that is deleted meanwhile ends there."""
    for position in count():
        with db.read() as session:
            data = session.scalar(DATA, {"export_id": export_id, "position": position})
        if data is None:
            return
        yield data


def url_of(export: Export, links: SignedLinks, origin: str) -> str:
    until = _seconds(export.expires_at)
    signature = links.sign(_subject(export.id), export.link_salt, until)
    return f"{origin}/api/v1/exports/{export.id}?expires={until}&signature={signature}"


def opened(session: Session, links: SignedLinks, export_id: str, expires: str, signature: str) -> Export:
    """The export that a link opens. Raises ``NotFound`` for any other link."""
    there = Export.status == ExportState.COMPLETED, Export.expires_at > func.clock_timestamp()
    found = session.scalar(select(Export).where(Export.id == export_id, *there))
    until = int(expires) if expires.isascii() and expires.isdecimal() else 0
    if found is None or not links.permit(_subject(found.id), found.link_salt, until, signature):
        raise NotFound("Export not found")
    return found


def _subject(export_id: str) -> str:
    return f"export:{export_id}"


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
