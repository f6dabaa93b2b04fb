"""Pages for people: the test console of the realtime coach, and interviews. Clients of the public API, nothing more."""

from flask import Blueprint, render_template

from app.auth.guards import public

blp = Blueprint("console", __name__)


@blp.route("/api/test/", strict_slashes=False)
@public
def test_console() -> str:
    """Talk with an agent: text, microphone, sound, a moving mouth, slides, and the frames behind it all."""
    return render_template("console.html")


@blp.route("/interviews", strict_slashes=False)
@public
def interviews() -> str:
    """Start an interview and watch it."""
    return render_template("interviews.html")


@blp.route("/interviews/<interview_id>")
@public
def interview(**_: str) -> str:
    """The same, of one interview, which the page finds in its address: a link that can be shared, to read only."""
    return render_template("interviews.html")
