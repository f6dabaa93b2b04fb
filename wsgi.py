"""The web application: ``gunicorn wsgi:app``, and the place where ``flask --app wsgi`` finds it."""

import sys

from app import create_app
from app.config.environment import ConfigError

try:
    app = create_app()
except ConfigError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(4)  # gunicorn ends instead of trying again
