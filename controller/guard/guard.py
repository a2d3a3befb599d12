"""The guard itself: start the children, watch control, stop the belt when control cannot.

When control is lost while the belt may move: open the relay, kill control (a frozen process holds
its radio link), tell the standby to stop the belt, sound the alarm, and only when rest was seen
start control again, in its restarted mode, which begins latched. Nothing here ever starts a belt.
A commissioner that takes control's place is watched as control is, and lost as control is.
"""

import functools
import os
import selectors
import signal
import stat
import time
from dataclasses import dataclass
from types import FrameType

from controller.guard.alarm import Alarm
from controller.guard.children import CANNOT_SERVE, Control, Programs, reap, started
from controller.guard.desk_line import DeskLine
from controller.guard.ladder import Ladder
from controller.guard.notify import Notifier
from controller.guard.relay_line import RelayLine
from controller.guard.second_writer import SecondWriter
from controller.guard.succession import Child, Next, after, may_be_asked_to_leave
from controller.guard.telling import say
from controller.guard.watch import Watch

PULSE_S = 0.1
CYCLE_S = 0.02
SLACK_S = 0.001
STDIN = 0
LEAVE = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""Somebody wants the service to end, or has closed its terminal."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the guard has besides its children: a relay or none, an alarm's program or the bell,
    systemd's socket or none, and whether the belt was left at rest."""

    relay: bool = False
    alarm: tuple[str, ...] = ()
    notify: str = ""
    rests: bool = True


class Guard:
    """One service from start to end. `plan` and `desk_plan` are files; a service without a console
    has no `desk_plan`."""

    def __init__(
        self, programs: Programs, plan: str, desk_plan: str | None, means: Means = Means()
    ) -> None:
        self._plan = plan
        self._programs = programs
        self._selector = selectors.DefaultSelector()
        self._exit_code: int | None = None
        self._end_code = 0
        self._ending = False
        self._pulsed_at_s = 0.0
        self._notifier = Notifier(means.notify)
        for number in LEAVE:  # before the first child is there, who would be left behind
            signal.signal(number, self._asked_to_leave)
        relay = RelayLine(programs.relay if means.relay else (), plan, self._selector)
        self._ladder = Ladder(relay, Alarm(means.alarm))
        self._desk = DeskLine(programs.desk, desk_plan, time.monotonic())
        self._second = SecondWriter(programs.standby, plan, self._selector, self._rested)
        self._watch = Watch(time.monotonic())
        self._control: Control | None = None
        """Control, or the commissioner in its place; nobody while the standby stops the belt."""
        self._child = Child.CONTROL
        self._start_control(restarted=False)
        self._rests = means.rests

    def run(self) -> int:
        """Watch until asked to end, or until a child cannot work; the exit code."""
        if stat.S_ISFIFO(os.fstat(STDIN).st_mode):
            self._selector.register(STDIN, selectors.EVENT_READ, self._hear_parent)
        while self._exit_code is None:
            for key, _ in self._selector.select(self._pause_s(time.monotonic())):
                key.data()
            self._watch_control(time.monotonic())
            self._second.look(time.monotonic())
            self._ladder.look(time.monotonic())
            if not self._ending and not self._desk.look(time.monotonic()):
                self._leave(CANNOT_SERVE)
            reap()
        self._close()
        return self._exit_code

    def _pause_s(self, now_s: float) -> float:
        """Until the next look, which is not later than the moment at which control is lost."""
        return min(CYCLE_S, max(self._watch.lost_at_s - now_s, 0.0) + SLACK_S)

    def _asked_to_leave(self, _number: int, _frame: FrameType | None) -> None:
        self._leave(0)

    def _hear_parent(self) -> None:
        """A parent holds the other end of a pipe; when that closes, it is gone."""
        if not os.read(STDIN, 4096):
            self._selector.unregister(STDIN)
            self._leave(0)

    def _leave(self, end_code: int) -> None:
        self._notifier.stopping()
        self._ending = True
        self._end_code = end_code

    def _start_control(self, *, restarted: bool) -> None:
        self._start(Child.CONTROL, self._programs.control, restarted=restarted)

    def _start(self, child: Child, program: tuple[str, ...], *, restarted: bool) -> None:
        """Where no process can be made now, the belt is stopped once more before the next try."""
        control = started(child.value, lambda: Control(program, self._plan, restarted=restarted))
        if control is None:
            self._second.stop()
            return
        self._take_up(control, child)
        flags = {"restarted": restarted} if child is Child.CONTROL else {}
        say(f"{child.value}_started", pid=control.process.pid, **flags)

    def _take_up(self, control: Control, child: Child) -> None:
        self._control, self._child = control, child
        self._rests = True  # nobody takes over before the belt was seen at rest
        self._watch = Watch(time.monotonic())
        hear = functools.partial(self._hear_control, control)
        self._selector.register(control.beat_fd, selectors.EVENT_READ, hear)

    def _let_go(self, control: Control) -> None:
        self._selector.unregister(control.beat_fd)
        control.close()
        self._control = None

    def _hear_control(self, control: Control) -> None:
        octets = control.beats()
        if octets:
            now_s = time.monotonic()
            self._watch = self._watch.beat(octets, now_s)
            self._ladder.turned(self._watch.word, now_s)
            self._notifier.turned(now_s)

    def _rested(self) -> None:
        """The standby has seen rest."""
        self._ladder.rested()
        self._go_on()

    def _watch_control(self, now_s: float) -> None:
        control = self._control
        if control is None:
            return
        if now_s - self._pulsed_at_s >= PULSE_S:
            self._pulsed_at_s = now_s
            self._speak_to(control)
        code = control.process.poll()
        if code is not None:
            self._control_ended(control, code)
        elif self._watch.silent(now_s):
            self._lose_control(control, "silent")

    def _control_ended(self, control: Control, code: int) -> None:
        """Its last heartbeats count for more than its exit code."""
        self._hear_control(control)
        follows = after(self._child, code, self._watch, ending=self._ending, rests=self._rests)
        if follows is Next.RESCUE:
            self._lose_control(control, "died")
        elif follows is Next.LEAVE:
            self._exit_code = self._end_code
        elif follows is Next.CANNOT_SERVE:
            self._exit_code = CANNOT_SERVE
        else:
            self._let_go(control)
            self._succeed(follows)

    def _succeed(self, follows: Next) -> None:
        if follows is Next.COMMISSIONER:
            self._start(Child.COMMISSIONER, self._programs.commissioner, restarted=False)
        else:
            self._start_control(restarted=False)

    def _speak_to(self, control: Control) -> None:
        """Asked to leave, control stops the belt first, and ends when it has seen rest."""
        control.pulse(sound=self._ladder.sound)
        if self._ending and may_be_asked_to_leave(self._watch, rests=self._rests):
            control.ask_to_leave()

    def _lose_control(self, control: Control, why: str) -> None:
        """Stop the belt first unless control was last heard to say that it rests."""
        may_move = self._watch.moving or not self._watch.heard
        self._ladder.lost()
        self._let_go(control)
        if may_move:
            self._second.stop()
        say("control_lost", why=why, moving=may_move, standby=self._second.pid)
        if may_move:
            self._ladder.alarm("The control process was lost.", time.monotonic())
        else:
            self._go_on()

    def _go_on(self) -> None:
        """The belt is at rest and control is gone."""
        if self._ending:
            self._exit_code = self._end_code
        else:
            self._start_control(restarted=True)

    def _close(self) -> None:
        if self._control is not None:
            self._control.close()
        self._ladder.close()
        self._second.close()
        self._notifier.close()
        self._desk.close()
        self._selector.close()
