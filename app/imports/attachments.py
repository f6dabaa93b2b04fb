"""The files of imported entries, on their way to where files are kept."""

from sqlalchemy.orm import Session

from app.attachments.incoming import Incoming, MediaTooLarge
from app.attachments.interfaces import QuotaExceeded
from app.attachments.service import Keeper
from app.db.ownership import Owner
from app.imports.files import Files, base
from app.imports.items import Attachment, ImportedEntry, Skipped
from app.web.container import resolve

MISSING, EMPTY = "the file is not in the upload", "the file is empty"


def keep(session: Session, owner: Owner, entry_id: str, entry: ImportedEntry, files: Files) -> list[Skipped]:
    """In the transaction of its entry. What is not kept, and why."""
    reasons = [(one, _kept(session, owner, entry_id, one, files)) for one in entry.attachments]
    return [Skipped(one.name, reason) for one, reason in reasons if reason]


def _kept(session: Session, owner: Owner, entry_id: str, one: Attachment, files: Files) -> str:
    """Why not; nothing when it is."""
    if one.member is None:
        return MISSING
    keeper = resolve(Keeper)
    with files.open(one.member) as member, Incoming(keeper.largest) as incoming:
        try:
            incoming.copy(member, base(one.name))
            if not incoming.size:
                return EMPTY
            keeper.add(session, owner, incoming, entry_id, one.created_at)
        except (MediaTooLarge, QuotaExceeded) as error:
            return error.text[:1].lower() + error.text[1:]
    return ""
