"""What an interview shows: made again when it failed, and mended when it is nearly right."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import null, text, update

from app.core.clock import now
from app.db.session import db as database
from app.interviews import insights
from app.interviews.models import Interview
from tests.conftest import Caller
from tests.double.client import Double
from tests.interviews.conftest import INSIGHTS, begun, script, status

Work = Callable[[], None]


def test_insights_that_never_came_are_made_when_somebody_asks(
    visitor: Caller, double: Double, work_off: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.interviews.service.INSIGHTS_TIMEOUT", 0.1)
    script(double, 11)
    interview = begun(visitor)
    work_off()
    long_ago = now() - timedelta(hours=1)
    with database.begin() as session:
        session.execute(update(Interview).values(insights=null(), completed_at=long_ago))
        session.execute(text("UPDATE jobs SET created_at = created_at - interval '1 hour'"))
    completed_at = status(visitor, interview)["completedAt"]
    answers = [visitor.get(f"/api/interviews/{interview}/insights") for _ in "ab"]
    assert [answer.status_code for answer in answers] == [503, 503] and answers[0].headers["Retry-After"]
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM jobs WHERE state = 'queued'")) == 1
    work_off()
    assert set(visitor.get(f"/api/interviews/{interview}/insights").json) == set(INSIGHTS)
    assert status(visitor, interview)["completedAt"] == completed_at


def test_insights_that_failed_are_made_again_when_somebody_asks(
    visitor: Caller, double: Double, work_off: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.interviews.service.INSIGHTS_TIMEOUT", 0.1)
    script(double, 11)
    double.default(text="No.")
    interview = begun(visitor)
    work_off()
    assert visitor.get(f"/api/interviews/{interview}/insights").status_code == 503
    double.default(json=INSIGHTS)
    work_off()
    assert set(visitor.get(f"/api/interviews/{interview}/insights").json) == set(INSIGHTS)


def test_insights_that_fail_and_fail_are_not_paid_for_on_and_on(
    visitor: Caller, double: Double, work_off: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.interviews.service.INSIGHTS_TIMEOUT", 0.1)
    script(double, 11)
    double.default(text="No.")
    interview = begun(visitor)
    for _ in range(6):
        work_off()
        visitor.get(f"/api/interviews/{interview}/insights")
    assert len(double.requests()) == 11 + 3 * 2


@pytest.mark.parametrize(
    "changes",
    [
        {"moodEmoji": "😤→😌" * 7}, {"moodEmoji": "hopeful in the end 🙂!"}, {"topicCloud": ["answer"] * 21},
        {"overallVerdict": "Maybe"}, {"confidenceScore": "40%"}, {"confidenceScore": 104}, {"keyQuotes": "Answer 4"},
        {"goodNews": [None, "She cares"]}, {"detailedAnalysis": "It hurts. " * 900}, {"overall_mood": "Sad"},
        {"problemValidation": INSIGHTS["problemValidation"] | {"score": "6/10"}},
        {"emotionalJourney": [*INSIGHTS["emotionalJourney"], {"phase": "Closing"}]},
    ],
)  # fmt: skip
def test_insights_that_are_nearly_right(
    visitor: Caller, double: Double, work_off: Work, changes: dict[str, Any]
) -> None:
    script(double, 11)
    said = INSIGHTS | changes
    double.default(json={key: said[key] for key in said if "overall_mood" not in said or key != "overallMood"})
    interview = begun(visitor)
    work_off()
    found = visitor.get(f"/api/interviews/{interview}/insights")
    assert found.status_code == 200 and set(found.json) == set(INSIGHTS), found.json
    insights.OUTPUT_SCHEMA.validator.validate(found.json)
    assert len(double.requests()) == 12
