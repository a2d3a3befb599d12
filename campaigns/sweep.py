"""A sweep of the belt alone: how far a body is carried, over speed × deceleration × latency.

No controller and no walker: thousands of belts side by side in numpy, each the model of
`simulators.plant`. It answers what a commissioning cap has to answer, for machines not yet met.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

from campaigns.plan import CampaignError
from controller.commissioning.cap import CARRY_M
from controller.toml_text import TomlError, read_toml
from simulators.plant import Drive

__all__ = ["CARRY_M", "Sweep", "Swept", "is_sweep", "parse", "run"]

AXES = {"speeds_mps": (0.05, 2.0), "stop_mps2": (0.02, 5.0), "latencies_s": (0.0, 10.0)}
"""What is varied, and how far it may be."""
CELLS = 100_000
STEP_S = 0.01


@dataclass(frozen=True, slots=True)
class Sweep:
    """`latencies_s`: from the hands' leaving until the machine's Stop; `lag_s`: of the belt."""

    title: str
    speeds_mps: tuple[float, ...]
    stop_mps2: tuple[float, ...]
    latencies_s: tuple[float, ...]
    lag_s: float = Drive().lag_s


@dataclass(frozen=True, slots=True)
class Swept:
    """`carry_m[latency][speed][deceleration]`; `cap_mps[latency][deceleration]`: the highest speed
    of the sweep up to which nobody is carried further than a commissioning allows; 0 for none."""

    title: str
    speeds_mps: tuple[float, ...]
    stop_mps2: tuple[float, ...]
    latencies_s: tuple[float, ...]
    carry_m: tuple[tuple[tuple[float, ...], ...], ...]
    cap_mps: tuple[tuple[float, ...], ...]

    def document(self) -> dict[str, Any]:
        return asdict(self)


def is_sweep(text: str) -> bool:
    try:
        return "sweep" in read_toml(text)
    except TomlError:
        return False


def parse(text: str) -> Sweep:
    """The sweep in a TOML text. Raises: `CampaignError`."""
    found = read_toml(text)
    given = found["sweep"]
    known = {*AXES, "lag_s"}
    if not isinstance(given, Mapping) or not set(AXES) <= set(given) <= known:
        raise CampaignError(f"[sweep] needs {', '.join(AXES)}; and may have lag_s.")
    axes = {name: _axis(name, given[name], *bounds) for name, bounds in AXES.items()}
    cells = 1
    for axis in axes.values():
        cells *= len(axis)
    if cells > CELLS:
        raise CampaignError(f"The sweep has {cells} cells; it may have {CELLS}: take fewer steps.")
    [lag_s] = _axis("lag_s", [given.get("lag_s", Drive().lag_s)], 0.02, 2.0)
    return Sweep(str(found.get("title", "Sweep")), **axes, lag_s=lag_s)


def _axis(name: str, given: object, low: float, high: float) -> tuple[float, ...]:
    """A list of figures, or { from, to, steps }."""
    if isinstance(given, Mapping) and set(given) == {"from", "to", "steps"}:
        first, last, steps = given["from"], given["to"], given["steps"]
        if isinstance(steps, int) and 1 < steps <= CELLS and _numbers([first, last], low, high):
            return tuple(first + (last - first) * step / (steps - 1) for step in range(steps))
    elif isinstance(given, list) and given and _numbers(given, low, high):
        return tuple(map(float, given))
    raise CampaignError(
        f"sweep.{name} is a list of numbers from {low:g} to {high:g}, "
        "or { from = …, to = …, steps = … }."
    )


def _numbers(values: list[Any], low: float, high: float) -> bool:
    return all(
        isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        for value in values
    )


def run(sweep: Sweep) -> Swept:
    """Let every belt run, be stopped, and come to rest. Raises: `CampaignError` without numpy."""
    try:
        carried_m = import_module("campaigns.belts").carried_m
    except ImportError:
        raise CampaignError("A sweep needs numpy: pip install 'retrotread[fast]'.") from None
    carry_m = carried_m(sweep, STEP_S)
    caps = tuple(
        tuple(
            _cap(sweep.speeds_mps, [row[i] for row in layer]) for i in range(len(sweep.stop_mps2))
        )
        for layer in carry_m
    )
    axes = (sweep.speeds_mps, sweep.stop_mps2, sweep.latencies_s)
    return Swept(sweep.title, *axes, carry_m, caps)


def _cap(speeds_mps: tuple[float, ...], carry_m: list[float]) -> float:
    """The highest speed before the first, in ascending order, that carries too far."""
    cap_mps = 0.0
    for speed_mps, way_m in sorted(zip(speeds_mps, carry_m, strict=True)):
        if way_m > CARRY_M:
            break
        cap_mps = speed_mps
    return cap_mps
