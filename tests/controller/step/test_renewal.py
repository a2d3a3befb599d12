"""A state that is renewed is another one, alike in all but what was changed."""

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from controller.ramp import Ramp
from controller.safety.monitors import Monitors
from controller.step import State
from controller.step.state import renewed

BEFORE = State(ended="The session was paused.", since_s=3.0, rises=((1.0, 0.1),))


def test_a_renewed_state_is_the_one_that_replacing_gives() -> None:
    changes = {"monitors": Monitors(late_s=0.5), "ramp": Ramp(0.2)}
    assert renewed(BEFORE, **changes) == replace(BEFORE, **changes)
    assert renewed(BEFORE) == BEFORE


def test_the_state_before_stays_as_it_was() -> None:
    later = renewed(BEFORE, since_s=4.0)
    assert (BEFORE.since_s, later.since_s) == (3.0, 4.0)
    with pytest.raises(FrozenInstanceError):
        later.since_s = 5.0  # type: ignore[misc]


@pytest.mark.parametrize("name", [field.name for field in fields(State)])
def test_each_field_can_be_renewed(name: str) -> None:
    changed = renewed(BEFORE, **{name: "something else"})
    assert getattr(changed, name) == "something else"
    assert renewed(changed, **{name: getattr(BEFORE, name)}) == BEFORE


def test_what_is_no_field_is_refused() -> None:
    with pytest.raises(AttributeError, match="A state has not all of these: speed, ended"):
        renewed(BEFORE, speed=1.0, ended="")
