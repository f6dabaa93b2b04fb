"""How often somebody was in danger, as the audit table has it."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.care.models import CareEvent
from app.care.report import csv_of
from app.core.clock import now
from app.db.session import db as database
from tests.care.conftest import CONCERN, CRISIS, say
from tests.conftest import Caller
from tests.double.client import Double

PATH = "/api/v1/care/report"
COLUMNS = ["month", "level", "category", "language", "path", "count"]
FOUND = {
    "level": "crisis", "category": "suicide", "language": "en", "path": "chat", "source": "rule:x", "shown": "text",
}  # fmt: skip


def happened(moment: str, **facts: Any) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    with database.begin() as session:
        session.add(CareEvent(tenant_id="acme", user_id="olivia", created_at=at, **FOUND | facts))


@pytest.fixture
def busy_year(clean: None) -> list[tuple[str, dict[str, str]]]:
    rows = [
        ("2025-12-31T23:59:59.999999", {}), ("2026-01-01T00:00:00", {}), ("2026-01-31T23:59:59.999999", {}),
        ("2026-02-01T00:00:00", {"level": "concern"}), ("2026-02-03T12:00:00", {"language": "de"}),
        ("2026-02-03T13:00:00", {"language": "de"}), ("2026-02-03T14:00:00", {"path": "realtime"}),
        ("2026-02-28T23:59:59.999999", {"category": "danger"}), ("2026-03-01T00:00:00", {}),
        ("2026-04-01T00:00:00", {"level": "none", "category": None, "shown": "cut"}),
    ]  # fmt: skip
    for moment, facts in rows:
        happened(moment, **facts)
    return rows


def test_it_counts_what_was_found(owner: Caller, teammate: Caller, operator: Caller, double: Double) -> None:
    double.default(text="I hear you.")
    say(owner, CRISIS)
    say(teammate, CRISIS)
    say(owner, CONCERN)
    found = operator.get(PATH).json
    month = now().strftime("%Y-%m")
    same = {"month": month, "category": "suicide", "language": "en", "path": "chat"}
    assert found["rows"] == [same | {"level": "concern", "count": 1}, same | {"level": "crisis", "count": 2}]
    assert (found["total"], found["from"], found["to"]) == (3, f"{month[:4]}-01-01", now().date().isoformat())


def test_it_is_equal_to_the_table(operator: Caller, busy_year: list[tuple[str, dict[str, str]]]) -> None:
    found = operator.get(f"{PATH}?from=2025-01-01&to=2026-12-31").json
    keys = [(moment[:7], *((FOUND | facts)[name] for name in COLUMNS[1:-1])) for moment, facts in busy_year]
    assert {tuple(row[name] for name in COLUMNS[:-1]): row["count"] for row in found["rows"]} == Counter(keys)
    assert found["total"] == len(busy_year)


@pytest.mark.parametrize(("query", "total"), [
    ("from=2026-01-01&to=2026-01-31", 2), ("from=2026-02-01&to=2026-02-28", 5), ("from=2026-03-01&to=2026-03-01", 1),
    ("from=2025-12-31&to=2025-12-31", 1), ("to=2026-01-15", 1), ("to=2025-12-31", 1), ("from=2026-02-28", 3),
    ("from=0001-01-01&to=9999-12-31", 10), ("from=2024-02-29&to=2024-12-31", 0),
])  # fmt: skip
def test_both_days_are_in_it(operator: Caller, busy_year: object, query: str, total: int) -> None:
    found = operator.get(f"{PATH}?{query}").json
    assert found["total"] == total == sum(row["count"] for row in found["rows"])


@pytest.mark.parametrize("query", [
    "from=yesterday", "to=2026-02-30", "from=2026-13-01", "from=2026-02-01&to=2026-01-31", "format=xml", "from=",
    "from=2026-01-01T00:00", "to=10000-01-01",
])  # fmt: skip
def test_nonsense_is_400(operator: Caller, query: str) -> None:
    answer = operator.get(f"{PATH}?{query}")
    assert (answer.status_code, answer.json["success"], answer.json["code"]) == (400, False, "VALIDATION_ERROR")


def test_it_is_one_query(operator: Caller, busy_year: object, statements: list[str]) -> None:
    operator.get(PATH)
    assert len([one for one in statements if "care_events" in one]) == 1
    assert "GROUP BY" in next(one for one in statements if "care_events" in one)


def test_as_a_table_it_is_a_file_to_download(operator: Caller, busy_year: object) -> None:
    answer = operator.get(f"{PATH}?from=2026-01-01&to=2026-12-31&format=csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="care-2026-01-01-to-2026-12-31.csv"'
    header, *rows = csv.reader(io.StringIO(answer.text))
    told = operator.get(f"{PATH}?from=2026-01-01&to=2026-12-31").json["rows"]
    assert header == COLUMNS and rows == [[str(row[name] or "") for name in COLUMNS] for row in told]


def test_no_cell_is_a_formula() -> None:
    row = dict.fromkeys(COLUMNS, "=1+1") | {"path": '@SUM("a",b)', "language": "-1", "count": 2}
    [_, cells] = csv.reader(io.StringIO(csv_of({"rows": [row]})))
    assert cells == ["'=1+1", "'=1+1", "'=1+1", "'-1", '\'@SUM("a",b)', "2"]


def test_it_is_the_operators(owner: Caller, boss: Caller, anonymous: Caller) -> None:
    assert [who.get(PATH).status_code for who in (owner, boss, anonymous)] == [403, 403, 401]


def told(app: Flask, *args: str) -> Any:
    return app.test_cli_runner().invoke(args=["care-report", *args])


def test_the_command_says_the_same(app: Flask, operator: Caller, busy_year: object) -> None:
    answer = told(app, "--from", "2026-01-01", "--to", "2026-12-31")
    assert app.json.loads(answer.output) == operator.get(f"{PATH}?from=2026-01-01&to=2026-12-31").json
    table = operator.get(f"{PATH}?from=2026-01-01&to=2026-12-31&format=csv").text.replace("\r\n", "\n")
    for way in (["--csv"], ["--format", "csv"]):
        assert told(app, "--from", "2026-01-01", "--to", "2026-12-31", *way).output == table


@pytest.mark.parametrize("args", [("--from", "soon"), ("--from", "2026-02-01", "--to", "2026-01-01")])
def test_the_command_refuses_nonsense_in_a_sentence(app: Flask, clean: None, args: tuple[str, ...]) -> None:
    answer = told(app, *args)
    assert answer.exit_code != 0 and "Traceback" not in answer.output
