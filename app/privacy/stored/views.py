"""What is stored of me over HTTP."""

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import OWN
from app.config.settings import Settings
from app.core.json import JSONObject
from app.privacy.stored import schemas, service
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.operations import Operations

blp = Blueprint("my_data", __name__, url_prefix="/api/v1/me/data", description="What is stored of me")


@Operations(blp, OWN, sessions=True)("GET", "", gives=schemas.StoredOut)
def read_stored(session: Session, principal: Principal) -> JSONObject:
    """What is stored of me, in figures, and for how long it is kept"""
    return service.figures(session, principal, resolve(Settings).retention)
