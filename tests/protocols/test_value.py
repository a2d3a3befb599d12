"""Values are equal by what they hold, and renewed without a trace on what was."""

import pytest

from protocols.value import replace, value


@value
class Place:
    x: int
    y: float = 0.0


def test_a_value_is_its_fields() -> None:
    assert Place(1) == Place(1, 0.0)
    assert Place(1) != Place(2)
    assert len({Place(1), Place(1, 0.0), Place(2)}) == 2
    assert repr(Place(1)).endswith("Place(x=1, y=0.0)")


def test_a_renewed_value_leaves_the_one_before_as_it_was() -> None:
    before = Place(1, 2.0)
    after = replace(before, y=3.0)
    assert (before, after) == (Place(1, 2.0), Place(1, 3.0))
    assert replace(before) == before
    assert replace(before) is not before


def test_a_value_has_no_other_fields() -> None:
    with pytest.raises(AttributeError):
        replace(Place(1), z=1)
