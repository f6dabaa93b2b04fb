"""Trying prompts out, for operators: rendered only, or with a model; on saved inputs."""

from sqlalchemy.orm import Session

from app.auth.audit import note, record
from app.auth.principals import Principal
from app.auth.roles import SERVICE
from app.core.json import JSONObject
from app.limits.guards import limited
from app.topics import schemas, trials
from app.topics.models import SavedInput
from app.topics.views import access, engine
from app.web.operations import Operations
from app.web.unified import Blueprint, RawObject, errors

blp = Blueprint("admin_trials", __name__, url_prefix="/admin/topics", description="Trying prompts out, for operators")
operation = Operations(blp, SERVICE, errors)
asking = Operations(blp, SERVICE, errors, limited("ai"), fails=(400, 500, 503))
keeping = Operations(blp, SERVICE, errors, sessions=True)


@operation("POST", "/<topic_id>/dry-run", takes=schemas.DryRunIn, gives=RawObject, fails=(400, 500))
def dry_run(principal: Principal, body: schemas.Trial, topic_id: str) -> JSONObject:
    """The prompts as a model would get them, with the operator's own tenant's data; no model is called

    `prompts` are drafts that are rendered in place of those in force.
    """
    call = trials.drafted(engine(), topic_id, body.parameters, body.prompts, access(principal))
    note(principal, "topic.dry_run", topic_id, principal.tenant_id)
    found = trials.rendered(engine(), call, engine().gather(call))
    return {"topic_id": topic_id, "prompts": found.prompts, "missing": found.missing, "schema": found.schema}


@asking("POST", "/<topic_id>/try-out", takes=schemas.DryRunIn, gives=schemas.TrialOut)
def try_out(principal: Principal, body: schemas.Trial, topic_id: str) -> JSONObject:
    """Run a topic with drafts of its prompts, with the operator's own tenant's data

    What is in force stays so. The model is asked, and what it costs is counted.
    """
    call = trials.drafted(engine(), topic_id, body.parameters, body.prompts, access(principal))
    note(principal, "topic.try_out", topic_id, principal.tenant_id)
    seen, outcome = trials.tried(engine(), call)
    answer = {"data": outcome.data, "schema_ref": call.topic.schema_ref, "metadata": outcome.metadata}
    return {"topic_id": topic_id, "prompts": seen.prompts, **answer}  # type: ignore[dict-item]


@keeping("GET", "/<topic_id>/inputs", gives=schemas.SavedInputsOut)
def list_inputs(session: Session, _: Principal, topic_id: str) -> dict[str, list[SavedInput]]:
    """List the saved inputs of a topic"""
    return {"inputs": trials.saved(session, topic_id)}


@keeping("POST", "/<topic_id>/inputs", takes=schemas.SavedInputIn, gives=schemas.SavedInputOut, fails=(409,))
def save_input(session: Session, principal: Principal, body: schemas.NewInput, topic_id: str) -> SavedInput:
    """Save parameters to try prompts out on; one of the same name is replaced"""
    row = trials.save(session, topic_id, body.name, body.parameters, principal.user_id)
    record(session, principal, "topic_input.save", f"{topic_id}/{row.id}", None)
    return row


@keeping("DELETE", "/<topic_id>/inputs/<input_id>", status=204)
def remove_input(session: Session, principal: Principal, topic_id: str, input_id: str) -> None:
    """Delete a saved input"""
    trials.remove(session, topic_id, input_id)
    record(session, principal, "topic_input.remove", f"{topic_id}/{input_id}", None)
