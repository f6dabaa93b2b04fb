"""Making exports, telling of them, and sweeping them, in a worker."""

from tempfile import TemporaryFile

from app.auth.signed_links import SignedLinks
from app.config.settings import Settings
from app.core.clock import now
from app.db.session import db
from app.jobs.models import QueueName
from app.jobs.registry import JobDefinition, PeriodicJob
from app.privacy.exports import archive, service
from app.privacy.exports.models import Export
from app.web.container import resolve
from app.webhooks import deliveries


def make(export_id: str) -> None:
    """Twice is harmless: it begins anew, and the first that is done counts."""
    export = service.start(export_id)
    if export is None:
        return
    with TemporaryFile() as file:
        counts = archive.write(db, service.scope_of(export), file, now())
        service.complete(export_id, file, counts)


def callback(export_id: str) -> None:
    with db.read() as session:
        export = session.get(Export, export_id)
    if export is not None and export.webhook_url:
        event = service.event_of(export, SignedLinks.of(resolve(Settings)))
        deliveries.deliver(export.tenant_id, export.webhook_url, event, export.id)


JOBS = (
    JobDefinition("exports.make", make, QueueName.BATCH, give_up=service.fail),
    JobDefinition("exports.callback", callback, QueueName.INTERACTIVE, attempts=5),
    PeriodicJob("exports.sweep", service.sweep, every=600),
)
