"""A whole service against the simulated machine: air, treadmill with walker and grip unit, guard.

The simulators are other processes on real links: from the drivers up nothing knows of them.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from controller import profiles
from controller.cli.failure import Failure
from controller.cli.fault_names import meant
from controller.cli.serve import write_plans
from controller.cli.teller import Teller, started
from controller.commissioning.cap import cap_mps
from controller.commissioning.profile import Profile
from controller.commissioning.stopping import Curve
from controller.guard.lock import free
from controller.home import usual_folder
from controller.records.latch_store import LatchStore
from controller.safety.limits import HARD
from controller.safety.mark import CLEAN
from controller.setting_tables import ConsoleSettings, MqttSettings
from controller.settings import Settings
from drivers.address import FTMS
from protocols.belt import Identity, SpeedGrid
from protocols.serial_machines import KINDS, dialect

START_S = 20.0
QUIET = ("--script", "none")
"""The walker does nothing by itself: sensors are to be seen released, then held."""
DEVICE = "demo"
"""The device id of the simulated treadmill on MQTT."""
DEMOS = 50
Orientation = Literal["turned", "reverse_belt"]
MACHINES = {FTMS: "simulators.bench", **dict.fromkeys(KINDS, "simulators.serial_bench")}
"""The simulated machines, by kind."""
REVERSING = frozenset({"biodex"})
"""Those whose belt reverses by a command of its own; their walkers face the front."""


@dataclass(frozen=True, slots=True)
class Radio:
    """An air that is served already: the transport that the treadmill joins it by, and the adapter
    by which control does."""

    transport: str
    adapter: str


@dataclass(frozen=True, slots=True)
class Service:
    """What runs: the simulators' bench, the guard, and where the hatch and the journal are."""

    bench: Teller
    guard: Teller
    hatch: Path
    settings: Settings


def faults() -> dict[str, dict[str, str]]:
    """What can misbehave in the simulators: name → sentence, source, kind and link, as they say
    it."""
    listing = [sys.executable, "-m", "simulators.faults"]
    told = subprocess.run(listing, capture_output=True, check=True).stdout  # noqa: S603 - ours
    table: dict[str, dict[str, str]] = json.loads(told)
    return table


@contextlib.asynccontextmanager
async def service(
    *,
    machine: str,
    fault: str,
    port: int | None,
    data_dir: Path | None = None,
    mqtt_port: int | None = None,
    relay: str = "none",
    orientation: Orientation | None = None,
    radio: Radio | None = None,
) -> AsyncIterator[Service]:
    """Everything, started in order and ended in reverse; `fault` is one name, or several in a row.

    Without a port there is no console, and no MQTT, which is the same process's; `mqtt_port` is of
    a broker that runs already; `relay` is where the simulated one sits. `orientation`: by default,
    a belt that can run in reverse does.
    """
    if machine not in MACHINES:
        raise Failure(f"There is no simulated {machine}. There are: {', '.join(MACHINES)}.")
    names = meant(fault.split(" "))
    _refuse_without_link(names, machine)
    afflictions = [part for name in names for part in ("--fault", name)]
    with tempfile.TemporaryDirectory(prefix="retrotread-") as name:
        folder = Path(name)
        async with contextlib.AsyncExitStack() as stack:
            wire, adapter = await _wire(machine, folder, stack, radio)
            options = (*wire, *afflictions, "--relay", relay, *QUIET)
            bench = await stack.enter_async_context(started("bench", MACHINES[machine], *options))
            ready = await bench.event("ready", START_S)
            settings = _settings(
                machine,
                ready,
                adapter,
                port,
                data_dir,
                mqtt_port,
                orientation=orientation or _orientation(machine),
            )
            _at_rest(settings.data_dir)
            profiles.save(settings.data_dir, simulated_profile(settings.treadmill, ready))
            plan, desk_plan = write_plans(settings, folder, new_pin=True)
            plans = [str(plan)] if port is None else [str(plan), str(desk_plan)]
            async with started("guard", "controller.guard", *plans) as guard:
                stack.callback(_leave_nobody_behind, guard)
                await guard.event("control_started", START_S)
                yield Service(bench, guard, folder / "hatch", settings)


def simulated_profile(address: str, ready: dict[str, Any]) -> Profile:
    """The simulated treadmill as it was built, without having been measured.

    Its belt runs on when the link is lost, as most do. Nobody can be hurt on it, so it counts as
    one that stops, and the demo shows what such a machine may do.
    """
    curve = Curve(delay_s=0.01, slope_mps2=0.5, lag_s=0.25)
    kind = address.partition(":")[0]
    grid = SpeedGrid(**ready["grid"]) if kind == FTMS else dialect(kind).grid
    return Profile(
        address=address,
        identity=Identity(**ready.get("identity", {})),
        grid=grid,
        tier="B",
        cap_mps=cap_mps(curve),
        stop_s=round(curve.rest_s(cap_mps(curve)) + 0.5, 3),
        curve=curve,
        period_s=0.5,
        answer_s=0.04,
        spacing_s=0.2,
        up_mps2=0.15,
        quirks=("stops_unlinked", "supervised_link"),
        made_on="as built",
    )


async def _wire(
    machine: str, folder: Path, stack: contextlib.AsyncExitStack, radio: Radio | None
) -> tuple[tuple[str, ...], str]:
    """What tells the bench which wire to be on, and the adapter for control: an air, or a port."""
    if machine != FTMS:
        return ("--machine", machine), "system"
    if radio is not None:
        return ("--transport", radio.transport), radio.adapter
    air = f"unix:{folder / 'air'}"
    serving = started("virtual air", "simulators.radio", "--listen", air)
    await (await stack.enter_async_context(serving)).event("listening", START_S)
    return ("--transport", air), f"hci:{air}"


def _folder() -> Path:
    """Where walks of demonstrations are kept; of several that run at once, each has its own."""
    base = usual_folder()
    names = ["demo", *(f"demo-{number}" for number in range(2, DEMOS))]
    return next((base / name for name in names if free(base / name)), base / "demo")


def _orientation(machine: str) -> Orientation:
    return "reverse_belt" if machine in REVERSING else "turned"


def _refuse_without_link(names: list[str], machine: str) -> None:
    """Raises: `Failure` for a fault of which nothing would come on this machine."""
    if machine not in KINDS:
        return
    known = faults()
    for name in names:
        if known[name]["link"] == "bluetooth":
            raise Failure(
                f"The fault {name} is one of a Bluetooth link, which a {machine} does not have: "
                f"use --machine {FTMS}."
            )


def _at_rest(data_dir: Path) -> None:
    """A belt made a moment ago rests, whatever became of the one before."""
    with LatchStore(data_dir / "latch") as store:
        store.keep(CLEAN)


def _leave_nobody_behind(guard: Teller) -> None:
    """Control and standby never give up a belt that they have not seen at rest. When the simulated
    one is gone, nobody can stop it any more, and they are ended: the last that were told of, for
    the number of one before them may be somebody else's by now."""
    last = {key: line[key] for line in guard.told for key in ("pid", "standby") if line.get(key)}
    for pid in last.values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _settings(
    machine: str,
    ready: dict[str, str],
    adapter: str,
    port: int | None,
    data_dir: Path | None,
    mqtt_port: int | None,
    *,
    orientation: Orientation,
) -> Settings:
    """Faster than a clinic's: the speed may rise as soon as its hard limit lets it."""
    return Settings(
        treadmill=f"{machine}:{ready['address']}",
        grip=f"grip:{ready['grip']}",
        adapter=adapter,
        relay=f"relay:{ready['relay']}" if ready["relay"] else None,
        data_dir=data_dir or _folder(),
        console=ConsoleSettings(port=port or 8080, title="Simulated treadmill"),
        mqtt=MqttSettings(port=mqtt_port, device=DEVICE) if mqtt_port else None,
        orientation=orientation,
        limits={"rise_per_minute_mps": HARD.rise_per_minute_mps},
    )
