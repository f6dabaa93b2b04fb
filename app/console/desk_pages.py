"""Pages of operators and members in a browser: the same for everybody, clients of the public API like all pages."""

from flask import Blueprint, Response

from app.auth.guards import public
from app.console import shell
from app.console.versioned_files import VersionedFiles

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
    return shell.page("desk.html", title=title, kind=kind, script=script, files=files)
