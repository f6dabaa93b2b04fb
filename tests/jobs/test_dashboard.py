"""The queue's dashboard: for operators, in a browser too, and not at another site's bidding."""

import base64

import pytest

from app.db.session import db as database
from app.jobs.queue import queue
from tests.conftest import Caller


def basic(token: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'me:{token}'.encode()).decode()}"}


def test_an_operator_sees_the_queues(operator: Caller) -> None:
    with database.begin() as session:
        queue.enqueue(session, "workspace.embed", "acme", "olivia")
    assert operator.get("/rq/").status_code == 200
    queues = operator.get("/rq/0/data/queues.json").json["queues"]
    assert [(row["name"], row["count"]) for row in queues] == [("batch", 1)]
    jobs = operator.get("/rq/0/data/jobs/batch/queued/8/asc/1.json").json["jobs"]
    assert jobs[0]["description"].startswith("job(")


def test_a_browser_signs_in_with_the_token(operator: Caller, anonymous: Caller) -> None:
    asked = anonymous.get("/rq/")
    assert (asked.status_code, asked.headers["WWW-Authenticate"][:5]) == (401, "Basic")
    assert anonymous.get("/rq/", headers=basic(operator.token)).status_code == 200


def test_nobody_else_gets_in(owner: Caller, anonymous: Caller) -> None:
    assert owner.get("/rq/").status_code == 403
    assert anonymous.get("/rq/", headers=basic("nonsense")).status_code == 401


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_can_not_empty_a_queue(operator: Caller, headers: dict[str, str]) -> None:
    assert operator.post("/rq/queue/batch/queued/empty", headers=headers).status_code == 403
    assert operator.get("/rq/requeue/batch", headers=headers).status_code == 403
