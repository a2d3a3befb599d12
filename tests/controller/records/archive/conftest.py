"""Archives for tests: each test that takes `where` runs on both databases, each empty."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from controller.records.archive import Archive, Where
from tests.postgres import Postgres, postgres

_numbers = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


def database(server: Postgres) -> str:
    """A new one's address."""
    name = f"archive_{next(_numbers)}"
    server.sql(f"CREATE DATABASE {name}")
    return server.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    if request.param == "sqlite":
        return Where(tmp_path)
    return Where(tmp_path, database(request.getfixturevalue("server")))


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    """Another empty place."""
    folder = tmp_path / "elsewhere"
    if request.param == "sqlite":
        return Where(folder)
    server: Postgres = request.getfixturevalue("server")
    return Where(folder, database(server))


@pytest.fixture
async def archive(where: Where) -> AsyncIterator[Archive]:
    async with Archive(where, where.folder / "sessions") as opened:
        yield opened
