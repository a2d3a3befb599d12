"""In the guest: a bus, the kernel's own adapter on the simulated air, and BlueZ upon it."""

import asyncio
import contextlib
import os
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bumble.transport.vhci import open_vhci_transport

from controller.cli import simulated
from controller.cli.failure import Failure
from controller.doctor import bluetooth
from controller.doctor.finding import Subject
from simulators.radio import Air, AirController, adapter_of, serving

BUS = "unix:path=/run/dbus/system_bus_socket"
AIR = "unix:/run/air"
DBUS = ("dbus-daemon", "--config-file=/etc/dbus-1/retrotread.conf", "--nofork", "--nopidfile")
BLUETOOTHD = ("/usr/libexec/bluetooth/bluetoothd", "--nodetach")
UP_S = 20.0
LOOK_S = 0.1


class Daemon:
    """A program that runs while entered; it may be killed and started again meanwhile."""

    def __init__(self, words: tuple[str, ...], log: Path) -> None:
        self._words = words
        self._log = log
        self._process: Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._words, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def __aenter__(self) -> "Daemon":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()


@dataclass(frozen=True, slots=True)
class Stack:
    """The air, and the kernel's controller on it, as the treadmill's link sees them.

    `service` is for the service, which goes by way of BlueZ; `stranger` is the adapter of somebody
    else on the same air.
    """

    air: Air
    controller: AirController
    bluetoothd: Daemon
    service: simulated.Radio
    stranger: str

    @property
    def links(self) -> list[object]:
        """The links that BlueZ has now; the same link is the same object."""
        return list(self.controller.le_connections.values())


@contextlib.asynccontextmanager
async def stack(log: Path) -> AsyncIterator[Stack]:
    """Everything up to a powered adapter. Raises: `Failure` if BlueZ does not come up."""
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = BUS
    air = Air()
    async with (
        serving(air, AIR) as address,
        Daemon(DBUS, log),
        await open_vhci_transport(None) as (source, sink),
    ):
        controller = AirController(air, source, sink)
        async with Daemon(BLUETOOTHD, log) as bluetoothd:
            await _up()
            radio = simulated.Radio(AIR, "system")
            yield Stack(air, controller, bluetoothd, radio, adapter_of(address))


async def _up() -> None:
    seen = ""
    try:
        async with asyncio.timeout(UP_S):
            while (seen := await asyncio.to_thread(_reached)) != "on":  # noqa: ASYNC110 - asked
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        raise Failure(f"BlueZ did not come up: {seen}.") from None


def _reached() -> str:
    """How far the way to BlueZ is open, as `retrotread doctor` finds it."""
    found = bluetooth.look(Subject(None, environment=dict(os.environ)))
    assert found is not None
    return found.reached
