"""Values that each turn makes anew, or renews in part, and reads a hundred times (ADR 0021)."""

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

__all__ = ["replace", "value"]

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(known: T, /, **changes: Any) -> T:
        """A value like `known` with other fields. Raises: `AttributeError` for an unknown one."""
        kind = type(known)
        new = kind(*kind.every_field(known))
        for name, what in changes.items():
            setattr(new, name, what)
        return new


@dataclass_transform(frozen_default=True)
def value(kind: type[T]) -> type[T]:
    """A dataclass with slots, of two fields or more, that the type checker holds frozen.

    Nothing else does: a dataclass that is frozen at run time pays for each field of each new one,
    a tenth of a turn in all. All of this code goes through the checker.
    """
    made: Any = dataclass(slots=True, unsafe_hash=True)(kind)
    made.every_field = staticmethod(attrgetter(*(field.name for field in fields(made))))
    return made  # type: ignore[no-any-return]
