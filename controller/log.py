"""The log of a process that must not wait: a thread of its own writes it to standard error.

A pipe that nobody reads gets full, and a terminal may have been stopped with Ctrl-S: whoever writes
then waits. Here it is the thread that waits, and the lines with it, the oldest dropped and counted.
"""

import contextlib
import logging
import os
import threading
from queue import Empty, SimpleQueue

STDERR = 2
KEPT = 1000
"""Lines that may wait."""
FLUSH_S = 0.5
"""What waits at the end of the process gets so long to be written, an exception's end too."""


class Log(logging.Handler):
    """Give it to `logging.basicConfig`; `logging` itself flushes it when the process ends."""

    def __init__(self, descriptor: int = STDERR) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._waiting: SimpleQueue[logging.LogRecord | threading.Event] = SimpleQueue()
        self._told = 0
        self.dropped = 0
        threading.Thread(target=self._write_for_ever, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it for the thread, and return at once."""
        if self._waiting.qsize() >= KEPT:
            with contextlib.suppress(Empty):
                self._waiting.get_nowait()
                self.dropped += 1
        self._waiting.put(record)

    def flush(self) -> None:
        """Wait until all is written that was logged before, `FLUSH_S` at most."""
        written = threading.Event()
        self._waiting.put(written)
        written.wait(FLUSH_S)

    def _write_for_ever(self) -> None:
        while True:
            next_one = self._waiting.get()
            if isinstance(next_one, threading.Event):
                next_one.set()
            else:
                self._write(self._drops() + self._line(next_one))

    def _drops(self) -> str:
        """One line if some were dropped since the last time."""
        dropped, told = self.dropped, self._told
        self._told = dropped
        return f"{dropped - told} lines of this log were dropped.\n" if dropped > told else ""

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record) + "\n"
        except Exception as error:
            return f"{record.msg!r} could not be logged: {error!r}\n"

    def _write(self, text: str) -> None:
        """Past `sys.stderr`: a thread that hung in it would keep the process from ending."""
        octets = text.encode(errors="backslashreplace")
        with contextlib.suppress(OSError):
            while octets:
                octets = octets[os.write(self._descriptor, octets) :]
