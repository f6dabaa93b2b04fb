"""The look at a request's words before anything can refuse it: a crisis takes no unit of a rate, refusals tell of help.

A view declares with ``hears`` which fields of its body hold a person's words.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from flask import Flask, g, request

from app.auth.principals import Principal
from app.care.safety import UNHARMED, Safety
from app.care.service import Care
from app.care.words import Words
from app.core.errors import BadRequest
from app.core.json import texts_in
from app.limits import guards as limits
from app.web import errors
from app.web.container import resolve

View = Callable[..., Any]
REFUSED = 400  # statuses from here on are no answer
RATE = "care"  # of crises, which take no unit of any other rate


def hears(feature: str, *fields: str) -> Callable[[View], View]:
    """Looks at the texts in ``fields`` of the body. Stands over the rate, under the guard that says who asks."""

    def decorate(view: View) -> View:
        @wraps(view)
        def heard(principal: Principal, *args: object, **kwargs: object) -> object:
            words = Words(
                principal.tenant_id, principal.user_id, feature, "\n".join(_texts(fields)), place=principal.place
            )
            safety = resolve(Care).look(words)
            g.heard = words, safety
            errors.add_to_refusals(safety.fields())
            if safety.is_crisis:
                limits.exempt(RATE)
            return view(principal, *args, **kwargs)

        heard.hears = fields  # type: ignore[attr-defined]
        return heard

    return decorate


def found() -> Safety:
    """In the current request's words."""
    return g.heard[1] if "heard" in g else UNHARMED


def install(app: Flask) -> None:
    app.after_request(_note_refusal)


def _note_refusal(response: Any) -> Any:
    """What the stage never came to see is noted here."""
    words, safety = g.get("heard", (None, UNHARMED))
    if words is not None and response.status_code >= REFUSED and safety.fields():
        resolve(Care).note_refusal(words, safety)
    return response


def _texts(fields: tuple[str, ...]) -> Iterator[str]:
    try:
        body = request.get_json(silent=True)
    except BadRequest:  # whoever reads it next says so
        return
    for name in fields:
        yield from texts_in(body.get(name)) if isinstance(body, dict) else ()
