"""Text on its way to PostgreSQL: what it can't hold is left out, so that no row fails for a character."""

import psycopg
from psycopg.types.string import StrDumperUnknown


class StorableText(StrDumperUnknown):
    """Without NUL; half of a surrogate pair becomes a question mark."""

    def dump(self, obj: str) -> bytes:
        text = obj.replace("\x00", "") if "\x00" in obj else obj
        return text.encode("utf-8", "replace")


def install() -> None:
    """For all connections that are made from now on."""
    psycopg.adapters.register_dumper(str, StorableText)
