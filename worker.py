"""The worker process: jobs, leases and periodic work. ``python worker.py`` until told to stop."""

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402
import sys  # noqa: E402

gc.disable()  # until everything is there: see wsgi.py

from app.care.warm import warm  # noqa: E402
from app.composition import background, memory  # noqa: E402
from app.composition.going_down import write_last_rows  # noqa: E402
from app.config.environment import ConfigError  # noqa: E402
from app.config.settings import Settings  # noqa: E402
from app.db.session import JOB_TIMEOUT, db  # noqa: E402
from app.jobs.probe import WorkerProbe  # noqa: E402
from app.jobs.runner import JobRunner  # noqa: E402
from app.jobs.worker import work  # noqa: E402
from app.observability.readiness import Readiness  # noqa: E402
from app.streams import redis_store  # noqa: E402
from app.web.container import resolve_from  # noqa: E402

if __name__ == "__main__":
    db.patience = JOB_TIMEOUT
    try:
        application = background.build()
    except ConfigError as error:
        sys.exit(str(error))
    settings = resolve_from(application, Settings)
    warm()
    gc.enable()
    memory.settle()
    if settings.worker_port:
        probe = WorkerProbe(resolve_from(application, Readiness), resolve_from(application, JobRunner))
        probe.serve(settings.bind_address, settings.worker_port)
    work(application, redis_store.listening_client(settings.redis_url), settings.worker_concurrency)
    write_last_rows(application)
