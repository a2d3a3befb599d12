"""Archives for tests: each test that takes `where` runs on both databases, each empty."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from controller.records.archive import Archive, Where
from tests.postgres import Postgres, postgres


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


def database(server: Postgres, name: str = "archive_one") -> str:
    """The address of an empty one. It is the same each time: a new one has three hundred files."""
    if not server.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608
        server.sql(f"CREATE DATABASE {name}")
    server.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
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
    return Where(folder, database(server, "archive_other"))


@pytest.fixture
async def archive(where: Where) -> AsyncIterator[Archive]:
    async with Archive(where, where.folder / "sessions") as opened:
        yield opened
