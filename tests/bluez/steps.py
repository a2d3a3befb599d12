"""In the guest: what is shown over BlueZ, step by step, each with a service and a treadmill anew.

A step returns its figures, and raises `Failure` with one sentence for what was not as it must be.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import Any

from bleak.backends.device import BLEDevice
from bumble import hci

from benchmarks.parts.loss import bedside, lose_control, set_off, settled
from controller.cli.failure import Failure
from controller.cli.simulated import Service
from controller.cli.supervisor import Supervisor, supervisor
from controller.cli.walkthrough import walk
from drivers import address
from drivers.ble import BleakLink
from drivers.links import LinkError
from protocols.ftms import uuids
from tests.bluez.radio import Stack

Figures = dict[str, Any]
Step = Callable[[Stack], Awaitable[Figures]]

ASKS_FOR_MOTION = frozenset({"start_received", "speed_set"})
SPEED_MPS = 0.3
NOTICED_S = 1.0
"""From the last octet to a control that knows: supervision is 0.42 s."""
AWAY_S = 4.0
"""Long enough for a control that cannot verify its Stop to say so."""
BACK_S = 15.0
"""For a link to come back: a scan, a connection, the discovery of services."""
TELEMETRY_S = 5.0
"""For a control that is told nothing any more to take notice."""
RESTART_S = 3.0
QUIET_S = 5.0
STRANGER_S = 30.0
REACTION_MS = 400.0
"""From the release to Stop at the treadmill: the debounce of the sensor and one turn, 300 ms."""
REQUEST_CONTROL = b"\x00"


async def demo(stack: Stack) -> Figures:
    """The scripted walk: control over BlueZ to the cap, both hands let go, protective stop."""
    async with bedside(radio=stack.service) as running:
        summary = await walk(running, lambda _line: None)
        _must(len(stack.links) == 1, "the treadmill was not linked by way of BlueZ")
    _must(summary["verified"] and summary["latched"], "the stop was not verified and latched")
    _must(summary["stop_cause"] == "grip_released", f"it was {summary['stop_cause']} that stopped")
    _must(summary["release_to_stop_ms"] <= REACTION_MS, f"too late: {summary}")
    _must(0.4 <= summary["peak_belt_mps"] <= summary["cap_mps"], f"a wrong speed: {summary}")
    wanted = ("release_to_stop_ms", "stop_to_rest_s", "carry_m", "peak_belt_mps")
    return {name: summary[name] for name in wanted}


async def link_lost(stack: Stack) -> Figures:
    """Out of range in the middle of a walk: control knows, latches, and says: pull the key."""
    async with _walking(stack) as (running, person):
        return await _lose_link(stack, running, person)


async def reconnect(stack: Stack) -> Figures:
    """In range again: Stop first, then ready at most. Nobody restores the set-point."""
    async with _walking(stack) as (running, person):
        await _lose_link(stack, running, person)
        stack.air.range_ok = True
        since_ns = time.monotonic_ns()
        stop = await running.bench.until(_later("stop_received", since_ns), BACK_S)
        rest = await running.bench.until(_later("at_rest", since_ns), BACK_S)
        await person.until(lambda now: now["state"] == "latched", BACK_S, "not latched")
        await asyncio.sleep(QUIET_S)
        may = set(person.now["may"])
        _must(not may & {"start", "arm", "faster"}, f"latched, it may {sorted(may)}")
        await settled(running, person)
        _must("start" not in person.now["may"], "after a reset, it may start unarmed")
        await asyncio.sleep(QUIET_S)
        _nobody_asked_for_motion(running, since_ns)
        return {
            "back_to_stop_ms": _ms(since_ns, stop["at_ns"]),
            "back_to_rest_ms": _ms(since_ns, rest["at_ns"]),
            "state": person.now["state"],
        }


async def control_killed(stack: Stack) -> Figures:
    """SIGKILL in the middle of a walk: the guard's second writer stops the belt over the link
    that BlueZ has kept."""
    return await _lose(stack, signal.SIGKILL)


async def control_frozen(stack: Stack) -> Figures:
    """SIGSTOP in the middle of a walk: the same."""
    return await _lose(stack, signal.SIGSTOP)


async def second_central(stack: Stack) -> Figures:
    """Somebody else's app cannot come between; and while it has the treadmill, control has not."""
    async with _walking(stack) as (running, person):
        before = stack.links
        refused = await _fails_to_connect(stack, running)
        _must(stack.links == before, "the link to control was broken")
        _must(person.now["state"] == "walking", f"the walk ended: {person.now['sentence']}")
        running.bench.say("release")
        await person.until(lambda now: now["state"] == "latched", BACK_S, "no stop")
        since_ns = time.monotonic_ns()
        figures = await _while_a_stranger_has_it(stack, running, person)
        running.bench.say("hold")
        await settled(running, person)
        await asyncio.sleep(QUIET_S)
        _nobody_asked_for_motion(running, since_ns)
        return {"refused": refused, **figures}


async def bluetoothd_killed(stack: Stack) -> Figures:
    """SIGKILL to BlueZ itself in the middle of a walk, and BlueZ again three seconds later: the
    walk ends, and the belt is told to stop as soon as there is a way to it."""
    async with _walking(stack) as (running, person):
        since_ns = time.monotonic_ns()
        await stack.bluetoothd.kill()
        now = await person.until(lambda now: now["cause"] is not None, TELEMETRY_S, "no latch")
        latched_ms = _ms(since_ns, time.monotonic_ns())
        await asyncio.sleep(RESTART_S)
        await stack.bluetoothd.start()
        again_ns = time.monotonic_ns()
        stop = await running.bench.until(_later("stop_received", again_ns), STRANGER_S)
        await running.bench.until(_later("at_rest", again_ns), BACK_S)
        await person.until(lambda now: now["state"] == "latched", BACK_S, "not latched")
        await asyncio.sleep(QUIET_S)
        _nobody_asked_for_motion(running, again_ns)
        return {
            "cause": now["cause"],
            "latched_ms": latched_ms,
            "again_to_stop_ms": _ms(again_ns, stop["at_ns"]),
        }


STEPS: dict[str, Step] = {
    "demo": demo,
    "link lost": link_lost,
    "reconnect": reconnect,
    "control killed": control_killed,
    "control frozen": control_frozen,
    "second central": second_central,
    "bluetoothd killed": bluetoothd_killed,
}


async def _lose_link(stack: Stack, running: Service, person: Supervisor) -> Figures:
    """Go out of range, and stay there until control has said what there is to say."""
    began_s = time.monotonic()
    stack.air.range_ok = False
    now = await person.until(lambda now: not now["belt"]["linked"], NOTICED_S, "loss unnoticed")
    noticed_ms = round(1000 * (time.monotonic() - began_s), 1)
    now = await person.until(lambda now: now["cause"] is not None, NOTICED_S, "no latch")
    _must(now["cause"] == "link_lost", f"the cause told is {now['cause']}")
    await person.until(lambda now: now["pull_key"], AWAY_S, "nobody is told to pull the key")
    pull_key_ms = round(1000 * (time.monotonic() - began_s), 1)
    _must(person.now["state"] == "stopping", f"it is {person.now['state']} without a link")
    await running.guard.event("alarm", AWAY_S)
    return {"noticed_ms": noticed_ms, "pull_key_ms": pull_key_ms}


async def _lose(stack: Stack, number: signal.Signals) -> Figures:
    async with bedside(radio=stack.service) as running:
        watching = asyncio.create_task(_links_when_stopped(stack, running))
        loss = await lose_control(running, number, trial=2)
        before, after = await watching
    _must(loss.met, f"the guard did not do all that it owes: {asdict(loss)}")
    _must(before == after and len(after) == 1, "Stop did not travel over the link that there was")
    wanted = ("detected_ms", "stop_ms", "slower_ms", "rest_ms", "verified_ms")
    return {name: getattr(loss, name) for name in wanted}


async def _links_when_stopped(stack: Stack, running: Service) -> tuple[list[object], list[object]]:
    """BlueZ's links when the belt moved, and when the guard's second writer has stopped it."""
    await running.bench.event("moving", STRANGER_S)
    before = stack.links
    await running.guard.event("guard_stop_sent", 2 * STRANGER_S)
    return before, stack.links


async def _fails_to_connect(stack: Stack, running: Service) -> str:
    stranger = BleakLink(_name(running), stack.stranger, connect_limit_s=3.0)
    try:
        await stranger.connect(lambda: None)
    except LinkError as error:
        return str(error)
    finally:
        await stranger.disconnect()
    raise Failure("A second central was let in beside control.")


async def _while_a_stranger_has_it(stack: Stack, running: Service, person: Supervisor) -> Figures:
    """The link is lost; somebody else is there first, takes control, and leaves."""
    stack.air.range_ok = False
    await person.until(lambda now: not now["belt"]["linked"], NOTICED_S, "loss unnoticed")
    stranger = BleakLink(_heard_before(running), stack.stranger, connect_limit_s=STRANGER_S)
    coming = asyncio.create_task(stranger.connect(lambda: None))
    await asyncio.sleep(1.0)
    stack.air.range_ok = True
    await coming
    await stranger.subscribe(uuids.CONTROL_POINT, lambda _octets: None)
    await stranger.write(uuids.CONTROL_POINT, REQUEST_CONTROL, response=True)
    await asyncio.sleep(QUIET_S)
    _must(not person.now["belt"]["linked"], "control is linked to a treadmill that another has")
    _must("arm" not in person.now["may"], "it can be armed without a treadmill")
    await stranger.disconnect()
    began_s = time.monotonic()
    await person.until(lambda now: now["belt"]["linked"], STRANGER_S, "no link after the other")
    return {"left_to_linked_ms": round(1000 * (time.monotonic() - began_s), 1)}


@contextlib.asynccontextmanager
async def _walking(stack: Stack) -> AsyncIterator[tuple[Service, Supervisor]]:
    """A service, and a supervisor who has just seen the belt reach its speed. What a step does to
    the air ends before the service does."""
    async with (
        bedside(radio=stack.service) as running,
        supervisor(running.hatch) as person,
        contextlib.AsyncExitStack() as at_the_end,
    ):
        at_the_end.callback(setattr, stack.air, "range_ok", True)
        await settled(running, person)
        await set_off(person, SPEED_MPS)
        yield running, person


def _nobody_asked_for_motion(running: Service, since_ns: int) -> None:
    asked = [
        line
        for line in running.bench.told
        if line["event"] in ASKS_FOR_MOTION and line["at_ns"] > since_ns
    ]
    _must(not asked, f"motion was asked for: {asked}")


def _later(event: str, since_ns: int) -> Callable[[Figures], bool]:
    return lambda line: bool(line["event"] == event and line["at_ns"] > since_ns)


def _heard_before(running: Service) -> BLEDevice:
    """The treadmill for somebody who need not look for it: whose adapter is in time for its very
    first advertisement, which BlueZ has yet to tell of."""
    name = _name(running)
    return BLEDevice(name, None, hci.Address(name, hci.Address.RANDOM_DEVICE_ADDRESS))


def _name(running: Service) -> str:
    return address.treadmill(running.settings.treadmill).target


def _ms(since_ns: int, at_ns: int) -> float:
    return round((at_ns - since_ns) / 1e6, 1)


def _must(kept: bool, otherwise: str) -> None:
    if not kept:
        raise Failure(f"{otherwise[0].upper()}{otherwise[1:]}.")
