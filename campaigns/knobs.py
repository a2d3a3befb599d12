"""Everything that a campaign can vary, by section and name: what it may be, and what it is if the
file is silent. The words are the file's; the units are in the names.
"""

from typing import NamedTuple

from campaigns.chance import Domain, Names, Span, Value
from controller.safety.limits import FLOOR, HARD
from controller.safety.limits import NAMES as LIMITS
from simulators.faults import FAULTS, KINDS
from simulators.plant import Drive
from simulators.walker import INTENTS

HONEST = Drive()
ENDS = ("release", "stop", "program", "pause")
"""How a walk may end besides by an intent of the walker: hands off, a press of Stop, the program's
end, a pause."""
INTENTS_THAT_END = ("fall", "step off")
assert set(INTENTS_THAT_END) <= set(INTENTS)  # noqa: S101 - two tables of one tree


BREAKABLE = tuple(name for name in FAULTS if name not in KINDS["table"])
"""What a driver learns on connecting does not vary: a campaign's link is made in memory."""

LISTED = "those that retrotread demo --list-faults lists, but for its kind `table`"


class Knob(NamedTuple):
    """What it may be, and what it is by default; None for a limit: the product's own."""

    domain: Domain
    default: Value | None


KNOBS: dict[str, dict[str, Knob]] = {
    "walk": {
        "speed_mps": Knob(Span(0.14, 0.9), 0.4),
        "seconds": Knob(Span(5.0, 2400.0), 120.0),
        "end": Knob(Names((*ENDS, *INTENTS_THAT_END)), "release"),
    },
    "walker": {
        "one_hand_off_per_minute": Knob(Span(0.0, 30.0), 0.0),
        "one_hand_off_s": Knob(Span(0.02, 30.0), 1.0),
        "both_off_per_minute": Knob(Span(0.0, 30.0), 0.0),
        "both_off_s": Knob(Span(0.02, 10.0), 0.2),
    },
    "machine": {
        "up_mps2": Knob(Span(0.05, 2.0), HONEST.up_mps2),
        "down_mps2": Knob(Span(0.05, 2.0), HONEST.down_mps2),
        "stop_mps2": Knob(Span(0.05, 5.0), HONEST.stop_mps2),
        "coast_mps2": Knob(Span(0.05, 5.0), HONEST.coast_mps2),
        "lag_s": Knob(Span(0.02, 2.0), HONEST.lag_s),
        "countdown_s": Knob(Span(0.0, 6.0), HONEST.countdown_s),
        "answer_s": Knob(Span(0.0, 1.5), 0.04),
        "report_period_s": Knob(Span(0.1, 2.0), 0.5),
    },
    "link": {
        "delay_s": Knob(Span(0.0, 1.0), 0.015),
        "loss": Knob(Span(0.0, 0.9), 0.0),
    },
    "faults": {"name": Knob(Names(BREAKABLE, LISTED), "none")},
    "settings": {
        "commissioned_cap": Knob(Names((True, False)), True),
        **{name: Knob(Span(getattr(FLOOR, name), getattr(HARD, name)), None) for name in LIMITS},
    },
}
"""`commissioned_cap`: the cap that a commissioning would have given this machine holds, too."""
