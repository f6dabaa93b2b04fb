"""What every answer tells browsers: what a page may load, who may frame it, what must not be kept."""

import secrets

from flask import Flask, Response, request

POLICY = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
FOREIGN_PAGES = "/rq"  # the dashboard's own templates, which have scripts inside


def install(app: Flask) -> None:
    app.after_request(_told)


def _told(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Content-Security-Policy", POLICY.format(scripts=_of_foreign_pages(response)))
    if response.mimetype == "application/json":
        headers.setdefault("Cache-Control", "no-store")
    return response


def _of_foreign_pages(response: Response) -> str:
    """Marks the scripts that a page of the dashboard was made with, so that no other one runs."""
    if not request.path.startswith(FOREIGN_PAGES) or response.direct_passthrough:
        return ""
    nonce = secrets.token_urlsafe(16)
    response.set_data(response.get_data(as_text=True).replace("<script", f'<script nonce="{nonce}"'))
    return f" 'nonce-{nonce}' 'unsafe-eval'"  # its templates are compiled in the browser
