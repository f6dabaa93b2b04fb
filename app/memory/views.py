"""Memory over HTTP."""

from app.auth.principals import Principal
from app.auth.roles import OWN
from app.care.guards import found, hears
from app.care.safety import InCrisis
from app.db.session import db
from app.memory import schemas, service, settings
from app.memory.service import Changes, Shown
from app.web.blueprints import Blueprint
from app.web.operations import Operations, removal, view_of
from app.workspace.schemas.lists import PageQuery, RemovedOut

blp = Blueprint("memory", __name__, url_prefix="/api/v1/memory", description="What the coach remembers of me")
operation = Operations(blp, OWN, sessions=True)
writing = Operations(blp, OWN)

operation("GET", "", takes=PageQuery, gives=schemas.FactsOut)(
    view_of(service.page, "List what the coach remembers of me, newest first", "Each with the messages it rests on.")
)
operation("DELETE", "", gives=schemas.ForgottenOut)(view_of(service.remove_all, "Forget everything"))
operation("GET", "/settings", gives=schemas.MemorySettingsOut)(view_of(settings.read, "Whether I am remembered"))
operation("PUT", "/settings", takes=schemas.MemorySettingsIn, gives=schemas.MemorySettingsOut)(
    view_of(settings.change, "Switch memory on or off", "What is remembered already stays until it is deleted.")
)
operation("GET", "/<fact_id>", gives=schemas.FactOut)(view_of(service.find, "Get a fact"))
operation("DELETE", "/<fact_id>", gives=RemovedOut)(
    view_of(
        removal("Fact", service.remove),
        "Forget a fact",
        "At once: with its older versions, and the summaries of conversations in which it may be told.",
    )
)


@writing(
    "PATCH", "/<fact_id>", takes=schemas.FactIn, gives=schemas.FactWrittenOut, fails=(422,),
    hears=hears("memory", "text", keeps=True),
)  # fmt: skip
def change_fact(principal: Principal, body: Changes, fact_id: str) -> Shown:
    """Correct a fact, pin it, or say yes to one that is proposed

    What tells of somebody in danger is not remembered (422).
    """
    if found().is_crisis:
        raise InCrisis(found())
    with db.begin() as session:
        return service.update(session, principal, fact_id, body)
