"""A virtual air on a socket, with a peripheral on it, for the drivers to meet."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from simulators.radio import Air, Physics, adapter_of, serving
from tests.bus import private_bus
from tests.drivers.peripheral import Peripheral, joined


@dataclass
class Bench:
    """The air, the adapter that reaches it, a peripheral, and what has happened to that one."""

    air: Air
    adapter: str
    peripheral: Peripheral
    events: list[dict[str, Any]] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]


@pytest.fixture
async def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A D-Bus of its own in the place of the system's."""
    async with private_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def socket_path() -> Iterator[str]:
    """Shorter than pytest's own folders: a Unix socket's path ends at 107 octets."""
    with tempfile.TemporaryDirectory(prefix="rt-") as folder:
        yield str(Path(folder) / "air")


@pytest.fixture
async def bench(socket_path: str) -> AsyncIterator[Bench]:
    """A peripheral that advertises on an air that is fast and notices lost links quickly."""
    air = Air(Physics(supervision_s=0.05))
    events: list[dict[str, Any]] = []
    async with serving(air, f"unix:{socket_path}") as address:
        peripheral = await joined(air, events.append)
        await peripheral.advertise()
        yield Bench(air, adapter_of(address), peripheral, events)
