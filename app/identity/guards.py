"""What routes of accounts have in common: they are there when accounts are on, and some for people not yet known."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from flask import Response, jsonify

from app.auth.guards import public
from app.auth.models import SignInKind
from app.auth.sign_ins import COOKIE, LASTS, SignIns
from app.auth.tokens import Tokens
from app.config.accounts import Accounts
from app.config.settings import Settings
from app.core.errors import NotFound
from app.identity import answers
from app.identity.schemas import SignedInOut
from app.identity.sign_in import SignedIn
from app.identity.throttle import Throttle
from app.limits.permits import Limits
from app.web.blueprints import Blueprint
from app.web.client_address import client_network
from app.web.container import resolve
from app.web.documents import errors
from app.web.schemas import Schema

View = Callable[..., Any]
OFF = "Accounts are off: ACCOUNTS is not on"


def accounts() -> Accounts:
    return resolve(Settings).accounts


def throttle() -> Throttle:
    return Throttle(resolve(Limits), client_network())


def when_on(view: View) -> View:
    """Else there is no such route."""

    @wraps(view)
    def checked(*args: object, **kwargs: object) -> object:
        if not accounts().is_on:
            raise NotFound(OFF)
        return view(*args, **kwargs)

    return checked


def opening(
    blp: Blueprint, method: str, rule: str, *, takes: type[Schema] | None = None, gives: type[Schema] | None = None,
    status: int = 200, fails: Collection[int] = (),
) -> Callable[[View], View]:  # fmt: skip
    """A route for whoever is not signed in yet."""

    def declare(view: View) -> View:
        steps = [errors(blp, *sorted({404, 429, *fails, *([400] if takes else [])}))]
        if gives or status != 200:
            steps.append(blp.response(status, gives))
        if takes:
            steps.append(blp.arguments(takes, location="query" if method == "GET" else "json"))
        declared = view
        for step in [*steps, when_on, public]:
            declared = step(declared)
        blp.route(rule, methods=[method])(declared)
        return view

    return declare


def answered(signed: SignedIn) -> Response:
    """By tokens, or by a cookie."""
    known = resolve(SignIns)
    if signed.row.kind == SignInKind.TOKENS:
        return body(SignedInOut, answers.with_tokens(signed, resolve(Tokens), known))
    response = body(SignedInOut, answers.with_cookie(signed, known))
    give_cookie(response, COOKIE, known.cookie(signed.row), int(LASTS.total_seconds()), "Strict")
    return response


def body(schema: type[Schema], told: object) -> Response:
    return jsonify(schema().dump(told))


def give_cookie(response: Response, name: str, value: str, seconds: int, same_site: str) -> None:
    response.set_cookie(name, value, max_age=seconds, samesite=same_site, secure=True, httponly=True, path="/")


def take_cookie(response: Response, name: str) -> None:
    response.delete_cookie(name, secure=True, httponly=True, path="/")
