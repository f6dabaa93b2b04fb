"""What a page says of who may be there, before it has asked: only spares a question that would be in vain."""

from flask import Response, render_template, request

from app.auth.sign_ins import COOKIE
from app.console.demo_person import is_near, is_offered
from app.identity.guards import accounts


def page(template: str, **told: object) -> Response:
    """The same for everybody: who is there, the page asks for itself."""
    wanted = accounts().is_on
    has_session, has_demo = wanted and COOKIE in request.cookies, is_offered() and is_near()
    who = {"has_accounts": wanted, "has_session": has_session, "has_demo": has_demo}
    return Response(render_template(template, **who, **told), headers={"Cache-Control": "no-cache"})
