"""Bumble's host stack on one open HCI transport, made safe to share and to give up waiting for.

A Bumble coroutine must never be cancelled while its Device lives: the answer to the abandoned
command or request would be taken for the answer to the next one. So every coroutine runs in a
task of its own, and a caller that gives up leaves it running.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
    BleakGATTProtocolError,
)
from bumble import hci
from bumble.att import ATT_Error
from bumble.device import Advertisement, Connection, ConnectionParametersPreferences, Device
from bumble.transport import open_transport
from bumble.transport.common import Transport

T = TypeVar("T")
Listener = Callable[[Advertisement], None]

OPEN_LIMIT_S = 5.0
"""A controller resets and answers some twenty commands in milliseconds; firmware loading by a
vendor driver takes a second or two."""

LINK_PREFERENCES = ConnectionParametersPreferences(
    connection_interval_min=15, connection_interval_max=30, supervision_timeout=420
)
"""Milliseconds. 420 ms is the Linux kernel's default supervision timeout, and the longest a dead
link may go unnoticed in the time the guard has for stopping the belt."""

END_LIMIT_S = 1.0
"""For cancelled coroutines to end; each has only its clean-up left to do."""

WITHDRAW_PERIOD_S = 0.05
"""Until it is asked again whether an abandoned attempt has ended."""


class Stack:
    """One Device that is powered on. Make it with `opened`; drop it once `lost` is done."""

    def __init__(self, transport: Transport, known: dict[str, hci.Address]) -> None:
        self.known = known
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.device = Device.with_hci(
            "Retrotread", hci.Address.generate_static_address(), transport.source, transport.sink
        )
        self._let_go = False
        self._transport = transport
        self._tasks: set[asyncio.Task[Any]] = set()
        self._initiating = asyncio.Lock()
        self._scanning = asyncio.Lock()
        self._listeners: list[Listener] = []
        self.device.on(Device.EVENT_ADVERTISEMENT, self._on_advertisement)
        transport.source.terminated.add_done_callback(self._on_terminated)

    async def close(self) -> None:
        """Drop the Device; whatever still runs in it is of no use to anyone any more.

        It must have ended before the transport closes: Bumble fails the command it believes to be
        pending, and that may be one that was just abandoned.
        """
        self._let_go = not self.lost.done()
        self._on_terminated()
        abandoned = list(self._tasks)
        for task in abandoned:
            task.cancel()
        if abandoned:
            await asyncio.wait(abandoned, timeout=END_LIMIT_S)
        await self._transport.close()

    async def call(
        self, operation: Coroutine[Any, Any, T], gone: asyncio.Future[None] | None = None
    ) -> T:
        """What a Bumble coroutine returns; gives up when the adapter or the link (`gone`) is lost.

        Raises:
            BleakError: as bleak's other backends raise it.
        """
        if self.lost.done():
            operation.close()
            raise self._loss()
        return await self._outcome(self.spawn(operation), gone)

    def spawn(self, operation: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run a coroutine that nobody has to wait for, and that ends with the Device."""
        task = asyncio.get_running_loop().create_task(operation)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)
        return task

    async def connect(self, address: hci.Address) -> Connection:
        """Connect at the next advertisement of `address`, however long that takes."""
        await self._initiating.acquire()
        attempt = self.spawn(
            self.device.connect_le(address, {hci.Phy.LE_1M: LINK_PREFERENCES}, timeout=None)
        )
        attempt.add_done_callback(lambda _: self._initiating.release())
        try:
            return await self._outcome(attempt)
        except asyncio.CancelledError:
            self.spawn(self._withdraw(attempt))
            raise

    async def locate(self, address: str) -> hci.Address:
        """The address with its type, from the first advertisement heard of it, now or before."""
        key = address.upper()
        heard: asyncio.Future[hci.Address] = asyncio.get_running_loop().create_future()

        def listener(advertisement: Advertisement) -> None:
            if advertisement.address.to_string(False) == key and not heard.done():
                heard.set_result(advertisement.address)

        if key in self.known:
            return self.known[key]
        await self.listen(listener)
        try:
            return await self._outcome(heard)
        finally:
            await self.unlisten(listener)

    async def listen(self, listener: Listener) -> None:
        """Deliver every advertisement to `listener`; scans while anyone listens."""
        self._listeners.append(listener)
        try:
            await self.call(self._match_scanning())
        except BaseException:
            self._listeners.remove(listener)
            if not self.lost.done():
                self.spawn(self._match_scanning())
            raise

    async def unlisten(self, listener: Listener) -> None:
        self._listeners.remove(listener)
        if not self.lost.done():
            await self.call(self._match_scanning())

    async def _match_scanning(self) -> None:
        async with self._scanning:
            if bool(self._listeners) == self.device.is_scanning:
                return
            if self._listeners:
                await self.device.start_scanning(active=True)
            else:
                await self.device.stop_scanning()

    async def _withdraw(self, attempt: asyncio.Task[Connection]) -> None:
        """End an attempt nobody waits for; a controller that stays pending refuses the next."""
        while not attempt.done():
            if self.device.le_connecting:
                await self.device.cancel_connection()  # type: ignore[no-untyped-call]
            await asyncio.wait({attempt}, timeout=WITHDRAW_PERIOD_S)
        if not attempt.cancelled() and attempt.exception() is None:
            await attempt.result().disconnect()

    async def _outcome(
        self, task: asyncio.Future[T], gone: asyncio.Future[None] | None = None
    ) -> T:
        ends: list[asyncio.Future[Any]] = [task, self.lost, *([gone] if gone else [])]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not task.done() or task.cancelled():
            raise self._loss()
        return _result(task)

    def _loss(self) -> BleakError:
        if self.lost.done() and not self._let_go:
            return not_available("its HCI transport was lost")
        return BleakError("the link was lost")

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        self.known[advertisement.address.to_string(False)] = advertisement.address
        for listener in list(self._listeners):
            listener(advertisement)

    def _on_task_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()

    def _on_terminated(self, _: object = None) -> None:
        if not self.lost.done():
            self.lost.set_result(None)


async def opened(name: str, known: dict[str, hci.Address]) -> Stack:
    """Open a transport by Bumble's name for it and power the stack on.

    Raises:
        BleakBluetoothNotAvailableError: there is no such transport, or nothing answers on it.
    """
    try:
        async with asyncio.timeout(OPEN_LIMIT_S):
            transport = await open_transport(name)
            stack = Stack(transport, known)
            try:
                await stack.call(stack.device.power_on())
            except BaseException:
                await stack.close()
                raise
    except TimeoutError as error:
        raise not_available(f"hci:{name} does not answer") from error
    except BleakError:
        raise
    except Exception as error:
        # Every kind of transport raises what its own library raises.
        raise not_available(f"hci:{name} cannot be opened, {_reason(error)}") from error
    return stack


def not_available(why: str) -> BleakBluetoothNotAvailableError:
    return BleakBluetoothNotAvailableError(why, BleakBluetoothNotAvailableReason.NO_BLUETOOTH)


def _result(task: asyncio.Future[T]) -> T:
    try:
        return task.result()
    except ATT_Error as error:
        raise BleakGATTProtocolError(error.error_code) from error
    except Exception as error:
        # Bumble parses what the peer sent without a net; nothing of that may pass as our bug.
        raise BleakError(_reason(error)) from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
