"""``python -m app.local prepare``: schema and demo tenant, in one process, as loading the application costs most."""

import contextlib
import dataclasses
import json
import sys
from collections.abc import Mapping

from flask_migrate import upgrade

from app import create_app
from app.cli import demo
from app.config.settings import load


def run(environ: Mapping[str, str]) -> int:
    """Prints the demo's credentials as one line of JSON, ``null`` when there is no demo; the rest goes to stderr."""
    with contextlib.redirect_stdout(sys.stderr):
        settings = load(environ)
        app = create_app(settings)
        with app.app_context():
            upgrade()
        prepared = None if settings.production else dataclasses.asdict(demo.prepare(app))
    sys.stdout.write(json.dumps(prepared) + "\n")
    return 0
