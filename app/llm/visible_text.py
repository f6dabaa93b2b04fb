"""What of a model's text is meant to be read: thoughts between marks and NUL characters are taken out as it streams.

Open models put what they think into their text, as in ``<think>…</think>``; where a template opens the thought for
them, only its end is written. PostgreSQL stores no NUL.
"""

import re

_NAMES = r"(?:think|thinking|thought|thoughts|reasoning)"
_MARK = re.compile(
    rf"(?P<opens><{_NAMES}>|\[THINK\]|◁think▷)|<\s?/{_NAMES}>|\[/THINK\]|◁/think▷", re.IGNORECASE
)  # fmt: skip
_LONGEST_MARK = len("</reasoning>") + 1
_MAY_BEGIN = re.compile(r"[<\[◁][ /]{0,2}[a-z]{0,9}$", re.IGNORECASE)


class VisibleText:
    """Takes an answer in pieces and gives what may be shown. ``inside`` starts an answer that begins with a thought."""

    def __init__(self, inside: bool = False) -> None:
        self._inside = self._began_inside = inside
        self._shown = False
        self._held = ""  # what may be the beginning of a mark
        self._kept: list[str] = []  # a thought so far: it was none if it never ends
        self.thought = False
        self.ends_only = False  # a thought ended that had not begun: this model's template opens it

    def take(self, text: str) -> str:
        if "\x00" in text:
            text = text.replace("\x00", "")
        if self._inside or self._held or "<" in text or "[" in text or "◁" in text:
            text = self._read(self._held + text)
        return self._from_first_word(text)

    def end(self, cut: bool) -> str:
        """What was held back. A thought without an end was one if it began the answer or was ``cut``."""
        held, inside = "".join(self._kept) + self._held, self._inside
        if inside and (cut or not (self._shown or self._began_inside)):
            self.thought = True
            return ""
        return held

    def _read(self, text: str) -> str:
        shown = ""
        while found := _MARK.search(text):
            before, text = text[: found.start()], text[found.end() :]
            if self._inside or not found["opens"]:
                shown = shown if self._inside else ""
                self._end_thought(found)
            else:
                shown += before
                self._inside = True
                self._kept = [found.group()]
        return shown + self._rest(text)

    def _end_thought(self, found: re.Match[str]) -> None:
        if found["opens"]:
            return
        self.ends_only = self.ends_only or not self._inside or self._began_inside
        self._inside = self._began_inside = False
        self.thought = True
        self._kept = []

    def _rest(self, text: str) -> str:
        """Without what may become a mark. Inside a thought nothing is shown."""
        begun = _MAY_BEGIN.search(text, max(0, len(text) - _LONGEST_MARK))
        at = begun.start() if begun else len(text)
        self._held, text = text[at:], text[:at]
        if self._inside:
            self._kept.append(text)
            return ""
        return text

    def _from_first_word(self, text: str) -> str:
        """White space between a thought and the first word belongs to the thought."""
        if not self._shown:
            text = text.lstrip() if self.thought else text
            self._shown = bool(text.strip())
        return text
