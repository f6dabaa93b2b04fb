"""Names of files that any system can have: made of titles that people wrote, and never a way out of the folder."""

import hashlib
import re
import unicodedata

LONGEST = 120  # bytes of a title in a name; systems allow 255 for the whole
UNTITLED = "Untitled"
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # on Windows
EXTENSIONS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg", "audio/webm": ".webm", "audio/flac": ".flac", "audio/wav": ".wav", "audio/mp4": ".m4a",
    "application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "application/xml": ".xml",
    "application/zip": ".zip", "application/gzip": ".gz", "image/heic": ".heic", "image/avif": ".avif",
    "image/tiff": ".tiff", "image/svg+xml": ".svg", "video/mp4": ".mp4", "video/quicktime": ".mov",
}  # fmt: skip


def safe(title: str) -> str:
    text = unicodedata.normalize("NFC", title).encode("utf-8", "replace").decode()
    text = " ".join(FORBIDDEN.sub(" ", text).split())
    text = text.encode()[:LONGEST].decode(errors="ignore").strip(". ")
    return f"_{text}" if RESERVED.match(text) else text or UNTITLED


def folder_of(user: str) -> str:
    """Of one person alone: ids that differ have names that do."""
    name = safe(user)
    return name if name == user else f"{name} {hashlib.sha256(user.encode()).hexdigest()[:8]}"


def file_path(table: str, row_id: str, content_type: str) -> str:
    return f"files/{table}/{safe(row_id)}{EXTENSIONS.get(content_type, '')}"


class Names:
    """Gives each name once, whatever its case: ``a.md``, ``A (2).md``."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def unique(self, folder: str, stem: str, suffix: str) -> str:
        key = f"{folder}/{stem}".casefold()
        number = self._taken[key] = self._taken.get(key, 0) + 1
        if number == 1:
            return f"{folder}/{stem}{suffix}"
        return self.unique(folder, f"{stem} ({number})", suffix)
