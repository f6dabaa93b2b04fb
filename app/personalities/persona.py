"""Who answers, and whom: the personality of an answer with the person's language and clock, in one query."""

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core import dates
from app.db.statements import Statement
from app.llm.prompts import fenced
from app.personalities.built_in import BUILT_IN, DEFAULT

# One row for each personality of the person's own that could be meant, and at least one if there are settings.
QUERY = Statement("""
SELECT s.timezone, s.language, s.personality_id AS preferred, p.id, p.name, p.style, p.system_prompt
FROM (SELECT CAST(:tenant AS varchar) AS tenant_id, CAST(:user AS varchar) AS user_id) AS me
LEFT JOIN account_settings AS s ON s.tenant_id = me.tenant_id AND s.user_id = me.user_id
LEFT JOIN personalities AS p ON p.tenant_id = me.tenant_id AND p.user_id = me.user_id
  AND p.id IN (CAST(:wanted AS varchar), s.personality_id)""")


@dataclass(frozen=True, slots=True)
class Persona:
    """``instructions`` are ready to stand inside an element of a prompt; no ``language`` means that of the text."""

    name: str
    style: str
    instructions: str
    language: str = ""
    zone: str = "UTC"

    @property
    def own_name(self) -> str:
        """Empty where it is only the style's."""
        return "" if self.name.lower() == self.style else self.name


def of(connection: Session | Connection, principal: Principal, wanted: str | None) -> Persona:
    """The personality that was wanted, else the person's default, else ours; an unknown one is not an error."""
    values = {"tenant": principal.tenant_id, "user": principal.user_id, "wanted": wanted}
    rows = QUERY.rows(connection, values)
    own = {row.id: row for row in rows}
    chosen = next(
        (known[key] for key in (wanted, rows[0].preferred) for known in (own, BUILT_IN) if key and key in known),
        DEFAULT,
    )
    instructions = fenced(chosen.system_prompt)
    zone = principal.zone or rows[0].timezone or "UTC"
    return Persona(chosen.name, chosen.style, instructions, rows[0].language or "", zone)


def today(persona: Persona) -> str:
    """Date, part of day and time on the person's clock, in words."""
    return dates.now_text(persona.zone)
