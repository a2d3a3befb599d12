"""The simulated machine for tests of whole processes: a virtual air, a treadmill, a walker."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controller import profiles
from controller.cli.simulated import simulated_profile
from controller.cli.teller import Teller, started
from controller.plan import Plan
from controller.records.latch_store import LatchStore
from controller.safety.mark import CLEAN

START_S = 30.0


@dataclass(frozen=True, slots=True)
class SimulatedMachine:
    """Where it is found, the bench that has it, and all that the bench has told."""

    bench: Teller
    target: str
    adapter: str
    grip: str
    relay: str | None
    ready: dict[str, Any]
    commissioned: bool = True

    @property
    def told(self) -> list[dict[str, Any]]:
        return self.bench.told

    def plan(self, folder: Path) -> Path:
        """The file from which control, guard and standby start; the hatch lies beside it."""
        path = folder / "plan.json"
        Plan(
            treadmill=f"ftms:{self.target}",
            grip=f"grip:{self.grip}",
            adapter=self.adapter,
            hatch=str(folder / "hatch"),
            data_dir=str(folder / "data"),
            relay=f"relay:{self.relay}" if self.relay else "",
        ).save(path)
        end_clean(folder / "data")
        if self.commissioned:
            profile = simulated_profile(f"ftms:{self.target}", self.ready)
            profiles.save(folder / "data", profile)
        return path


def end_clean(data_dir: Path) -> None:
    """As the last service leaves a folder when the belt rests and nothing is latched."""
    with LatchStore(data_dir / "latch") as store:
        store.keep(CLEAN)


@contextlib.asynccontextmanager
async def simulated_machine(
    folder: Path, fault: str = "none", script: str = "none", relay: str = "none", *worn: str
) -> AsyncIterator[SimulatedMachine]:
    """Air and bench as processes; they end with the block. `worn`: `--pod`, `--strap`."""
    air = f"unix:{folder / 'air'}"
    options = ("--fault", fault, "--script", script, "--relay", relay, *worn)
    async with started("air", "simulators.radio", "--listen", air) as radio:
        await radio.event("listening", START_S)
        async with started("bench", "simulators.bench", "--transport", air, *options) as bench:
            ready = await bench.event("ready", START_S)
            yield SimulatedMachine(
                bench, ready["address"], f"hci:{air}", ready["grip"], ready["relay"], ready
            )
