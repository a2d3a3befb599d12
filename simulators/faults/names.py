"""What people call a fault: its name in any case, or, not quite, a row of the two catalogues."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from simulators.faults.elsewhere import ELSEWHERE
from simulators.faults.parts import Fault

LIST = "All are listed by retrotread demo --list-faults."
ALIKE = 0.5


def rows(fault: Fault) -> frozenset[str]:
    """The catalogues' rows that a fault stands for, as in F35: its source begins with them."""
    return frozenset(re.findall(r"\b[FD]\d+\b", fault.source.partition(";")[0]))


def found(word: str, faults: Mapping[str, Fault]) -> str:
    """The name of the fault that is meant. Raises: `ValueError`, with what may be meant."""
    name = word.lower()
    if name not in faults:
        raise ValueError(f"{_told(word, faults)} {LIST}")
    return name


def near(word: str, known: Iterable[str]) -> list[str]:
    """Those known names that look like a word, three at most."""
    return get_close_matches(word.lower(), list(known), 3, ALIKE)


def _told(word: str, faults: Mapping[str, Fault]) -> str:
    row = word.upper()
    if not word.strip():
        return "An empty word is no fault."
    if "," in word:
        return f"{word!r} is several words. Write --fault once for each of them."
    if row in ELSEWHERE:
        return f"{row} is not simulated. {ELSEWHERE[row]}"
    stand_for_it = [name for name, fault in faults.items() if row in rows(fault)]
    if stand_for_it:
        return f"{row} is a row of the catalogue. Its faults: {', '.join(stand_for_it)}."
    alike = ", ".join(near(word, faults))
    return f"There is no fault {word!r}." + (f" Near it: {alike}." if alike else "")
