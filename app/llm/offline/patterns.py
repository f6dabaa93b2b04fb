"""A string for a regular expression: the plain ones that schemas use (classes, groups, choices, repeats)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

CLASSES = {"d": "4", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "n": "\n", "t": "\t"}
ZERO_WIDTH = frozenset("bBAZz")
REPEAT = re.compile(r"\{(\d*)(,?)(\d*)\}|[*+?]")
TRIED = (0, 1, 2, 4, 8, 16, 32, 64, 128)


@dataclass
class Writer:
    """Reads the pattern once and writes as it goes. ``extra`` is how often an open repeat is repeated."""

    pattern: str
    extra: int = 0
    turn: int = 0
    at: int = field(default=0, init=False)

    def alternatives(self) -> str:
        options = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            options.append(self.sequence())
        return options[self.turn % len(options)]

    def sequence(self) -> str:
        written = ""
        while self.peek() not in ("", "|", ")"):
            start = self.at
            piece = self.atom()
            end = self.at
            low, high = self.repeats()
            count = min(high, max(low, min(low + self.extra, high)))
            written += piece * count if end > start else ""
        return written

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1 : self.at]

    def atom(self) -> str:
        char = self.take()
        if char == "(":
            return self.group()
        if char == "[":
            return self.char_class()
        if char == "\\":
            return self.escape()
        return {"^": "", "$": "", ".": "a"}.get(char, char)

    def escape(self) -> str:
        char = self.take()
        if char in ("p", "P") and self.peek() == "{":
            self.at = self.pattern.index("}", self.at) + 1
            return "A"
        return "" if char in ZERO_WIDTH else CLASSES.get(char, char)

    def group(self) -> str:
        look = re.compile(r"\?(?:[:=!]|<[=!]|P?<\w+>)").match(self.pattern, self.at)
        self.at = look.end() if look else self.at
        inner = self.alternatives()
        self.at += 1
        return "" if look and look.group().rstrip()[-1] in "=!" else inner

    def char_class(self) -> str:
        negated = self.peek() == "^"
        self.at += negated
        members: list[str] = []
        while self.peek() != "]" or not members:
            if not self.peek():
                break
            members.append(self.member())
        self.at += 1
        if negated:
            return next(char for char in "a5-X_ ~" if char not in "".join(members))
        return members[self.turn % len(members)][:1]

    def member(self) -> str:
        """One character of a class, or all of a range; of ranges the middle is written, for it looks least odd."""
        first = self.escape() if self.take() == "\\" else self.pattern[self.at - 1]
        ahead = self.pattern[self.at + 1 : self.at + 2]
        if self.peek() != "-" or ahead in ("", "]"):
            return first
        self.at += 1
        last = self.escape() if self.take() == "\\" else self.pattern[self.at - 1]
        span = [chr(code) for code in range(ord(first), ord(last) + 1)]
        middle = (len(span) // 2 + self.turn) % len(span)
        return "".join(span[middle:] + span[:middle])

    def repeats(self) -> tuple[int, int]:
        found = REPEAT.match(self.pattern, self.at)
        if not found:
            return 1, 1
        self.at = found.end()
        self.at += self.peek() in ("?", "+") and found.group() != ""
        sign = found.group()
        if sign in "*+?":
            return {"*": (0, 999), "+": (1, 999), "?": (0, 1)}[sign]
        low = int(found.group(1) or 0)
        return low, int(found.group(3)) if found.group(3) else 999 if found.group(2) else low


def matching(pattern: str, least: int, most: int, turn: int = 0) -> str:
    """A string that the pattern finds, between two lengths; empty when none was found."""
    return next((text for text in attempts(pattern, turn) if least <= len(text) <= most and found(pattern, text)), "")


def attempts(pattern: str, turn: int) -> Iterator[str]:
    try:
        for extra in TRIED:
            yield Writer(pattern, extra, turn).alternatives()
    except (ValueError, IndexError, StopIteration):
        return


def found(pattern: str, text: str) -> bool:
    """Patterns of schemas aren't anchored, and they may be in another dialect, which nothing matches."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False
