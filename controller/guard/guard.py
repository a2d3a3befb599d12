"""The guard itself: start the children, watch control, stop the belt when control cannot.

When control is lost while the belt may move: kill it (a frozen process holds its radio link),
tell the standby to stop the belt, and only when that one has seen rest start control again, in its
restarted mode, which begins latched. Nothing here ever starts a belt.
"""

import json
import selectors
import signal
import time
from types import FrameType

from controller.guard.children import Control, Programs, Standby, end, start_desk
from controller.guard.watch import Watch

PULSE_S = 0.1
CYCLE_S = 0.02
CANNOT_SERVE = 1
"""The exit code of a child that cannot work as it was told to; it has said why on stderr."""


def say(event: str, **facts: object) -> None:
    """One JSON line for the parent."""
    line = json.dumps({"event": event, "at_ns": time.monotonic_ns(), **facts})
    print(line, flush=True)  # noqa: T201


class Guard:
    """One service from start to end. `plan` and `desk_plan` are files; a service without a console
    has no `desk_plan`."""

    def __init__(self, programs: Programs, plan: str, desk_plan: str | None) -> None:
        self._plan = plan
        self._desk_plan = desk_plan
        self._programs = programs
        self._selector = selectors.DefaultSelector()
        self._exit_code: int | None = None
        self._end_code = 0
        self._ending = False
        self._rescuing = False
        self._pulsed_at_s = 0.0
        self._desk = start_desk(programs.desk, desk_plan) if desk_plan else None
        self._standby = self._start_standby()
        self._watch = Watch(time.monotonic())
        self._control = self._start_control(restarted=False)

    def run(self) -> int:
        """Watch until asked to end, or until a child cannot work; the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_leave)
        while self._exit_code is None:
            for key, _ in self._selector.select(CYCLE_S):
                key.data()
            self._watch_control(time.monotonic())
            self._watch_desk()
        self._close()
        return self._exit_code

    def _asked_to_leave(self, _number: int, _frame: FrameType | None) -> None:
        self._leave(0)

    def _leave(self, end_code: int) -> None:
        """Control stops the belt first, and ends when it has seen rest."""
        self._ending = True
        self._end_code = end_code
        if not self._rescuing:
            self._control.process.terminate()

    def _start_control(self, *, restarted: bool) -> Control:
        control = Control(self._programs.control, self._plan, restarted=restarted)
        self._watch = Watch(time.monotonic())
        self._selector.register(control.beat_fd, selectors.EVENT_READ, self._hear_control)
        say("control_started", pid=control.process.pid, restarted=restarted)
        return control

    def _start_standby(self) -> Standby:
        standby = Standby(self._programs.standby, self._plan)
        self._selector.register(standby.out, selectors.EVENT_READ, self._hear_standby)
        return standby

    def _hear_control(self) -> None:
        octets = self._control.beats()
        if octets:
            self._watch = self._watch.beat(octets, time.monotonic())

    def _hear_standby(self) -> None:
        for event in self._standby.heard():
            if event == "gone":
                self._renew_standby()
            elif self._rescuing and event == "stop_sent":
                say("guard_stop_sent")
            elif self._rescuing and event == "verified":
                self._rescued()

    def _renew_standby(self) -> None:
        """A standby died: another takes its place, and its task if it had one."""
        self._selector.unregister(self._standby.out)
        self._standby.close()
        self._standby = self._start_standby()
        if self._rescuing:
            self._standby.stop_the_belt()

    def _watch_control(self, now_s: float) -> None:
        if self._rescuing:
            return
        if now_s - self._pulsed_at_s >= PULSE_S:
            self._pulsed_at_s = now_s
            self._control.pulse()
        code = self._control.process.poll()
        if code is None and not self._watch.silent(now_s):
            return
        if code == 0:
            self._exit_code = self._end_code
        elif code is None or self._watch.heard:
            self._lose_control("silent" if code is None else "died")
        else:
            self._exit_code = CANNOT_SERVE

    def _lose_control(self, why: str) -> None:
        self._selector.unregister(self._control.beat_fd)
        self._control.close()
        self._rescuing = self._watch.moving or not self._watch.heard
        say("control_lost", why=why, moving=self._rescuing)
        if self._rescuing:
            self._standby.stop_the_belt()
        else:
            self._go_on()

    def _rescued(self) -> None:
        """The belt was seen at rest without control's help."""
        self._rescuing = False
        say("guard_stop_verified")
        self._go_on()

    def _go_on(self) -> None:
        if self._ending:
            self._exit_code = self._end_code
        else:
            self._control = self._start_control(restarted=True)

    def _watch_desk(self) -> None:
        if self._desk is None or self._desk_plan is None or self._ending:
            return
        code = self._desk.poll()
        if code == CANNOT_SERVE:
            self._leave(CANNOT_SERVE)
        elif code is not None:
            self._desk = start_desk(self._programs.desk, self._desk_plan)

    def _close(self) -> None:
        self._control.close()
        self._standby.close()
        if self._desk is not None:
            end(self._desk)
        self._selector.close()
