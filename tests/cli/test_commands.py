"""The operator's commands print what was asked for and nothing else."""

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from tests.conftest import SECRET


@pytest.fixture
def run(app: Flask, clean: None) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_token_prints_a_token_and_nothing_else(run: FlaskCliRunner) -> None:
    result = run.invoke(args=["token", "--user", "u1", "--tenant", "t1", "--role", "owner", "--ttl", "60"])
    claims = jwt.decode(result.stdout.removesuffix("\n"), SECRET, algorithms=["HS256"])
    assert (claims["user_id"], claims["tenant_id"], claims["role"]) == ("u1", "t1", "owner")
    assert claims["exp"] - claims["iat"] == 60


def test_token_knows_its_roles(run: FlaskCliRunner) -> None:
    assert run.invoke(args=["token", "--user", "u", "--tenant", "t", "--role", "emperor"]).exit_code != 0


def test_a_key_is_printed_listed_and_revoked(run: FlaskCliRunner) -> None:
    made = run.invoke(args=["api-key", "create", "--tenant", "t1", "--name", "web", "--allow", "app.example"])
    assert made.stdout.startswith("ch_")
    assert made.stdout.count("\n") == 1
    listed = run.invoke(args=["api-key", "list", "--tenant", "t1"]).stdout
    assert "web" in listed
    assert "app.example" in listed
    assert made.stdout.strip() not in listed
    assert run.invoke(args=["api-key", "revoke", "--tenant", "t1", "--name", "web"]).exit_code == 0
    assert run.invoke(args=["api-key", "list", "--tenant", "t1"]).stdout == ""


def test_a_new_webhook_secret_is_printed(run: FlaskCliRunner) -> None:
    made = [run.invoke(args=["webhook-secret", "rotate", "--tenant", "t1"]).stdout for _ in range(2)]
    assert all(secret.startswith("whsec_") and secret.count("\n") == 1 for secret in made)
    assert made[0] != made[1]


def test_mistakes_are_one_sentence(run: FlaskCliRunner) -> None:
    for args in (
        ["revoke", "--tenant", "t", "--name", "none"],
        ["create", "--tenant", "t", "--name", "n", "--allow", "a b"],
    ):
        result = run.invoke(args=["api-key", *args])
        assert result.exit_code == 1
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1


def test_demo_can_be_repeated(run: FlaskCliRunner) -> None:
    assert [run.invoke(args=["demo"]).exit_code for _ in range(2)] == [0, 0]
