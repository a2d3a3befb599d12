"""The open pages: one bounded queue each, and whether a person can be seeing them."""

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import Callable, Iterator

BACKLOG = 16
"""Messages kept for a page that lags, oldest dropped: under a second of telemetry at 20 Hz."""
ALIVE_S = 1.5
"""A page that has not answered for three pulses of 0.5 s is not there."""


class Page:
    """One WebSocket's side of the desk; `token` names its sign-in, if it has one."""

    def __init__(self, token: str | None = None) -> None:
        self.token = token
        self.seen_at_s = -math.inf
        self.dropped = 0
        self._backlog: deque[str] = deque(maxlen=BACKLOG)
        self._wake = asyncio.Event()

    def offer(self, text: str) -> None:
        """Queue `text`; never waits."""
        self.dropped += len(self._backlog) == BACKLOG
        self._backlog.append(text)
        self._wake.set()

    async def next(self) -> str:
        """The oldest message still kept."""
        while not self._backlog:
            self._wake.clear()
            await self._wake.wait()
        return self._backlog.popleft()

    def alive(self, now_s: float) -> bool:
        """Whether it answered lately, on screen."""
        return now_s - self.seen_at_s <= ALIVE_S


class Pages:
    """Every open page."""

    def __init__(self) -> None:
        self._open: set[Page] = set()

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Page]:
        return iter(tuple(self._open))

    @contextlib.contextmanager
    def opened(self, page: Page) -> Iterator[Page]:
        self._open.add(page)
        try:
            yield page
        finally:
            self._open.discard(page)

    def publish(self, text: str) -> None:
        """The same text for every page: encoded once, whatever their number."""
        for page in self._open:
            page.offer(text)

    def supervised(self, now_s: float, signed_in: Callable[[str | None], bool]) -> bool:
        """Whether a signed-in page is alive now."""
        return any(page.alive(now_s) and signed_in(page.token) for page in self._open)
