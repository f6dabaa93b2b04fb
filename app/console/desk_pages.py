"""Pages of operators and members in a browser: the same for everybody, clients of the public API like all pages."""

from flask import Blueprint, Response, render_template, request

from app.auth.guards import public
from app.auth.sign_ins import COOKIE
from app.console.versioned_files import VersionedFiles
from app.identity.guards import accounts

blp = Blueprint("desk", __name__)
files = VersionedFiles("desk", "/desk/files")


@blp.route("/admin", strict_slashes=False)
@public
def admin() -> Response:
    """Operators: who uses what at which cost, and what can be set."""
    return _page("Operators", "narrow", "admin.js")


@blp.route("/playground", strict_slashes=False)
@public
def playground() -> Response:
    """Members: every topic as a form, run now or in the background."""
    return _page("Playground", "wide", "playground.js")


@blp.route("/desk/files/<version>/<path:name>")
@public
def file(version: str, name: str) -> Response:
    return files.serve(version, name)


def _page(title: str, kind: str, script: str) -> Response:
    """Whether there may be a session only spares a question; who is there, the page asks for itself."""
    wanted = accounts().is_on
    told = {"has_accounts": wanted, "has_session": wanted and COOKIE in request.cookies}
    page = render_template("desk.html", title=title, kind=kind, script=script, files=files, **told)
    return Response(page, headers={"Cache-Control": "no-cache"})
