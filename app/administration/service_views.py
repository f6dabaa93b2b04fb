"""The running service over HTTP, for operators: jobs, models, connections."""

from sqlalchemy.orm import Session

from app.administration import inspection
from app.administration import service_schemas as schemas
from app.administration.inspection import Connections, ModelsNow
from app.auth import audit
from app.auth.principals import Principal
from app.auth.roles import SERVICE
from app.jobs.desk import JobDesk, JobRow, JobSearch
from app.llm.prices import Prices
from app.llm.registry import Models
from app.streams.roll_call import RollCall
from app.web.container import resolve
from app.web.operations import Operations
from app.web.unified import Blueprint, errors

blp = Blueprint("admin_service", __name__, url_prefix="/admin", description="The running service, for operators")
operation = Operations(blp, SERVICE, errors, sessions=True)


@operation("GET", "/jobs", takes=schemas.JobsQuery, gives=schemas.AdminJobsOut, fails=(400, 404))
def list_jobs(session: Session, _: Principal, query: JobSearch) -> dict[str, object]:
    """List jobs of all tenants, newest first

    Without their arguments. Those that ended are kept for a week; `counts` are of all that are kept.
    """
    desk = resolve(JobDesk)
    page, counts = desk.listing(session, query), desk.counts(session)
    beside = {"has_more": page.has_more, "next_cursor": page.next_cursor}
    return {"jobs": page.items, "counts": counts, "names": desk.names, **beside}


@operation("POST", "/jobs/<job_id>/retry", gives=schemas.AdminJobOut, fails=(409,))
def retry_job(session: Session, principal: Principal, job_id: str) -> JobRow:
    """Try a job again that failed

    From its first attempt on. 409 for one that did not fail, or whose work ended with it: an import or an export is
    begun anew by whoever wants it.
    """
    job = resolve(JobDesk).retry(session, job_id)
    audit.record(session, principal, "job.retry", job.id, job.tenant or None)
    return job


@operation("POST", "/jobs/<job_id>/cancel", gives=schemas.AdminJobOut, fails=(409,))
def cancel_job(session: Session, principal: Principal, job_id: str) -> JobRow:
    """Cancel a job that waits or runs, on whatever worker it is"""
    job = resolve(JobDesk).cancel(session, job_id)
    audit.record(session, principal, "job.cancel", job.id, job.tenant or None)
    return job


@operation("GET", "/models", gives=schemas.ModelsOut)
def list_models(session: Session, _: Principal) -> ModelsNow:
    """List the models in the order in which they are asked, with health and price

    Each process has breakers of its own; `calls` are those of the last hour.
    """
    return inspection.models_now(session, resolve(Models), resolve(Prices), resolve(RollCall))


@operation("GET", "/connections", gives=schemas.ConnectionsOut)
def list_connections(_: Session, __: Principal) -> Connections:
    """What each process has in hand now: sockets by route, streams and jobs by kind"""
    return inspection.connections_now(resolve(RollCall))
