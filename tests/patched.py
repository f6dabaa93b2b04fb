"""Loaded by pytest before anything else: the suite runs on gevent, as the web and worker processes do."""

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402

gc.disable()  # until all tests are collected: what is made by then stays, and is not to be walked again and again


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()
