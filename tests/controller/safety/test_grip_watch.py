"""How far a grip unit is believed."""

import math

import pytest

from controller.safety.evidence import hands
from controller.safety.grip_watch import GripWatch, holds, watch
from protocols.grip import GripFrame, GripReport
from tests.controller.bedside import NOW_S, changed, healthy


def seen(watched: GripWatch, now_s: float, rejected: int = 0, **frame: object) -> GripWatch:
    report = GripReport(GripFrame(**frame), now_s, now_s, rejected)  # type: ignore[arg-type]
    return watch(watched, report, now_s)


def test_damaged_lines_are_kept_by_their_time_three_at_most() -> None:
    watched = seen(GripWatch(), 1.0, 1)
    assert watched.damaged_at_s == (1.0,)
    watched = seen(watched, 2.0, 1)
    assert watched.damaged_at_s == (1.0,)
    watched = seen(watched, 3.0, 2)
    assert watched.damaged_at_s == (1.0, 3.0)
    watched = seen(watched, 4.0, 4)
    assert watched.damaged_at_s == (3.0, 4.0, 4.0)
    assert seen(watched, 5.0, 900).damaged_at_s == (5.0, 5.0, 5.0)


def test_a_new_connection_counts_anew() -> None:
    watched = seen(GripWatch(7), 1.0, 0)
    assert (watched.rejected, watched.damaged_at_s) == (0, ())
    assert seen(watched, 2.0, 1).damaged_at_s == (2.0,)


@pytest.mark.parametrize(
    ("frame", "disagrees"),
    [
        ({"left_held": True, "left_force_n": 0.9}, True),
        ({"left_held": True, "left_force_n": 1.0}, False),
        ({"left_held": True, "left_force_n": None}, False),
        ({"left_held": False, "left_force_n": 20.0}, False),
        ({"left_held": False, "left_force_n": 20.1}, True),
        ({"right_held": True, "right_force_n": 0.0}, True),
        ({"right_held": False, "right_force_n": 50.0}, True),
        ({"right_held": False, "right_force_n": None}, False),
        ({"left_held": True, "left_force_n": math.nan}, True),
        ({"right_held": False, "right_force_n": math.nan}, True),
    ],
)
def test_force_and_contact_must_agree(frame: dict[str, object], disagrees: bool) -> None:
    watched = seen(GripWatch(), 5.0, **frame)
    assert (watched.disagrees_since_s == 5.0) is disagrees
    if disagrees:
        assert seen(watched, 6.0, **frame).disagrees_since_s == 5.0


def test_the_more_dangerous_reading_counts_meanwhile() -> None:
    assert not holds(held=False, force_n=30.0)
    assert not holds(held=True, force_n=0.9)
    assert holds(held=True, force_n=1.0)
    assert holds(held=True, force_n=None)
    evidence = changed(healthy(), frame={"left_force_n": 0.0, "right_force_n": 9.0})
    on = hands(evidence, 0.25, NOW_S)
    assert (on.left, on.right) == (False, True)
