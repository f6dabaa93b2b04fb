"""Ordinary routes for sockets: the view looks at the Upgrade header and may answer without one too."""

from typing import Any

from flask import Flask
from werkzeug.routing import Map, MapAdapter


class Addresses(Map):
    """Werkzeug would refuse an upgrade on every rule that is not for sockets only, and anything else on one that is."""

    def bind_to_environ(self, *args: Any, **kwargs: Any) -> MapAdapter:
        adapter = super().bind_to_environ(*args, **kwargs)
        adapter.websocket = False
        return adapter


class Application(Flask):
    url_map_class = Addresses
