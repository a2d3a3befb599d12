"""A Bluetooth sensor that only tells: linked, listened to, and linked again when it is lost."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Self

from drivers.links import GattLink, LinkError
from drivers.reconnect import delays_s

_log = logging.getLogger(__name__)


class NotifyingSensor:
    """Keeps the link while it is entered. `take` gets each notification of the characteristic;
    `forget` is called when the link is lost: what was told before counts no more."""

    def __init__(
        self,
        link: GattLink,
        characteristic: str,
        take: Callable[[bytes], None],
        forget: Callable[[], None],
    ) -> None:
        self._link = link
        self._characteristic = characteristic
        self._take = take
        self._forget = forget
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_link())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._link.disconnect()

    async def _keep_link(self) -> None:
        delays = delays_s()
        while True:
            lost = asyncio.Event()
            try:
                await self._link.connect(lost.set)
                await self._link.subscribe(self._characteristic, self._take)
                delays = delays_s()
                await lost.wait()
            except LinkError as error:
                _log.warning("%s", error)
            except Exception:
                _log.exception("The link to a sensor is given up, and tried again.")
            self._forget()
            await self._link.disconnect()
            await asyncio.sleep(next(delays))
