"""One service per treadmill and per folder, as long as its holder lives."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from controller.guard.lock import OccupiedError, free, held, single
from tests.controller.guard.process import open_files

HOLDER = """
import os, sys
from pathlib import Path
from controller.guard.lock import single
with single(Path(sys.argv[1]), sys.argv[2], "none"):
    os.write(1, b".")
    sys.stdin.read()
"""


def test_a_folder_and_a_treadmill_are_held_once_and_free_afterwards(tmp_path: Path) -> None:
    mine, other = f"ftms:name={tmp_path}", f"ftms:name={tmp_path} other"
    for _ in range(2):
        with single(tmp_path / "a", mine, "none"):
            with pytest.raises(OccupiedError, match="End that one first"):
                single(tmp_path / "a", other, "none").__enter__()
            with pytest.raises(OccupiedError, match="End that one first"):
                single(tmp_path / "b", mine, "none").__enter__()
            with single(tmp_path / "c", other, "none"):
                pass
            with single(tmp_path / "d", mine, "another adapter"):
                pass


def test_a_folder_is_free_until_it_is_held_and_again_afterwards(tmp_path: Path) -> None:
    assert free(tmp_path / "a")
    with single(tmp_path / "a", f"ftms:name={tmp_path}", "none"):
        assert not free(tmp_path / "a")
        assert free(tmp_path / "b")
    assert free(tmp_path / "a")


def test_to_ask_whether_a_folder_is_held_makes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    assert not held(folder)
    assert not folder.exists()
    with single(folder, f"ftms:name={tmp_path}", "none"):
        assert held(folder)
    assert not held(folder)


def test_one_that_is_refused_keeps_nothing(tmp_path: Path) -> None:
    mine = f"ftms:name={tmp_path}"
    with single(tmp_path / "a", mine, "none"):
        with pytest.raises(OccupiedError):
            single(tmp_path / "b", mine, "none").__enter__()
        with single(tmp_path / "b", mine + " other", "none"):
            pass


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_lock_ends_with_its_holder_however_that_ends(
    tmp_path: Path, number: signal.Signals
) -> None:
    mine = f"ftms:name={tmp_path}"
    holding = [sys.executable, "-c", HOLDER, str(tmp_path), mine]
    pipe = subprocess.PIPE
    with subprocess.Popen(holding, stdin=pipe, stdout=pipe) as holder:
        assert holder.stdout is not None
        assert holder.stdout.read(1) == b"."
        with pytest.raises(OccupiedError):
            single(tmp_path, mine, "none").__enter__()
        holder.send_signal(number)
        holder.wait()
        with single(tmp_path, mine, "none"):
            pass


def test_children_do_not_hold_what_their_parent_held(tmp_path: Path) -> None:
    with single(tmp_path, f"ftms:name={tmp_path}", "none"):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with single(tmp_path, f"ftms:name={tmp_path}", "none"):
        child.communicate(b"\n")


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OccupiedError, match="cannot be made") as refused:
        single(tmp_path / "file" / "folder", "t", "none").__enter__()
    assert "Choose a data_dir" in str(refused.value)
    assert os.listdir(tmp_path) == ["file"]


def test_what_is_asked_is_answered_with_yes_or_no(tmp_path: Path) -> None:
    assert (free(tmp_path / "a"), held(tmp_path / "b"), held(tmp_path / "a")) == (
        *(True, False, False),
    )
    with single(tmp_path / "a", f"ftms:name={tmp_path}", "none"):
        assert (free(tmp_path / "a"), held(tmp_path / "a")) == (False, True)


def test_a_folder_is_made_with_those_above_it_and_its_lock_is_for_nobody_else(
    tmp_path: Path,
) -> None:
    folder, before = tmp_path / "clinic" / "room" / "records", os.umask(0)
    try:
        with single(folder, f"ftms:name={tmp_path}", "none"):
            assert stat.S_IMODE((folder / "lock").stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_whoever_asks_or_is_refused_leaves_no_file_open(tmp_path: Path) -> None:
    mine = f"ftms:name={tmp_path}"
    with single(tmp_path / "a", mine, "none"):
        before = open_files()
        with pytest.raises(OccupiedError):
            single(tmp_path / "a", mine, "none").__enter__()
        with pytest.raises(OccupiedError):
            single(tmp_path / "b", mine, "none").__enter__()
        assert held(tmp_path / "a")
        assert not free(tmp_path / "a")
        assert open_files() == before
    assert not held(tmp_path / "a")
    assert free(tmp_path / "a")
    assert len(open_files()) == len(before) - 2
