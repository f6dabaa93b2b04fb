"""Loaded by pytest before anything else: the suite runs on gevent, as the web and worker processes do."""

from gevent import monkey

monkey.patch_all()
