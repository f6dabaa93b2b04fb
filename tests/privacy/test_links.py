"""Who gets at an export: its person, and whoever has its link, for a day."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import db as database
from app.jobs.worker import work
from app.outgoing import webhooks
from app.privacy.exports import service
from app.streams import redis_store
from app.streams.signals import signals
from tests.conftest import SECRET, Caller, sign_in
from tests.gunicorn import Web
from tests.outgoing.site import Site
from tests.privacy.conftest import WorkOff, Zip, begin, download, sent, write

ME = "/api/v1/me/exports"


@pytest.fixture
def made(olivia: Caller, work_off: WorkOff) -> Any:
    write(olivia)
    export_id = begin(olivia)
    work_off()
    return sent(olivia.get(f"{ME}/{export_id}"))


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def refused(caller: Caller, url: str) -> bool:
    answer = download(caller, url)
    return (answer.status_code, answer.json["code"]) == (404, "NOT_FOUND")


def test_the_link_opens_the_file_without_a_token(olivia: Caller, made: Any) -> None:
    answer = download(olivia, made["url"])
    assert answer.status_code == 200 and Zip(answer.data).manifest["user"] == "olivia"
    told = {name: answer.headers[name] for name in ("Content-Type", "Cache-Control", "Content-Length")}
    assert told == {
        "Content-Type": "application/zip", "Cache-Control": "no-store", "Content-Length": str(made["bytes"])
    }  # fmt: skip
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="coachhouse-')


def test_every_web_process_serves_it(here: Web, there: Web, olivia: Caller, made: Any) -> None:
    path = made["url"].removeprefix("http://localhost")
    files = [web.http.request("GET", f"{web.url}{path}") for web in (here, there)]
    assert {answer.data for answer in files} == {download(olivia, made["url"]).data}
    assert [answer.status for answer in files] == [200, 200]


def test_another_link_opens_nothing(olivia: Caller, theo: Caller, work_off: WorkOff, made: Any) -> None:
    other = begin(theo)
    work_off()
    url, longer = made["url"], made["url"].replace("expires=", "expires=9")
    wrong = [url[:-1], url[:-1] + ("0" if url[-1] != "0" else "1"), longer, url.partition("?")[0], url + "ü"]
    swapped = url.replace(made["id"], other)
    assert [address for address in (*wrong, swapped) if not refused(olivia, address)] == []


def test_another_persons_export_is_not_there(sam: Caller, theo: Caller, boss: Caller, made: Any) -> None:
    for caller in (sam, theo, boss):
        assert caller.get(f"{ME}/{made['id']}").status_code == 404
        assert caller.delete(f"{ME}/{made['id']}").status_code == 404
        assert caller.get(f"/admin/exports/{made['id']}").status_code in {403, 404}
        assert sent(caller.get(ME)) == {"exports": []}


def test_the_link_ends_when_the_export_is_deleted(olivia: Caller, made: Any) -> None:
    assert [export["id"] for export in sent(olivia.get(ME))["exports"]] == [made["id"]]
    assert olivia.delete(f"{ME}/{made['id']}").status_code == 204
    assert refused(olivia, made["url"]) and olivia.get(f"{ME}/{made['id']}").status_code == 404
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM export_files")) == 0


def test_it_ends_after_a_day_and_the_file_is_swept(olivia: Caller, made: Any) -> None:
    with database.begin() as session:
        session.execute(text("UPDATE exports SET expires_at = expires_at - interval '1 day'"))
    assert refused(olivia, made["url"]) and olivia.get(f"{ME}/{made['id']}").status_code == 404
    service.sweep()
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM exports, export_files")) == 0


def test_what_is_deleted_while_it_waits_is_not_made(olivia: Caller, work_off: WorkOff) -> None:
    export_id = begin(olivia)
    olivia.delete(f"{ME}/{export_id}")
    work_off()
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM export_files")) == 0


def test_links_outlive_a_change_of_the_secret_and_end_with_the_old_one(
    make_app: Callable[..., Flask], clean: None, made: Any
) -> None:
    new = "the secret that comes after it, long enough for HS256"
    changing = sign_in(make_app(AUTH_JWT_SECRET=new, AUTH_JWT_SECRET_PREVIOUS=SECRET), "", "")
    changed = sign_in(make_app(AUTH_JWT_SECRET=new), "", "")
    assert (download(changing, made["url"]).status_code, refused(changed, made["url"])) == (200, True)


def test_a_link_is_no_token_and_a_token_no_link(olivia: Caller, made: Any) -> None:
    signature = made["url"].rpartition("=")[2]
    assert Caller(olivia.client, signature, "", "").get("/api/v1/me").status_code == 401
    assert refused(olivia, made["url"].replace(signature, olivia.token))


def test_a_webhook_gets_the_link(make_app: Callable[..., Flask], clean: None, site: Site) -> None:
    site.page("/hook", status=204)
    app = make_app(WEBSITE_SCAN_ALLOW_HOSTS=site.host)
    caller = sign_in(app, "olivia", "acme")
    write(caller, "A kumquat a day")
    export_id = begin(caller, webhook_url=f"{site.url}/hook")
    for _ in range(2):
        work(app, redis_store.blocking_client(signals.url), 50, burst=True)
    [told] = site.asked
    body, headers = json.loads(told.body), told.headers
    assert (body["type"], body["data"]["id"]) == ("export.completed", export_id)
    assert download(caller, body["data"]["url"]).status_code == 200
    secret = caller.get("/ai/webhook-secret").json["secret"]
    signed = webhooks.signature(secret, headers["X-Coachhouse-Timestamp"], told.body)
    assert (headers["X-Coachhouse-Signature"], "kumquat" in str(body)) == (signed, False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://169.254.169.254/", "ftp://example.com/", "x"])
def test_a_private_webhook_is_refused(olivia: Caller, url: str) -> None:
    answer = olivia.post(ME, json={"webhook_url": url})
    assert (answer.status_code, sent(olivia.get(ME))) == (422, {"exports": []})
