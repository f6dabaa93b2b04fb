"""Files as answers: whatever somebody uploaded, a browser runs nothing of it."""

import unicodedata
from datetime import datetime
from typing import IO, Any
from urllib.parse import quote

from flask import Request, Response
from werkzeug.wsgi import wrap_file

from app.attachments.models import Attachment
from app.attachments.reader import has_picture
from app.auth.signed_links import SignedLinks
from app.core.clock import iso, now
from app.core.json import JSONObject

LINK_SECONDS, STEP = 3600, 900  # links of one quarter of an hour are the same, so that browsers know them again
BUFFER = 64 * 1024
INLINE = ("image/", "audio/", "video/", "text/plain")
SCRIPTED = "image/svg+xml"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox"


def answer(request: Request, row: Attachment, file: IO[bytes]) -> Response:
    """The file, or the range of it that was asked for."""
    response = Response(wrap_file(request.environ, file, BUFFER), mimetype=row.content_type, direct_passthrough=True)
    response.content_length = row.size
    is_shown = row.content_type.startswith(INLINE) and row.content_type != SCRIPTED
    response.headers.set("Content-Disposition", "inline" if is_shown else "attachment", **_named(row.name))
    _guard(response, row.id)
    return _conditional(response, request, accept_ranges=True, complete_length=row.size)


def thumbnail(request: Request, row: Attachment, data: bytes) -> Response:
    response = Response(data, mimetype="image/webp")
    _guard(response, f"{row.id}.thumbnail")
    return _conditional(response, request)


def permit(links: SignedLinks, row: Attachment, expires: str, signature: str) -> bool:
    until = int(expires) if expires.isascii() and expires.isdecimal() else 0
    return links.permit(_subject(row), row.link_salt, until, signature)


def shown(row: Attachment, links: SignedLinks, origin: str) -> JSONObject:
    """With links that need no token: a page's ``<img>`` sends none. ``origin`` is how the caller knows us."""
    until = (int(now().timestamp()) // STEP + 1) * STEP + LINK_SECONDS
    place = f"{origin}/api/v1/attachments/{row.id}"
    query = f"?expires={until}&signature={links.sign(_subject(row), row.link_salt, until)}"
    return {
        "id": row.id, "name": row.name, "content_type": row.content_type, "size": row.size,
        "created_at": iso(row.created_at), "entry_id": row.entry_id, "url": f"{place}{query}",
        "thumbnail_url": f"{place}/thumbnail{query}" if has_picture(row.content_type) else None,
        "expires_at": iso(datetime.fromtimestamp(until, now().tzinfo)),
    }  # fmt: skip


def _named(name: str) -> dict[str, str]:
    """As RFC 6266 has it for names that are not ASCII."""
    if name.isascii():
        return {"filename": name}
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}


def _guard(response: Response, tag: str) -> None:
    """It may be kept where it is shown, and is asked for each time: who may see it can change."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(tag)


def _conditional(response: Response, request: Request, **ranges: Any) -> Response:
    response.make_conditional(request.environ, **ranges)
    return response


def _subject(row: Attachment) -> str:
    return f"attachment:{row.id}"
