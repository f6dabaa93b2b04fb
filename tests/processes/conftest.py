import pytest
from flask import Flask

from app.auth.tokens import Tokens
from app.web.container import resolve_from


@pytest.fixture
def token(app: Flask) -> str:
    made: str = resolve_from(app, Tokens).mint("olivia", "acme", "member", 3600)
    return made
