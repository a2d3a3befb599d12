"""A log that nobody reads holds up nobody, and what is read is whole and in order."""

import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from controller import commissioner, control, relay, standby
from controller.log import FLUSH_S, KEPT, Log

PIPE_LIMIT = 1 << 20


class Pipe:
    """Standard error, and who reads it."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.stuffed = 0

    def stuff(self) -> None:
        """Nobody reads, and nothing more fits."""
        os.set_blocking(self.writer, False)
        self.stuffed = os.write(self.writer, b" " * PIPE_LIMIT)
        os.set_blocking(self.writer, True)

    def unstuff(self) -> None:
        while self.stuffed:
            self.stuffed -= len(os.read(self.reader, self.stuffed))

    def lines(self) -> list[str]:
        return os.read(self.reader, PIPE_LIMIT).decode().splitlines()

    def close(self) -> None:
        os.close(self.reader)
        os.close(self.writer)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()


def record(text: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("drivers", logging.WARNING, "", 0, text, arguments, None)


def test_lines_are_written_whole_and_in_order(pipe: Pipe) -> None:
    log = Log(pipe.writer)
    for number in range(100):
        log.handle(record("line %d", number))
    log.flush()
    assert pipe.lines() == [f"line {number}" for number in range(100)]


def test_a_line_longer_than_a_pipe_holds_is_written_once_somebody_reads(pipe: Pipe) -> None:
    log, told = Log(pipe.writer), b""
    log.handle(record("x" * PIPE_LIMIT))
    os.set_blocking(pipe.reader, True)
    while not told.endswith(b"\n"):
        told += os.read(pipe.reader, PIPE_LIMIT)
    assert told == b"x" * PIPE_LIMIT + b"\n"


@pytest.mark.timeout(30)
def test_a_full_pipe_holds_up_nobody_and_costs_the_oldest_lines_which_are_counted(
    pipe: Pipe,
) -> None:
    pipe.stuff()
    log = Log(pipe.writer)
    log.handle(record("first"))
    while log._waiting.qsize():
        os.sched_yield()  # until the thread has taken it, and hangs in its write
    for number in range(KEPT + 7):
        log.handle(record("line %d", number))
    assert log.dropped == 7
    pipe.unstuff()
    log.flush()
    first, dropped, *rest = pipe.lines()
    assert (first, dropped) == ("first", "7 lines of this log were dropped.")
    assert rest == [f"line {number}" for number in range(7, KEPT + 7)]


def test_at_the_end_it_is_waited_for_a_reader_but_not_for_long(pipe: Pipe) -> None:
    pipe.stuff()
    log = Log(pipe.writer)
    log.handle(record("nobody reads this"))
    before_s = time.monotonic()
    log.flush()
    assert FLUSH_S <= time.monotonic() - before_s < 10 * FLUSH_S
    pipe.unstuff()
    log.flush()


def test_a_line_that_cannot_be_made_is_told_of_and_the_next_one_is_written(pipe: Pipe) -> None:
    log = Log(pipe.writer)
    log.handle(record("%d sheep", "some"))
    log.handle(record("next, %s", "\udcff"))
    log.flush()
    broken, following = pipe.lines()
    assert broken.startswith("'%d sheep' could not be logged: TypeError(")
    assert following == "next, \\udcff"


def test_a_reader_that_has_gone_is_nobody_s_fault(pipe: Pipe) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    log = Log(writer)
    log.handle(record("to nobody"))
    log.flush()
    os.close(writer)


TELLS = """
import logging
from controller.log import Log
logging.basicConfig(format="%(message)s", level=logging.WARNING, handlers=[Log()])
for number in range(200):
    logging.warning("line %d", number)
"""


@pytest.mark.parametrize(("end", "code"), [("", 0), ("raise SystemExit(3)", 3), ("1 / 0", 1)])
def test_what_was_logged_before_the_end_is_written_however_the_process_ends(
    end: str, code: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TELLS + end], capture_output=True, text=True, check=False
    )
    told = re.findall(r"line (\d+)\n", done.stderr)  # between the pieces of what ended it
    assert told == [str(number) for number in range(200)]
    assert done.returncode == code


def test_a_process_whose_log_nobody_reads_ends_all_the_same(pipe: Pipe) -> None:
    pipe.stuff()
    done = subprocess.run(
        [sys.executable, "-c", TELLS], stderr=pipe.writer, check=False, timeout=30
    )
    assert done.returncode == 0


@pytest.mark.parametrize("process", [control, standby, relay, commissioner])
def test_every_process_near_the_belt_logs_beside_itself(
    process: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, list[logging.Handler]] = {}
    monkeypatch.setattr(logging, "basicConfig", lambda **named: given.update(named))
    monkeypatch.setattr(sys, "setswitchinterval", lambda _seconds: None)
    with pytest.raises(OSError, match="no-plan"):
        process.main(["", str(tmp_path / "no-plan"), "0", "0"])
    [log] = given["handlers"]
    assert isinstance(log, Log)
