"""Profiles on the disk, and what a plan's machine is permitted."""

from pathlib import Path

import pytest

from controller import profiles
from controller.commissioning.flaws import FLAWS, INTERRUPTED
from controller.commissioning.notes import Notes
from controller.commissioning.probe import Probe
from controller.commissioning.profile import ProfileError
from tests.controller.commissioning.test_profile import ADDRESS, profile

REAL = tuple(sorted(FLAWS.keys() - {INTERRUPTED}))


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


def failed(flaw: str) -> Probe:
    return Probe(notes=Notes(flaws=(flaw,) if flaw else ()))


@pytest.mark.parametrize(
    ("flaw", "kept"), [("", True), (INTERRUPTED, True), *[(flaw, False) for flaw in REAL]]
)
def test_a_machine_that_fails_loses_its_former_profile(
    tmp_path: Path, flaw: str, kept: bool
) -> None:
    path = profiles.save(tmp_path, profile())
    profiles.void(tmp_path, ADDRESS, failed(flaw))
    assert path.exists() is kept
    assert path.with_suffix(".void").exists() is not kept
    if not kept:
        with pytest.raises(ProfileError, match="not been commissioned"):
            permitted(tmp_path, relay=True)


def test_a_machine_that_fails_needs_no_former_profile(tmp_path: Path) -> None:
    profiles.void(tmp_path, ADDRESS, failed(REAL[0]))
    assert list(tmp_path.iterdir()) == []


def test_a_former_profile_that_cannot_be_put_aside_is_told(tmp_path: Path) -> None:
    path = profiles.save(tmp_path, profile())
    path.with_suffix(".void").mkdir()
    with pytest.raises(ProfileError, match=f"no longer holds.*Remove {path}"):
        profiles.void(tmp_path, ADDRESS, failed(REAL[0]))


def test_a_machine_that_runs_on_needs_a_path_in_hardware(tmp_path: Path) -> None:
    profiles.save(tmp_path, profile())
    with pytest.raises(ProfileError, match="may only be watched"):
        permitted(tmp_path)
    slow = permitted(tmp_path, hardware_stop="safety_key")
    fast = permitted(tmp_path, relay=True)
    assert slow["cap_mps"] < 0.23 < fast["cap_mps"]
