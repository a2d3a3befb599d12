"""The open pages: one bounded queue each, and whether a person can be seeing them."""

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import Callable, Iterator

from controller.web.challenge import Challenge
from controller.web.rates import FRAMES_AT_ONCE, FRAMES_PER_S, Bucket

BACKLOG = 16
"""Messages kept for a page that lags, oldest dropped: under a second of telemetry at 20 Hz."""
ALIVE_S = 1.5
"""A page that has not answered for three pulses of 0.5 s is not there."""
PER_ADDRESS, STRANGERS, IN_ALL = 32, 48, 96
"""Pages open at a time: of one address, of people who are not signed in, of all."""


class Page:
    """One WebSocket's side of the desk; `token` names its sign-in, if it has one."""

    def __init__(self, token: str | None = None, address: str = "") -> None:
        self.token = token
        self.address = address
        self.challenge = Challenge()
        self.frames = Bucket(FRAMES_PER_S, FRAMES_AT_ONCE)
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

    def room(self, address: str, known: bool, signed_in: Callable[[str | None], bool]) -> bool:
        """Whether one more page may be opened from `address`, by somebody `known` or not."""
        strangers = sum(not signed_in(page.token) for page in self._open)
        return (
            len(self._open) < IN_ALL
            and sum(page.address == address for page in self._open) < PER_ADDRESS
            and (known or strangers < STRANGERS)
        )

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

    def supervised(self, now_s: float, supervises: Callable[[str | None], bool]) -> bool:
        """Whether a supervisor's page is alive now."""
        return any(page.alive(now_s) and supervises(page.token) for page in self._open)
