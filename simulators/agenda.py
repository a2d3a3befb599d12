"""What a firmware knows of time: the clocks that onsets count on, and what it is to do later."""

from collections.abc import Callable

from simulators.trouble import BEFORE_S, Clocks


class Agenda:
    """`now_s`: since it was switched on; whoever moves it on calls `catch_up` if it is `busy`."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._began_s: float | None = None
        self._linked_s: float | None = None
        self._later: list[tuple[float, Callable[[], object]]] = []

    @property
    def busy(self) -> bool:
        return bool(self._later)

    def clocks(self) -> Clocks:
        now_s, began_s, linked_s = self.now_s, self._began_s, self._linked_s
        return Clocks(
            BEFORE_S + now_s if began_s is None else now_s - began_s,
            BEFORE_S + now_s if linked_s is None else now_s - linked_s,
        )

    def begin(self) -> None:
        """The belt is set in motion; only the first time counts."""
        self._began_s = self.now_s if self._began_s is None else self._began_s

    def link(self, up: bool) -> None:
        self._linked_s = self.now_s if up else None

    def count_anew(self, *, running: bool) -> None:
        """Onsets count from now, on the clocks that run already."""
        self._began_s = self.now_s if running else None
        self._linked_s = None if self._linked_s is None else self.now_s

    def later(self, after_s: float, action: Callable[[], object]) -> None:
        """Do something in so many seconds, whatever happens until then."""
        self._later.append((self.now_s + after_s, action))

    def catch_up(self) -> None:
        """Do what is due, in the order in which it was asked for."""
        due = [action for at_s, action in self._later if at_s <= self.now_s]
        self._later = [waiting for waiting in self._later if waiting[0] > self.now_s]
        for action in due:
            action()
