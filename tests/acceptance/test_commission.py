"""`retrotread commission` on the real Bluetooth stack, over the virtual air, and what follows."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from controller.cli.teller import Teller, started
from controller.commissioning.flaws import FLAWS
from controller.guard.lock import single

pytestmark = pytest.mark.service

Run = Callable[..., CompletedProcess[str]]


@contextlib.asynccontextmanager
async def machine(folder: Path, *faults: str) -> AsyncIterator[tuple[Teller, list[str]]]:
    """A treadmill on the air, and the words after `retrotread commission` that reach it."""
    air = f"unix:{folder / 'air'}"
    options = [part for fault in faults for part in ("--fault", fault)]
    async with started("air", "simulators.radio", "--listen", air) as radio:
        await radio.event("listening", 20)
        bench = started("machine", "simulators.ftms_machine", "--transport", air, *options)
        async with bench as teller:
            ready = await teller.event("ready", 20)
            words = [f"ftms:{ready['address']}", "--adapter", f"hci:{air}", "--yes"]
            yield teller, [*words, "--stops", "2", "--data", str(folder / "data")]


def written(profile: str) -> list[Path]:
    """The files beside a profile, and itself."""
    return [*Path(profile).parent.iterdir()]


async def test_a_machine_that_passes_has_a_profile_and_a_plot(
    tmp_path: Path, retrotread: Run
) -> None:
    faults = ("stops_unlinked", "start_toggles", "no_control_answer")
    async with machine(tmp_path, *faults) as (teller, words):
        result = await asyncio.to_thread(retrotread, "commission", *words, "--json")
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["tier"] == "B"
    assert told["identity"] == {
        "model": "Simulated treadmill", "firmware": "1.0", "serial": "SIM-0001",
    }  # fmt: skip
    assert {*told["quirks"]} == {*faults, "supervised_link"}
    assert told["curve"]["slope_mps2"] == pytest.approx(0.5, rel=0.1)
    assert 0.4 < told["cap_mps"] <= 0.55
    kept = {path.suffix: path.read_text() for path in written(told["profile"])}
    assert json.loads(kept[".json"])["sha256"] == told["sha256"]
    assert "<svg" in kept[".html"]
    assert "at_rest" in {line["event"] for line in teller.told}


async def test_a_machine_that_fails_is_refused_in_a_sentence_and_has_none(
    tmp_path: Path, retrotread: Run
) -> None:
    async with machine(tmp_path, "mph_for_kmh") as (_, words):
        result = await asyncio.to_thread(retrotread, "commission", *words)
    assert result.returncode == 1
    last = result.stderr.splitlines()[-1]
    assert last.endswith("is refused. " + FLAWS["mph_for_kmh"])
    assert not (tmp_path / "data" / "machines").exists()


async def test_an_interrupt_stops_the_belt(tmp_path: Path) -> None:
    async with machine(tmp_path) as (teller, words):
        script = Path(sys.executable).with_name("retrotread")
        process = await asyncio.create_subprocess_exec(
            script, "commission", *words, stderr=asyncio.subprocess.PIPE
        )
        await teller.event("moving", 40)
        process.send_signal(signal.SIGINT)
        _, errors = await process.communicate()
        await teller.event("at_rest", 10)
    assert process.returncode == 1
    assert "ended by the person" in errors.decode()


@pytest.mark.parametrize("folder", ["kept", "another"])
def test_a_treadmill_in_use_is_not_commissioned_beside_its_service(
    tmp_path: Path, retrotread: Run, folder: str
) -> None:
    here = "ftms:AA:BB:CC:DD:EE:FF"
    with single(tmp_path / "kept", here, "system"):
        result = retrotread("commission", here, "--yes", "--data", str(tmp_path / folder))
    assert result.returncode == 1
    assert f"Another service runs {here}" in result.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["ftms:name=Pad", "--yes"], "give its address"),
        (["ftms:AA:BB:CC:DD:EE:FF"], "run this at a terminal"),
        (["ftms:pad"], "is no Bluetooth address"),
        (["ftms:AA:BB:CC:DD:EE:FF", "--yes", "--adapter", "none"], "is not a Bluetooth adapter"),
    ],
)
def test_what_cannot_be_commissioned_is_one_sentence(
    retrotread: Run, words: list[str], sentence: str
) -> None:
    result = retrotread("commission", *words)
    assert result.returncode == 1
    assert sentence in result.stderr.splitlines()[-1]
