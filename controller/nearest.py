"""The known word that an unknown one most looks like."""

import difflib
from collections.abc import Iterable

ALIKE = 0.5


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word nearest to `word`, or "" if none is near.

    Of equals it is the one whose letters were only swapped.
    """
    found = max(known, key=lambda other: _likeness(word, other), default="")
    return found if _likeness(word, found)[0] >= ALIKE else ""


def hint(word: str, known: Iterable[str]) -> str:
    """` Did you mean …?`, or nothing."""
    found = nearest(word, known)
    return f" Did you mean {found}?" if found else ""


def _likeness(word: str, other: str) -> tuple[float, bool]:
    ratio = difflib.SequenceMatcher(None, word, other).ratio()
    return ratio, sorted(word) == sorted(other)
