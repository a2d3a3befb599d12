"""Work on the archive beside the event loop: one thread that writes, and a few that read."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection

from controller.records.archive.engines import READERS, Engines, Where
from controller.records.archive.errors import ArchiveError, ArchiveRefusal, translated
from controller.records.archive.migrations import migrate

Result = TypeVar("Result")
Job = Callable[[Connection], Result]

BACKLOG = 64
"""Jobs waiting. A database that lags so far behind people has failed."""
LIMIT_S = 45.0
"""So long is one job waited for; the database's own limits are shorter."""
LAGS = "The archive does not keep up. Nothing of this was kept. Try again in a moment."
SILENT = (
    "The archive's disk or database does not answer, and whether this was kept is not known. "
    "Look, before you enter it again."
)


class Worker:
    """The threads of one archive. It is opened by the first job that needs it, and again by the
    next if that failed: a database that was away when the service began is found later.

    `trouble` is why the last one failed that wrote, or else the last one that read; "" if none.
    """

    def __init__(self, where: Where) -> None:
        self._where = where
        self._engines: Engines | None = None
        self._opening = threading.Lock()
        self._writer = ThreadPoolExecutor(1, "archive-writes")
        self._readers = ThreadPoolExecutor(READERS, "archive-reads")
        self._room = threading.BoundedSemaphore(BACKLOG)
        self._failed: dict[ThreadPoolExecutor, str] = {}

    @property
    def trouble(self) -> str:
        return self._failed.get(self._writer) or self._failed.get(self._readers, "")

    async def write(self, job: Job[Result], limit_s: float | None = LIMIT_S) -> Result:
        """The job in a transaction; it is on the disk when this returns. Raises: `ArchiveError`."""
        return await self._asked(self._writer, self._written, job, limit_s)

    async def read(self, job: Job[Result], limit_s: float | None = LIMIT_S) -> Result:
        """Raises: `ArchiveError`."""
        return await self._asked(self._readers, self._read, job, limit_s)

    async def scrub(self) -> None:
        """Leave nothing behind of what was deleted. Raises: `ArchiveError`."""
        await self._asked(self._writer, _called, lambda: self._opened().scrub())

    async def aside(self, work: Callable[[], Result]) -> Result:
        """Other slow work, as reading a file is. Raises: `ArchiveError`."""
        return await self._asked(self._readers, _called, work)

    async def close(self) -> None:
        await asyncio.to_thread(self._end)

    async def _asked(
        self,
        pool: ThreadPoolExecutor,
        act: Callable[[Callable[..., Result]], Result],
        job: Callable[..., Result],
        limit_s: float | None = LIMIT_S,
    ) -> Result:
        if not self._room.acquire(blocking=False):
            raise ArchiveError(LAGS)
        future = pool.submit(self._told, pool, act, job)
        future.add_done_callback(lambda _: self._room.release())
        answer = asyncio.wrap_future(future)
        # Who asked may be gone by then; what came of it is told by `trouble` alone.
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            async with asyncio.timeout(limit_s):
                return await asyncio.shield(answer)
        except TimeoutError:
            raise ArchiveError(SILENT) from None

    def _told(
        self,
        pool: ThreadPoolExecutor,
        act: Callable[[Callable[..., Result]], Result],
        job: Callable[..., Result],
    ) -> Result:
        """Whatever goes wrong is a plain sentence before anybody could log anything else."""
        try:
            result = act(job)
        except ArchiveRefusal:
            raise
        except Exception as error:
            told = translated(error)
            self._failed[pool] = str(told)
            raise told from None
        self._failed[pool] = ""
        return result

    def _written(self, job: Job[Result]) -> Result:
        with self._opened().writing() as connection:
            return job(connection)

    def _read(self, job: Job[Result]) -> Result:
        with self._opened().reading() as connection:
            return job(connection)

    def _opened(self) -> Engines:
        with self._opening:
            if self._engines is None:
                self._engines = opened(self._where)
            return self._engines

    def _end(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        if self._engines is not None:
            self._engines.close()


def _called(work: Callable[[], Result]) -> Result:
    return work()


def opened(where: Where) -> Engines:
    """Migrated, and found whole. Raises: `ArchiveError`, `SQLAlchemyError`, `OSError`."""
    engines = Engines(where)
    try:
        with engines.writing() as connection:
            migrate(connection)
        engines.check()
    except BaseException:
        engines.close()
        raise
    return engines
