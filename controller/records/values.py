"""Values as plain JSON and back, by their fields: dataclasses, named tuples, enums, figures.

Nothing here lists a field by name, so that a new one is carried as soon as it exists. A float that
JSON has no word for is the text `inf`, `-inf` or `nan`; an enum is its value; a tuple is a list.
"""

import dataclasses
import functools
import math
import types
import typing
from enum import Enum
from typing import Any

Plain = Any
"""What JSON has: None, true and false, figures, texts, lists, objects."""

LEAVES = (bool, int, float, str)
ODD_FIGURES = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


class RecordError(ValueError):
    """A record that cannot be read; one plain sentence."""


def encode(value: Any) -> Plain:
    """The value as JSON has it. What JSON has no word for is written as text."""
    if isinstance(value, Enum):
        value = value.value
    names = names_of(type(value))
    if names:
        return {name: encode(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {str(key): encode(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [encode(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value if value is None or isinstance(value, LEAVES) else str(value)


def changes(before: Any, after: Any) -> dict[str, Plain]:
    """What `merged` needs to make the one out of the other; both are of the same class.

    Equal is not enough: 0, 0.0 and -0.0 are three different texts.
    """
    found = {}
    for name in names_of(type(after)):
        old, new = getattr(before, name), getattr(after, name)
        if old is new:
            continue
        if type(old) is type(new) and names_of(type(new)):
            inner = changes(old, new)
            if inner:
                found[name] = inner
        elif old != new or repr(old) != repr(new):
            found[name] = encode(new)
    return found


def merged(plain: Plain, changed: Plain) -> Plain:
    """An encoded value after `changes`: an object goes into an object, all else replaces."""
    if not (isinstance(plain, dict) and isinstance(changed, dict)):
        return changed
    new = {name: merged(plain.get(name), each) for name, each in changed.items()}
    return {**plain, **new}


def decode(kind: Any, plain: Plain) -> Any:
    """The value of a kind (a class, an optional one, a tuple of them) that `plain` stands for.

    A field that is not there has its default. Raises: `RecordError`.
    """
    try:
        return _decoded(kind, plain)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        named = getattr(kind, "__name__", str(kind))
        raise RecordError(f"There is no {named} in {str(plain)[:60]}: {error}.") from error


def _decoded(kind: Any, plain: Plain) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        if plain is None:
            return None
        (kind,) = (each for each in typing.get_args(kind) if each is not types.NoneType)
        return _decoded(kind, plain)
    if origin is tuple:
        return _tuple(typing.get_args(kind), plain)
    if names_of(kind):
        hints = _hints(kind)
        return kind(**{name: _decoded(hints[name], each) for name, each in plain.items()})
    if issubclass(kind, Enum):
        return kind(plain)
    return _leaf(kind, plain)


def _tuple(kinds: tuple[Any, ...], plain: Plain) -> tuple[Any, ...]:
    if kinds[-1] is ...:
        return tuple(_decoded(kinds[0], each) for each in plain)
    return tuple(_decoded(kind, each) for kind, each in zip(kinds, plain, strict=True))


def _leaf(kind: type, plain: Plain) -> Any:
    """A figure that is whole stays whole, as it was written."""
    if kind is float and isinstance(plain, str):
        return ODD_FIGURES[plain]
    if type(plain) is not kind and not (kind is float and type(plain) is int):
        raise TypeError(f"it is no {kind.__name__}")
    return plain


def names_of(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass or a named tuple; none of anything else."""
    return _names(kind)


@functools.cache
def _names(kind: Any) -> tuple[str, ...]:
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return tuple(getattr(kind, "_fields", ()))


@functools.cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
