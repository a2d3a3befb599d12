"""The latch store on real folders: killed, corrupted, full, and never late."""

import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from controller.guard.mark import rests
from controller.records import latch_store
from controller.records.latch_store import LatchStore, decode, encode
from controller.safety.mark import CLEAN, Mark

LIMIT_S = 20.0
KILLS, DEEP_KILLS = 100, 5000
MARKS = [CLEAN, Mark(moving=True), Mark(moving=False, cause="grip_released"), Mark(True, "é⚠\n")]

WRITER = """
import itertools, os, sys, threading
from pathlib import Path
from controller.records.latch_store import LatchStore
from controller.safety.mark import Mark

with LatchStore(Path(sys.argv[1])) as store:
    for number in itertools.count():
        mark = Mark(number % 2 == 0, f"cause {number}")
        store.keep(mark)
        while store.kept != mark:
            os.sched_yield()
        os.write(1, b"%d\\n" % number)
"""


def until_kept(store: LatchStore, mark: Mark | None) -> None:
    """Wait for the store's own thread."""
    tick = threading.Event()
    ends = time.monotonic() + LIMIT_S
    while store.kept != mark:
        assert time.monotonic() < ends, f"kept stays {store.kept}"
        tick.wait(0.005)


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_read_back_as_it_was_kept(tmp_path: Path, mark: Mark) -> None:
    path = tmp_path / "made" / "here" / "latch"
    with LatchStore(path) as store:
        assert (store.read(), store.kept, store.ok) == (None, None, True)
        store.keep(mark)
        until_kept(store, mark)
        assert store.read() == mark
    assert LatchStore(path).read() == mark
    assert [file.name for file in path.parent.iterdir()] == ["latch"]


def test_the_newest_of_many_marks_wins_and_none_is_waited_for(tmp_path: Path) -> None:
    with LatchStore(tmp_path / "latch") as store:
        for number in range(10_000):
            store.keep(Mark(True, str(number)))
    assert store.read() == Mark(True, "9999")


def test_what_is_handed_over_last_is_on_the_disk_at_the_end(tmp_path: Path) -> None:
    with LatchStore(tmp_path / "latch") as store:
        store.keep(CLEAN)
    assert store.read() == store.kept == CLEAN
    assert not store.ok


@pytest.mark.parametrize("mark", MARKS)
def test_no_single_octet_may_be_wrong_missing_or_added(tmp_path: Path, mark: Mark) -> None:
    octets = encode(mark)
    assert decode(octets) == mark
    path = tmp_path / "latch"
    for at in range(len(octets)):
        for changed in {octets[at] ^ 1, octets[at] ^ 0x20, 0, 0xFF} - {octets[at]}:
            path.write_bytes(octets[:at] + bytes([changed]) + octets[at + 1 :])
            assert LatchStore(path).read() is None
        for rest in (octets[:at], octets[:at] + octets[at + 1 :], octets[:at] + b" " + octets[at:]):
            assert decode(rest) is None
    assert decode(octets + b"\n") is None


def forged(body: bytes) -> bytes:
    return b"%b %08X\n" % (body, latch_store.crc32(body))


@pytest.mark.parametrize(
    "body",
    [
        b'2 [false, ""]',
        b"1 [false]",
        b'1 [false, "", 0]',
        b"1 7",
        b"1 [0, 0]",
        b'1 [0, ""]',
        b"1 [false, null]",
        b'1 {"moving": false, "cause": ""}',
        b"1 ",
        b"",
        b"\xff",
        b'1 [false,""]',
        b"1 " + b"[" * 9999,
    ],
)
def test_a_whole_line_of_another_form_is_no_mark(body: bytes) -> None:
    assert decode(forged(body)) is None


def test_a_file_that_cannot_be_read_holds_no_mark(tmp_path: Path) -> None:
    (tmp_path / "latch").mkdir()
    assert LatchStore(tmp_path / "latch").read() is None


def test_a_disk_that_fails_is_not_believed_and_one_that_works_again_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(latch_store, "AGAIN_S", 0.02)
    path = tmp_path / "folder" / "latch"
    with LatchStore(path) as store:
        store.keep(Mark(True))
        until_kept(store, Mark(True))
        path.unlink()
        path.mkdir()
        store.keep(CLEAN)
        until_kept(store, None)
        assert not store.ok
        store.keep(Mark(False, "newer"))
        path.rmdir()
        until_kept(store, Mark(False, "newer"))
        assert store.ok
    assert store.read() == Mark(False, "newer")
    assert caplog.text.count("The latch cannot be written") == 1


def test_a_disk_that_fails_to_the_end_does_not_hold_up_the_end(tmp_path: Path) -> None:
    (tmp_path / "latch").mkdir()
    began = time.monotonic()
    with LatchStore(tmp_path / "latch") as store:
        store.keep(CLEAN)
        while store.ok:
            os.sched_yield()
    assert time.monotonic() - began < latch_store.AGAIN_S
    assert store.kept is None


def test_a_disk_that_works_again_keeps_the_mark_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "latch"
    path.mkdir()
    with LatchStore(path) as store:
        store.keep(Mark(False, "grip_released"))
        while store.ok:
            os.sched_yield()
        path.rmdir()
    assert store.read() == store.kept == Mark(False, "grip_released")


UNWRITTEN = [
    (CLEAN, Mark(True), None),
    (CLEAN, Mark(False, "grip_released"), None),
    (CLEAN, CLEAN, CLEAN),
    (Mark(True), CLEAN, Mark(True)),
    (Mark(False, "grip_released"), Mark(True, "é⚠\n"), Mark(False, "grip_released")),
]


@pytest.mark.parametrize(("before", "mark", "left"), UNWRITTEN)
def test_a_clean_mark_does_not_outlive_one_that_cannot_be_written(
    tmp_path: Path, before: Mark, mark: Mark, left: Mark | None
) -> None:
    path = tmp_path / "latch"
    path.write_bytes(encode(before))
    no_room = tmp_path / "latch.new"
    no_room.mkdir()
    with LatchStore(path) as store:
        store.keep(mark)
        while store.ok or store.read() != left:
            os.sched_yield()
    assert store.read() == left
    assert rests(path) is (left is not None and not left.moving)
    no_room.rmdir()
    with LatchStore(path) as again:
        again.keep(mark)
    assert again.read() == mark


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file of this process may grow: a disk without room, for everybody's files alike."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, before)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_the_mark_before_and_says_so(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with LatchStore(tmp_path / "latch") as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits[1], limits[1]))
        store.keep(Mark(True))
        until_kept(store, Mark(True))
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        store.keep(CLEAN)
        until_kept(store, None)
        assert not store.ok
    assert store.read() == Mark(True)


def test_a_disk_that_hangs_does_not_hold_up_the_one_who_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    fsync = os.fsync

    def hang(descriptor: int) -> None:
        released.wait(LIMIT_S)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", hang)
    with LatchStore(tmp_path / "latch") as store:
        began = time.monotonic()
        for number in range(1000):
            store.keep(Mark(True, str(number)))
        assert time.monotonic() - began < 0.5
        assert (store.kept, store.read()) == (None, None)
        released.set()
    assert store.read() == Mark(True, "999")


def kill_writers(path: Path, kills: int, seed: int) -> int:
    """Kill a writer at a random moment, so many times; how many marks were acknowledged in all."""
    chance = random.Random(seed)
    acknowledged = 0
    for kill in range(kills):
        writing = [sys.executable, "-c", WRITER, str(path)]
        with subprocess.Popen(writing, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            assert first == b"0\n", f"kill {kill}"
            time.sleep(chance.expovariate(1 / 0.01))
            writer.kill()
            said = (first + writer.stdout.read()).splitlines()
        last = int(said[-1])
        acknowledged += len(said)
        mark = LatchStore(path).read()
        possible = [Mark(n % 2 == 0, f"cause {n}") for n in (last, last + 1)]
        assert mark in possible, f"seed {seed}, kill {kill}: {mark} after {possible[0]}"
    return acknowledged


def counted(capsys: pytest.CaptureFixture[str], kills: int, acknowledged: int) -> None:
    with capsys.disabled():
        sys.stderr.write(
            f"\nlatch store: {kills} kills, {acknowledged} marks acknowledged, 0 lost or torn\n"
        )


def test_a_writer_killed_at_any_moment_leaves_the_last_mark_or_the_one_after_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counted(capsys, KILLS, kill_writers(tmp_path / "latch", KILLS, seed=1))


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_five_thousand_writers_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counted(capsys, DEEP_KILLS, kill_writers(tmp_path / "latch", DEEP_KILLS, seed=2))
