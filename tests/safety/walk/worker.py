"""One walk in a process of its own, told on stdout: one JSON line every so often.

`python -m tests.safety.walk.worker ROOM TRANSITIONS [PAIR …]`: the walk, then each of those pairs.
"""

import json
import sys

from tests.safety.walk.rooms import ROOMS
from tests.safety.walk.walker import Walk

PART = 500_000


def tell(walk: Walk, done: list[int], sentence: str = "") -> None:
    told = {
        "transitions": walk.transitions,
        "states": len(walk.places),
        "open": walk.open,
        "pairs": done,
        "broken": sentence,
        "seen": dict(walk.seen),
    }
    print(json.dumps(told), flush=True)


def main(room: int, transitions: int, pairs: list[int]) -> None:
    walk, done = Walk(ROOMS[room]), []
    try:
        while walk.transitions < transitions and walk.open:
            walk.walk(PART)
            tell(walk, done)
        for pair in pairs:
            walk.pair_up(pair)
            done.append(pair)
            tell(walk, done)
    except AssertionError as broken:
        tell(walk, done, str(broken))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), [int(pair) for pair in sys.argv[3:]])
