"""JSON as models write it: the right answer, and something that is wrong with its syntax or stands beside it."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from app.llm.interfaces import FinishReason

Slip = Callable[[Random, Any], str]


def in_a_fence(chance: Random, said: Any) -> str:
    return f"```json\n{json.dumps(said, indent=2)}\n```"


def in_prose(chance: Random, said: Any) -> str:
    return f"Here is the {{answer}} you asked for:\n\n{json.dumps(said)}\n\nLet me know [if] anything is missing!"


def in_python(chance: Random, said: Any) -> str:
    return repr(said)


def with_surplus_commas(chance: Random, said: Any) -> str:
    return json.dumps(said, indent=1).replace("\n}", ",\n}").replace('"\n ]', '",\n ]')


def without_its_last_brace(chance: Random, said: Any) -> str:
    return json.dumps(said)[:-1]


def with_raw_line_breaks(chance: Random, said: Any) -> str:
    return json.dumps(said).replace("\\n", "\n")


def with_curly_quotes(chance: Random, said: Any) -> str:
    return json.dumps(said).replace('{"', "{“").replace('": "', "”: “").replace('"}', "”}")


def twice(chance: Random, said: Any) -> str:
    return f"{json.dumps(said)}\n{json.dumps(said)}"


def with_another_object(chance: Random, said: Any) -> str:
    return json.dumps(said) + '\n{"note": "I kept it short."}'


def with_comments(chance: Random, said: Any) -> str:
    return "{ // as you asked\n" + json.dumps(said)[1:] + " /* done */"


def as_text(chance: Random, said: Any) -> str:
    return json.dumps(json.dumps(said))


SLIPS: tuple[Slip, ...] = (
    in_a_fence, in_prose, in_python, with_surplus_commas, without_its_last_brace, with_raw_line_breaks,
    with_curly_quotes, twice, with_another_object, with_comments, as_text,
)  # fmt: skip


def cut(said: Any) -> tuple[str, FinishReason] | None:
    """Cut by the token limit in the sentence that follows on the last text; None when that ends with no sentence."""
    text = json.dumps(said).rstrip("]}")
    return (f"{text[:-1]} And then we wi", FinishReason.LENGTH) if text.endswith(('."', '?"')) else None
