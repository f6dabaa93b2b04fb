"""The look at a request's words before anything can refuse it: a crisis takes no unit of a rate, refusals tell of help.

A view declares with ``hears`` which fields of its body hold a person's words.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

from flask import Flask, g, request

from app.auth.guards import place
from app.auth.principals import Principal
from app.care.safety import UNHARMED, Safety
from app.care.service import Care, Shown
from app.care.words import Words
from app.core.errors import BadRequest
from app.core.json import as_object, texts_in
from app.limits import guards as limits
from app.web import errors
from app.web.container import resolve

View = Callable[..., Any]
WordsOf = Callable[[Principal, object], str]
NOTHING_GIVEN: Mapping[str, WordsOf] = {}
REFUSED = 400  # statuses from here on are no answer
MOST_OF_STRANGERS = 10_000  # characters, which is more than is taken of them
RATE = "care"  # of crises, which take no unit of any other rate


def hears(
    feature: str, *fields: str, keeps: bool = False, given: Mapping[str, WordsOf] = NOTHING_GIVEN
) -> Callable[[View], View]:
    """Looks at the texts in ``fields`` of the body. Stands over the rate, under the guard that says who asks.

    With ``keeps`` no turn is made of them: they are stored, and what was found is noted with the answer. ``given`` are
    fields that name what has words itself, each with what reads them.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def heard(principal: Principal, *args: object, **kwargs: object) -> object:
            text = "\n".join((*_given(principal, given), _texts(fields)))
            words = Words(principal.tenant_id, principal.user_id, feature, text, place=principal.place)
            g.is_kept = keeps
            if _look(words).is_crisis:
                limits.exempt(RATE)
            return view(principal, *args, **kwargs)

        heard.hears = (*fields, *given)  # type: ignore[attr-defined]
        return heard

    return decorate


def hears_anybody(feature: str, *fields: str) -> Callable[[View], View]:
    """The same where nobody signs in: no rate makes way, and ``note_as`` tells whose words they are.

    Those of refused strangers are noted as one person's, so that a flood of them is not written down.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def heard(*args: object, **kwargs: object) -> object:
            _look(Words("", "", feature, _texts(fields)[:MOST_OF_STRANGERS], place=place()))
            return view(*args, **kwargs)

        heard.hears = fields  # type: ignore[attr-defined]
        return heard

    return decorate


def note_as(user_id: str) -> None:
    """Notes what was found in the words of somebody who is known by what they began."""
    words, safety = g.heard
    if safety.fields():
        resolve(Care).note(replace(words, user_id=user_id), safety, Shown.RESOURCES)


def found() -> Safety:
    """In the current request's words."""
    return g.heard[1] if "heard" in g else UNHARMED


def install(app: Flask) -> None:
    app.after_request(_note)


def _look(words: Words) -> Safety:
    safety = resolve(Care).look(words)
    g.heard = words, safety
    errors.add_to_refusals(safety.fields())
    return safety


def _note(response: Any) -> Any:
    """What no turn came to see is noted here."""
    words, safety = g.get("heard", (None, UNHARMED))
    if words is None or not safety.fields():
        return response
    if response.status_code >= REFUSED:
        resolve(Care).note_refusal(words, safety)
    elif g.get("is_kept"):
        resolve(Care).note(words, safety, Shown.RESOURCES)
    return response


def _given(principal: Principal, given: Mapping[str, WordsOf]) -> Iterator[str]:
    """Before what is said beside it: that counts most."""
    body = as_object(_body()) if given else {}
    for name, words_of in given.items():
        if body.get(name) and (text := words_of(principal, body[name])):
            yield text


def _body() -> object:
    try:
        return request.get_json(silent=True)
    except BadRequest:  # whoever reads it next says so
        return None


def _texts(fields: tuple[str, ...]) -> str:
    """A bare list stands for the first of the fields."""
    body = _body()
    named = {fields[0]: body} if isinstance(body, list) else body
    values = [named.get(name) for name in fields] if isinstance(named, dict) else []
    return "\n".join(texts_in(values))
