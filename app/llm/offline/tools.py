"""The call that a message plainly asks for: a verb of asking, and the words that name a tool."""

from app.llm.interfaces import Request, Tool, ToolCall
from app.llm.offline.lexicon import EXPRESSIONS, WORDS
from app.llm.offline.words import capital, parts, singular, words


def tool_call(request: Request, latest: str) -> ToolCall | None:
    """None when nothing is asked for, or when a tool has just answered."""
    last = request.messages[-1] if request.messages else None
    if (
        last is None
        or last.role != "user"
        or not EXPRESSIONS["asking"].search(latest)
        or EXPRESSIONS["declined"].search(latest)
    ):
        return None
    said = set(map(singular, words(latest)))
    tool = next((tool for tool in request.tools if _named(tool) & said), None)
    return ToolCall(f"call_{tool.name}", tool.name, _arguments(tool, _subject(latest))) if tool else None


def _named(tool: Tool) -> frozenset[str]:
    return frozenset(singular(word) for word in parts(tool.name)) - WORDS["acts"]


def _subject(latest: str) -> str:
    text = latest.strip().rstrip(".!? ")
    found = EXPRESSIONS["subject"].search(text) or EXPRESSIONS["look_up"].search(text)
    return found[1].strip() if found else text


def _arguments(tool: Tool, subject: str) -> dict[str, str]:
    """The subject for each text that the tool needs."""
    known = tool.parameters.get("properties", {})
    required = tool.parameters.get("required") or list(known)[:1]
    return {name: capital(subject) if name == "title" else subject for name in required if name in known}
