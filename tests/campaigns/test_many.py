"""Many walks: where they are run, and who dies meanwhile, changes nothing."""

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import pytest

from campaigns import many
from campaigns.many import batch, batches, here, on_cluster
from campaigns.outcome import Outcome
from campaigns.plan import CampaignError

WALKS = 40
TEXT = f"""
walks = {WALKS}
[walk]
seconds = {{ uniform = [5, 15] }}
end = {{ choice = ["release", "fall", "stop", "step off"] }}
[walker]
both_off_per_minute = 2
[machine]
stop_mps2 = {{ normal = [0.5, 0.1] }}
[link]
loss = {{ choice = [0.0, 0.1] }}
"""
NUMBERS = range(WALKS)


def by_number(done: Iterator[list[Outcome]]) -> list[Outcome]:
    return sorted(outcome for outcomes in done for outcome in outcomes)


@pytest.fixture(scope="module")
def expected() -> list[Outcome]:
    return by_number(here(TEXT, NUMBERS, 1))


def test_every_walk_is_in_one_batch() -> None:
    assert [number for some in batches(NUMBERS) for number in some] == list(NUMBERS)


def test_two_processes_find_what_one_finds(expected: list[Outcome]) -> None:
    assert len(expected) == WALKS
    assert by_number(here(TEXT, NUMBERS, 2)) == expected


def test_a_walk_alone_is_the_walk_among_many(expected: list[Outcome]) -> None:
    assert batch(TEXT, [WALKS - 1]) == expected[-1:]


def test_a_killed_process_loses_no_walk(expected: list[Outcome]) -> None:
    before = set(multiprocessing.active_children())
    under_way = here(TEXT, NUMBERS, 2)
    done = next(under_way)
    own = [child for child in multiprocessing.active_children() if child not in before]
    assert own[0].pid is not None
    os.kill(own[0].pid, signal.SIGKILL)
    assert sorted([*done, *by_number(under_way)]) == expected


def test_processes_that_die_again_and_again_end_the_campaign_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(many, "DEATHS", 0)
    before = set(multiprocessing.active_children())
    under_way = here(TEXT, NUMBERS, 2)
    next(under_way)
    own = [child for child in multiprocessing.active_children() if child not in before]
    assert own[0].pid is not None
    os.kill(own[0].pid, signal.SIGKILL)
    with pytest.raises(CampaignError, match="die again and again"):
        by_number(under_way)


def test_a_mistake_in_a_walk_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(many, "walked", fails)
    with pytest.raises(CampaignError, match="Walk 3 failed: ZeroDivisionError"):
        batch(TEXT, [3])


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler's address, and its two workers, as processes on loopback."""
    file = folder / "scheduler.json"
    where = ("--host", "127.0.0.1", "--scheduler-file", str(file))
    dask = [sys.executable, "-m", "distributed.cli.dask_"]
    scheduler = [*dask[:-1], dask[-1] + "scheduler", "--port", "0", "--no-dashboard", *where]
    worker = [*dask[:-1], dask[-1] + "worker", "--no-nanny", "--no-dashboard", *where]
    processes = []
    try:
        for command in (scheduler, worker, worker):
            processes.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
            while not file.exists():
                assert processes[0].poll() is None
                time.sleep(0.02)
        yield json.loads(file.read_text())["address"], processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_cluster_whose_worker_is_killed_finds_the_same(
    expected: list[Outcome], tmp_path: Path
) -> None:
    with cluster(tmp_path) as (address, workers):
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        under_way = on_cluster(TEXT, NUMBERS, address)
        done = next(under_way)
        workers[0].kill()
        assert sorted([*done, *by_number(under_way)]) == expected


def test_a_cluster_out_of_reach_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "REACH_S", 0.3)
    with pytest.raises(CampaignError, match="There is no Dask scheduler at tcp://"):
        by_number(on_cluster(TEXT, NUMBERS, "tcp://127.0.0.1:9"))
