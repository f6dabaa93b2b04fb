"""Care over HTTP: where help is and what this is, open to all; for operators what was found and what is said."""

from dataclasses import replace

from flask import Response
from sqlalchemy.orm import Session

from app.auth.guards import place, public
from app.auth.principals import Principal
from app.auth.roles import SERVICE
from app.care import admin_schemas as schemas
from app.care import disclosure, report, texts
from app.care.admin_schemas import Asked
from app.care.countries import country_of
from app.care.directory import Directory
from app.care.levels import Category, Level
from app.care.report import Period
from app.care.resources import resources_for
from app.care.service import Care
from app.care.words import Words
from app.core.json import JSONObject
from app.limits.guards import limited_by_address
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.operations import Operations
from app.web.unified import errors

blp = Blueprint("care", __name__, url_prefix="/api/v1/care", description="Where help is, and what care has found")
operation = Operations(blp, SERVICE, errors)
reading = Operations(blp, SERVICE, errors, sessions=True)
FEATURE = "care.try"


@blp.route("/resources", methods=["GET"])
@public
@limited_by_address("helplines")
@blp.arguments(schemas.HelpQuery, location="query")
@blp.response(200, schemas.HelpOut)
@errors(blp, 400, 429)
def list_resources(asked: Asked) -> JSONObject:
    """Emergency numbers and helplines

    Of `country`, else of the region that the `Accept-Language` names; of an unknown one those for all countries. The
    emergency number comes first, then lines for the `category`, those that speak the `language` before others.
    """
    country = asked.country or country_of(place())
    language = asked.language or disclosure.language_of(place())
    found = resources_for(country, language, asked.category, resolve(Directory).rows())
    return {"country": country, "language": language, "resources": [row.wire() for row in found]}


@blp.route("/disclosure", methods=["GET"])
@public
@limited_by_address("helplines")
@blp.arguments(schemas.LanguageQuery, location="query")
@blp.response(200, schemas.DisclosureOut)
@errors(blp, 400, 429)
def read_disclosure(query: dict[str, str]) -> JSONObject:
    """The sentence that says that this is a machine, in the `language` or one that the client accepts"""
    told = _texts(query["language"])
    return {"language": told.language, "disclosure": told.disclosure}


@operation("GET", "/texts", takes=schemas.TextsQuery, gives=schemas.TextsOut)
def list_texts(_: Principal, query: dict[str, str]) -> JSONObject:
    """What people in danger are told, with the numbers of a country"""
    told, country, rows = _texts(query["language"]), query["country"] or None, resolve(Directory).rows()

    def shown(level: Level, category: Category) -> str:
        return told.fixed(level, category, resources_for(country, told.language, category, rows))

    every = [(level, category) for level in (Level.CRISIS, Level.CONCERN) for category in Category]
    return {
        "language": told.language, "languages": list(texts.languages()), "country": country,
        "texts": [{"level": one[0], "category": one[1], "text": shown(*one)} for one in every],
        "follow_up": told.follow_up, "disclosure": told.disclosure,
        "cut": told.filled(told.cut, resources_for(country, told.language, None, rows)),
    }  # fmt: skip


@operation("POST", "/try", takes=schemas.TrialIn, gives=schemas.TrialOut)
def try_out(principal: Principal, body: schemas.Trial) -> JSONObject:
    """What would be found in a text, and what spoke; nothing is stored or logged"""
    before = body.before
    words = Words(principal.tenant_id, principal.user_id, FEATURE, body.text, lambda: before, place(body.country))
    safety = replace(resolve(Care).look(words), follow_up=False)
    found = safety.finding
    return {
        "safety": safety.wire(), "source": found.source, "score": found.score, "unsure": found.is_unsure,
        "language": found.language,
        "text": safety.text, "resources": [row.wire() for row in safety.resources],
    }  # fmt: skip


@reading("GET", "/report", takes=schemas.ReportQuery, gives=schemas.ReportOut)
def read_report(session: Session, _: Principal, asked: schemas.ReportAsked) -> JSONObject | Response:
    """How often somebody was in danger, by month, level, category, language and path

    Equal to the counts of the audit table. Days and months are those of UTC. `format=csv` is a file to download.
    """
    period = Period.of(asked.first, asked.last)
    found = report.counted(session, period)
    return found if asked.format == "json" else _download(report.csv_of(found), f"care-{period}.csv")


def _download(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, mimetype="text/csv", headers=headers)


def _texts(asked: str) -> texts.Texts:
    return texts.of_language(asked or disclosure.language_of(place()))
