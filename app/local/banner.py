"""What a person who typed ``make run`` needs next."""

import http.client
import time
from contextlib import closing
from dataclasses import dataclass

import msgspec

POLL = 0.1
CURL = (
    'curl -N {site}/api/v1/chat/message/stream -H "Authorization: Bearer {token}"'
    """ -H "Content-Type: application/json" -d '{{"message":"{message}"{more}}}'"""
)
ASKED = (
    ("A coached answer, as it is written:", "What are my goals for this month?", ""),
    ("A goal, which the coach proposes to keep:", "I want to run a marathon by June", ',"actions":true'),
)
FLASK = ".venv/bin/flask --app wsgi"
CREDENTIALS = (  # there is no demo in production
    f"  bearer token   {FLASK} token --user USER --tenant TENANT, or from your identity provider",
    f"  API key        {FLASK} api-key create --tenant TENANT --name NAME",
)
KEYS = "OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The demo tenant's credentials; ``token`` is empty when an identity provider makes them."""

    token: str
    api_key: str
    bot_id: str = ""


class Health(msgspec.Struct):
    offline: bool = False
    models: list[str] = []


def wait_until_ready(port: int) -> Health:
    """Returns when ``/health/ready`` says yes."""
    while _get(port, "/health/ready") is None:
        time.sleep(POLL)
    return _get(port, "/health") or Health()


def _get(port: int, path: str) -> Health | None:
    """Straight to the loopback: a proxy in the environment has no part in this."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return msgspec.json.decode(answer.read(), type=Health) if answer.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None


def text(port: int, worker_port: int, health: Health, prepared: Prepared | None, seconds: float) -> str:
    site = f"http://localhost:{port}"
    agent = [f"  demo agent     {prepared.bot_id}"] if prepared and prepared.bot_id else []
    coach = ", then ".join(health.models or ["?"])
    if health.offline:
        coach = f"the offline coach; with {KEYS} a model answers"
    lines = [
        f"Coachhouse is ready after {seconds:.1f} s. Ctrl-C stops everything.",
        "",
        f"  open this      {site}/app",
        f"  start page     {site}/",
        f"  API            {site}/api/schema/swagger-ui/",
        f"  ready?         {site}/health/ready, and for the worker http://localhost:{worker_port}/health/ready",
        f"  answered by    {coach}",
        *agent,
    ]
    return "\n".join(["", *lines, *(_demo(site, prepared) if prepared else CREDENTIALS), "", ""])


def _demo(site: str, prepared: Prepared) -> list[str]:
    if not prepared.token:
        return [f"  API key        {prepared.api_key}", "  bearer token   from your identity provider (AUTH_JWKS_URL)"]
    return [
        f"  API key        {prepared.api_key}",
        f"  bearer token   {prepared.token}",
        *(line for asked in ASKED for line in _asked(site, prepared.token, *asked)),
    ]


def _asked(site: str, token: str, told: str, message: str, more: str) -> list[str]:
    return ["", told, "", CURL.format(site=site, token=token, message=message, more=more)]
