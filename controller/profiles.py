"""The profiles of the machines that were commissioned, in the data folder's `machines/`."""

import contextlib
import re
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from controller.commissioning.flaws import FLAWS, INTERRUPTED
from controller.commissioning.plot import page
from controller.commissioning.probe import Probe
from controller.commissioning.profile import AGAIN, Profile, ProfileError, decode, encode, made
from controller.commissioning.stopping import Point
from protocols.belt import BeltReport

BY_NAME = (
    "A profile belongs to one machine: give its address, as retrotread scan shows it, and not its "
    "name."
)
CURVE_POINTS = 60


class Kept(NamedTuple):
    """A profile that was just made, and its files."""

    profile: Profile
    path: Path
    plot: Path


def place(data_dir: Path, address: str) -> Path:
    """Where the profile of the machine at `address` is kept."""
    return data_dir / "machines" / (re.sub(r"[^A-Za-z0-9]+", "-", address).strip("-") + ".json")


def save(data_dir: Path, profile: Profile) -> Path:
    """Raises: `OSError`."""
    path = place(data_dir, profile.address)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(encode(profile))
    new.replace(path)
    return path


def keep(data_dir: Path, address: str, probe: Probe, report: BeltReport) -> Kept:
    """Make and save the profile of a machine that has passed, and the plot of its stops beside it.

    Raises: `ProfileError` with one plain sentence.
    """
    made_on = date.today().isoformat()  # noqa: DTZ011 - the day at this place, for people
    if report.grid is None:
        raise ProfileError(FLAWS["no_range"])
    identity = report.identity
    profile = made(probe.notes, report.grid, address=address, identity=identity, made_on=made_on)
    try:
        path = save(data_dir, profile)
        plot = path.with_suffix(".html")
        plot.write_text(page(profile, probe.notes.points))
    except OSError as error:
        raise ProfileError(f"The profile cannot be written: {error.strerror}.") from error
    return Kept(profile, path, plot)


def void(data_dir: Path, address: str, probe: Probe) -> None:
    """Put the former profile of a machine that has failed aside: it may only be watched from now
    on. An interrupted probe says nothing of its machine.

    Raises: `ProfileError` with one plain sentence.
    """
    if probe.flaw in ("", INTERRUPTED):
        return
    path = place(data_dir, address)
    try:
        with contextlib.suppress(FileNotFoundError):
            path.replace(path.with_suffix(".void"))
    except OSError as error:
        raise ProfileError(
            f"Its former profile no longer holds, and cannot be put aside: {error.strerror}. "
            f"Remove {path}."
        ) from error


def described(profile: Profile, points: tuple[Point, ...] = ()) -> dict[str, Any]:
    """A profile for people, with the curve of its stop: from its cap, or as the `points` of its
    measured stops lie."""
    curve, identity = profile.curve, profile.identity
    from_mps = max((point.from_mps for point in points), default=profile.cap_mps)
    last_s = max([profile.stop_s, 0.1, *(point.after_s for point in points)])
    times_s = [last_s * step / CURVE_POINTS for step in range(CURVE_POINTS + 1)]
    return {
        "model": identity.model,
        "firmware": identity.firmware,
        "tier": profile.tier,
        "cap_mps": profile.cap_mps,
        "stop_s": profile.stop_s,
        "slope_mps2": curve.slope_mps2,
        "onset_s": curve.onset_s,
        "made_on": profile.made_on,
        "quirks": list(profile.quirks),
        "curve": [[round(t, 3), round(curve.speed_mps(t, from_mps), 4)] for t in times_s],
    }


def load(data_dir: Path, address: str) -> Profile:
    """Raises: `ProfileError` with one plain sentence."""
    try:
        return decode(place(data_dir, address).read_text(), address)
    except FileNotFoundError:
        raise ProfileError(
            f"The treadmill has not been commissioned. Do so: retrotread commission {address}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"The treadmill's profile cannot be read. {AGAIN} {address}") from error


def permitted(
    data_dir: Path, address: str, *, relay: bool, hardware_stop: str
) -> tuple[Profile, dict[str, float]]:
    """The profile of a machine and the limits that it sets; see `Profile.limits`.

    Raises: `ProfileError` for a machine that may only be watched.
    """
    profile = load(data_dir, address)
    limits = profile.limits(relay=relay, hardware_stop=hardware_stop)
    if limits is None:
        raise ProfileError(
            "The treadmill runs on when its link is lost, so it may only be watched. Fit a relay, "
            'or record hardware_stop = "safety_key" in the settings.'
        )
    return profile, limits
