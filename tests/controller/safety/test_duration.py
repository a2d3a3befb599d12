"""How long a condition lasts."""

import math

from controller.safety.duration import lasted_s, since


def test_a_condition_began_when_it_was_first_so() -> None:
    assert since(None, True, 5.0) == 5.0
    assert since(3.0, True, 5.0) == 3.0
    assert since(3.0, False, 5.0) is None


def test_a_beginning_that_is_yet_to_come_begins_now() -> None:
    assert since(9.0, True, 5.0) == 5.0
    assert since(math.nan, True, 5.0) == 5.0


def test_what_does_not_hold_has_not_lasted() -> None:
    assert lasted_s(None, 5.0) == 0
    assert lasted_s(3.0, 5.0) == 2
