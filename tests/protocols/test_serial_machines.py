"""The kinds of serial treadmills, and how a site fits one."""

import pytest

from protocols.conversation import Conversation
from protocols.dialect import Heading
from protocols.serial_machines import KINDS, Fitting, baud, dialect


def test_each_kind_has_its_rate_and_its_lowest_speed() -> None:
    assert {kind: baud(kind) for kind in KINDS} == {
        "trackmaster": 4800,
        "woodway": 4800,
        "biodex": 9600,
        "csafe": 9600,
    }
    assert all(dialect(kind).grid.mps(dialect(kind).grid.minimum) <= 0.22352 for kind in KINDS)


def test_a_site_s_own_figures_go_before_the_usual_ones() -> None:
    fitting = Fitting(units="kmh", minimum=1.0, maximum=3.0, baud=9600)
    grid = dialect("trackmaster", fitting).grid
    assert (grid.minimum, grid.maximum, grid.units_per_mps) == (10, 30, 36.0)
    assert baud("trackmaster", fitting) == 9600


@pytest.mark.parametrize(
    ("kind", "fitting", "sentence"),
    [
        ("trackmaster", Fitting(units="knots"), "counts in mph or kmh"),
        ("trackmaster", Fitting(minimum=0), "lowest first"),
        ("trackmaster", Fitting(minimum=5), "lowest first"),
        ("csafe", Fitting(maximum=26), "lowest first"),
        ("trackmaster", Fitting(reverse=True), "cannot reverse its belt"),
    ],
)
def test_a_fitting_that_cannot_be_is_refused_in_a_sentence(
    kind: str, fitting: Fitting, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        dialect(kind, fitting)


def test_a_belt_reverses_by_command_or_once_it_is_known_to() -> None:
    assert dialect("biodex").heading is Heading.BY_COMMAND
    assert dialect("woodway").heading is Heading.FORWARD_ONLY
    assert dialect("woodway", Fitting(reverse=True)).heading is Heading.WITH_SPEED


def test_a_write_that_failed_before_any_was_made_changes_nothing() -> None:
    conversation = Conversation(dialect("csafe"))
    conversation.write_failed()
    assert conversation.set_units == 0
