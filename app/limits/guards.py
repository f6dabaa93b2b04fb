"""Rates on views. The unit goes back by itself when the answer is an error; a stream gives its own back later."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from flask import Flask, Response, g, request

from app.auth.principals import Principal
from app.limits.permits import Limits, Permit
from app.web.container import resolve

ERRORS_FROM = 400

P = ParamSpec("P")
R = TypeVar("R")
PrincipalView = Callable[Concatenate[Principal, P], R]


def limited(name: str) -> Callable[[PrincipalView[P, R]], PrincipalView[P, R]]:
    """Takes one unit of the rate ``name`` for the signed-in caller, before the body is even read."""
    return _permitted(name, Limits.acquire)


def metered(name: str) -> Callable[[PrincipalView[P, R]], PrincipalView[P, R]]:
    """Shows the signed-in caller the rate ``name``; the work takes a unit itself, with ``permit().acquire()``."""
    return _permitted(name, Limits.peek)


def limited_by_address(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Takes one unit of the rate ``name`` for the client's address, where nobody signs in."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> R:
            g.permit = limits().acquire(name, f"address:{request.remote_addr}")
            return view(*args, **kwargs)

        counted.rate = name  # type: ignore[attr-defined]
        return counted

    return decorate


def _permitted(
    name: str, permit_of: Callable[[Limits, str, str], Permit]
) -> Callable[[PrincipalView[P, R]], PrincipalView[P, R]]:
    def decorate(view: PrincipalView[P, R]) -> PrincipalView[P, R]:
        @wraps(view)
        def counted(principal: Principal, /, *args: P.args, **kwargs: P.kwargs) -> R:
            g.permit = permit_of(limits(), name, principal.key)
            return view(principal, *args, **kwargs)

        counted.rate = name  # type: ignore[attr-defined]
        return counted

    return decorate


def limits() -> Limits:
    return resolve(Limits)


def permit() -> Permit:
    return cast(Permit, g.permit)


def install(app: Flask) -> None:
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    held: Permit | None = g.get("permit")
    if held is None:
        return response
    if response.status_code >= ERRORS_FROM:
        held.refund()
    if held.window is not None:
        response.headers.update(held.headers)
    return response
