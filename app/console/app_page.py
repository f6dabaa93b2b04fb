"""A person's own place in a browser: one page, a client of the public API, which can be installed."""

from flask import Blueprint, Response, render_template

from app.auth.guards import public
from app.console import shell
from app.console.versioned_files import VersionedFiles
from app.core.json import to_json

blp = Blueprint("app_page", __name__, url_prefix="/app")
files = VersionedFiles("app", "/app/files")
ICONS = ({"src": "icon-192.png", "sizes": "192x192"}, {"src": "icon-512.png", "sizes": "512x512"})
PAPER, GREEN = "#fbfaf6", "#1f6f54"


@blp.route("", strict_slashes=False)
@public
def place() -> Response:
    """The same for everybody: who is there, the page asks for itself, unless nobody can be."""
    return shell.page("app.html", files=files)


@blp.route("/files/<version>/<name>")
@public
def file(version: str, name: str) -> Response:
    return files.serve(version, name)


@blp.route("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a browser needs to install the page."""
    icons = [icon | {"src": f"{files.root}/{icon['src']}", "type": "image/png"} for icon in ICONS]
    icons += [icon | {"purpose": "maskable"} for icon in icons]
    told = {
        "id": "/app", "name": "Coachhouse", "short_name": "Coach", "start_url": "/app", "scope": "/app",
        "display": "standalone", "background_color": PAPER, "theme_color": GREEN, "icons": icons,
        "description": "Talk with your coach, keep goals, write a journal.",
    }  # fmt: skip
    return Response(to_json(told), mimetype="application/manifest+json", headers={"Cache-Control": "no-cache"})


@blp.route("/worker.js")
@public
def worker() -> Response:
    """Keeps the page's own files for when there is no network, and nothing of people."""
    script = render_template("app_worker.js", files=files)
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/app"}
    return Response(script, mimetype="text/javascript", headers=headers)
