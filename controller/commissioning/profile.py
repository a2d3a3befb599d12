"""The profile: what a commissioning measured, bound to one machine, and what follows from it.

One JSON document with the SHA-256 of its canonical content. It is refused when that does not fit,
or when it is another machine's; and it speaks for a machine only while that one names itself, and
its speeds, as it did when it was measured.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from controller.commissioning.cap import cap_mps, escalate_s
from controller.commissioning.judges import SILENCE_S
from controller.commissioning.notes import Notes
from controller.commissioning.stopping import Curve, fitted
from controller.safety.limits import HARD
from protocols.belt import BeltReport, Identity, SpeedGrid
from protocols.ftms.conduct import Conduct
from protocols.units import mps_from_mph

VERSION = 1
TIER_CAPS_MPS = {"A": HARD.cap_mps, "B": mps_from_mph(1.5), "C": mps_from_mph(0.5)}
"""Tier A stops within a second of silence, by itself or by a relay; B is known to stop when the
link is lost; C runs on, so that only a person or a hardware path stops it then."""
AGAIN = "Commission it again: retrotread commission"


class ProfileError(ValueError):
    """A profile that cannot be used; one plain sentence that names the way out."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One machine, as measured. `stop_s`: from Stop at the cap until rest is seen."""

    address: str
    identity: Identity
    grid: SpeedGrid
    tier: str
    cap_mps: float
    stop_s: float
    curve: Curve
    period_s: float
    answer_s: float
    spacing_s: float
    up_mps2: float
    quirks: tuple[str, ...]
    made_on: str

    def speaks_for(self, report: BeltReport) -> bool:
        """The linked machine is this one, with the firmware and the speeds that were measured."""
        return (report.identity, report.grid) == (self.identity, self.grid)

    @property
    def conduct(self) -> Conduct:
        """How its control point is to be treated."""
        return Conduct(
            answers_control="no_control_answer" not in self.quirks,
            start_toggles="start_toggles" in self.quirks,
            spacing_s=self.spacing_s if "needs_spacing" in self.quirks else 0.0,
        )

    def limits(self, *, relay: bool, hardware_stop: str) -> dict[str, float] | None:
        """What this machine allows; None: it may only be watched.

        `relay`: one that this service keeps closed is fitted; `hardware_stop`: what the settings
        record of another path, "" for none.
        """
        tier = "A" if relay else self.tier
        if tier == "C" and not hardware_stop:
            return None
        cap = min(self.cap_mps, TIER_CAPS_MPS[tier])
        return {"cap_mps": cap, "escalate_s": escalate_s(self.stop_s)}


def made(
    notes: Notes, grid: SpeedGrid, *, address: str, identity: Identity, made_on: str
) -> Profile:
    """The profile of a machine that has passed. Raises: `ProfileError` if it has not."""
    curve = fitted(notes.points)
    if notes.flaws or curve is None:
        raise ProfileError("A machine that has not passed has no profile.")
    cap = cap_mps(curve)
    return Profile(
        address=address,
        identity=identity,
        grid=grid,
        tier=tier_of(notes),
        cap_mps=cap,
        stop_s=round(curve.rest_s(cap) + notes.period_s, 3),
        curve=Curve(*(round(each, 4) for each in asdict(curve).values())),
        period_s=round(notes.period_s, 3),
        answer_s=round(notes.answer_s, 3),
        spacing_s=notes.spacing_s or 0.0,
        up_mps2=round(notes.up_mps2, 3),
        quirks=tuple(sorted(notes.quirks)),
        made_on=made_on,
    )


def tier_of(notes: Notes) -> str:
    """What the machine by itself may be trusted with; without having seen it stop: C."""
    if "stops_unlinked" not in notes.quirks:
        return "C"
    silence_s = notes.silence_s
    prompt = silence_s is not None and silence_s <= SILENCE_S
    return "A" if prompt and "supervised_link" not in notes.quirks else "B"


def encode(profile: Profile) -> str:
    content = {"version": VERSION, **asdict(profile)}
    return json.dumps({**content, "sha256": _digest(content)}, indent=2) + "\n"


def decode(text: str, address: str) -> Profile:
    """The profile in `text`, of the machine at `address`. Raises: `ProfileError`."""
    again = f"{AGAIN} {address}"
    try:
        content = json.loads(text)
        digest, version = content.pop("sha256"), content.pop("version")
        if version != VERSION or digest != _digest({"version": version, **content}):
            raise ProfileError(f"The treadmill's profile has been changed or damaged. {again}")
        profile = _profile(content)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, ProfileError):
            raise
        raise ProfileError(f"The treadmill's profile cannot be read. {again}") from error
    if profile.address != address:
        raise ProfileError(f"The profile is that of {profile.address}. {again}")
    return profile


def _profile(content: dict[str, Any]) -> Profile:
    profile = Profile(**content)
    if profile.tier not in TIER_CAPS_MPS:
        raise ValueError(profile.tier)
    return replace(
        profile,
        identity=Identity(**content["identity"]),
        grid=SpeedGrid(**content["grid"]),
        curve=Curve(**content["curve"]),
        quirks=tuple(content["quirks"]),
    )


def _digest(content: dict[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
