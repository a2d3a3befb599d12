"""The archive under writers that are killed, on disks that fill up or take nothing, and shared.

Nothing here is imitated that a real file system, or a real server, can do itself.
"""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from controller.records.archive import Archive, ArchiveError, Where
from controller.records.archive.bodies import Remark
from controller.records.notes import Patient
from tests.controller.records.archive.conftest import database
from tests.controller.records.archive.test_archive import ANNA, opened, pain, visited
from tests.postgres import Postgres

KILLS, DEEP_KILLS = 30, 400

WRITER = """
import asyncio, os, sys
from pathlib import Path
from controller.records.archive import Archive, Where
from controller.records.archive.bodies import Remark

async def write(folder, url, visit):
    async with Archive(Where(Path(folder), url), Path(folder)) as archive:
        async def one(who):
            number = 0
            while True:
                number += 1
                event = await archive.add(visit, Remark(remark=str(number)), who)
                os.write(1, b"%d\\n" % event.id)
        async with asyncio.TaskGroup() as group:
            for who in "abc":
                group.create_task(one(who))

if sys.argv[1] != "-":
    asyncio.run(write(*sys.argv[1:]))
for line in sys.stdin:
    pid = os.fork()
    if not pid:
        os.dup2(os.open(sys.argv[2], os.O_CREAT | os.O_WRONLY | os.O_APPEND), 1)
        asyncio.run(write(*line.rstrip("\\n").split("\\t")))
    print(pid, flush=True)
    os.waitpid(pid, 0)
    print("dead", flush=True)
"""
"""Enters remarks from three people at once; tells each number once it is acknowledged. Or makes
such a writer of each line, and says when it is dead."""

FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
from controller.records.archive import Archive, ArchiveError, Where
from controller.records.archive.bodies import Remark

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

async def write(folder, visit):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with Archive(Where(Path(folder)), Path(folder)) as archive:
        await archive.patients()
        size = (Path(folder) / "archive.sqlite-wal").stat().st_size
        for octets in range(size + 1000, size + 60000, 4200):
            resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
            try:
                for number in range(99):
                    event = await archive.add(visit, Remark(remark="x" * 700), "a")
                    print(event.id, flush=True)
            except ArchiveError as error:
                print(error, file=sys.stderr, flush=True)
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            event = await archive.add(visit, Remark(remark="room again"), "a")
            print(event.id, flush=True)

asyncio.run(write(*sys.argv[1:]))
"""
"""The kernel's own limit of a file's size comes closer, again and again."""


async def a_visit(where: Where) -> str:
    async with Archive(where, where.folder / "sessions") as archive:
        return await visited(archive)


async def remarks(where: Where, visit: str) -> set[int]:
    """Numbers of the events that are there, in an archive that is found whole."""
    async with Archive(where, where.folder / "sessions") as archive:
        return {event.id for event in await archive.history(visit)}


def killed_writers(where: Where, visit: str, kills: int) -> set[int]:
    """What was acknowledged by writers of which each was killed at a moment of its own."""
    told, moments = where.folder / "told", random.Random(6)
    told.touch()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, "-", str(told)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    ) as maker:  # fmt: skip
        assert maker.stdin is not None
        assert maker.stdout is not None
        for _ in range(kills):
            size = told.stat().st_size
            maker.stdin.write(f"{where.folder}\t{where.url}\t{visit}\n")
            pid = int(maker.stdout.readline())
            while told.stat().st_size == size:
                os.sched_yield()
            threading.Event().wait(moments.uniform(0.0, 0.05))
            os.kill(pid, signal.SIGKILL)
            assert maker.stdout.readline() == "dead\n"
        maker.stdin.close()
    return {int(line) for line in told.read_bytes().split(b"\n")[:-1]}


def prove_killed(where: Where, kills: int) -> None:
    visit = asyncio.run(a_visit(where))
    told = killed_writers(where, visit, kills)
    assert len(told) > kills
    assert told - asyncio.run(remarks(where, visit)) == set()


@pytest.mark.timeout(600)
def test_writers_that_are_killed_lose_nothing_that_was_acknowledged(where: Where) -> None:
    prove_killed(where, KILLS)


@pytest.mark.deep
@pytest.mark.timeout(7200)
def test_many_killed_writers_lose_nothing_that_was_acknowledged(where: Where) -> None:
    prove_killed(where, DEEP_KILLS)


def test_a_server_that_is_killed_loses_nothing_and_is_found_again(
    server: Postgres, tmp_path: Path
) -> None:
    """The archive stays open over it: the desk needs no restart."""

    async def story() -> None:
        where = Where(tmp_path, database(server))
        async with Archive(where, tmp_path / "sessions") as archive:
            visit = await visited(archive)
            kept = await archive.add(visit, pain(3), ANNA)
            await asyncio.to_thread(server.stop)
            try:
                with pytest.raises(ArchiveError, match=r"database|not known"):
                    await archive.add(visit, pain(4), ANNA)
                assert archive.trouble
            finally:
                await asyncio.to_thread(server.start)
            assert kept in await archive.history(visit)
            later = await archive.add(visit, pain(5), ANNA)
            assert archive.trouble == ""
            assert (await archive.history(visit))[-1] == later

    asyncio.run(story())


def test_a_disk_that_fills_up_keeps_what_was_acknowledged_and_says_so(tmp_path: Path) -> None:
    """It is said in one sentence, and with room again it goes on without a new start."""
    where = Where(tmp_path)
    visit = asyncio.run(a_visit(where))
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), visit],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = {int(line) for line in done.stdout.splitlines()}
    sentences = set(done.stderr.splitlines())
    assert sentences
    assert all("Nothing of this was kept." in sentence for sentence in sentences)
    assert len(told) > 10
    there = asyncio.run(remarks(where, visit))
    assert len(there - told) == 1, "the opening alone was not told"
    assert told <= there


READ_ONLY = """
import asyncio, os, sys
from pathlib import Path
from controller.records.archive import Archive, ArchiveError, Where
from controller.records.notes import Patient

async def main(folder):
    async with Archive(Where(Path(folder)), Path(folder)) as archive:
        try:
            await archive.put_patient(Patient(pseudonym="P-99"), "a")
        except ArchiveError as error:
            print(error, "|", archive.trouble)

if os.geteuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
asyncio.run(main(sys.argv[1]))
"""
"""As anybody but root, who may write anywhere."""


def test_a_folder_that_takes_nothing_says_so_and_keeps_what_it_has() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        visit = asyncio.run(a_visit(Where(folder)))
        for file in folder.iterdir():
            file.chmod(0o444)
        folder.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, name],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        folder.chmod(0o755)
        assert done.returncode == 0, done.stderr
        told, trouble = done.stdout.strip().split(" | ")
        assert told == trouble
        assert told.startswith("The archive cannot be ")
        for file in folder.iterdir():
            file.chmod(0o644)
        assert len(asyncio.run(remarks(Where(folder), visit))) == 1


@pytest.mark.parametrize("length", [0.3, 0.6, 0.9])
async def test_a_damaged_file_is_found_at_the_start(tmp_path: Path, length: float) -> None:
    where = Where(tmp_path)
    async with Archive(where, tmp_path / "sessions") as archive:
        visit = await visited(archive)
        for _ in range(99):
            await archive.add(visit, Remark(remark="x" * 900), ANNA)
    octets = bytearray(where.file.read_bytes())
    middle = int(len(octets) * length)
    octets[middle : middle + 6000] = b"\xa5" * 6000
    where.file.write_bytes(octets)
    async with Archive(where, tmp_path / "sessions") as archive:
        with pytest.raises(ArchiveError, match="is damaged"):
            await archive.patients()
    assert where.file.read_bytes() == bytes(octets)
    where.file.write_text("this was never a database, whatever its name says")
    async with Archive(where, tmp_path / "sessions") as archive:
        with pytest.raises(ArchiveError, match="is damaged"):
            await archive.patients()


@pytest.mark.timeout(300)
def test_two_processes_write_at_once_and_nobody_loses_anything(where: Where) -> None:
    visit = asyncio.run(a_visit(where))
    command = [sys.executable, "-c", WRITER, str(where.folder), where.url, visit]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    told: list[set[int]] = []
    for writer in writers:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(60)]
        assert all(lines), "the writer died by itself"
        told.append({int(line) for line in lines})
    for writer in writers:
        writer.kill()
        writer.communicate()
    assert told[0].isdisjoint(told[1])
    assert told[0] | told[1] <= asyncio.run(remarks(where, visit))


async def test_an_archive_that_cannot_keep_up_says_so(where: Where) -> None:
    """Two hundred at once: those that were taken are there, the others were told."""
    async with Archive(where, where.folder / "sessions") as archive:
        visit = await visited(archive)
        attempts = [archive.add(visit, Remark(remark=str(n)), ANNA) for n in range(200)]
        results = await asyncio.gather(*attempts, return_exceptions=True)
        kept = [each for each in results if not isinstance(each, BaseException)]
        told = {str(each) for each in results if isinstance(each, BaseException)}
        assert told == {
            "The archive does not keep up. Nothing of this was kept. Try again in a moment."
        }
        assert (await archive.history(visit))[1:] == tuple(kept)


async def test_a_copy_of_the_folder_taken_while_it_is_closed_is_an_archive(tmp_path: Path) -> None:
    where, copy = Where(tmp_path / "here"), Where(tmp_path / "copy")
    async with Archive(where, where.folder / "sessions") as archive:
        await archive.put_patient(Patient(pseudonym="P-07"), ANNA)
        await archive.open_visit(opened(), ANNA)
    shutil.copytree(where.folder, copy.folder)
    async with Archive(copy, copy.folder / "sessions") as archive:
        assert len(await archive.visits("P-07")) == 1
