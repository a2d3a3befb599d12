"""What really happened, for whoever checks a walk from outside: JSON lines, stamped.

Each line has `event` and `at_ns` (CLOCK_MONOTONIC, comparable across the processes of a machine).
A reader that falls behind loses lines and is told how many: the belt never waits for its witness.
"""

import json
import os
import stat
import time
from collections.abc import Callable

from protocols.ftms import procedures
from protocols.ftms.procedures import OpCode
from protocols.grip import GripFrame
from simulators.firmware import Answer
from simulators.scene import Scene

TRUTH_PERIOD_S = 0.1

Teller = Callable[..., None]


class Mouth:
    """Writes the lines to a file descriptor, never waiting for a pipe."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lost = 0
        if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            os.set_blocking(descriptor, False)

    def tell(self, event: str, at_ns: int | None = None, **facts: object) -> None:
        """A short line goes into a pipe whole or not at all (PIPE_BUF), so none is ever torn."""
        at_ns = time.monotonic_ns() if at_ns is None else at_ns
        lost = {"lost": self._lost} if self._lost else {}
        line = json.dumps({"event": event, "at_ns": at_ns, **facts, **lost}) + "\n"
        try:
            os.write(self._descriptor, line.encode())
            self._lost = 0
        except BlockingIOError:
            self._lost += 1


class Witness:
    """Sees a scene move and tells what changed; give it every frame, request and turn.

    `reverse` says whether the belt heads back, on a machine whose belt can.
    """

    def __init__(self, scene: Scene, tell: Teller) -> None:
        self._scene = scene
        self._tell = tell
        self._frame = GripFrame()
        self._moving = False
        self._fallen = False
        self._truth_at_s = 0.0
        self.reverse: Callable[[], bool] = lambda: False

    def requested(self, at_ns: int, octets: bytes, answer: Answer) -> None:
        """A write to the control point, as it arrived."""
        request = procedures.decode_request(octets)
        event = _REQUESTS.get(request.op if request else -1, "request_received")
        response = procedures.decode_response(answer.response or b"")
        self._tell(
            event,
            at_ns,
            octets=octets.hex(),
            accepted=response is not None and response.ok,
            result=response.result if response else None,
            att_error=answer.att_error,
            set_point_mps=round(self._scene.treadmill.firmware.set_point_mps, 4),
        )

    def commanded(self, event: str, at_ns: int, octets: bytes, accepted: bool) -> None:
        """A request to a serial treadmill, as it arrived."""
        set_point_mps = round(self._scene.treadmill.firmware.set_point_mps, 4)
        facts = {"octets": octets.hex(), "accepted": accepted, "set_point_mps": set_point_mps}
        self._tell(event, at_ns, **facts)

    def gripped(self, at_ns: int, frame: GripFrame) -> None:
        """A frame was handed to the wire at `at_ns`."""
        last, self._frame = self._frame, frame
        released = not (frame.left_held or frame.right_held)
        if released and (last.left_held or last.right_held):
            self._tell("grip_released", at_ns, sequence=frame.sequence, fall=frame.fall)
        elif (frame.left_held, frame.right_held) != (last.left_held, last.right_held):
            self._tell("grip", at_ns, left=frame.left_held, right=frame.right_held)

    def watch(self) -> None:
        """The scene has advanced."""
        belt, walker = self._scene.belt, self._scene.walker
        if (belt.speed_mps > 0) is not self._moving:
            self._moving = belt.speed_mps > 0
            self._tell("moving" if self._moving else "at_rest", **self._truth())
        if walker.fallen is not self._fallen:
            self._fallen = walker.fallen
            self._tell("fell" if walker.fallen else "got_up", **self._truth())
        if self._scene.now_s >= self._truth_at_s:
            self._truth_at_s = self._scene.now_s + TRUTH_PERIOD_S
            self._tell("belt", **self._truth())

    def _truth(self) -> dict[str, object]:
        scene = self._scene
        carry_m = scene.carry_m
        return {
            "speed_mps": round(scene.belt.speed_mps, 4),
            "distance_m": round(scene.belt.distance_m, 4),
            "set_point_mps": round(scene.treadmill.firmware.set_point_mps, 4),
            "reverse": self.reverse(),
            "mode": scene.treadmill.firmware.mode.value,
            "carry_m": None if carry_m is None else round(carry_m, 4),
            "carried_m": round(scene.walker.carried_m, 4),
        }


_REQUESTS: dict[int, str] = {
    OpCode.REQUEST_CONTROL: "control_received",
    OpCode.SET_TARGET_SPEED: "speed_set",
    OpCode.START_OR_RESUME: "start_received",
    OpCode.STOP_OR_PAUSE: "stop_received",
}
