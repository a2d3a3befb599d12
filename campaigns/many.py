"""Many walks at once: over the processors of this computer, or over a Dask cluster beyond it.

A batch of walks is told by the campaign's text and their numbers alone, and each number is its own
seed: where it is run, in which order, and how often after a worker died, changes nothing.
"""

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from campaigns.bedside import bedside
from campaigns.outcome import Outcome
from campaigns.plan import Campaign, CampaignError, parse
from campaigns.walk import walked

BATCH = 8
"""Walks in one task: a walk takes a tenth of a second, and a task's own cost is a millisecond."""
DEATHS = 5
"""So many times in a row without a batch done, dying workers are no accident."""
REACH_S = 10.0

_parsed = lru_cache(maxsize=4)(parse)


def batch(text: str, numbers: Sequence[int]) -> list[Outcome]:
    """The outcomes of these walks. Raises: `CampaignError` that names a walk that failed."""
    campaign = _parsed(text)
    return [_walked(campaign, number) for number in numbers]


def _walked(campaign: Campaign, number: int) -> Outcome:
    try:
        return walked(bedside(campaign, number), campaign.seed)
    except Exception as error:
        raise CampaignError(
            f"Walk {number} failed: {error!r}. Please report it with the campaign's file."
        ) from error


def batches(numbers: Sequence[int]) -> list[Sequence[int]]:
    return [numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH)]


def here(text: str, numbers: Sequence[int], workers: int) -> Iterator[list[Outcome]]:
    """In so many processes; those that are killed are replaced, and their batches run again."""
    if workers == 1:
        yield from (batch(text, some) for some in batches(numbers))
        return
    left, deaths = batches(numbers), 0
    while left:
        lost: list[Sequence[int]] = []
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            under_way = {pool.submit(batch, text, some): some for some in left}
            for future in as_completed(under_way):
                try:
                    yield future.result()
                    deaths = 0
                except BrokenProcessPool:
                    lost.append(under_way[future])
        left, deaths = lost, deaths + 1
        if left and deaths > DEATHS:
            raise CampaignError("The workers die again and again. Give them more memory, or fewer.")


def on_cluster(text: str, numbers: Sequence[int], address: str) -> Iterator[list[Outcome]]:
    """On an existing Dask scheduler, whose workers have Retrotread installed."""
    if re.fullmatch(r"(tcp|tls|ws|wss)://[^/\s]+:[0-9]+", address) is None:
        raise CampaignError(f"{address} is no scheduler's address, as in tcp://host:8786.")
    try:
        dask: Any = import_module("distributed")
    except ImportError:
        raise CampaignError("A cluster needs Dask: pip install 'retrotread[cluster]'.") from None
    try:
        client = dask.Client(address, timeout=REACH_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CampaignError(f"There is no Dask scheduler at {address}: {error}.") from None
    with client:
        some = batches(numbers)
        under_way = client.map(batch, [text] * len(some), some, pure=False, retries=DEATHS)
        for future in dask.as_completed(under_way, loop=client.loop):
            yield future.result()


def processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
