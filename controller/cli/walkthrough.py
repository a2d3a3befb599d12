"""The scripted walk of `retrotread demo --auto`: arm, start, reach the cap, let go, see rest.

It speaks to control over the hatch, as the desk does, and takes the truth from the simulators.
"""

import contextlib
from collections.abc import Callable

from controller.cli.failure import Failure
from controller.cli.simulated import Service
from controller.cli.supervisor import Message, Supervisor, supervisor, walker_proves_the_sensors

STEADY_S = 2.0
"""At the target for so long is steady."""
NEAR_MPS = 0.04
"""A grid step of 0.1 km/h, and a little."""
READY_S, WALK_S, REST_S = 20.0, 40.0, 10.0


async def walk(service: Service, tell: Callable[[str], None]) -> Message:
    """The whole walk; its summary, `verified` only if the belt was seen at rest and latched."""
    async with supervisor(service.hatch) as person:
        await walker_proves_the_sensors(person, service.bench)
        await person.until(lambda now: "arm" in now["may"], READY_S, "it could not be armed")
        await person.command("arm", program="demo")
        tell("Armed: both hands hold the rails.")
        await person.until(lambda now: "start" in now["may"], READY_S, "it could not be started")
        await person.command("start")
        tell("Started: the belt ramps up.")
        await _steady(person)
        tell(f"Steady at {person.now['belt']['speed_mps']:.2f} m/s: both hands let go.")
        service.bench.say("release")
        stopped = await _stopped(person)
        tell("Stopped." if stopped else "The stop could not be verified: pull the safety key.")
        return _summary(service, person, verified=stopped)


async def _steady(person: Supervisor) -> None:
    """At the cap, or as near below it as the machine's grid allows, for a while."""
    before = person.now["time_s"]

    def ended(now: Message) -> bool:
        return bool(now["time_s"] > before + 1 and now["state"] != "walking")

    def at_cap(now: Message) -> bool:
        return bool((now["belt"]["speed_mps"] or 0.0) >= now["cap_mps"] - NEAR_MPS)

    what = "the belt did not reach the cap"
    began = await person.until(lambda now: ended(now) or at_cap(now), WALK_S, what)
    until_s = began["time_s"] + STEADY_S
    now = await person.until(lambda now: ended(now) or now["time_s"] >= until_s, WALK_S, what)
    if ended(now):
        raise Failure(f"The walk ended early: {now['sentence']}")


async def _stopped(person: Supervisor) -> bool:
    with contextlib.suppress(Failure):
        await person.until(lambda now: now["state"] == "latched", REST_S, "no rest was seen")
    return bool(person.now["state"] == "latched")


def _summary(service: Service, person: Supervisor, *, verified: bool) -> Message:
    told = service.bench.told
    released = _first(told, "grip_released", -1)
    stop = _first(told, "stop_received", released.get("at_ns", 0))
    rest = _first(told, "at_rest", stop.get("at_ns", 0))
    session_id = person.now["session_id"]
    return {
        "program": "demo",
        "orientation": person.now["orientation"],
        "cap_mps": person.now["cap_mps"],
        "peak_set_point_mps": person.peak_set_point_mps,
        "peak_belt_mps": max(line["speed_mps"] for line in told if line["event"] == "belt"),
        "release_to_stop_ms": _between(released, stop, 1e6),
        "stop_to_rest_s": _between(stop, rest, 1e9),
        "carry_m": rest.get("carry_m"),
        "stop_cause": person.now["cause"],
        "latched": person.now["state"] == "latched",
        "verified": verified and bool(rest),
        "session_id": session_id,
        "record": str(service.settings.data_dir / "sessions" / f"{session_id}.jsonl"),
        "report": None,
    }


def _first(told: list[Message], event: str, after_ns: int) -> Message:
    """The first line of that name later than `after_ns`; empty if there is none."""
    return next((e for e in told if e["event"] == event and e["at_ns"] > after_ns), {})


def _between(start: Message, end: Message, unit_ns: float) -> float | None:
    if not (start and end):
        return None
    elapsed_ns: int = end["at_ns"] - start["at_ns"]
    return round(elapsed_ns / unit_ns, 3)
