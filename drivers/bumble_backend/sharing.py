"""One stack for all users of one transport: scanners and clients share one controller."""

import asyncio
from weakref import WeakValueDictionary

from bumble import hci

from drivers.bumble_backend.stack import Stack, opened


class SharedStack:
    """Opened by the first user and closed by the last; opened anew once its transport was lost."""

    def __init__(self, transport: str) -> None:
        self._transport = transport
        self._users = 0
        self._lock = asyncio.Lock()
        self._stack: Stack | None = None
        self._known: dict[str, hci.Address] = {}

    async def acquire(self) -> Stack:
        """The open stack. Every `acquire` that returned is followed by one `release`.

        Raises:
            BleakBluetoothNotAvailableError: the transport cannot be opened.
        """
        self._users += 1
        try:
            async with self._lock:
                if self._stack is not None and self._stack.lost.done():
                    await self._close()
                if self._stack is None:
                    self._stack = await opened(self._transport, self._known)
                return self._stack
        except BaseException:
            self._users -= 1
            raise

    async def release(self) -> None:
        self._users -= 1
        async with self._lock:
            if self._users == 0:
                await self._close()

    async def _close(self) -> None:
        stack, self._stack = self._stack, None
        if stack is not None:
            await stack.close()


_shared: WeakValueDictionary[tuple[asyncio.AbstractEventLoop, str], SharedStack] = (
    WeakValueDictionary()
)


def shared_stack(transport: str) -> SharedStack:
    """The one stack of this event loop on `transport`. It is forgotten with its last holder."""
    key = (asyncio.get_running_loop(), transport)
    if (stack := _shared.get(key)) is None:
        stack = _shared[key] = SharedStack(transport)
    return stack
