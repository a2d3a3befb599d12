"""Machine Status and Training Status, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import ProtocolError
from protocols.ftms import machine_status, training_status
from protocols.ftms.machine_status import PARAMETERS, Event, MachineStatus
from protocols.ftms.training_status import Status, TrainingStatus


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (machine_status.reset(), "01"),
        (machine_status.stopped(), "0201"),
        (machine_status.paused(), "0202"),
        (machine_status.safety_key(), "03"),
        (machine_status.started(), "04"),
        (machine_status.target_speed(120), "057800"),
        (machine_status.target_inclination(-10), "06f6ff"),
        (machine_status.control_permission_lost(), "ff"),
    ],
)
def test_an_event_is_the_octets_of_the_specification(octets: bytes, expected: str) -> None:
    assert octets.hex() == expected


@given(st.sampled_from(Event), st.data())
def test_every_event_returns_as_it_was_sent(event: Event, data: st.DataObject) -> None:
    values = {parameter.name: data.draw(st.integers(0, 127)) for parameter in PARAMETERS[event]}
    octets = machine_status.encode(event, *values.values())
    assert machine_status.decode(octets) == MachineStatus(event, values)


def test_an_event_whose_number_does_not_fit_is_refused() -> None:
    with pytest.raises(ProtocolError, match="target_speed"):
        machine_status.target_speed(0x10000)


def test_a_missing_parameter_leaves_the_event_standing() -> None:
    status = machine_status.decode(b"\x02")
    assert status == MachineStatus(Event.STOPPED_OR_PAUSED_BY_USER, {}, truncated=True)


def test_surplus_octets_are_kept_apart() -> None:
    status = machine_status.decode(bytes.fromhex("040000"))
    assert status == MachineStatus(Event.STARTED_OR_RESUMED_BY_USER, {}, trailing=b"\0\0")


@given(st.binary(max_size=12))
def test_no_octets_raise(octets: bytes) -> None:
    assert (machine_status.decode(octets) is None) == (octets == b"")
    assert (training_status.decode(octets) is None) == (octets == b"")


@given(st.sampled_from(Status), st.none() | st.text(max_size=12).filter(lambda t: "\0" not in t))
def test_every_training_status_returns_as_it_was_sent(status: Status, text: str | None) -> None:
    octets = training_status.encode(status, text)
    assert training_status.decode(octets) == TrainingStatus(int(text is not None), status, text)


def test_one_octet_read_after_power_on_has_no_status() -> None:
    assert training_status.decode(b"\x00") == TrainingStatus(0, None)
