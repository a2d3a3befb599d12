"""The alarm: the clinic's own program, run again and again; or else the terminal's bell."""

import contextlib
import os
import shutil
import signal
import subprocess

from controller.guard.children import kill
from controller.guard.telling import say, write

AGAIN_S = 1.0
"""Between two beginnings of the program, or two strokes of the bell."""
BELL = b"\a"
STDERR = 2


class AlarmError(ValueError):
    """An alarm that could not be heard; one plain sentence that names the way out."""


def checked(command: tuple[str, ...]) -> tuple[str, ...]:
    """The command, whose program exists. Raises: `AlarmError`."""
    if command and shutil.which(command[0]) is None:
        raise AlarmError(
            f"The alarm's program {command[0]} is not there. Install it, or correct alarm = [...]."
        )
    return command


class Alarm:
    """`command` is a program and its arguments; an empty one rings the bell of a terminal, if there
    is one. Whoever looks at the console hears that one's own alarm in any case."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._running: subprocess.Popen[bytes] | None = None
        self._began_at_s = float("-inf")
        self._failed = False
        self.sounding = False

    def begin(self, why: str, now_s: float) -> None:
        """Sound until `end`."""
        if not self.sounding:
            self.sounding = True
            self._failed = False
            say("alarm", why=why)
            self.keep_up(now_s)

    def once(self, now_s: float) -> None:
        """Sound once: something was stopped that stays stopped until a person resets it."""
        if not self.sounding:
            self._failed = False
            self._stroke(now_s)

    def keep_up(self, now_s: float) -> None:
        """Call often: a program that has ended is started again while the alarm lasts."""
        code = self._running and self._running.poll()
        if code is not None:
            self._running = None
            if code != 0:
                self._fail(f"It ended with code {code}.")
        if self.sounding and self._running is None and now_s - self._began_at_s >= AGAIN_S:
            self._stroke(now_s)

    def end(self) -> None:
        if self.sounding:
            self.sounding = False
            say("alarm_ended")
            self.silence()

    def silence(self) -> None:
        """End the program, and whatever it has started, at once. One that another user runs (by
        sudo) may not be ended, and ends by itself."""
        if self._running is not None:
            with contextlib.suppress(OSError):
                os.killpg(self._running.pid, signal.SIGKILL)
            kill(self._running)
            self._running = None

    def _stroke(self, now_s: float) -> None:
        """Whatever becomes of it, the guard goes on."""
        self._began_at_s = now_s
        self.silence()
        if not self._command:
            _ring()
            return
        try:
            self._running = self._started()
        except OSError as error:
            self._fail(error.strerror)

    def _fail(self, error: str | None) -> None:
        """Told once for each alarm; the bell rings in the program's place each time."""
        if not self._failed:
            self._failed = True
            say("alarm_failed", error=error)
        _ring()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the clinic's own choice, from its settings
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )


def _ring() -> None:
    """The bell, where there is a terminal."""
    if os.isatty(STDERR):
        write(STDERR, BELL)
