"""What the console needs of those who ask a supervisor for something: a list, and two answers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol


class Accepted(Protocol):
    """A request that was accepted: what to ask of control, and whom to tell of its answer."""

    @property
    def verb(self) -> str: ...

    @property
    def more(self) -> Mapping[str, str | float]: ...

    @property
    def settled(self) -> Callable[[bool, str], None]: ...


class Inbox(Protocol):
    """Requests that wait for a supervisor. Each can be accepted or dismissed once."""

    def watch(self, on_change: Callable[[], None]) -> None:
        """Have `on_change` called whenever the list is another."""

    def rows(self) -> Sequence[Mapping[str, object]]:
        """As the page shows them: id, verb, client, speed_mps, program, left_s."""
        ...

    def accept(self, key: str) -> Accepted | None: ...

    def dismiss(self, key: str) -> bool: ...


class Empty:
    """No network, no requests."""

    def watch(self, _on_change: Callable[[], None]) -> None:
        return

    def rows(self) -> Sequence[Mapping[str, object]]:
        return ()

    def accept(self, _key: str) -> Accepted | None:
        return None

    def dismiss(self, _key: str) -> bool:
        return False
