"""The table of faults: every row is whole, names what exists, and composes."""

import pytest

from simulators.faults import FAULTS, HONEST, Case, afflicted, case


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_can_be_given_to_a_machine_and_says_what_it_is(name: str) -> None:
    fault = FAULTS[name]
    assert fault.sentence.endswith(".")
    assert fault.source
    assert (case([name]) == Case()) == (name == "none")


def test_faults_add_up_in_the_order_of_their_names() -> None:
    machine = afflicted(["ignores_stop", "mph_for_kmh", "slow_stop"])
    assert [trouble.what for trouble in machine.quirks] == ["ignore stop"]
    assert machine.habits.unit_scale == pytest.approx(1.609344)
    assert machine.drive.stop_mps2 < HONEST.drive.stop_mps2


def test_an_unknown_fault_is_refused_with_the_nearest_there_are() -> None:
    with pytest.raises(ValueError, match=r"no fault 'ignore_stop'.*ignores_stop.*--list-faults"):
        afflicted(["ignore_stop"])
