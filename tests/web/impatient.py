"""The application with short deadlines: ``gunicorn tests.web.impatient:app``."""

from app import create_app
from app.web import worker

worker.HEADERS, worker.BODY, worker.IDLE = 1.0, 1.5, 0.5

app = create_app()
