"""A walker holds, steps, lets go and falls as a person does, and the same way for the same seed."""

import pytest

from simulators.walker import INTENTS, RESTING_HOLD_N, WalkerState, Wish, step, wish_after

DT_S = 0.01
STANDING = WalkerState()
BELT_MPS = 0.447
HOLD = wish_after(Wish(), "hold")


def after(
    seconds: float, wish: Wish, walker: WalkerState = STANDING, belt_mps: float = BELT_MPS
) -> WalkerState:
    for _ in range(round(seconds / DT_S)):
        walker = step(walker, wish, belt_mps, DT_S)
    return walker


def test_a_walker_begins_with_both_hands_off() -> None:
    walker = after(2, Wish())
    assert (walker.left.force_n, walker.right.force_n) == (0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_a_hold_takes_a_moment_and_is_then_a_resting_hold(seed: int) -> None:
    start = WalkerState(seed=seed)
    assert after(0.2, HOLD, start).left.force_n == 0
    lowest, highest = RESTING_HOLD_N
    walker = after(1.5, HOLD, start)
    for _ in range(500):
        walker = step(walker, HOLD, BELT_MPS, DT_S)
        assert 0.65 * lowest < walker.left.force_n < 1.35 * highest
        assert 0.65 * lowest < walker.right.force_n < 1.35 * highest


def test_one_hand_lets_go_while_the_other_holds() -> None:
    walker = after(0.5, wish_after(HOLD, "release left"), after(2, HOLD))
    assert walker.left.force_n == 0
    assert walker.right.force_n > 5


def test_releasing_one_hand_after_the_other_leaves_both_off() -> None:
    wish = wish_after(wish_after(HOLD, "release left"), "release right")
    assert (wish.left, wish.right) == (False, False)
    walker = after(0.5, wish, after(2, HOLD))
    assert (walker.left.force_n, walker.right.force_n) == (0, 0)


def test_a_released_hand_can_grip_again() -> None:
    released = after(0.5, wish_after(HOLD, "release"), after(2, HOLD))
    assert after(1.5, HOLD, released).left.force_n > 5


def test_steps_follow_the_cadence_of_backward_walking() -> None:
    assert after(60, HOLD).steps == pytest.approx(64 + 52 * BELT_MPS, abs=1)


def test_nobody_steps_on_a_belt_at_rest() -> None:
    assert after(10, HOLD, belt_mps=0).steps == 0


def test_a_walker_who_steps_stays_and_one_who_stops_is_carried_to_the_rear() -> None:
    assert after(10, HOLD).position_m == 0
    still = after(1, wish_after(HOLD, "stop stepping"))
    assert still.position_m == pytest.approx(BELT_MPS)
    assert after(10, HOLD, still).position_m < 0.01


def test_a_fallen_walker_lets_go_and_is_carried_as_far_as_the_belt_moves() -> None:
    fallen = after(1, wish_after(HOLD, "fall"), after(2, HOLD))
    assert fallen.fallen
    assert fallen.left.force_n == fallen.right.force_n == 0
    assert fallen.carried_m == pytest.approx(BELT_MPS)
    assert after(5, wish_after(HOLD, "fall"), fallen, belt_mps=0).carried_m == fallen.carried_m


def test_who_gets_up_and_holds_is_no_longer_fallen() -> None:
    fallen_wish = wish_after(HOLD, "fall")
    assert not after(2, wish_after(fallen_wish, "hold"), after(1, fallen_wish)).fallen


def test_only_feet_on_the_belt_load_it() -> None:
    assert max(after(s / 10, HOLD).load_n for s in range(1, 10)) > 0
    for intent in ("fall", "step off"):
        wish = wish_after(HOLD, intent)
        assert all(after(s / 10, wish).load_n == 0 for s in range(1, 10))


def test_the_same_seed_walks_the_same_way() -> None:
    wishes = [wish_after(HOLD, intent) for intent in INTENTS]

    def walk(seed: int) -> WalkerState:
        walker = WalkerState(seed=seed)
        for wish in wishes:
            walker = after(1, wish, walker)
        return walker

    assert walk(7) == walk(7)
    assert after(2, HOLD, WalkerState(seed=7)) != after(2, HOLD, WalkerState(seed=8))
