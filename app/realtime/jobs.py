"""Uploads that belong to no row any more."""

import structlog

from app.db.session import db
from app.jobs.registry import PeriodicJob
from app.realtime import media

log = structlog.get_logger()


def sweep_uploads() -> None:
    with db.begin() as session:
        count = media.sweep(session)
    if count:
        log.info("uploads_swept", count=count)


JOBS = (PeriodicJob("realtime.sweep_uploads", sweep_uploads, every=600),)
