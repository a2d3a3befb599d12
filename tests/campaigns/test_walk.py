"""One walk in virtual time: the real turn against the simulated bedside, and what is measured."""

import asyncio

import pytest

from campaigns.bedside import bedside
from campaigns.knobs import BREAKABLE
from campaigns.outcome import Outcome
from campaigns.plan import parse
from campaigns.walk import Walk, walked
from controller.commissioning.cap import carry_m
from controller.commissioning.stopping import Curve
from controller.programs.program import Program, ProgramPhase
from controller.safety.limits import Limits
from simulators.faults import HONEST, Machine
from simulators.plant import Drive
from tests.safety.stack.bedside import Bedside, Room
from tests.safety.stack.bedside import run as in_whole_stack

SHORT = "walks = 9\n[walk]\nseconds = 20\n"


def one(text: str = "", number: int = 0) -> Outcome:
    campaign = parse(SHORT + text)
    return walked(bedside(campaign, number), campaign.seed)


def ended(how: str, text: str = "") -> Outcome:
    return one(f"end = '{how}'\n{text}")


def test_a_release_is_answered_when_the_grace_is_spent() -> None:
    outcome = ended("release")
    assert (outcome.kind, outcome.cause) == ("planned", "grip_released")
    assert outcome.latency_s == pytest.approx(0.3, abs=0.011)
    assert outcome.rested
    assert outcome.verified
    assert not outcome.escalated


def test_the_carry_is_the_one_that_a_commissioning_reckons_with() -> None:
    outcome = ended("release")
    assert outcome.carry_m is not None
    bound_m = carry_m(outcome.speed_mps, Curve(0.03, 0.5, 0.25), Limits())
    assert 0.85 * bound_m < outcome.carry_m <= bound_m


def test_a_fall_and_a_stop_are_answered_at_once() -> None:
    fall, stop = ended("fall"), ended("stop")
    assert (fall.cause, stop.cause) == ("fall", "stop_pressed")
    assert fall.latency_s == pytest.approx(0.01, abs=0.011)
    assert stop.latency_s == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("how", ["program", "pause"])
def test_a_program_that_ends_and_a_pause_ramp_down_and_latch_nothing(how: str) -> None:
    outcome = ended(how)
    assert (outcome.kind, outcome.cause) == ("planned", "")
    assert outcome.verified
    assert outcome.stop_m is not None
    assert outcome.stop_m < 0.1
    assert outcome.latency_s is None


def test_hands_that_slip_are_a_nuisance_and_told_by_their_cause() -> None:
    slips = "[walker]\nboth_off_per_minute = 20\nboth_off_s = 0.6\n"
    outcomes = [one(slips, number) for number in range(3)]
    assert {outcome.kind for outcome in outcomes} == {"nuisance"}
    assert {outcome.cause for outcome in outcomes} == {"grip_released"}
    moved = [outcome for outcome in outcomes if outcome.stop_m is not None]
    assert len(moved) == 2
    assert all(outcome.latency_s == pytest.approx(0.5, abs=0.011) for outcome in moved)


def test_one_hand_off_for_too_long_is_a_controlled_stop() -> None:
    outcome = one("[walker]\none_hand_off_per_minute = 20\none_hand_off_s = 8\n")
    assert outcome.kind == "nuisance"
    assert outcome.cause in {"one_hand", "too_slow"}


def test_a_broken_link_is_a_fault_and_no_nuisance() -> None:
    outcome = one("[faults]\nname = 'link_cut'\n")
    assert (outcome.kind, outcome.cause) == ("fault", "link_lost")


def test_a_treadmill_that_ignores_stop_is_seen_to_run_on() -> None:
    outcome = one("[faults]\nname = 'ignores_stop'\n")
    assert not outcome.rested
    assert not outcome.verified
    assert outcome.escalated
    assert outcome.stop_m is None


def test_a_machine_that_cannot_run_slowly_enough_is_refused_with_the_reason() -> None:
    outcome = one("[machine]\nstop_mps2 = 0.05\nlag_s = 2\n")
    assert (outcome.kind, outcome.walked_s) == ("refused", 0.0)
    assert "cap" in outcome.cause


@pytest.mark.parametrize(
    "faults", [BREAKABLE[::12], pytest.param(BREAKABLE, marks=pytest.mark.deep)], ids=len
)
def test_whatever_breaks_the_belt_rests_or_people_are_told(faults: tuple[str, ...]) -> None:
    for fault in faults:
        outcome = one(f"[faults]\nname = '{fault}'\n")
        assert outcome.fault == fault
        assert outcome.rested or outcome.escalated, fault


def test_the_same_walk_comes_out_the_same_to_the_last_bit() -> None:
    text = "[link]\nloss = 0.2\n[walker]\nboth_off_per_minute = 3\n"
    assert [one(text, number) for number in range(3)] == [one(text, number) for number in range(3)]
    assert one(text, 0) != one(text, 1)._replace(number=0)


def test_turns_come_as_often_as_the_loop_takes_them() -> None:
    walk = Walk(bedside(parse(SHORT), 0), 1)
    outcome = walk.run()
    assert 20 <= walk.turns / outcome.lasted_s <= 25


def test_the_whole_stack_answers_a_release_alike() -> None:
    """Loop, drivers and octets in between make no difference but a turn and a frame."""
    here = ended("release", "[link]\ndelay_s = 0.01\n")
    stop_s, carried_m, speed_mps = in_whole_stack(_released(), 5)
    assert here.latency_s == pytest.approx(stop_s, abs=0.05)
    assert here.carry_m == pytest.approx(carried_m, abs=0.03)
    assert here.speed_mps == pytest.approx(speed_mps, abs=0.02)


async def _released() -> tuple[float, float, float]:
    room = Room(Machine(HONEST.habits, Drive()), delay_s=0.01, jitter_s=0.0)
    whole = Bedside(5, room)
    whole.supervisor.program = Program("one", "One", (ProgramPhase(600.0, 0.4),))
    whole.supervisor.wants = ["arm", "start"]
    async with whole.alive():
        await whole.until(lambda: whole.verdict.phase == "walking", 20.0)
        await asyncio.sleep(20.0)
        whole.obliging = False
        whole.scene.intend("release")
        for _ in range(200):
            await asyncio.sleep(0.005 if whole.scene.carry_m is None else 0.0)
        off_s, speed_mps = whole.now_s, whole.scene.belt.speed_mps
        off_m = whole.scene.belt.distance_m
        await whole.until(lambda: whole.treadmill.report.stop_sent_at_s is not None, 2.0)
        stop_at_s = whole.treadmill.report.stop_sent_at_s
        await whole.until(lambda: whole.scene.belt.speed_mps == 0.0, 10.0)
        assert stop_at_s is not None
        return stop_at_s - off_s, whole.scene.belt.distance_m - off_m, speed_mps
