"""Receipts as they are kept beside a text: by places in it, so that they have no words that the text has not."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from app.core.json import JSONObject
from app.receipts.judging import Receipt

MOST = 60
QUOTE, VALUE = "quote", "value"


class Placed(TypedDict):
    at: int
    length: int
    kind: str
    type: str
    id: str


def placed(content: str, receipts: Iterable[Receipt]) -> list[Placed]:
    """What of them stands in the text, in its order."""
    found, at = list[Placed](), 0
    for one in receipts:
        start = content.find(one.text, at)
        start = start if start >= 0 else content.find(one.text)
        if start < 0:
            continue
        kind = QUOTE if one.is_quotation else VALUE
        found.append(Placed(at=start, length=len(one.text), kind=kind, type=one.source.type, id=one.source.id))
        at = start
    return found[:MOST]


def shown(content: str | None, receipts: Sequence[Placed] | None) -> list[JSONObject]:
    """``[{quote|value, type, id}]``, as clients are told; of a text that was emptied none."""
    return [
        {one["kind"]: content[one["at"] : one["at"] + one["length"]], "type": one["type"], "id": one["id"]}
        for one in receipts or ()
        if content and one["at"] + one["length"] <= len(content)
    ]
