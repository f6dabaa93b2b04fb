"""CSV: separators, dates in one order, and goals."""

import pytest

from tests.conftest import Caller
from tests.imports.conftest import Import, entries, reasons, zipped


def test_a_row_is_an_entry(owner: Caller, import_file: Import) -> None:
    table = """Date,Text,Title,Mood,Tags
2020-01-01 08:30,"One, and
""two""\",New,happy,"a; b"
,lost,,,
2020-01-02,Three,,,
"""
    done = import_file(table, "journal.csv")
    assert (done["status"], done["format"], done["counts"]["entries"]) == ("completed", "csv", 2)
    first, second = entries(owner)
    assert (first["title"], first["content"], first["mood"]) == ("New", 'One, and\n"two"', "happy")
    assert (first["tags"], first["entry_date"], first["all_day"]) == (["a", "b"], "2020-01-01T08:30:00.000Z", False)
    assert (second["content"], second["all_day"]) == ("Three", True)
    assert reasons(done) == [("journal.csv, row 3", "it has no date")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings_are_recognised(
    owner: Caller, import_file: Import, separator: str, encoding: str
) -> None:
    rows = [["date", "text"], *([f"2020-01-{day:02}", f"Frühstück in Köln, für {day} Gäste"] for day in range(1, 9))]
    quoted = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    done = import_file(quoted.encode(encoding), "j.csv")
    assert done["counts"] == {"entries": 8, "goals": 0, "attachments": 0, "duplicates": 0, "skipped": 0}
    assert entries(owner)[0]["content"] == "Frühstück in Köln, für 1 Gäste"


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (["03/04/2020", "25/04/2020"], ["2020-04-03", "2020-04-25"]),
        (["03/04/2020", "04/25/2020"], ["2020-03-04", "2020-04-25"]),
        (["01/05/2020", "02/05/2020", "03/05/2020"], ["2020-05-01", "2020-05-02", "2020-05-03"]),
        (["05/01/2020", "05/02/2020", "05/03/2020"], ["2020-05-01", "2020-05-02", "2020-05-03"]),
        (["03.04.2020", "1.2.20"], ["2020-02-01", "2020-04-03"]),
        (["5/3/2020 8:15 PM", "5/30/2020 12:00 AM"], ["2020-05-03", "2020-05-30"]),
    ],
)
def test_day_and_month_are_told_apart_by_all_rows(
    owner: Caller, import_file: Import, dates: list[str], days: list[str]
) -> None:
    import_file("date;text\n" + "\n".join(f"{date};Words {date}" for date in dates), "j.csv")
    assert [entry["entry_date"][:10] for entry in entries(owner)] == days


def test_a_date_in_the_other_order_is_told_of(import_file: Import) -> None:
    done = import_file("date,text\n13/04/2020,a\n14/04/2020,b\n04/15/2020,c\n", "j.csv")
    assert (done["counts"]["entries"], reasons(done)) == (
        2,
        [("j.csv, row 4", "its date is not understood: '04/15/2020'")],
    )


def test_goals_are_rows_too(owner: Caller, import_file: Import) -> None:
    goals = (
        "title,description,category,status,target_date\n"
        "Run a 5K,Slowly,health,In progress,2031-05-01\nRead,,learning,done,\n,,,open,\n"
    )
    done = import_file(zipped({"goals.csv": goals, "entries.csv": "date,text\n2020-01-01,Ran\n"}))
    assert (done["counts"]["goals"], done["counts"]["entries"]) == (2, 1)
    assert reasons(done) == [("goals.csv, row 4", "a goal without a title")]
    found = {goal["title"]: goal for goal in owner.get("/api/v1/goals").json["goals"]}
    assert (found["Run a 5K"]["status"], found["Run a 5K"]["target_date"][:10]) == ("in_progress", "2031-05-01")
    assert (found["Read"]["status"], found["Read"]["progress_percentage"]) == ("completed", 100)
    assert owner.get("/api/v1/journal/search?q=ran").json["total"] == 1


def test_a_table_of_something_else_is_no_journal(import_file: Import) -> None:
    assert (
        import_file("name,price\nTea,3\n", "t.csv")["error"] == "The file is none of the formats that can be imported"
    )
    done = import_file("name,price\nTea,3\n", "t.csv", format="csv")
    assert "its first row names neither" in reasons(done)[0][1]
