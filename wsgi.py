"""The web application: ``gunicorn wsgi:app``, and the place where ``flask --app wsgi`` finds it."""

import gc
import sys

gc.disable()  # a fifth of the time that it takes to import everything, for nothing

from app import create_app  # noqa: E402
from app.config.environment import ConfigError  # noqa: E402

try:
    app = create_app()
except ConfigError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(4)  # gunicorn ends instead of trying again
gc.enable()
