"""What programs at a broker are told while a treadmill is commissioned."""

import pytest

from controller.mqtt import picture
from controller.mqtt.picture import COMMISSIONED, Picture

SAID = {
    "kind": "commissioning",
    "time_s": 12.5,
    "linked": True,
    "at_rest": False,
    "speed_mps": 0.41,
    "question": "",
}
WALKS = {"time_s": 1.0, "state": "walking", "session_id": "a", "walked_s": 3.0}


def test_a_commissioning_is_a_state_of_its_own_without_a_session() -> None:
    measured = Picture(picture.measured(SAID), 0.0)
    assert measured.sound
    state = measured.state(device="d", seq=1, challenge="c")
    assert (state.state, state.sentence, state.control) == ("commissioning", COMMISSIONED, True)
    assert (state.belt_speed_mps, state.linked, state.at_rest) == (0.41, True, False)
    assert (state.session_id, state.left, state.set_point_mps) == (None, False, None)
    told = measured.telemetry(2)
    assert (told.state, told.belt_speed_mps, told.time_s) == ("commissioning", 0.41, 12.5)


@pytest.mark.parametrize("other", ["idle", "walking", "latched", "unknown"])
def test_its_coming_and_going_is_no_event_of_a_session(other: str) -> None:
    measured, before = Picture(picture.measured(SAID)), Picture({**WALKS, "state": other})
    assert picture.event(before, measured) is None
    assert picture.event(measured, before) is None


def test_a_stop_that_could_not_be_verified_is_told() -> None:
    state = Picture(picture.measured({**SAID, "pull_key": True})).state(
        device="d", seq=1, challenge="c"
    )
    assert state.pull_key is True


def test_what_is_no_such_message_is_not_sound() -> None:
    assert not Picture(picture.measured({"kind": "commissioning"})).sound
