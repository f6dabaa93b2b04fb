"""The demo tenant's business: a small maker of lamps, with figures that moved and things that are open."""

from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.workspace.records import service
from app.workspace.records.collections import KINDS, MEASURES

NOW = {"demo-revenue": 125000, "demo-customers": 64, "demo-new": 4, "demo-churned": 1}  # what it was a month later


def seed(session: Session, principal: Principal) -> None:
    """Once: what the tenant has changed since stays as it is."""
    if MEASURES.is_taken(session, principal.tenant_id, "demo-revenue"):
        return
    service.import_all(session, principal, msgspec.toml.decode(Path(__file__).with_name("demo.toml").read_bytes()))
    for measure_id, value in NOW.items():
        service.change(session, principal, KINDS["measures"], measure_id, {"currentValue": value})
