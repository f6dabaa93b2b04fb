"""Pages for people: the readers of the OpenAPI document and the way in. Nothing on them comes from another host."""

from flask import Flask, render_template

from app.auth.guards import public
from app.core.version import VERSION


def install(app: Flask) -> None:
    app.add_url_rule("/", view_func=landing)
    app.add_url_rule("/api/schema/swagger-ui/", view_func=swagger_ui)
    app.add_url_rule("/api/schema/redoc/", view_func=redoc)


@public
def landing() -> str:
    return render_template("landing.html", version=VERSION)


@public
def swagger_ui() -> str:
    return render_template("swagger_ui.html")


@public
def redoc() -> str:
    return render_template("redoc.html")
