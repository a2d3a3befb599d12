"""A grip unit whose patient lets go at a random moment, each release stamped: a process of its own.

    python -m benchmarks.parts.injector

The first line on standard output is `ready` with the pty and the process. Lines on standard input:

    hold            both rails, at once; answered with `released` of the trial before
    release SPAN_S  lets go after 5 ms and a random part of the span

`released` has the number of its trial, from 0, and `at_ns`: CLOCK_MONOTONIC just before the octets
were handed to the pty, or null if nobody let go in it. The process ends with standard input.
"""

import json
import os
import random
import select
import sys
import time
import tty

from protocols.grip import GripFrame, encode

PERIOD_S = 0.02
EARLIEST_S = 0.005
"""The loop has had its turn by then."""
HELD = GripFrame(
    left_held=True, right_held=True, left_force_n=40.0, right_force_n=40.0, tether=True
)
RELEASED = HELD._replace(left_held=False, right_held=False, left_force_n=0.0, right_force_n=0.0)
_NEVER = float("inf")


def say(event: str, **facts: object) -> None:
    os.write(sys.stdout.fileno(), json.dumps({"event": event, **facts}).encode() + b"\n")


class Injector:
    """Frames on a pty, 50 a second, and one at once when the hands change."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a phase, not a secret
        self._ours, self._theirs = os.openpty()
        for end in (self._ours, self._theirs):
            tty.setraw(end)
        self.port = os.ttyname(self._theirs)
        self._frame = RELEASED
        self._due_s = time.monotonic()
        self._release_s = _NEVER
        self._released_ns: int | None = None
        self._trial = 0

    def run(self) -> None:
        while True:
            wait_s = min(self._due_s, self._release_s) - time.monotonic()
            if select.select([0], [], [], max(wait_s, 0.0))[0]:
                octets = os.read(0, 4096)
                if not octets:
                    return
                for line in octets.decode().splitlines():
                    self._obey(*line.split())
            self._send_what_is_due(time.monotonic())

    def _obey(self, verb: str, span_s: str = "0") -> None:
        if verb == "hold":
            say("released", trial=self._trial, at_ns=self._released_ns)
            self._trial += 1
            self._released_ns, self._release_s = None, _NEVER
            self._send(HELD)
        else:
            wait_s = EARLIEST_S + self._random.uniform(0.0, float(span_s))
            self._release_s = time.monotonic() + wait_s

    def _send_what_is_due(self, now_s: float) -> None:
        if now_s >= self._release_s:
            self._release_s = _NEVER
            self._released_ns = self._send(RELEASED)
        elif now_s >= self._due_s:
            self._send(self._frame)

    def _send(self, frame: GripFrame) -> int:
        """Hand one frame to the pty; the stamp is taken last before it."""
        sequence = (self._frame.sequence + 1) & 0xFFFF
        self._frame = frame._replace(sequence=sequence)
        octets = encode(self._frame)
        at_ns = time.monotonic_ns()
        os.write(self._ours, octets)
        self._due_s = time.monotonic() + PERIOD_S
        return at_ns


def main() -> int:
    injector = Injector(seed=1)
    say("ready", grip=injector.port, pid=os.getpid())
    injector.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
