"""What a message on the hatch says besides its verb, as a command has it.

slower   {"speed_mps": 0.3}, as with faster
report   {"told": {"pain_nprs": 4, "effort": 13, "effort_scale": "borg_6_20",
          "symptom": "dizziness"}}, each of them or none
arm      {"orientation": "turned", "baseline_mps": 0.6,
          "pain_before": 2, "heart_rate_limit_bpm": 120}, each of them or none
"""

from typing import Any

from controller.hatch import Message
from controller.safety.told import Scale, Symptom, Told
from controller.session.commands import Orientation


def more(message: Message) -> dict[str, Any]:
    """The fields of a `Command`. Raises: `TypeError`, `ValueError`."""
    orientation = message.get("orientation")
    return {
        "speed_mps": _figure(message.get("speed_mps")),
        "baseline_mps": _figure(message.get("baseline_mps")),
        "orientation": None if orientation is None else Orientation(orientation),
        **of_patient(message),
    }


def _figure(figure: Any) -> float | None:
    return None if figure is None else float(figure)


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
