"""Real-process faults: control is ended or frozen at a random moment of a phase, side by side.

Each trial is one service's: bring it to the phase, do it, and see what guard, relay and belt make
of it. Several services run at once, for each of them mostly waits.
"""

import asyncio
import contextlib
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from benchmarks.parts.loss import bedside, send, settled
from controller.cli.failure import Failure
from controller.cli.simulated import Service
from controller.cli.supervisor import Message, Supervisor, supervisor

SIGNALS = (signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV, signal.SIGABRT)
"""Killed as by the OOM killer; frozen; a broken pointer; the C library gave up."""
DETECTED_MS, OPEN_MS = 300.0, 600.0
RESTING_MS = 2300.0
"""A frozen control that was last heard to rest is missed so late; nothing moves meanwhile."""
ON_THE_WAY_NS = 100_000_000
"""What control wrote a moment before its death still arrives."""
QUIET_S = 1.5
LIMIT_S = 40.0
MOVING = ("ramping", "steady")
ASKS_FOR_MOTION = frozenset({"start_received", "speed_set"})


@dataclass
class Trial:
    """What was done, and what came of it: ms after the signal, None for what never came."""

    number: int
    phase: str
    signal: signal.Signals
    detected_ms: float | None = None
    open_ms: float | None = None
    verified_ms: float | None = None
    wrongs: list[str] = field(default_factory=list)

    @property
    def patience_ms(self) -> float:
        rests = self.phase == "latched" and self.signal is signal.SIGSTOP
        return RESTING_MS if rests else DETECTED_MS


Reach = Callable[[Service, Supervisor, random.Random], Awaitable[None]]


async def _armed(running: Service, person: Supervisor, chance: random.Random) -> None:
    await _may(person, "arm")
    await asyncio.sleep(chance.uniform(0.0, 1.0))


async def _ramping(running: Service, person: Supervisor, chance: random.Random) -> None:
    await _armed(running, person, chance)
    await _may(person, "start")
    await person.until(lambda now: (now["belt"]["speed_mps"] or 0) > 0, LIMIT_S, "no motion")
    await asyncio.sleep(chance.uniform(0.0, 2.0))


async def _steady(running: Service, person: Supervisor, chance: random.Random) -> None:
    await _ramping(running, person, chance)
    await person.until(
        lambda now: 0 < now["set_point_mps"] == now["target_mps"], LIMIT_S, "not steady"
    )
    await asyncio.sleep(chance.uniform(0.0, 1.0))


async def _stopping(running: Service, person: Supervisor, chance: random.Random) -> None:
    await _ramping(running, person, chance)
    running.bench.say("release")
    await person.until(lambda now: now["state"] == "stopping", LIMIT_S, "no stop")
    await asyncio.sleep(chance.uniform(0.0, 0.8))


async def _latched(running: Service, person: Supervisor, chance: random.Random) -> None:
    await _stopping(running, person, chance)
    await person.until(lambda now: now["state"] == "latched", LIMIT_S, "no latch")
    await asyncio.sleep(chance.uniform(0.0, 0.5))


PHASES: dict[str, Reach] = {
    "armed": _armed,
    "ramping": _ramping,
    "steady": _steady,
    "stopping": _stopping,
    "latched": _latched,
}


async def _may(person: Supervisor, verb: str) -> None:
    await person.until(lambda now: verb in now["may"], LIMIT_S, f"no {verb}")
    await person.command(verb)


def planned(count: int) -> list[Trial]:
    """So many trials: each phase with each signal in turn."""
    kinds = [(phase, number) for phase in PHASES for number in SIGNALS]
    return [Trial(n, *kinds[n % len(kinds)]) for n in range(count)]


async def run(trials: list[Trial], services: int, tell: Callable[[Trial], None]) -> None:
    """Take them all, on so many services at once. A service with a failure is replaced. They are
    started one after another: their imports together would leave a walk no processor."""
    waiting = list(reversed(trials))
    starting = asyncio.Lock()

    async def take() -> None:
        while waiting:
            async with contextlib.AsyncExitStack() as service:
                async with starting:
                    running = await service.enter_async_context(bedside("pty"))
                while waiting:
                    trial = waiting.pop()
                    await _take(running, trial)
                    tell(trial)
                    if trial.wrongs:
                        break

    async with asyncio.TaskGroup() as group:
        for _ in range(services):
            group.create_task(take())


async def _take(running: Service, trial: Trial) -> None:
    chance = random.Random(trial.number)
    try:
        async with supervisor(running.hatch) as person:
            running.bench.say("hold")
            await settled(running, person)
            await PHASES[trial.phase](running, person, chance)
            since_ns = send(running, trial.signal)
            await _lost(running, trial, since_ns)
        state = await _after(running)
    except Failure as failure:
        trial.wrongs.append(str(failure))
        return
    _judge(running, trial, since_ns, state)


async def _lost(running: Service, trial: Trial, since_ns: int) -> None:
    """Until the guard has started control again: the belt was seen at rest."""

    def again(line: Message) -> bool:
        return bool(line["event"] == "control_started" and line["at_ns"] > since_ns)

    await running.guard.until(again, LIMIT_S)


async def _after(running: Service) -> Message:
    """The new control, once it has verified rest, watched for a while."""
    async with supervisor(running.hatch, present=False) as onlooker:
        await onlooker.until(lambda now: now["state"] == "latched", LIMIT_S, "not latched")
        await asyncio.sleep(QUIET_S)
        return onlooker.now


def _judge(running: Service, trial: Trial, since_ns: int, state: Message) -> None:
    guard = [line for line in running.guard.told if line["at_ns"] > since_ns]
    bench = [line for line in running.bench.told if line["at_ns"] > since_ns]

    def ms(lines: list[Message], event: str) -> float | None:
        at_ns = next((line["at_ns"] for line in lines if line["event"] == event), None)
        return None if at_ns is None else round((at_ns - since_ns) / 1e6, 1)

    trial.detected_ms = ms(guard, "control_lost")
    trial.open_ms = ms(bench, "relay_opened")
    trial.verified_ms = ms(guard, "guard_stop_verified")
    belts = [line["speed_mps"] for line in bench if line["event"] == "belt"]
    rules = {
        "detected late": _within(trial.detected_ms, trial.patience_ms),
        "relay late": _within(trial.open_ms, OPEN_MS),
        "relay closed again": ms(bench, "relay_closed") is None,
        "rest not verified": trial.phase == "latched" or trial.verified_ms is not None,
        "no alarm": trial.phase == "latched" or ms(guard, "alarm") is not None,
        "the belt moves": bool(belts) and belts[-1] == 0 and not _rose(belts),
        "motion was asked for": not any(
            line["event"] in ASKS_FOR_MOTION and line["at_ns"] - since_ns > ON_THE_WAY_NS
            for line in bench
        ),
        "not latched": state["state"] == "latched" and bool(state["cause"]),
        "no rest": trial.phase not in MOVING or ms(bench, "at_rest") is not None,
    }
    trial.wrongs += [name for name, kept in rules.items() if not kept]


def _rose(belts: list[float]) -> bool:
    """Whether a belt that had come to rest moved again."""
    rested = belts.index(0) if 0 in belts else len(belts)
    return any(speed_mps > 0 for speed_mps in belts[rested:])


def _within(figure_ms: float | None, limit_ms: float) -> bool:
    return figure_ms is not None and figure_ms <= limit_ms
