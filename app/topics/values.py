"""Values as prompts show them: delimited data that can't close its own element."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.core import weeks
from app.core.json import JSONValue, as_object
from app.llm.prompts import as_json, fenced

LONGEST = 60_000  # characters of one value in a prompt


@dataclass(frozen=True, slots=True, eq=False)
class Datum:
    """A named value. In a template it prints itself as ``<data name="…">``, and is false when there is nothing."""

    name: str
    value: JSONValue

    def __str__(self) -> str:
        if not self:
            return f'<data name="{self.name}"></data>'
        return f'<data name="{self.name}">\n{to_text(self.value)[:LONGEST]}\n</data>'

    def __bool__(self) -> bool:
        return self.value not in (None, "", [], {})

    def __iter__(self) -> Iterator["Datum"]:
        items = self.value if isinstance(self.value, list) else []
        return (Datum(self.name, item) for item in items)

    def __len__(self) -> int:
        return len(self.value) if isinstance(self.value, list | dict | str) else 0

    def __getattr__(self, key: str) -> "Datum":
        if key.startswith("_"):
            raise AttributeError(key)
        return Datum(f"{self.name}.{key}", as_object(self.value).get(key))


def to_text(value: JSONValue) -> str:
    """Text, everything else as JSON; dates with their weekdays."""
    return fenced(weeks.with_weekday(value)) if isinstance(value, str) else as_json(value)
