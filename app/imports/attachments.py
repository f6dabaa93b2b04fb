"""The files of an import, on their way to where files are kept."""

from sqlalchemy.orm import Session

from app.attachments import service
from app.attachments.incoming import Incoming, MediaTooLarge
from app.attachments.interfaces import QuotaExceeded
from app.attachments.models import Attachment as Kept
from app.attachments.service import Keeper
from app.imports import restored
from app.imports.files import Files, base
from app.imports.ids import Ids
from app.imports.items import Attachment, ImportedEntry, ImportedFile, Skipped
from app.imports.restored import Target
from app.web.container import resolve

MISSING, EMPTY, THERE = "the file is not in the upload", "the file is empty", "the file is there already"
TABLE = Kept.__tablename__


def keep(session: Session, target: Target, entry_id: str, entry: ImportedEntry, files: Files) -> list[Skipped]:
    """In the transaction of its entry. What is not kept, and why."""
    kept = [(one, _kept(session, target, entry_id, one, files)) for one in entry.attachments]
    return [Skipped(one.name, reason) for one, reason in kept if isinstance(reason, str)]


def keep_alone(session: Session, target: Target, item: ImportedFile, files: Files) -> str | None:
    """Of no entry: why it was not kept, if it was not."""
    ids = [item.file.source_id, _id_of(target, item.file)]
    if service.there(session, target.principal, ids):
        return THERE
    kept = _kept(session, target, None, item.file, files)
    if isinstance(kept, str):
        return kept
    if kept.id not in ids:
        return THERE
    restored.note(session, target, TABLE, kept.id)
    return None


def _id_of(target: Target, one: Attachment) -> str:
    return Ids(target.principal, {}).of(TABLE, one.source_id) if one.source_id else ""


def _kept(session: Session, target: Target, entry_id: str | None, one: Attachment, files: Files) -> Kept | str:
    """Or why not."""
    if one.member is None:
        return MISSING
    keeper, owner = resolve(Keeper), target.principal
    with files.open(one.member) as member, Incoming(keeper.largest) as incoming:
        try:
            incoming.copy(member, base(one.name))
            if not incoming.size:
                return EMPTY
            return keeper.add(session, owner, incoming, entry_id, one.created_at, _id_of(target, one))
        except (MediaTooLarge, QuotaExceeded) as error:
            return error.text[:1].lower() + error.text[1:]
