"""What a process that serves does before it serves, so that nobody's first message waits: a second or two of work."""

from app.care.classifier import classifier
from app.care.output_phrases import phrases
from app.care.rules import rules
from app.care.safe_words import says_safe

GREETING = "hello"


def warm() -> None:
    rules()
    classifier()
    phrases()
    says_safe(GREETING)
