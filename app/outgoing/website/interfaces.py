"""What is known of a page."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Content:
    """What a page says. ``links`` are ``{url, text}``: absolute, without fragments, each address once."""

    url: str
    title: str = ""
    description: str = ""
    text: str = ""
    open_graph: dict[str, str] = field(default_factory=dict)
    structured: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
