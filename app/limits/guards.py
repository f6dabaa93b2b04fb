"""Rates on views. The unit goes back by itself when the answer is an error; a stream gives its own back later."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, Response, g

from app.auth.principals import Principal
from app.limits.budgets import Budgets
from app.limits.permits import Limits, Permit
from app.llm.interfaces import Caller
from app.web.client_address import client_network
from app.web.container import resolve

ERRORS_FROM = 400
EVERYBODY = "everybody"

P = ParamSpec("P")
R = TypeVar("R")


def limited(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Takes one unit of the rate ``name`` for the signed-in caller, before the body is even read."""
    return _permitted(name, Limits.acquire, _of_principal)


def metered(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Shows the signed-in caller the rate ``name``; the work takes a unit itself, with ``permit().acquire()``."""
    return _permitted(name, Limits.peek, _of_principal)


def limited_by_address(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Takes one unit of the rate ``name`` for the client's network, where nobody signs in."""
    return _permitted(name, Limits.acquire, lambda *_: f"address:{client_network()}")


def limited_together(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Takes one unit of the rate ``name`` that all callers share. Stands under the caller's own rate."""
    return _permitted(name, Limits.acquire, lambda *_: EVERYBODY)


def exempt(name: str) -> None:
    """The current request takes a unit of the rate ``name`` and of no other."""
    g.exempt = name


def affordable(feature: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """For what a worker does later: refused while nothing is left of the budget of those who do not sign in."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            resolve(Budgets).check(Caller(feature))
            return view(*args, **kwargs)

        return checked

    return decorate


def _permitted(
    name: str, permit_of: Callable[[Limits, str, str], Permit], key_of: Callable[..., str]
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> R:
            limits, key = resolve(Limits), key_of(*args)
            spared = limits.spare(name, key, g.exempt) if "exempt" in g else None
            _held().append(spared or permit_of(limits, name, key))
            return view(*args, **kwargs)

        counted.rate = name  # type: ignore[attr-defined]
        return counted

    return decorate


def _of_principal(principal: Principal, *_: object) -> str:
    return principal.key


def _held() -> list[Permit]:
    """The permits of the current request, the caller's own first."""
    return cast(list[Permit], g.setdefault("permits", []))


def permit() -> Permit:
    """The caller's own."""
    return _held()[0]


def install(app: Flask) -> None:
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    held = _held()
    if response.status_code >= ERRORS_FROM:
        for one in held:
            one.refund()
    if held and held[0].window is not None:
        response.headers.update(held[0].headers)
    return response
