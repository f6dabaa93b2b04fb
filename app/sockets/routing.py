"""Ordinary routes for sockets: the view looks at the Upgrade header and may answer without one too."""

from typing import Any

from flask import Flask, Response, request
from werkzeug.routing import Map, MapAdapter


class Addresses(Map):
    """Werkzeug would refuse an upgrade on every rule that is not for sockets only, and anything else on one that is."""

    def bind_to_environ(self, *args: Any, **kwargs: Any) -> MapAdapter:
        adapter = super().bind_to_environ(*args, **kwargs)
        adapter.websocket = False
        return adapter


class Application(Flask):
    url_map_class = Addresses

    def make_default_options_response(self) -> Response:
        """The methods of this very route; Flask would add those of a route with an id in its place."""
        asked = request.url_rule.rule if request.url_rule else ""
        response = self.response_class()
        for rule in self.url_map.iter_rules():
            if rule.rule == asked:
                response.allow.update(rule.methods or ())
        return response
