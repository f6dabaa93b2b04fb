"""Pages for people: the way in, the readers of the OpenAPI document, the consoles. Nothing on them comes from another
host; they are clients of the public API."""

from flask import Blueprint, Response, render_template

from app.auth.guards import public
from app.console import shell
from app.core.version import VERSION
from app.identity.guards import accounts

blp = Blueprint("console", __name__)


@blp.route("/")
@public
def landing() -> str:
    return render_template("landing.html", version=VERSION, has_accounts=accounts().is_on)


@blp.route("/api/schema/swagger-ui/")
@public
def swagger_ui() -> str:
    return render_template("swagger_ui.html")


@blp.route("/api/schema/redoc/")
@public
def redoc() -> str:
    return render_template("redoc.html")


@blp.route("/api/test/", strict_slashes=False)
@public
def test_console() -> str:
    """Talk with an agent: text, microphone, sound, a moving mouth, slides, and the frames behind it all."""
    return render_template("console.html")


@blp.route("/care", strict_slashes=False)
@public
def care() -> Response:
    """What was found in people's words and what they are told; for operators."""
    return shell.page("care.html")


@blp.route("/data", strict_slashes=False)
@public
def data() -> Response:
    """What is stored of a person: see it, bring more along, take it along, have it erased."""
    return shell.page("data.html")


@blp.route("/interviews", strict_slashes=False)
@blp.route("/interviews/<interview_id>")
@public
def interviews(**_: str) -> str:
    """Start an interview and watch it; or read the one that the page finds in its address, a link to share."""
    return render_template("interviews.html")
