"""`scan`, `stop` and `serve` against a treadmill on the virtual air, as with a real one."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import NamedTuple

import pytest

from controller.cli.teller import Teller, started

Run = Callable[..., CompletedProcess[str]]


class Reach(NamedTuple):
    """A treadmill in reach, and how to reach it."""

    bench: Teller
    adapter: str
    address: str
    grip: str


@pytest.fixture
async def reach(tmp_path: Path) -> AsyncIterator[Reach]:
    air = f"unix:{tmp_path / 'air'}"
    async with started("air", "simulators.radio", "--listen", air) as radio:
        await radio.event("listening", 20)
        bench = started("bench", "simulators.bench", "--transport", air, "--script", "none")
        async with bench as teller:
            ready = await teller.event("ready", 20)
            yield Reach(teller, f"hci:{air}", f"ftms:{ready['address']}", f"grip:{ready['grip']}")


async def in_a_thread(run: Run, *arguments: str) -> CompletedProcess[str]:
    return await asyncio.to_thread(run, *arguments)


async def test_scan_lists_the_treadmill_as_the_settings_want_it(
    reach: Reach, retrotread: Run
) -> None:
    scan = ("scan", "--json", "--seconds", "2", "--adapter", reach.adapter)
    result = await in_a_thread(retrotread, *scan)
    assert result.returncode == 0, result.stderr
    [found] = json.loads(result.stdout)
    assert found["address"] == reach.address
    assert found["name"] == "Retrotread Sim"


async def test_stop_ends_a_walk_that_somebody_began_at_the_console(
    reach: Reach, retrotread: Run
) -> None:
    reach.bench.say("console start")
    await reach.bench.event("moving", 20)
    result = await in_a_thread(retrotread, "stop", reach.address, "--adapter", reach.adapter)
    assert result.returncode == 0, result.stderr
    assert "at rest" in result.stdout
    await reach.bench.event("at_rest", 1)


async def test_serve_runs_until_it_is_told_to_end(reach: Reach, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(
        f'treadmill = "{reach.address}"\ngrip = "{reach.grip}"\nadapter = "{reach.adapter}"\n'
        f'data_dir = "{tmp_path}"\n[console]\nport = 18080\n'
    )
    arguments = ("-m", "controller.cli", "serve", "--config", str(settings))
    service = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert service.stdout is not None
    first = (await service.stdout.readline()).decode()
    assert "http://127.0.0.1:18080/" in first
    assert "PIN" in first
    service.terminate()
    assert await asyncio.wait_for(service.wait(), 30) == 0
