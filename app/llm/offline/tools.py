"""Whether the person asked for something that a tool does, and the call that does it."""

import re

from app.llm.interfaces import Request, Tool, ToolCall
from app.llm.offline.reading import Reading
from app.llm.offline.schema_values import filled
from app.llm.offline.words import content, name_words, number, stem, table

VERBS = (
    "make|create|generate|build|prepare|show|look|search|find|update|change|add|draw|give|tell|put|turn|write|check|get|fetch|"
    "google|open|start|run|calculate|translate|send|save|schedule|what do|what does"
)
ASKING = re.compile(
    r"(?:^|[.!?,;]\s+)(?:(?:hi|hey|hello|ok|okay|so|now|and|then|also|please|thanks)\b[\s,]*)*"
    rf"(?:(?:can|could|would|will) (?:you|we|i)\b|i(?:'d| would)? (?:want|like|need)\b|let'?s\b|(?:{VERBS})\b)",
    re.I,
)
DECLINED = re.compile(r"\b(?:don'?t|do not|no need|without|stop|instead of|never)\b", re.I)
SAME = {
    "look": "search",
    "lookup": "search",
    "google": "search",
    "find": "search",
    "make": "generate",
    "creat": "generat",
}
SAME |= {
    "prepar": "generat",
    "build": "generat",
    "mak": "generat",
    "draw": "generat",
    "chang": "updat",
    "deck": "slide",
}
SAME |= {"presentation": "slide", "look_up": "search", "add": "updat"}
COMMON = table("generat updat search get find creat set add run mak do list read fetch tool user an or to")
SUBJECT = re.compile(r"\b(?:about|regarding|concerning|on the (?:topic|subject) of)\s+(.+)$", re.I | re.S)
EDGE = re.compile(
    r"^(?:(?:please|can|could|would|will|you|i|we|need|want|would like|i'd like|to|me|us|for|up|what|who|does|say|says|"
    r"is|was|the article|look|search|find|google|make|create|generate|show|get|fetch|check|tell|out|some|information|"
    r"info|on|in|of|a|an)\b\s*)+",
    re.I,
)
TRAILING = re.compile(
    r"\s*\b(?:on|in|from|at|with|using|via|through|for me|please|into|to)\b(?:\s+(?:the|a|my))?\s*$", re.I
)


def tool_call(request: Request, reading: Reading, seed: int) -> ToolCall | None:
    """The call that the last message asks for; none when it asks for none, or when a tool has just answered."""
    last = reading.conversation[-1] if reading.conversation else None
    if last is None or last.role != "user" or not ASKING.search(last.content) or DECLINED.search(last.content):
        return None
    best = max(request.tools, key=lambda tool: fit(tool, last.content), default=None)
    if best is None or fit(best, last.content) < 2:
        return None
    arguments = filled({"type": "object", **best.parameters}, reading, seed, focus=subject(last.content, best))
    return ToolCall(f"call_{number(seed, best.name, *reading.said):08x}", best.name, arguments)


def fit(tool: Tool, asked: str) -> int:
    """Two points for each word that names the tool's matter, one for its verb or a word of its description."""
    named = frozenset(stem(word) for word in name_words(tool.name))
    wanted = alike(content(asked) | frozenset(map(stem, asked.lower().split())))
    matter = len((named - COMMON) & wanted)
    described = len((content(tool.description) - named - COMMON) & wanted)
    return 2 * matter + min(1, len(named & COMMON & wanted)) + min(2, described) if matter or described > 1 else 0


def alike(stems: frozenset[str]) -> frozenset[str]:
    return stems | frozenset(SAME[word] for word in stems if word in SAME)


def subject(asked: str, tool: Tool) -> str:
    """What the tool is asked about: "look up the Pomodoro technique on Wikipedia" is "the Pomodoro technique"."""
    text = asked.strip().rstrip(".!? ")
    named = frozenset(stem(word) for word in name_words(tool.name)) - COMMON
    if about := SUBJECT.search(text):
        text = about.group(1)
    kept = [word for word in text.split() if not alike(content(word)) & named]
    bare = TRAILING.sub("", " ".join(kept)).strip()
    return EDGE.sub("", bare).strip() or bare or text
