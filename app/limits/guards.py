"""Rates on views. The unit goes back by itself when the answer is an error; a stream gives its own back later."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Flask, Response, g, request

from app.limits.permits import Limits, Permit
from app.web.container import resolve

ERRORS_FROM = 400


def limited(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Takes one unit of the rate ``name`` for the signed-in caller, before the body is even read."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def counted(principal: Any, *args: Any, **kwargs: Any) -> Any:
            g.permit = limits().acquire(name, principal.key)
            return view(principal, *args, **kwargs)

        counted.rate = name  # type: ignore[attr-defined]
        return counted

    return decorate


def metered(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Shows the signed-in caller the rate ``name``; the work takes a unit itself, with ``permit().take()``."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def looked(principal: Any, *args: Any, **kwargs: Any) -> Any:
            g.permit = limits().look(name, principal.key)
            return view(principal, *args, **kwargs)

        looked.rate = name  # type: ignore[attr-defined]
        return looked

    return decorate


def limited_by_address(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Takes one unit of the rate ``name`` for the client's address, where nobody signs in."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> Any:
            g.permit = limits().acquire(name, f"address:{request.remote_addr}")
            return view(*args, **kwargs)

        counted.rate = name  # type: ignore[attr-defined]
        return counted

    return decorate


def limits() -> Limits:
    return resolve(Limits)


def permit() -> Permit:
    """The permit of the current request."""
    return cast(Permit, g.permit)


def install(app: Flask) -> None:
    app.after_request(_settle)


def _settle(response: Response) -> Response:
    held: Permit | None = g.get("permit")
    if held is None:
        return response
    if response.status_code >= ERRORS_FROM:
        held.refund()
    if held.windows is not None:
        response.headers.update(held.headers)
    return response
