"""Who did what with access and secrets: people, keys, commands. Written in the transaction of what was done."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import g, has_request_context, request
from sqlalchemy.orm import Session

from app.auth.keyring import Key
from app.auth.models import ActorKind, AuditEntry
from app.auth.principals import Principal
from app.db.session import db

TARGET_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the operator's; who may run one holds all secrets anyway."""

    user: str

    @classmethod
    def of_this_process(cls) -> "Command":
        uid = os.getuid()
        try:
            return cls(pwd.getpwuid(uid).pw_name)
        except KeyError:
            return cls(f"uid {uid}")


Actor = Principal | Key | Command


def record(session: Session, actor: Actor, action: str, target: str, tenant: str | None) -> None:
    """``target`` is a name or an id, never what people wrote; ``tenant`` is whose it is, None the service's."""
    entry = AuditEntry(**_columns(actor), **_place(), tenant_id=tenant, action=action, target=target[:TARGET_LENGTH])
    session.add(entry)


@contextmanager
def recorded(actor: Actor, action: str, target: str, tenant: str | None) -> Iterator[Session]:
    """A transaction that leaves an entry."""
    with db.begin() as session:
        yield session
        record(session, actor, action, target, tenant)


def note(actor: Actor, action: str, target: str, tenant: str | None) -> None:
    """For what changes nothing here, such as reading a secret."""
    with recorded(actor, action, target, tenant):
        pass


def _columns(actor: Actor) -> dict[str, object]:
    if isinstance(actor, Command):
        return {"actor_kind": ActorKind.COMMAND, "actor": actor.user}
    if isinstance(actor, Key):
        return {"actor_kind": ActorKind.KEY, "actor": actor.name, "actor_tenant_id": actor.tenant_id}
    known = {"actor": actor.user_id, "actor_tenant_id": actor.tenant_id, "role": actor.role}
    return {"actor_kind": ActorKind.PERSON, **known}


def _place() -> dict[str, object]:
    if not has_request_context():
        return {}
    return {"address": request.remote_addr or "", "request_id": g.get("request_id", "")}
