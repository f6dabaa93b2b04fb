"""The board for Grafana asks for figures that there are, by labels that they have."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Caller, sign_in

BOARD = json.loads(Path("docs/operations/grafana.json").read_text())
PARTS = re.compile(r"_(bucket|sum|count)\Z")


def expressions() -> Iterator[str]:
    for panel in BOARD["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))


@pytest.fixture(scope="module")
def figures(app: Flask) -> str:
    operator: Caller = sign_in(app, "opal", "house", "operator")
    return str(operator.get("/metrics").text)


@pytest.mark.parametrize("expression", [*expressions()])
def test_every_figure_of_the_board_is_exposed(figures: str, expression: str) -> None:
    exposed = set(re.findall(r"^# TYPE (\w+) ", figures, re.MULTILINE))
    asked = {PARTS.sub("", name) for name in re.findall(r"coachhouse_\w+", expression)}
    assert asked and asked <= exposed


def test_its_panels_stand_side_by_side() -> None:
    places = [panel["gridPos"] for panel in BOARD["panels"]]
    taken = [spot for place in places for spot in _spots(place)]
    assert len(taken) == len(set(taken))
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(places)


def _spots(place: dict[str, Any]) -> Iterator[tuple[int, int]]:
    for x in range(place["x"], place["x"] + place["w"]):
        yield from ((x, y) for y in range(place["y"], place["y"] + place["h"]))
