"""Mails as they would have gone out, while developing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from app.core.errors import NotFound
from app.identity import mails, schemas
from app.identity.guards import accounts, opening
from app.identity.models import Mail
from app.web.blueprints import Blueprint

blp = Blueprint("outbox", __name__, url_prefix="/api/v1/dev", description="For developers: mails that were written")


def in_development(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def checked(*args: object, **kwargs: object) -> object:
        if not accounts().has_outbox:
            raise NotFound
        return view(*args, **kwargs)

    return checked


@opening(blp, "GET", "/outbox", gives=schemas.OutboxOut)
@in_development
def read_outbox() -> dict[str, list[Mail]]:
    """Read the mails of the last day, newest first; not in production"""
    return {"mails": mails.shown(accounts())}
