"""Imports are read by workers, whichever has room. Only one that has an import to read loads the readers."""

from app.auth.principals import Principal
from app.db.session import db
from app.imports import service, uploads
from app.jobs.models import QueueName
from app.jobs.registry import JobDefinition, PeriodicJob

FAILED = "The import could not be finished. Nothing of it was kept."


def run(import_id: str) -> None:
    from app.imports import run as running

    running.run(db, import_id)


def give_up(import_id: str) -> None:
    from app.imports import run as running

    running.give_up(db, import_id, FAILED)


def take_back(tenant_id: str, user_id: str, import_id: str) -> None:
    service.take_back(db, Principal(user_id, tenant_id), import_id)


def sweep() -> None:
    uploads.sweep(db)


JOBS = (
    JobDefinition(service.RUN, run, QueueName.BATCH, give_up=give_up),
    JobDefinition(service.TAKE_BACK, take_back, QueueName.BATCH),
    PeriodicJob("imports.sweep", sweep, every=600),
)
