"""Where the files of imported entries are handed over to whoever keeps files."""

from sqlalchemy.orm import Session

from app.db.ownership import Owner
from app.imports.files import Files
from app.imports.items import ImportedEntry, Skipped

NOT_KEPT, MISSING = "files are not kept yet", "the file is not in the upload"


def keep(  # what it is given is what a store of files needs
    _session: Session, _owner: Owner, _entry_id: str, entry: ImportedEntry, _files: Files
) -> list[Skipped]:
    """In the transaction of its entry; ``_files.open(attachment.member)`` reads one. What is not kept, and why."""
    return [Skipped(one.name, NOT_KEPT if one.member else MISSING) for one in entry.attachments]
