"""The call that a message plainly asks for: a verb of asking, and the words that name a tool."""

import re

from app.llm.interfaces import Request, Tool, ToolCall
from app.llm.offline.words import capital, parts, singular, words

ASKING = re.compile(
    r"(?:^|[.!?,;]\s+)(?:(?:please|can|could|would|will|you|we|hi|hello|i'd like you to|let's)\s+)*"
    r"(?:make|create|generate|build|prepare|show|look|search|find|update|change|add|draw|check|google)\b",
    re.IGNORECASE,
)
DECLINED = re.compile(r"\b(?:don'?t|do not|no need|without|stop|instead of|never)\b", re.IGNORECASE)
SUBJECT = re.compile(r"\b(?:about|regarding|concerning|for|on) (?!wikipedia\b)(.+)$", re.IGNORECASE | re.DOTALL)
LOOK_UP = re.compile(
    r"\b(?:look up|search(?: for)?|find|google)\s+(.+?)(?:\s+(?:on|in) \w+)?$", re.IGNORECASE | re.DOTALL
)
ACTS = frozenset("generate update search find get create make or and to look up".split())  # noqa: SIM905


def tool_call(request: Request, latest: str) -> ToolCall | None:
    """None when nothing is asked for, or when a tool has just answered."""
    last = request.messages[-1] if request.messages else None
    if last is None or last.role != "user" or not ASKING.search(latest) or DECLINED.search(latest):
        return None
    said = set(map(singular, words(latest)))
    tool = next((tool for tool in request.tools if _named(tool) & said), None)
    return ToolCall(f"call_{tool.name}", tool.name, _arguments(tool, _subject(latest))) if tool else None


def _named(tool: Tool) -> frozenset[str]:
    return frozenset(singular(word) for word in parts(tool.name)) - ACTS


def _subject(latest: str) -> str:
    text = latest.strip().rstrip(".!? ")
    found = SUBJECT.search(text) or LOOK_UP.search(text)
    return found[1].strip() if found else text


def _arguments(tool: Tool, subject: str) -> dict[str, str]:
    """The subject for each text that the tool needs."""
    known = tool.parameters.get("properties", {})
    required = tool.parameters.get("required") or list(known)[:1]
    return {name: capital(subject) if name == "title" else subject for name in required if name in known}
