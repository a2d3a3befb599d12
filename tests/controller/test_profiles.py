"""Profiles on the disk, and what a plan's machine is permitted."""

from pathlib import Path

import pytest

from controller import profiles
from controller.commissioning.profile import ProfileError
from tests.controller.commissioning.test_profile import ADDRESS, profile


def permitted(folder: Path, *, relay: bool = False, hardware_stop: str = "") -> dict[str, float]:
    return profiles.permitted(folder, ADDRESS, relay=relay, hardware_stop=hardware_stop)[1]


def test_a_profile_is_found_again(tmp_path: Path) -> None:
    path = profiles.save(tmp_path, profile())
    assert path == tmp_path / "machines" / "ftms-AA-BB-CC-DD-EE-FF.json"
    assert profiles.load(tmp_path, ADDRESS) == profile()


def test_a_machine_without_a_profile_is_told_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=f"not been commissioned. .*commission {ADDRESS}"):
        profiles.load(tmp_path, ADDRESS)


def test_a_profile_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    path = profiles.place(tmp_path, ADDRESS)
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError, match="cannot be read"):
        profiles.load(tmp_path, ADDRESS)


def test_a_machine_that_runs_on_needs_a_path_in_hardware(tmp_path: Path) -> None:
    profiles.save(tmp_path, profile())
    with pytest.raises(ProfileError, match="may only be watched"):
        permitted(tmp_path)
    slow = permitted(tmp_path, hardware_stop="safety_key")
    fast = permitted(tmp_path, relay=True)
    assert slow["cap_mps"] < 0.23 < fast["cap_mps"]
