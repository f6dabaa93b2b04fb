"""The demo tenant: a person with goals and a month of journal, and credentials to try it with."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app.accounts import settings
from app.auth import api_keys, audit
from app.auth.audit import Command
from app.auth.keyring import Keyring
from app.auth.principals import Principal, Role
from app.auth.tokens import Tokens
from app.config.settings import Settings
from app.console.demo_person import KEY_FILE, TENANT, USER
from app.core.errors import NotFound, Unauthorized
from app.db.session import db
from app.realtime import demo as realtime
from app.web.container import resolve
from app.workspace import demo as workspace
from app.workspace.records import demo as business

KEY_NAME = "demo"
MONTH = 30 * 86400


@dataclass(frozen=True, slots=True)
class Prepared:
    """What ``make run`` prints."""

    token: str
    api_key: str
    bot_id: str = ""


def seed() -> str:
    """What a demo needs; the agent's ``bot_id``."""
    person = Principal(USER, TENANT)
    with db.begin() as session:
        workspace.seed(session, person)
        business.seed(session, person)
        settings.set_if_new(session, person, {"weekly_digest": True})
        return realtime.seed(session, TENANT)


def prepare(app: Flask) -> Prepared:
    """Seeds the tenant and makes credentials; a key that was shown before is shown again from ``DATA_DIR``."""
    with app.app_context():
        bot_id = seed()
        configured = resolve(Settings)
        token = "" if configured.auth.jwks_url else resolve(Tokens).mint(USER, TENANT, Role.OWNER, MONTH)
        return Prepared(token, _key(configured.data_dir / KEY_FILE), bot_id)


def _key(path: Path) -> str:
    if path.exists() and _works(path.read_text()):
        return path.read_text()
    with audit.recorded(Command.of_this_process(), "api_key.create", KEY_NAME, TENANT) as session:
        with suppress(NotFound):
            api_keys.revoke(session, TENANT, KEY_NAME)
        key = api_keys.create(session, TENANT, KEY_NAME)
    path.touch(mode=0o600)
    path.write_text(key)
    return key


def _works(key: str) -> bool:
    try:
        return resolve(Keyring).check(key).tenant_id == TENANT
    except Unauthorized:
        return False
