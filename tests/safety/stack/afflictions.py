"""What may go wrong in a run, by name: how it strikes, and which reactions answer it.

A reaction is the cause that the supervisor is told of; `NOTHING` means that the walk may go on,
or that there is nothing to react to. Numbers are rows of the project's fault catalogue.
"""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.ftms import machine_status, uuids
from simulators.faults import FAULTS, HONEST, afflicted
from simulators.treadmill import Notice
from tests.safety.stack.bedside import Bedside

NOTHING = ""
Strike = Callable[[Bedside], None]


@dataclass(frozen=True, slots=True)
class Affliction:
    """`walking`: causes that answer it in a walk. `blinds`: what it keeps anybody from knowing.

    `grip_slow_s`: a release may take so long to be known, beyond which it counts as any other.
    """

    catalogue: str
    strike: Strike
    walking: frozenset[str]
    blinds: frozenset[str] = frozenset()
    grip_slow_s: float = 0.0


def machine(name: str) -> Strike:
    """The machine turns into one with this fault, at once."""

    def strike(bedside: Bedside) -> None:
        bedside.scene.treadmill.firmware.machine = afflicted([name], HONEST)

    return strike


def of_link(**habits: object) -> Strike:
    def strike(bedside: Bedside) -> None:
        for habit, value in habits.items():
            assert hasattr(bedside.link, habit)
            setattr(bedside.link, habit, value)

    return strike


def of_wire(**habits: object) -> Strike:
    def strike(bedside: Bedside) -> None:
        for habit, value in habits.items():
            assert hasattr(bedside.wire, habit)
            setattr(bedside.wire, habit, value)

    return strike


def walker(intent: str) -> Strike:
    def strike(bedside: Bedside) -> None:
        bedside.obliging = False
        bedside.scene.intend(intent)

    return strike


def console(button: str) -> Strike:
    return lambda bedside: bedside.scene.treadmill.press(button)


def permission_lost(bedside: Bedside) -> None:
    bedside.scene.treadmill.firmware.controlled = False
    bedside.link.notify([Notice(uuids.MACHINE_STATUS, machine_status.control_lost())])


def held_for(seconds: float) -> Strike:
    def strike(bedside: Bedside) -> None:
        bedside.link.held = True
        bedside.loop.call_later(seconds, bedside.link.release)

    return strike


def stalled_for(seconds: float) -> Strike:
    """The computer stands still: every timer is late, and the world went on."""
    return lambda bedside: bedside.loop.call_soon(bedside.stall, seconds)


def tether_off(bedside: Bedside) -> None:
    bedside.scene.sensor.tether = False


def grip_frozen(bedside: Bedside) -> None:
    bedside.scene.sensor.frozen = True


def supervisor_leaves(bedside: Bedside) -> None:
    bedside.supervisor.attends = False


def guard_dies(bedside: Bedside) -> None:
    bedside.guard_lives = False


def journal_fails(bedside: Bedside) -> None:
    bedside.ledger.ok = False


def mashes(verb: str) -> Strike:
    """Fifty presses within five seconds."""

    def strike(bedside: Bedside) -> None:
        for press in range(50):
            bedside.loop.call_later(press * 0.1, bedside.supervisor.press, verb)

    return strike


def causes(*names: str) -> frozenset[str]:
    return frozenset(names)


GRIP_GONE = causes("grip_released", "grip_silent")
UNHEARD = causes("belt_silent", "belt_lost", "link_lost", "write_failed", "mismatch")
OF_HANDS, OF_BELT = frozenset({"grip"}), frozenset({"belt"})
HARMLESS = causes(NOTHING)

AFFLICTIONS: dict[str, Affliction] = {
    "nothing": Affliction("", lambda _bedside: None, HARMLESS),
    # The link
    "link_lost_at_once": Affliction("F1", lambda b: b.link.cut(), causes("link_lost")),
    "link_lost_unnoticed": Affliction("F1", lambda b: b.link.cut(6.0), UNHEARD),
    "notifications_stop": Affliction("F2", of_link(mute=True), UNHEARD),
    "writes_hang": Affliction("F3 F12 F19", of_link(hung=True), UNHEARD | HARMLESS),
    "writes_fail": Affliction("F11", of_link(refuses=True), UNHEARD | HARMLESS),
    "acknowledged_not_executed": Affliction(
        "F4", of_link(deaf=True), causes("mismatch", "did_not_start", NOTHING)
    ),
    "answers_lost": Affliction("F5", of_link(answerless=True), causes("mismatch", NOTHING)),
    "short_burst": Affliction("F6", held_for(1.5), HARMLESS),
    "long_burst": Affliction("F6", held_for(4.0), UNHEARD),
    "torn_notifications": Affliction(
        "F7", of_link(garbage=0.3),
        UNHEARD | causes(NOTHING, "overspeed", "foreign_speed", "uncommanded_motion"), OF_BELT,
    ),
    "every_notification_twice": Affliction("F7", of_link(twice=True), HARMLESS),
    "control_taken_away": Affliction("F8", permission_lost, causes("control_lost")),
    "third_of_notifications_lost": Affliction("F15", of_link(loss=0.3), UNHEARD | HARMLESS),
    "slow_link": Affliction("F15", of_link(jitter_s=0.3), UNHEARD | HARMLESS),
    # The grip unit
    "release": Affliction("F20", walker("release"), causes("grip_released")),
    "one_hand": Affliction("F20", walker("release left"), causes("one_hand")),
    "grip_unplugged": Affliction("F21", lambda b: b.wire.unplug(), GRIP_GONE),
    "grip_stuck_held": Affliction("F22", of_wire(stuck=True), HARMLESS, OF_HANDS),
    "grip_chatters": Affliction("F23", of_wire(chatters=True), GRIP_GONE),
    "grip_frozen": Affliction("F24", grip_frozen, GRIP_GONE, OF_HANDS),
    "grip_silent": Affliction("F27", of_wire(silent=True), GRIP_GONE, OF_HANDS),
    "grip_flood": Affliction("F29", of_wire(flood=20), HARMLESS),
    "grip_noise": Affliction("F17 F32", of_wire(noise=0.2), HARMLESS, grip_slow_s=0.5),
    "grip_all_noise": Affliction("F17 F32", of_wire(noise=1.0), GRIP_GONE, OF_HANDS),
    "grip_lines_torn": Affliction("F17", of_wire(torn=True), HARMLESS),
    "tether_off": Affliction("F96", tether_off, causes("tether")),
    # The walker
    "fall": Affliction("F26 F92", walker("fall"), causes("fall", "grip_released")),
    "step_off": Affliction("F92", walker("step off"), causes("grip_released")),
    "stops_stepping": Affliction("F92", walker("stop stepping"), HARMLESS),
    # The machine
    "ignores_stop": Affliction("F35", machine("ignores_stop"), HARMLESS),
    "mph_for_kmh": Affliction(
        "F33", machine("mph_for_kmh"), causes("mismatch", "overspeed", NOTHING)
    ),
    "runaway": Affliction("F34", machine("runaway"), causes("overspeed", "mismatch")),
    "frozen_telemetry": Affliction(
        "F39", machine("frozen_telemetry"), causes("mismatch", NOTHING), OF_BELT
    ),
    "start_toggles": Affliction("F37", machine("start_toggles"), HARMLESS),
    "no_control_answer": Affliction("F5", machine("no_control_answer"), HARMLESS),
    "slow_stop": Affliction("F44", machine("slow_stop"), HARMLESS),
    "success_without_motion": Affliction(
        "F4", machine("success_without_motion"), causes("mismatch", "did_not_start")
    ),
    "starts_by_itself": Affliction("F41 F48", console("start"), HARMLESS),
    "console_faster": Affliction("F9 F42", console("faster"), causes("foreign_speed")),
    "console_slower": Affliction("F42", console("slower"), HARMLESS),
    "console_stop": Affliction("F42", console("stop"), causes("console_stop")),
    "console_pause": Affliction("F42", console("pause"), causes("console_stop")),
    "safety_key": Affliction("F96", console("pull key"), causes("safety_key")),
    # People and the computer
    "supervisor_leaves": Affliction("F91", supervisor_leaves, causes("console_lost")),
    "faster_mashed": Affliction("F89", mashes("faster"), HARMLESS),
    "reset_mashed": Affliction("F90", mashes("reset"), HARMLESS),
    "guard_dies": Affliction("F67", guard_dies, causes("guard_silent")),
    "short_stall": Affliction("F70 F74", stalled_for(0.12), HARMLESS),
    "stall": Affliction("F70 F74", stalled_for(0.35), causes("turn_lost")),
    "virtual_machine_paused": Affliction("F79 F82", stalled_for(1.0), causes("turn_lost")),
    "disk_full": Affliction("F83 F84", journal_fails, causes("not_recorded")),
}  # fmt: skip
"""Every machine fault of the simulator that is not named above comes with `of_machine`."""


def unnamed() -> set[str]:
    """Faults of the simulated machine that this table does not have."""
    return set(FAULTS) - set(AFFLICTIONS) - {"none"}
