"""HTML as Markdown. Python's own parser reads it: what others wrote in C is met elsewhere, in a process of its own."""

import re

from bs4 import BeautifulSoup
from markdownify import MarkdownConverter

LARGEST = 2 * 1024 * 1024  # characters
TAG = re.compile(r"<(?:p|br|div|h[1-6]|ul|ol|li|b|i|strong|em|a|span|img|html|body)\b[^>]{0,2000}>", re.I)
BLANK_LINES = re.compile(r"\n{3,}")
NOT_TEXT = ["script", "style", "head", "noscript", "template"]


class Unclear(ValueError):
    """Markup that nobody writes."""


def is_html(text: str) -> bool:
    return TAG.search(text) is not None


def markdown(html: str) -> str:
    """Raises ``Unclear``."""
    tree = parsed(html)
    for element in tree.find_all(NOT_TEXT):
        element.decompose()
    for image in tree.find_all(["img", "video", "audio", "source"]):
        image.decompose()
    try:
        text = MarkdownConverter(heading_style="ATX", bullets="-", escape_asterisks=False, escape_underscores=False,
                                 escape_misc=False).convert_soup(tree)  # fmt: skip
    except RecursionError:
        raise Unclear("its HTML is nested too deeply") from None
    lines = "\n".join(line.rstrip() for line in str(text).replace("\xa0", " ").splitlines())
    return BLANK_LINES.sub("\n\n", lines).strip()


def parsed(html: str) -> BeautifulSoup:
    if len(html) > LARGEST:
        raise Unclear("its HTML is larger than 2 MiB")
    return BeautifulSoup(html, "html.parser")


def words(html: str) -> str:
    """The text alone, in one line."""
    return " ".join(parsed(html).get_text(" ").split())
