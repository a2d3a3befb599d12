"""What a message on the hatch says of the patient, as a command has it.

report   {"told": {"pain_nprs": 4, "effort": 13, "effort_scale": "borg_6_20",
          "symptom": "dizziness"}}, each of them or none
arm      {"pain_before": 2, "heart_rate_limit_bpm": 120}, either of them or none
"""

from typing import Any

from controller.hatch import Message
from controller.safety.told import Scale, Symptom, Told


def of_patient(message: Message) -> dict[str, Any]:
    """The fields of a `Command`. Raises: `TypeError`, `ValueError`."""
    return {
        "told": _told(message.get("told")),
        "pain_before": _whole(message.get("pain_before")),
        "heart_rate_limit_bpm": _whole(message.get("heart_rate_limit_bpm")),
    }


def _told(told: object) -> Told | None:
    if told is None:
        return None
    if not isinstance(told, dict):
        raise TypeError("A report is a table.")
    scale, symptom = told.get("effort_scale"), told.get("symptom")
    return Told(
        _whole(told.get("pain_nprs")),
        _whole(told.get("effort")),
        None if scale is None else Scale(scale),
        None if symptom is None else Symptom(symptom),
    )


def _whole(figure: object) -> int | None:
    if figure is not None and type(figure) is not int:
        raise TypeError("It is told as a whole number.")
    return figure
