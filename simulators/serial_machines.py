"""The simulated serial treadmills, by kind, and a port for any of them."""

from collections.abc import Callable

from protocols.serial_machines import dialect
from simulators.biodex import BiodexMachine
from simulators.csafe import CsafeTreadmill
from simulators.serial_machine import OnRequest, SerialMachine
from simulators.trackmaster import TrackmasterMachine
from simulators.treadmill import Treadmill
from simulators.wire import Wire
from simulators.woodway import WoodwayMachine

MACHINES: dict[str, Callable[..., SerialMachine]] = {
    "trackmaster": TrackmasterMachine,
    "woodway": WoodwayMachine,
    "biodex": BiodexMachine,
    "csafe": CsafeTreadmill,
}


def machine(kind: str, treadmill: Treadmill, on_request: OnRequest) -> SerialMachine:
    """One of that kind, counting in its kind's usual units. Raises: `KeyError`."""
    return MACHINES[kind](treadmill, dialect(kind).grid, on_request)


class SerialEnd:
    """A machine at its end of a wire; `now_s` is its scene's clock."""

    def __init__(self, machine: SerialMachine, wire: Wire, now_s: Callable[[], float]) -> None:
        self._machine = machine
        self._wire = wire
        self._now_s = now_s
        self._passed_s = now_s()
        wire.listen(self._take)

    async def report(self) -> None:
        """Time has passed. Serial machines say little of their own accord."""
        dt_s, self._passed_s = self._now_s() - self._passed_s, self._now_s()
        self._send(self._machine.pass_time(dt_s))

    def _take(self, octets: bytes) -> None:
        self._send(self._machine.take(octets))

    def _send(self, octets: bytes) -> None:
        if octets:
            self._wire.send(octets)
