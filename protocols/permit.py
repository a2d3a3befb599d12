"""How long a decision to move counts: while it is fresh, and nothing has ended its motion (S25)."""

from protocols.belt import PERMIT_S, BeltOrder, Level

RUN = Level.RUN


class Permit:
    """Of one connection. It begins withdrawn: a moving order that already stands is a Stop."""

    def __init__(self) -> None:
        self.withdrawn = True
        """Until an order that does not move has come."""

    def level(self, order: BeltOrder, now_s: float) -> Level:
        """The order's level while its permit lasts; afterwards a moving order is a Stop."""
        if order.level is not RUN:
            self.withdrawn = False
            return order.level
        self.withdrawn |= not 0 <= now_s - order.decided_at_s <= PERMIT_S
        return Level.STOP if self.withdrawn else RUN
