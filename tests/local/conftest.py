"""A data folder whose database is made once, and helpers that look at it from outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.local import services
from app.local.services import Services


@pytest.fixture(scope="package")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    services.start(folder).stop()
    return folder


@pytest.fixture
def running(data_dir: Path) -> Iterator[Services]:
    started = services.start(data_dir)
    yield started
    started.stop()
