"""Push subscriptions over HTTP."""

from typing import Any
from urllib.parse import urlsplit

from flask import request
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import OWN
from app.db.session import db
from app.push import encryption, schemas, service
from app.push.models import PushSubscription
from app.push.service import Browser
from app.web.blueprints import Blueprint
from app.web.operations import Operations
from app.webhooks import deliveries

blp = Blueprint("push", __name__, url_prefix="/api/v1/push", description="Browsers that are told what is due")


@Operations(blp, OWN)("GET", "/key", gives=schemas.KeyOut)
def read_key(_principal: Principal) -> dict[str, str]:
    """The key that a browser subscribes with"""
    with db.begin() as session:
        return {"public_key": encryption.to_base64(encryption.public_key(service.key(session)))}


@Operations(blp, OWN)(
    "POST", "/subscriptions", takes=schemas.SubscriptionIn, gives=schemas.SubscriptionOut, status=201, fails=(409, 422)
)
def subscribe(principal: Principal, body: dict[str, Any]) -> PushSubscription:
    """Have this browser told what is due

    The body is what `pushManager.subscribe` gave. The same browser again is the same subscription.
    """
    deliveries.check(body["endpoint"])
    contact = f"mailto:push@{urlsplit(request.host_url).hostname}"
    with db.begin() as session:
        return service.subscribe(session, principal, Browser(body["endpoint"], **body["keys"], contact=contact))


@Operations(blp, OWN, sessions=True)("DELETE", "/subscriptions/<subscription_id>", status=204)
def unsubscribe(session: Session, principal: Principal, subscription_id: str) -> None:
    """Tell this browser no more"""
    service.remove(session, principal, subscription_id)
