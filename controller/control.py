"""The control process: drivers, loop, hatch and journal under one TaskGroup.

    python -m controller.control PLAN BEAT_FD PULSE_FD [--restarted]

Writes one octet to BEAT_FD at the end of each completed turn: `m` while the belt may move, `s`
while it is being stopped and stays latched, `l` at rest and latched, `r` at rest with nothing
latched, `u` when a stop was not seen to work in time. Reads the guard's pulse from PULSE_FD;
without it the belt is stopped. After anything but a clean end it begins with a stop, latched. Its
exit code is `GIVES_WAY` if a commissioner is to follow.
"""

import asyncio
import contextlib
import functools
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from controller import asked, profiles, realtime, timers
from controller.commissioning.profile import Profile, ProfileError
from controller.hatch import Hatch, Message, Peer
from controller.log import Log
from controller.loop import Loop
from controller.pipes import Pulse, beat
from controller.plan import GIVES_WAY, Plan
from controller.programs.program import FREE_WALK, Program
from controller.records.journal import Journal
from controller.records.latch_store import LatchStore
from controller.records.values import decode
from controller.safety.interlocks import BY_NAME
from controller.safety.limits import tightest
from controller.safety.mark import CLEAN, Mark
from controller.sensors import heart_of, strap_of, takers_of, witness_of, witnessed, worn_of
from controller.session import authority
from controller.session.commands import Orientation, Role, Verb
from controller.step import Command, State
from controller.step.state import crashed
from drivers import adapter, address
from drivers.links import LinkError
from drivers.machines import treadmill_at
from drivers.network_sensors import Reading
from protocols.ftms.conduct import UNMEASURED
from protocols.serial_machines import Fitting
from protocols.value import replace

MOVING, STOPPING, LATCHED, RESTING, UNVERIFIED = b"m", b"s", b"l", b"r", b"u"
SWITCH_S = 0.0005
"""How soon a thread (the journal's) must give the interpreter back; the default is 5 ms."""


_log = logging.getLogger(__name__)


class Commands:
    """Turns messages on the hatch into commands for the loop."""

    def __init__(
        self,
        loop: Loop,
        sensors: Mapping[str, Callable[[Reading], None]],
        programs: Sequence[Program] = (),
        *,
        by_name: bool = False,
    ) -> None:
        self._loop = loop
        self._by_name = by_name
        self._sensors = sensors
        self._programs = {program.id: program for program in (FREE_WALK, *programs)}

    def take(self, message: Message, peer: Peer) -> None:
        if message["kind"] == "presence":
            self._loop.seen.console_at_s = self._loop.clock()
        elif message["kind"] == "command":
            self._command(message, peer)
        elif message["kind"] == "sensor":
            self._sensors.get(str(message.get("sensor")), _passed_over)(message)

    def _command(self, message: Message, peer: Peer) -> None:
        try:
            command = self._read(message)
        except (ValueError, KeyError, TypeError):
            peer.send(_answer(str(message.get("id")), "There is no such command or program."))
            return
        if command.verb is Verb.COMMISSION and self._by_name:
            denied = authority.refusal(command.verb, command.role)
            peer.send(_answer(command.id, denied or profiles.BY_NAME))
            return
        self._loop.ask(command, lambda answer: peer.send(_answer(answer.id, answer.reason)))

    def _read(self, message: Message) -> Command:
        """Raises: `KeyError`, `TypeError`, `ValueError` for what is no command.

        Nothing that is said besides stands in the way of a Stop, not even a role there is not.
        """
        identifier, verb = str(message.get("id")), Verb(message.get("verb"))
        if verb is Verb.STOP:
            return Command(identifier, verb, _role_of_a_stop(message))
        program = self._programs[message.get("program", FREE_WALK.id)]
        role, more = Role(message.get("role")), asked.more(message)
        return Command(identifier, verb, role, program, **more)


def _role_of_a_stop(message: Message) -> Role:
    try:
        return Role(message.get("role"))
    except ValueError:
        return Role.ANYONE


def _passed_over(_reading: Reading) -> None:
    return


def _answer(identifier: str, reason: str) -> Message:
    return {"kind": "answer", "id": identifier, "accepted": not reason, "reason": reason}


class Heart:
    """Says to the guard how each completed turn left things, and to the disk what must not be
    forgotten."""

    def __init__(self, fd: int, loop: Loop, store: LatchStore) -> None:
        self._fd = fd
        self._loop = loop
        self._store = store
        self._mark: Mark | None = None

    def beat(self, moving: bool, escalate: bool) -> None:
        latch = self._loop.state.latch
        mark = Mark(moving, latch.cause if latch else "")
        if mark != self._mark:
            self._mark = mark
            self._store.keep(mark)
        beat(self._fd, _word(moving, escalate, latch is not None))


def _heard(loop: Loop, relay_ok: bool) -> None:
    loop.seen.pulse(relay_ok, loop.clock())


def _word(moving: bool, escalate: bool, latched: bool) -> bytes:
    """What a turn's heartbeat says to the guard."""
    if escalate:
        return UNVERIFIED
    if moving:
        return STOPPING if latched else MOVING
    return LATCHED if latched else RESTING


def _asleep_s() -> float:
    """The monotonic clock stands still while the computer sleeps; the boot clock, where there is
    one, does not."""
    booted = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(booted) - time.monotonic()


def _first(mark: Mark | None, now_s: float, *, restarted: bool) -> State:
    """Where control begins: stopping and latched, unless the last one ended at rest and clean."""
    if mark == CLEAN and not restarted:
        return State()
    if mark is None and not restarted:
        return crashed(now_s, "unknown_end")
    known = mark is not None and mark.cause in BY_NAME
    return crashed(now_s, mark.cause if mark is not None and known else "restarted")


def _wire_record(journal: Journal, direction: str, octets: bytes) -> None:
    journal.add("wire", time.monotonic(), direction=direction, octets=octets.hex())


async def serve(plan: Plan, beat_fd: int, pulse_fd: int, *, restarted: bool) -> bool:
    """Run until told to leave and the belt is at rest; whether a commissioner is to follow.

    Raises: `LinkError` or `ValueError` (`AddressError`, `LimitError`) for a plan that cannot work.
    """
    profile, measured = _commissioned(plan)
    limits, bound_by = tightest(plan.limits, measured)
    adapter.bleak_arguments(plan.adapter)
    os.set_blocking(beat_fd, False)
    news = asyncio.Event()
    programs = tuple(decode(Program, plain) for plain in plan.programs)
    place, fitting = address.treadmill(plan.treadmill), Fitting(**plan.machine)
    data_dir = Path(plan.data_dir)
    with Journal(data_dir / "sessions") as journal, LatchStore(data_dir / "latch") as store:
        treadmill = treadmill_at(
            place,
            news.set,
            functools.partial(_wire_record, journal),
            adapter=plan.adapter,
            fitting=fitting,
            conduct=profile.conduct if profile else UNMEASURED,
            named=True,
        )

        def on_hands() -> None:
            loop.at_once()

        grip, vitals, worn = worn_of(plan.grip, on_hands)
        strap, witness = strap_of(plan), witness_of(plan, news)
        loop = Loop(
            treadmill,
            worn,
            journal,
            limits,
            bound_by,
            clock=time.monotonic,
            news=news,
            state=replace(
                _first(store.read(), time.monotonic(), restarted=restarted),
                orientation=Orientation(plan.orientation),
            ),
            heart=lambda: heart_of(strap, vitals),
            witness=lambda: witnessed(witness),
            asleep_s=_asleep_s,
            kept=lambda: store.kept,
            commissioned=lambda: profile is not None and profile.speaks_for(treadmill.report),
        )
        commands = Commands(loop, takers_of(grip, vitals), programs, by_name=place.by_name)
        async with (
            contextlib.AsyncExitStack() as sensors,
            Hatch(Path(plan.hatch), commands.take) as hatch,
            treadmill,
            grip,
        ):
            for sensor in (strap, witness):
                if sensor is not None:
                    await sensors.enter_async_context(sensor)
            loop.publish = hatch.publish
            loop.beat = Heart(beat_fd, loop, store).beat
            on_end = functools.partial(loop.leave, "guard_ended")
            Pulse(pulse_fd, functools.partial(_heard, loop), on_end).watch()
            _leave_on_signals(loop)
            gc.collect()
            gc.freeze()
            if plan.realtime:
                realtime.settle(realtime.CONTROL)
            await loop.run()
            if loop.gives_way:
                hatch.publish({"kind": "event", "name": "gives_way"})
                await asyncio.sleep(0)
        return loop.gives_way


def _commissioned(plan: Plan) -> tuple[Profile | None, dict[str, dict[str, float]]]:
    """The machine's profile and its limits; nothing for one that may only be watched."""
    try:
        profile, limits = profiles.permitted(
            Path(plan.data_dir),
            plan.treadmill,
            relay=bool(plan.relay),
            hardware_stop=plan.hardware_stop,
        )
    except ProfileError as error:
        _log.warning("%s", error)
        return None, {}
    return profile, {"machine": limits}


def _leave_on_signals(loop: Loop) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, loop.leave)


def main(argv: list[str]) -> int:
    logging.basicConfig(format="%(message)s", level=logging.WARNING, handlers=[Log()])
    sys.setswitchinterval(SWITCH_S)
    plan_file, beat_fd, pulse_fd, *rest = argv[1:]
    plan = Plan.load(Path(plan_file))
    try:
        with asyncio.Runner(loop_factory=timers.exact) as runner:
            serving = serve(plan, int(beat_fd), int(pulse_fd), restarted="--restarted" in rest)
            return GIVES_WAY if runner.run(serving) else 0
    except (ValueError, LinkError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
