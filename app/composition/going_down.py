"""What a process still has to write when it ends."""

from flask import Flask

from app.accounts.ledger import Ledger
from app.traces.book import TraceBook
from app.web.container import resolve_from


def write_last_rows(app: Flask) -> None:
    """Calls of models and traces of turns that waited for company; what can't be written is lost."""
    for book in (resolve_from(app, Ledger), resolve_from(app, TraceBook)):
        book.flush()
