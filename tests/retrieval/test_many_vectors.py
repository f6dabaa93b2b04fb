"""Vectors of many pieces: the nearest are found by their signatures, those without one too."""

import random

import pytest
from sqlalchemy import text as sql

from app.db.session import db as database
from app.retrieval.index import sign_pending
from app.retrieval.search import Vector
from tests.retrieval.test_much import write_for_years
from tests.retrieval.test_search import find

pytestmark = pytest.mark.usefixtures("clean")
NUMBERS = 64
SIGNED = "binary_quantize(CAST(:vector AS halfvec))"
PUT = """UPDATE document_chunks SET embedding = CAST(:vector AS halfvec), embedding_model = 'm', signature = {signature}
  WHERE source_id = :id"""


def put_vectors(vectors: list[list[float]], signature: str = SIGNED) -> None:
    rows = [{"id": f"0 {n}", "vector": str(one)} for n, one in enumerate(vectors, 1)]
    with database.begin() as session:
        session.execute(sql(PUT.format(signature=signature)), rows)


def near(vector: list[float]) -> list[str]:
    return [hit.source_id for hit in find("", vector=Vector(vector, "m")) if hit.matched]


def some_vectors(count: int) -> list[list[float]]:
    chance = random.Random(9)
    return [[chance.gauss(0, 1) for _ in range(NUMBERS)] for _ in range(count)]


def test_the_nearest_vector_of_many_is_found() -> None:
    vectors = some_vectors(600)
    write_for_years("Work was long", times=600)
    put_vectors(vectors)
    assert [near(vectors[n])[0] for n in (0, 299, 599)] == ["0 1", "0 300", "0 600"]


def test_vectors_that_an_older_version_stored_are_found_before_and_after_they_are_signed() -> None:
    vectors = some_vectors(3)
    write_for_years("Work was long", times=3)
    put_vectors(vectors, signature="NULL")
    assert near(vectors[1])[0] == "0 2"
    assert (sign_pending(database), sign_pending(database)) == (3, 0)
    assert near(vectors[1])[0] == "0 2"
