"""A belt at rest: what the machine reports, and what the belt's own sensor does not deny."""

from controller.safety import witness
from controller.safety.conditions import SETTLED_S
from controller.safety.view import View


def rests(view: View) -> bool:
    """The machine has reported a belt at rest for two seconds."""
    return view.evidence.belt.at_rest_for_s(view.now_s) >= SETTLED_S


def witness_rests(view: View) -> bool:
    """The belt's own sensor, if it has one, does not see it run."""
    return not witness.runs(view.evidence, view.now_s)


REST = (
    (rests, "The belt must be at rest for 2 seconds."),
    (witness_rests, "The belt's own speed sensor sees it run: stop the belt, or check the sensor."),
)
"""What is needed before a reset, an arming, a start and a commissioning."""
