"""A view's declaration in one place: who may call it, what it takes, what it gives, how it can fail."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar

from sqlalchemy.orm import Session

from app.auth.guards import bearer, check_again
from app.auth.principals import Principal
from app.auth.roles import Resource
from app.db.session import db
from app.web import documents
from app.web.blueprints import Blueprint
from app.web.documents import View
from app.web.schemas import Schema

AnySchema = type[Schema] | Schema
Decorator = Callable[[View], View]
Declared = TypeVar("Declared", bound=View)


@dataclass(frozen=True, slots=True)
class Operations:
    """The views of a blueprint: all need a bearer token of a role that ``of`` is open to, and get its ``Principal``.

    ``errors`` documents failures in the contract's form; ``rate`` is what a call costs; ``fails`` and ``notes`` are of
    every view. With ``sessions`` each gets a session first: one to read with for GET, a transaction for the rest;
    with ``records`` for GET too, where reading is written down.
    """

    blp: Blueprint
    of: Resource
    errors: Callable[..., Decorator] = documents.errors
    rate: Decorator | None = None
    fails: Collection[int] = ()
    notes: Sequence[Decorator] = ()
    sessions: bool = False
    records: bool = False

    def __call__(
        self, methods: str, rule: str, *, takes: AnySchema | None = None, gives: AnySchema | None = None,
        status: int = 200, fails: Collection[int] = (), notes: Sequence[Decorator] = (), of: Resource | None = None,
        hears: Decorator | None = None,
    ) -> Callable[[Declared], Declared]:  # fmt: skip
        """``takes`` is the query of a GET and the body of everything else; ``fails`` adds to the failures that follow
        from the rest; ``notes`` say more in the OpenAPI document. ``of`` is another resource than the blueprint's.
        ``hears`` looks at a person's words before anything can refuse them."""
        blp, verbs, of = self.blp, methods.split(), of or self.of
        closed = not all(of.is_open_to_all(verb) for verb in verbs)
        refused = {401: True, 403: closed, 404: "_id>" in rule, 429: self.rate}
        follow = {blp.ARGUMENTS_PARSER.refusal.status: takes} | refused
        failures = {*self.fails, *fails, *(status for status, holds in follow.items() if holds)}

        def declare(view: Declared) -> Declared:
            steps = [*self.notes, *notes, self.errors(blp, *sorted(failures))]
            if gives or status != 200:
                steps.append(blp.response(status, gives))
            if takes:
                place = "query" if verbs == ["GET"] else "json"
                steps.append(blp.arguments(takes, location=place))
            steps += [step for step in (self.rate, hears) if step] + [bearer(of)]
            reads = verbs == ["GET"] and not self.records
            declared: View = _in_session(view, reads) if self.sessions else view
            for step in steps:
                declared = step(declared)
            blp.route(rule, methods=verbs)(declared)
            return view

        return declare


def view_of(service: View, summary: str, description: str = "") -> View:
    """A view that only passes on: its session and principal, the path's parameters in their order, what it takes."""

    def view(session: Session, principal: Principal, *taken: object, **place: str) -> object:
        return service(session, principal, *place.values(), *taken)

    view.__name__ = re.sub(r"\W+", "_", summary.partition(",")[0].lower())
    view.__doc__ = f"{summary}\n\n{description}"
    return view


def removal(what: str, remove: Callable[..., None]) -> Callable[..., dict[str, object]]:
    """Removes the row of the last id of the path, and says so."""

    def removed(session: Session, principal: Principal, *ids: str) -> dict[str, object]:
        remove(session, principal, *ids)
        return {"success": True, "message": f"{what} deleted successfully", "id": ids[-1]}

    return removed


def _in_session(view: View, reads: bool) -> View:
    @wraps(view)
    def opened(*args: object, **kwargs: object) -> object:
        with db.read() if reads else db.begin() as session:
            answer = view(session, *args, **kwargs)
            if not reads:
                check_again()
            return answer

    return opened
