"""What a message says of the patient, and what it cannot say."""

from typing import Any

import pytest

from controller.asked import more, of_patient
from controller.safety.told import Scale, Symptom, Told
from controller.session.commands import Orientation

NOTHING = {"told": None, "pain_before": None, "heart_rate_limit_bpm": None}


def test_a_message_need_not_speak_of_the_patient() -> None:
    assert of_patient({"kind": "command"}) == NOTHING


def test_a_report_is_read_whole_and_in_parts() -> None:
    told = {"pain_nprs": 4, "effort": 13, "effort_scale": "borg_6_20", "symptom": "dizziness"}
    whole = Told(4, 13, Scale.BORG_6_20, Symptom.DIZZINESS)
    assert of_patient({"told": told})["told"] == whole
    assert of_patient({"told": {"pain_nprs": 4}})["told"] == Told(pain_nprs=4)
    assert of_patient({"told": {}})["told"] == Told()


def test_an_arming_may_bring_the_pain_before_and_a_limit() -> None:
    message = {"pain_before": 2, "heart_rate_limit_bpm": 120}
    assert of_patient(message) == {**NOTHING, **message}


def test_speeds_and_the_way_to_walk_are_read_too() -> None:
    message = {"speed_mps": 1, "baseline_mps": 0.6, "orientation": "turned"}
    read = more(message)
    assert read == {**message, **NOTHING, "orientation": Orientation.TURNED}
    assert more({})["speed_mps"] is None


@pytest.mark.parametrize(
    "message",
    [
        {"told": 4},
        {"told": {"pain_nprs": 4.5}},
        {"told": {"pain_nprs": "4"}},
        {"told": {"pain_nprs": True}},
        {"told": {"effort": 3, "effort_scale": "stars"}},
        {"told": {"symptom": "boredom"}},
        {"pain_before": 1.0},
        {"heart_rate_limit_bpm": "fast"},
        {"speed_mps": "fast"},
        {"orientation": "sideways"},
    ],
)
def test_what_is_no_report_is_no_command(message: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        more(message)
