"""``python -m app.local prepare``: models, schema and demo tenant, in one process, as loading takes longest."""

import contextlib
import dataclasses
import json
import sys
from collections.abc import Mapping

from flask_migrate import Migrate, upgrade

from app.accounts.ledger import Ledger
from app.accounts.metering import Metering
from app.cli import demo
from app.composition import background
from app.composition.services import embedder_of, models_of, prices_of
from app.config.environment import ConfigError
from app.config.settings import Settings, load
from app.db.session import db
from app.llm.budget import UNLIMITED
from app.local.launcher import plan


def run(environ: Mapping[str, str]) -> int:
    """Two lines of JSON for ``preparation.py``; the second when it asks for it. The rest goes to stderr."""
    with contextlib.redirect_stdout(sys.stderr):
        wrong = _wrong_with_models(environ)
    _say(wrong)
    if wrong or not sys.stdin.readline():  # nothing comes when the launcher is gone
        return 1
    with contextlib.redirect_stdout(sys.stderr):
        prepared = _prepared(environ)
    _say(prepared)
    return 0


def _wrong_with_models(environ: Mapping[str, str]) -> str | None:
    try:
        _check_models(plan(environ))
    except ConfigError as error:
        return str(error)
    return None


def _check_models(settings: Settings) -> None:
    ledger, listed = Ledger(db), prices_of(settings)
    models_of(settings, ledger, UNLIMITED, listed)
    embedder_of(settings, Metering(ledger, UNLIMITED, listed))


def _prepared(environ: Mapping[str, str]) -> dict[str, str] | None:
    """The demo's credentials; ``None`` when there is no demo."""
    settings = load(environ)
    app = background.build(settings)
    Migrate(app, db, directory="migrations")
    with app.app_context():
        upgrade()
    return None if settings.production else dataclasses.asdict(demo.prepare(app))


def _say(said: str | dict[str, str] | None) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
