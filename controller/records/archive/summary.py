"""What the archive keeps of one record of control's: a few figures, made from the file alone."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from controller.records.chain import Checked, check
from controller.records.values import ODD_FIGURES, merged
from controller.safety.grip_watch import holds

MOVING = ("walking", "slowing")


@dataclass(frozen=True, slots=True)
class Summary:
    """One record. A figure is None where the record does not tell, or cannot be relied on.

    - `duration_s` from begin to end, `walked_s` with the belt moving, `distance_m` as the machine
      counted it or, if it does not, as its speed adds up; `mean_mps` over `walked_s`.
    - `cause`: what latched first, "" if nothing did. `releases`: how often both hands were off.
    - `whole`: as it was written; `complete`: and to its end. `octets`: the file's length.
    - `head_sha256`: the last line's own hash. Kept elsewhere than the file, it shows whether
      somebody wrote the whole record anew.
    """

    session: str
    began_at: str | None
    duration_s: float | None
    walked_s: float | None
    distance_m: float | None
    peak_mps: float | None
    mean_mps: float | None
    program: str | None
    orientation: str | None
    cause: str
    releases: int | None
    whole: bool
    complete: bool
    octets: int
    head_sha256: str


def summary(session: str, octets: bytes) -> Summary:
    """Total: a file that is no record gives a summary without figures. `session` names it."""
    checked = check(octets)
    records = checked.records
    first: Mapping[str, Any] = records[0] if records else {}
    belongs = str(first.get("session", session)) == session
    return Summary(
        session=session,
        began_at=_utc(first.get("wall")),
        duration_s=round(records[-1]["t"] - records[0]["t"], 3) if records else None,
        **_figures(checked),
        program=_text(first.get("program")),
        orientation=_text(first.get("orientation")),
        cause=next((str(record["cause"]) for record in records if record.get("cause")), ""),
        whole=checked.whole and belongs,
        complete=not checked.findings and belongs,
        octets=len(octets),
        head_sha256=str(records[-1]["sha256"]) if records else "",
    )


@dataclass(slots=True)
class _Walk:
    """The figures of a walk, turn by turn."""

    walked_s: float = 0.0
    integral_m: float = 0.0
    peak_mps: float = 0.0
    releases: int = 0
    first_m: float | None = None
    last_m: float | None = None
    before_s: float | None = None
    speed_mps: float = 0.0
    held: bool = False

    def turn(self, now_s: float, evidence: Mapping[str, Any], phase: str) -> None:
        if self.before_s is not None and self.speed_mps > 0:
            self.walked_s += now_s - self.before_s
            self.integral_m += self.speed_mps * (now_s - self.before_s)
        self.before_s = now_s
        belt = evidence.get("belt") or {}
        self.speed_mps = _figure(belt.get("speed_mps")) or 0.0
        self.peak_mps = max(self.peak_mps, self.speed_mps)
        distance_m = _figure(belt.get("distance_m"))
        if distance_m is not None:
            self.first_m = distance_m if self.first_m is None else self.first_m
            self.last_m = distance_m
        held = _held((evidence.get("grip") or {}).get("frame") or {})
        self.releases += self.held and not held and phase in MOVING
        self.held = held

    @property
    def distance_m(self) -> float:
        """A counter that never moved although the belt did, or was set back, counts nothing."""
        if self.first_m is None or self.last_m is None or self.last_m <= self.first_m:
            return self.integral_m
        return self.last_m - self.first_m


def _figures(checked: Checked) -> dict[str, Any]:
    names = ("walked_s", "distance_m", "peak_mps", "mean_mps", "releases")
    if not checked.records:
        return dict.fromkeys(names)
    walk = _Walk()
    for now_s, evidence, phase in _turns(checked.records):
        walk.turn(now_s, evidence, phase)
    mean_mps = walk.distance_m / walk.walked_s if walk.walked_s > 0 else 0.0
    figures = (walk.walked_s, walk.distance_m, walk.peak_mps, mean_mps)
    rounded = [round(figure, 4) for figure in figures]
    return dict(zip(names, (*rounded, walk.releases), strict=True))


def _turns(records: Iterable[Mapping[str, Any]]) -> Iterator[tuple[float, dict[str, Any], str]]:
    """Each turn's time, its whole evidence, and the phase before it; as they stand in the file."""
    evidence: Any = {}
    outcome: Any = {}
    for record in records:
        if record.get("kind") != "turn":
            continue
        whole = "from" in record
        told, came = record.get("evidence"), record.get("decided")
        evidence = told if whole else merged(evidence, told)
        phase = outcome.get("phase") if isinstance(outcome, dict) else None
        outcome = came if whole else merged(outcome, came)
        if isinstance(evidence, dict):
            yield float(record["t"]), evidence, str(phase)


def _held(frame: Mapping[str, Any]) -> bool:
    left, right = (
        holds(bool(frame.get(f"{side}_held")), _figure(frame.get(f"{side}_force_n")))
        for side in ("left", "right")
    )
    return left or right


def _figure(plain: Any) -> float | None:
    """A finite figure, or None."""
    if isinstance(plain, str):
        plain = ODD_FIGURES.get(plain)
    if not isinstance(plain, int | float) or not math.isfinite(plain):
        return None
    return float(plain)


def _text(plain: Any) -> str | None:
    return plain[:64] if isinstance(plain, str) else None


def _utc(wall_s: Any) -> str | None:
    figure = _figure(wall_s)
    try:
        return None if figure is None else stamp(datetime.fromtimestamp(figure, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def stamp(at: datetime) -> str:
    """A moment as a text in UTC, of one length, that sorts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
