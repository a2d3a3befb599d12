"""The journal on disks that fill up, fail and are meddled with, and under writers that are killed.

Nothing here is imitated that a real file system can do itself.
"""

import errno
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from controller.records import journal
from controller.records.chain import check
from controller.records.journal import Journal
from controller.records.replay import replay
from controller.safety.view import Phase
from controller.session.commands import Verb
from tests.controller.room import Room

LIMIT_S = 20
KILLS, DEEP_KILLS = 500, 5000

WRITERS = """
import itertools, os, sys
from pathlib import Path
from controller.records.journal import Journal

def write(folder):
    told = os.open(folder + ".told", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    with Journal(Path(folder)) as written:
        written.begin("killed", 1.0)
        for number in itertools.count(1):
            written.add("note" if number % 3 else "phase", float(number), text="x" * (number % 97))
            while number % 5 == 0 and written.kept < number and written.ok:
                os.sched_yield()
            os.write(told, b"%d\\n" % written.kept)

for line in sys.stdin:
    pid = os.fork()
    if not pid:
        write(line.strip())
    print(pid, flush=True)
    os.waitpid(pid, 0)
    print("dead", flush=True)
"""
"""One process that makes a writer of each line, and says when it is dead."""

FOLDER = """
import os, sys
from pathlib import Path
from controller.records import journal

folder = Path(sys.argv[1])
journal.PROBE_S = 0.01
with journal.Journal(folder) as written:
    print(written.ok)
    folder.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(65534)
    written.begin("refused", 1.0)
    while written.ok:
        os.sched_yield()
    written.end(2.0)
    print(written.ok)
    os.seteuid(os.getuid())
    folder.chmod(0o755)
    while not written.ok:
        os.sched_yield()
    written.begin("taken", 3.0)
    written.end(4.0)
"""

FULL = """
import resource, signal, sys
from pathlib import Path
from controller.records import journal

journal.PROBE_S = 0.01
folder = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for octets in range(0, 2600, 100):
    with journal.Journal(folder) as written:
        resource.setrlimit(resource.RLIMIT_FSIZE, (octets, resource.RLIM_INFINITY))
        written.begin(f"full-{octets}", 1.0)
        for number in range(1, 12):
            written.add("wire", float(number), octets="08" * number)
        while written.ok:
            pass
        kept = written.kept
        written.add("phase", 20.0)
        written.end(21.0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        while not written.ok:
            pass
        print(octets, kept)
"""


def until(wanted: bool, written: Journal) -> None:
    """Wait for the journal's own thread to find out."""
    tick = threading.Event()
    for _ in range(LIMIT_S * 100):
        if written.ok is wanted:
            return
        tick.wait(0.01)
    pytest.fail(f"ok did not become {wanted}")


def ran(program: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_disk_that_fills_up_at_any_octet_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    """The kernel's own limit of a file's size: writes come short, and then fail (F83)."""
    lines = ran(FULL, str(tmp_path))
    assert len(lines) == 26
    for line in lines:
        octets, kept = map(int, line.split())
        file = (tmp_path / f"full-{octets}.jsonl").read_bytes()
        assert len(file) <= octets
        checked = check(file)
        whole = [found.kind for found in checked.findings]
        assert whole == (["open"] if checked.records else ["broken"]), line
        assert len(checked.records) == kept + 1, line


def test_a_folder_that_takes_no_files_is_not_ok_until_it_does() -> None:
    """As anybody but root, who may write anywhere (F84)."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        (Path(name) / "sessions").mkdir()
        lines = ran(FOLDER, str(Path(name) / "sessions"))
        assert lines == ["True", "False"]
        kept = [file.name for file in (Path(name) / "sessions").iterdir()]
        assert kept == ["taken.jsonl"]


def test_a_disk_that_was_mounted_read_only_is_not_ok_before_any_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What a kernel says of a file system that it has remounted after an error (F84)."""
    monkeypatch.setattr(journal, "PROBE_S", 0.01)
    real = os.statvfs

    def read_only(path: Path) -> SimpleNamespace:
        disk = real(path)
        flags = disk.f_flag | os.ST_RDONLY
        return SimpleNamespace(f_flag=flags, f_bavail=disk.f_bavail, f_frsize=disk.f_frsize)

    with Journal(tmp_path) as written:
        assert written.ok
        monkeypatch.setattr(os, "statvfs", read_only)
        until(False, written)
        monkeypatch.setattr(os, "statvfs", real)
        until(True, written)
    assert "Read-only file system" in caplog.text


def test_a_device_that_reports_an_error_is_not_ok(tmp_path: Path) -> None:
    """No octet can be written at the beginning of a process's memory: EIO (F84)."""
    (tmp_path / "fails.jsonl").symlink_to("/proc/self/mem")
    with Journal(tmp_path) as written:
        written.begin("fails", 1.0)
        until(False, written)


@pytest.mark.parametrize("index", range(8))
@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
def test_an_error_at_any_write_or_sync_ends_the_record_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str, index: int
) -> None:
    """What a disk can report that no disk here can be made to report at a chosen moment."""
    monkeypatch.setattr(journal, "PROBE_S", 0.01)
    real: Callable[..., int | None] = getattr(os, call)
    left = [index]

    def fails(*arguments: object) -> int | None:
        if threading.current_thread().name == "journal":
            left[0] -= 1
            if left[0] == -1:
                raise OSError(number, os.strerror(number))
        return real(*arguments)

    with Journal(tmp_path) as written:
        monkeypatch.setattr(os, call, fails)
        written.begin("ends", 1.0)
        for turn in range(10):
            written.add("phase", float(turn))
        until(False, written)
        kept = written.kept
        written.end(20.0)
        until(True, written)
        written.begin("next", 21.0)
        written.end(22.0)
    checked = check((tmp_path / "ends.jsonl").read_bytes())
    assert checked.whole or not checked.records
    assert len(checked.records) in (kept + 1, kept + 2)
    assert check((tmp_path / "next.jsonl").read_bytes()).findings == ()


@pytest.mark.parametrize("index", range(6))
def test_a_walk_whose_disk_fails_at_any_record_winds_down_and_no_other_is_armed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: int
) -> None:
    """Loop, journal and disk together: S35. With the disk that works again, people go on."""
    real, left = os.write, [index]

    def fails(descriptor: int, octets: bytes) -> int:
        left[0] -= threading.current_thread().name == "journal"
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, octets)

    room = Room(Phase.WALKING)
    monkeypatch.setattr(journal, "PROBE_S", 0.01)
    with Journal(tmp_path) as written, pytest.MonkeyPatch.context() as full:
        room.loop.journal = written
        full.setattr(os, "write", fails)
        full.setattr(journal, "ROOM", 1 << 60)
        room.turn(8)
        until(False, written)
        began_s = room.now_s
        room.turn()
        assert (room.phase, room.cause) == (Phase.SLOWING, "not_recorded")
        while room.phase is Phase.SLOWING:
            room.turn()
        assert room.now_s - began_s <= 5.0
        assert room.belt.orders[-1].level.value == "stop"
        room.turn(80)
        for verb in (Verb.RESET, Verb.ARM):
            room.ask(verb)
            room.turn()
        assert [answer.accepted for answer in room.answers] == [False, False]
        assert room.phase is Phase.LATCHED
        full.undo()
        until(True, written)
        room.turn(80)
        room.ask(Verb.RESET)
        room.turn()
        assert room.phase is Phase.IDLE
        assert written.ok
    (reset,) = [
        checked.records for file in tmp_path.glob("*.jsonl")
        if not (checked := check(file.read_bytes())).findings
    ]  # fmt: skip
    assert [r["verb"] for r in reset if r["kind"] == "command"] == ["reset"]
    assert replay(reset).difference is None


MEDDLERS: dict[str, Callable[[Path], object]] = {
    "deleted": lambda file: file.unlink(),
    "rotated": lambda file: file.rename(file.with_suffix(".1")),
    "replaced by a copy": lambda file: (
        file.with_suffix(".new").write_bytes(file.read_bytes()),
        file.with_suffix(".new").replace(file),
    ),
    "cut": lambda file: os.truncate(file, 10),
    "emptied": lambda file: os.truncate(file, 0),
    "added to": lambda file: os.truncate(file, file.stat().st_size + 1),
}


@pytest.mark.parametrize("goes_on", [True, False], ids=["written", "silent"])
@pytest.mark.parametrize("meddle", MEDDLERS.values(), ids=MEDDLERS)
def test_a_record_that_somebody_touches_is_not_ok_for_the_rest_of_its_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meddle: Callable[[Path], object], goes_on: bool
) -> None:
    """Found by the next record, or without one soon (F88)."""
    monkeypatch.setattr(journal, "PROBE_S", 0.01 if not goes_on else 0.5)
    with Journal(tmp_path) as written:
        written.begin("touched", 1.0)
        while written.kept < 0:
            os.sched_yield()
        meddle(tmp_path / "touched.jsonl")
        if goes_on:
            written.add("phase", 2.0)
        until(False, written)
        written.add("phase", 3.0)
        monkeypatch.setattr(journal, "PROBE_S", 0.01)
        threading.Event().wait(0.6 if goes_on else 0.1)
        assert not written.ok
        written.end(4.0)
        until(True, written)


def test_a_record_that_has_ended_may_be_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "PROBE_S", 0.01)
    with Journal(tmp_path) as written:
        written.begin("archived", 1.0)
        written.end(2.0)
        while written._file is not None or written.kept < 1:
            os.sched_yield()
        (tmp_path / "archived.jsonl").unlink()
        threading.Event().wait(0.1)
        assert written.ok


def kill_writers(folder: Path, kills: int, seed: int) -> int:
    """Kill a writer at a random moment, so many times; how many records were acknowledged."""
    chance = random.Random(seed)
    acknowledged = 0
    making = [sys.executable, "-c", WRITERS]
    with subprocess.Popen(
        making, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as maker:
        assert maker.stdin is not None
        assert maker.stdout is not None
        for kill in range(kills):
            own = folder / str(kill)
            maker.stdin.write(f"{own}\n")
            pid = int(maker.stdout.readline())
            time.sleep(chance.expovariate(1 / 0.015))
            os.kill(pid, signal.SIGKILL)
            assert maker.stdout.readline() == "dead\n"
            acknowledged += _survived(own, f"seed {seed}, kill {kill}")
    return acknowledged


def _survived(folder: Path, which: str) -> int:
    """How many records a dead writer had acknowledged; all of them are there."""
    told = folder.with_suffix(".told")
    said = told.read_bytes().splitlines(keepends=True) if told.exists() else []
    kept = max((int(line) for line in said if line.endswith(b"\n")), default=-1)
    if kept < 0:
        return 0
    checked = check((folder / "killed.jsonl").read_bytes())
    assert checked.whole, f"{which}: {checked.findings}"
    assert [record["n"] for record in checked.records] == list(range(len(checked.records))), which
    assert len(checked.records) > kept, f"{which}: {kept} was acknowledged"
    return kept + 1


def counted(capsys: pytest.CaptureFixture[str], kills: int, acknowledged: int) -> None:
    with capsys.disabled():
        sys.stderr.write(
            f"\njournal: {kills} kills, {acknowledged} records acknowledged, 0 lost, 0 broken\n"
        )


@pytest.mark.timeout(600)
def test_a_writer_killed_at_any_moment_leaves_all_that_was_acknowledged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    acknowledged = kill_writers(tmp_path, KILLS, seed=1)
    assert acknowledged > KILLS
    counted(capsys, KILLS, acknowledged)


@pytest.mark.deep
@pytest.mark.timeout(7200)
def test_five_thousand_writers_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counted(capsys, DEEP_KILLS, kill_writers(tmp_path, DEEP_KILLS, seed=2))
