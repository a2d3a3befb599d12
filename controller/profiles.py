"""The profiles of the machines that were commissioned, in the data folder's `machines/`."""

import re
from pathlib import Path

from controller.commissioning.profile import AGAIN, Profile, ProfileError, decode, encode


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
