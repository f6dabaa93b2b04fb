"""Answers that come as data, held against what they are made from: what they say of the person has to be there."""

from collections.abc import Iterable, Sequence
from functools import partial

from app.core.json import JSONObject
from app.insights.material import Material
from app.observability.metrics import CLAIMS_LEFT_OUT
from app.receipts import placing
from app.receipts.judging import Kind
from app.receipts.proof import Proved, proved

PATH = "insights"


def text(found: Material, said: str, *, is_advice: bool = False) -> Proved:
    return next(iter(texts(found, [said], is_advice=is_advice)))


def texts(found: Material, said: Iterable[str], *, is_advice: bool = False) -> list[Proved]:
    ground = found.ground()
    return [proved(one, ground, is_advice=is_advice, note=partial(_note, PATH)) for one in said]


def shown(proofs: Iterable[Proved]) -> list[JSONObject]:
    """The receipts of all of them."""
    return [receipt for one in proofs for receipt in placing.shown(one.text, placing.placed(one.text, one.receipts))]


def fields(
    found: Material, items: Sequence[JSONObject], names: Sequence[str], advice: Sequence[str] = ()
) -> tuple[list[JSONObject], list[JSONObject]]:
    """The items with what is left of these fields, and of those that are ``advice``, and the receipts."""
    left, receipts = list[JSONObject](), list[JSONObject]()
    for item in items:
        proofs = {name: text(found, str(item[name]), is_advice=name in advice) for name in (*names, *advice)}
        left.append({**item, **{name: "" if one.is_empty else one.text for name, one in proofs.items()}})
        receipts += shown(proofs.values())
    return left, receipts


def _note(path: str, kind: Kind) -> None:
    CLAIMS_LEFT_OUT.labels(path, kind).inc()
