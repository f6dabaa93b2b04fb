"""Files that harm: one clear error, early, and nothing is half imported."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from app.db.session import db as database
from tests.conftest import Caller
from tests.imports.conftest import Import, day_one, day_one_entry, entries, zipped
from tests.imports.test_imports import left

PAGE = {"2020-01-01.md": "Fine words"}
ENTRY = b"Fine words that may be damaged " * 200


def with_link() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(*next(iter(PAGE.items())))
        link = zipfile.ZipInfo("2020-01-02.md")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return made.getvalue()


def zeros(size: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("2020-01-01.md", "w") as member:
        for _ in range(size // 2**20):
            member.write(bytes(2**20))
    return made.getvalue()


def that_says_less(data: bytes) -> bytes:
    """A member's size in the list of members, made small."""
    at = data.rindex(b"PK\x01\x02")
    return data[: at + 24] + struct.pack("<I", 100) + data[at + 28 :]


def that_says_more(data: bytes) -> bytes:
    at = data.rindex(b"PK\x01\x02")
    return data[: at + 24] + struct.pack("<I", 4_000_000_000) + data[at + 28 :]


def with_damage() -> bytes:
    data = bytearray(zipped({"2020-01-01.md": ENTRY, "2020-01-02.md": ENTRY}, zipfile.ZIP_STORED))
    data[data.rindex(b"may be damaged")] ^= 1
    return bytes(data)


def nested(depth: int) -> bytes:
    data = zipped(PAGE)
    for _ in range(depth):
        data = zipped({"inner.zip": data})
    return data


def encrypted() -> bytes:
    data = bytearray(zipped(PAGE))
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def crowded() -> bytes:
    """A list of members that is larger than any honest one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(2100):
            archive.writestr(f"{number:06}-{'x' * 6000}.md", b"")
    return made.getvalue()


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "traversal": (lambda: zipped(PAGE | {"../../etc/cron.d/x": "x"}), "leads out"),
    "backslashes": (lambda: zipped(PAGE | {"a\\..\\..\\x.md": "x"}), "leads out"),
    "absolute": (lambda: zipped(PAGE | {"/etc/passwd": "x"}), "leads out"),
    "drive": (lambda: zipped(PAGE | {"C:\\x.md": "x"}), "leads out"),
    "link": (with_link, "a link"),
    "cut": (lambda: zipped(PAGE)[:-30], "damaged"),
    "no zip": (lambda: b"not a zip at all", "damaged"),
    "damaged": (with_damage, "damaged"),
    "says less": (lambda: that_says_less(zeros(2**24)), "damaged"),
    "says more": (lambda: that_says_more(zipped(PAGE)), "unpacks to more than 3072 MiB"),
    "bomb": (lambda: zeros(2**29), "far more than its size"),
    "nested": (lambda: nested(4), "zips within zips"),
    "encrypted": (encrypted, "encrypted"),
    "crowded": (crowded, "damaged"),
    "bzip2": (lambda: zipped(PAGE, zipfile.ZIP_BZIP2), "only deflate"),
    "empty": (lambda: zipped({}), "none of the formats"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_zip_fails_whole(import_file: Import, owner: Caller, kind: str) -> None:
    make, said = BAD[kind]
    done = import_file(make())
    assert done["status"] == "failed" and said in done["error"], done
    assert done["counts"] == {"entries": 0, "goals": 0, "attachments": 0, "duplicates": 0, "skipped": 0}
    assert (entries(owner), left("import_files", "document_chunks")) == ([], [0, 0])


def test_what_came_before_the_damage_is_taken_back(import_file: Import, owner: Caller) -> None:
    rows = [day_one_entry(number) for number in range(900)]
    document = day_one(*rows, name="J.json")
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        cut = archive.read("J.json")[:-3000]
    done = import_file(zipped({"J.json": cut}))
    assert (done["status"], done["error"]) == ("failed", "The JSON in the file is damaged")
    assert (entries(owner), left("journal_entries", "document_chunks")) == ([], [0, 0])
    told = "SELECT type FROM feed_events WHERE type <> 'import.progress' ORDER BY id"
    with database.begin() as session:
        assert session.scalars(text(told)).all() == ["import.failed"]


@pytest.mark.parametrize("form", ["csv", "jrnl", "markdown", "dayone", "journey", "notion", "apple", "coachhouse"])
def test_zeros_are_no_journal(import_file: Import, owner: Caller, form: str) -> None:
    done = import_file(bytes(24 * 2**20), "zeros", format=form)
    assert done["status"] == "failed" or done["counts"]["skipped"], done
    assert entries(owner) == []
    assert import_file(bytes(24 * 2**20), "zeros")["status"] == "failed"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", b'{"entries": [' + b"[" * 100_000),
        ("a.json", b'{"metadata": {}, "entries": [{"creationDate": "2020-01-01", "text": "' + b"x" * 20_000_000),
        ("a.json", b'{"entries": 7, "creationDate": 1}'),
        ("a.json", b'{"entries": [{"creationDate": "\xff\xfe"}]}'),
        ("a.csv", b'date,text\n2020-01-01,"' + b"x" * 3_000_000),
        ("a.txt", b"[2020-01-01 08:00] Title\n" + b"x\n" * 3_000_000),
        ("a.txt", b"[2020-01-01 08:00] " + b"x" * 3_000_000),
    ],
)
def test_a_document_that_does_not_end_or_is_none(import_file: Import, owner: Caller, name: str, data: bytes) -> None:
    done = import_file(data, name)
    assert done["status"] == "failed" or done["counts"]["skipped"], done
    assert entries(owner) == []


def test_nothing_of_a_file_is_logged(import_file: Import, capfd: Any) -> None:
    import_file("date,text\n31.31.2020,my secret words\nnever,my secret words\n", "secret-name.csv")
    import_file(b"{my secret words", "secret-name.json")
    said = "".join(capfd.readouterr())
    assert "secret" not in said


@pytest.fixture(autouse=True)
def nothing_is_left_on_disk() -> Iterator[None]:
    yield
    assert left("import_files") == [0]
