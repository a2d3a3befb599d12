"""One trial of the guard: control is killed, or frozen, in the middle of a walk."""

import asyncio
import contextlib
import os
import random
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from controller.cli.failure import Failure
from controller.cli.simulated import Radio, Service, service
from controller.cli.supervisor import Message, Supervisor, supervisor, walker_proves_the_sensors
from drivers import address
from drivers.address import FTMS

DETECTED_MS = 300.0
SLOWER_MS = 2000.0
"""What the guard owes, from the signal: to notice; to have the belt decelerating, the supervision
timeout of the dead link (0.42 s) included."""
OPEN_MS = 600.0
"""The contact of a relay open, from the signal."""
STOP_MS = 600.0
"""Stop octets on the wire, from the signal, where no dead radio link stands in between."""
QUIET_S = 5.0
"""How long nothing may restart the walk."""
DIP_MPS = 0.03
"""So far below its peak the belt decelerates; a footfall alone takes 0.012 m/s off it."""
READY_S, WALK_S, STOP_S = 20.0, 30.0, 20.0
PHASE_S = 0.1
"""The signal falls at random within two periods of the loop."""
SPEEDS_MPS = (0.15, 0.2, 0.25, 0.3, 0.35)
ASKS_FOR_MOTION = frozenset({"start_received", "speed_set"})


@dataclass(frozen=True, slots=True)
class Loss:
    """What followed the signal, ms after it; None for what never came.

    - `detected_ms`: the guard said that control is lost; `stop_ms`: Stop octets at the treadmill.
    - `open_ms`: the relay's contact opened; None without a relay.
    - `slower_ms`: the belt decelerates; `rest_ms`: it rests; `verified_ms`: the guard knows.
    - `quiet`: for `QUIET_S` after, the belt rested and nobody asked it to move.
    - `latched`: the new control waits for a supervisor's reset.
    """

    signal: str
    relay: bool = False
    speed_mps: float = 0.0
    detected_ms: float | None = None
    stop_ms: float | None = None
    open_ms: float | None = None
    slower_ms: float | None = None
    rest_ms: float | None = None
    verified_ms: float | None = None
    quiet: bool = False
    latched: bool = False
    failure: str = ""
    machine: str = FTMS

    @property
    def met(self) -> bool:
        in_time = _within(self.detected_ms, DETECTED_MS) and _within(self.slower_ms, SLOWER_MS)
        in_time = in_time and (not self.relay or _within(self.open_ms, OPEN_MS))
        in_time = in_time and (self.machine == FTMS or _within(self.stop_ms, STOP_MS))
        rested = self.rest_ms is not None and self.verified_ms is not None
        return in_time and rested and self.quiet and self.latched and not self.failure


@contextlib.asynccontextmanager
async def bedside(
    relay: str = "none", machine: str = FTMS, radio: Radio | None = None
) -> AsyncIterator[Service]:
    """A service against a simulated machine, its records in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="retrotread-") as folder:
        whole = service(
            machine=machine,
            fault="none",
            port=None,
            data_dir=Path(folder),
            relay=relay,
            radio=radio,
        )
        async with whole as running:
            yield running


async def lose_control(running: Service, number: signal.Signals, trial: int) -> Loss:
    """Walk, send the signal to control, watch what follows. May be repeated on one service."""
    try:
        async with supervisor(running.hatch) as person:
            await walk(running, person, SPEEDS_MPS[trial % len(SPEEDS_MPS)])
            await asyncio.sleep(random.Random(trial).uniform(0, PHASE_S))  # noqa: S311 - a phase
            since_ns = send(running, number)
            await _followed(running, since_ns)
        latched = await _latched(running)
        return _seen(running, number, since_ns, latched=latched)
    except Failure as failure:
        return Loss(number.name, fitted(running), failure=str(failure), machine=kind_of(running))


def fitted(running: Service) -> bool:
    """Whether there is a relay."""
    return running.settings.relay is not None


def kind_of(running: Service) -> str:
    """Of the treadmill."""
    return address.treadmill(running.settings.treadmill).kind


async def walk(running: Service, person: Supervisor, speed_mps: float) -> None:
    await settled(running, person)
    await set_off(person, speed_mps)


async def set_off(person: Supervisor, speed_mps: float) -> None:
    """Arm, start, and wait until the belt has reached this speed."""
    await person.until(lambda now: "arm" in now["may"], READY_S, "it could not be armed")
    await person.command("arm", program="demo")
    await person.until(lambda now: "start" in now["may"], READY_S, "it could not be started")
    await person.command("start")
    await person.until(
        lambda now: (now["belt"]["speed_mps"] or 0.0) >= speed_mps, WALK_S, "it is too slow"
    )


async def settled(running: Service, person: Supervisor) -> None:
    """Idle, with sensors that have proved themselves and a closed relay: ready to be armed."""
    await person.until(lambda now: now["state"] in ("idle", "latched"), READY_S, "no rest")
    if person.now["state"] == "latched":
        await person.until(lambda now: "reset" in now["may"], READY_S, "no reset")
        await person.command("reset")
        await person.until(lambda now: now["state"] == "idle", READY_S, "no reset")
    await walker_proves_the_sensors(person, running.bench)
    if fitted(running):
        await _relay_closed(running)


async def _relay_closed(running: Service) -> None:
    """Since the newest control began: it closes after the reset."""
    began_ns = [line["at_ns"] for line in running.guard.told if line["event"] == "control_started"]

    def closed(line: Message) -> bool:
        return bool(line["event"] == "relay_closed" and line["at_ns"] > began_ns[-1])

    await running.guard.until(closed, READY_S)


def send(running: Service, number: signal.Signals) -> int:
    """Signal the newest control; the moment, in nanoseconds."""
    pids = [line["pid"] for line in running.guard.told if line["event"] == "control_started"]
    since_ns = time.monotonic_ns()
    os.kill(pids[-1], number)
    return since_ns


async def _followed(running: Service, since_ns: int) -> None:
    """Wait until the guard knows of rest, and on."""

    def verified(line: Message) -> bool:
        return bool(line["event"] == "guard_stop_verified" and line["at_ns"] > since_ns)

    await running.guard.until(verified, STOP_S)
    await asyncio.sleep(QUIET_S)


async def _latched(running: Service) -> bool:
    """Whether the new control is, and because of its restart."""
    async with supervisor(running.hatch, present=False) as onlooker:
        now = await onlooker.until(lambda now: now["state"] == "latched", READY_S, "not latched")
    return bool(now["cause"] == "restarted")


def _seen(running: Service, number: signal.Signals, since_ns: int, *, latched: bool) -> Loss:
    """The figures, from what guard and simulators told."""
    guard = [line for line in running.guard.told if line["at_ns"] > since_ns]
    bench = [line for line in running.bench.told if line["at_ns"] > since_ns]
    stop_ns = _first_ns(bench, "stop_received")
    rest_ns = _first_ns(bench, "at_rest")
    after = [line for line in bench if rest_ns is not None and line["at_ns"] > rest_ns]
    moved = any(line["event"] == "belt" and line["speed_mps"] > 0 for line in after)
    asked = any(
        line["event"] in ASKS_FOR_MOTION and line["at_ns"] > (stop_ns or 0) for line in bench
    )
    belts = [line for line in bench if line["event"] == "belt"]

    def ms(at_ns: int | None) -> float | None:
        return None if at_ns is None else round((at_ns - since_ns) / 1e6, 1)

    return Loss(
        number.name,
        fitted(running),
        belts[0]["speed_mps"],
        ms(_first_ns(guard, "control_lost")),
        ms(stop_ns),
        ms(_first_ns(bench, "relay_opened")),
        ms(_slower_ns(belts, stop_ns)),
        ms(rest_ns),
        ms(_first_ns(guard, "guard_stop_verified")),
        quiet=bool(after) and not (moved or asked),
        latched=latched,
        machine=kind_of(running),
    )


def _slower_ns(belts: list[Message], stop_ns: int | None) -> int | None:
    """The first truth, after Stop arrived, that is well below the fastest before it."""
    peak_mps = 0.0
    for line in belts:
        peak_mps = max(peak_mps, line["speed_mps"])
        stopped = stop_ns is not None and line["at_ns"] > stop_ns
        if stopped and line["speed_mps"] <= peak_mps - DIP_MPS:
            at_ns: int = line["at_ns"]
            return at_ns
    return None


def _first_ns(lines: list[Message], event: str) -> int | None:
    return next((line["at_ns"] for line in lines if line["event"] == event), None)


def _within(figure_ms: float | None, limit_ms: float) -> bool:
    return figure_ms is not None and figure_ms <= limit_ms
