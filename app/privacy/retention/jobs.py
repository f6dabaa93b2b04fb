"""Old rows go, an hour after they have become old at the latest."""

import structlog

from app.config.settings import Settings
from app.db.session import db
from app.jobs.registry import PeriodicJob
from app.privacy.retention import service
from app.privacy.retention import sweep as sweeping
from app.web.container import resolve

log = structlog.get_logger()


def sweep() -> None:
    with db.read() as session:
        holdings = service.holdings(session, resolve(Settings).retention)
    removed = sweeping.sweep(db, holdings)
    if removed:
        log.info("retention_swept", **removed)


JOBS = (PeriodicJob("retention.sweep", sweep, every=3600),)
