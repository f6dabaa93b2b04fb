"""Signing in as the demo person, while developing."""

from marshmallow import fields

from app.auth.guards import public
from app.console import demo_person
from app.core.errors import NotFound
from app.web.blueprints import Blueprint
from app.web.documents import errors
from app.web.schemas import Schema

blp = Blueprint("demo", __name__, url_prefix="/api/v1/dev", description="For developers: the demo person")


class DemoOut(Schema):
    token = fields.String(metadata={"description": "Of the demo person"})
    operator_token = fields.String(metadata={"description": "Of an operator; empty but on this machine itself"})
    api_key = fields.String(metadata={"description": "Of the demo tenant, for the realtime coach; may be empty"})


def sign_in_as_demo() -> dict[str, str]:
    """Sign in as the demo person; not in production, nor with accounts, and only from this network"""
    if not (demo_person.is_offered() and demo_person.is_near()):
        raise NotFound
    return demo_person.credentials()


blp.route("/demo", methods=["POST"])(public(errors(blp, 404)(blp.response(200, DemoOut)(sign_in_as_demo))))
