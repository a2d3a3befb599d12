"""The interlocks: one table of what forbids motion, what it does, and what clears it.

Of all rows that are open, the worst action wins, and of those the first in the table names the
cause. Adding a hazard is adding a row.
"""

from controller.safety.interlocks import care, commanded, hands, machine, service
from controller.safety.interlocks.row import Interlock
from controller.safety.view import Phase, View

INTERLOCKS: tuple[Interlock, ...] = (
    *commanded.ROWS,
    *hands.ROWS,
    *care.ROWS,
    *machine.ROWS,
    *service.ROWS,
)
BY_NAME = {interlock.name: interlock for interlock in INTERLOCKS}
_WORST_FIRST = sorted(INTERLOCKS, key=lambda row: row.action, reverse=True)
BY_PHASE = {
    phase: tuple((row.opened, row) for row in _WORST_FIRST if phase in row.phases)
    for phase in Phase
}
"""What opens each row that is looked at in a phase, and the row: worst action first, table order
within an action."""


def opened(view: View) -> tuple[Interlock, ...]:
    """The open interlocks, in the order of `BY_PHASE`."""
    return tuple([row for opens, row in BY_PHASE[view.phase] if opens(view)])
