"""What the setup's pages are told of the treadmill and its limits."""

from dataclasses import replace

from controller import profiles
from controller.cli.simulated import simulated_profile
from controller.programs.library import built_in
from controller.safety.limits import HARD, Limits
from controller.web.room import Room, programs
from protocols.units import mps_from_mph

ADDRESS = "ftms:C8:47:8C:10:20:30"
READY = {
    "grid": {"minimum": 80, "maximum": 1200, "increment": 10, "units_per_mps": 360.0},
    "identity": {"model": "RT-100", "firmware": "1"},
}


def limits(room, folder):
    return {row["name"]: row for row in room.limits_in_force(folder)}


def test_each_limit_names_its_source_and_its_hard_limit(tmp_path):
    room = Room(treadmill=ADDRESS, grip="grip:mqtt", limits={"session_s": 600.0})
    told = limits(room, tmp_path)
    assert (told["session_s"]["value"], told["session_s"]["source"]) == (600.0, "settings")
    assert (told["cap_mps"]["value"], told["cap_mps"]["source"]) == (Limits().cap_mps, "default")
    assert told["cap_mps"]["hard"] == HARD.cap_mps


def test_a_commissioned_machine_binds_what_the_clinic_would_widen(tmp_path):
    profiles.save(tmp_path, simulated_profile(ADDRESS, READY))
    room = Room(treadmill=ADDRESS, grip="grip:mqtt", limits={"cap_mps": mps_from_mph(2.0)})
    told = limits(room, tmp_path)["cap_mps"]
    assert told["source"] == "machine"
    assert told["value"] < mps_from_mph(2.0)


def test_a_machine_without_a_profile_says_what_to_do(tmp_path):
    told = Room(treadmill=ADDRESS, grip="grip:mqtt").machine(tmp_path)
    assert told["profile"] is None
    assert "commission" in told["refusal"]
    assert f"retrotread commission {ADDRESS}" in [each["command"] for each in told["commands"]]


def test_a_profile_is_told_with_the_curve_of_its_stop(tmp_path):
    profiles.save(tmp_path, simulated_profile(ADDRESS, READY))
    told = Room(treadmill=ADDRESS, grip="grip:mqtt").machine(tmp_path)
    curve = told["profile"]["curve"]
    assert told["refusal"] == ""
    assert curve[0] == [0.0, round(told["profile"]["cap_mps"], 4)]
    assert curve[-1][1] == 0.0


def test_the_free_walk_and_every_program_are_listed_with_their_minutes():
    told = {program["id"]: program for program in programs(built_in().values())}
    assert told["free-walk"]["minutes"] is None
    assert told["demo"]["minutes"] == 0.5
    assert told["demo"]["phases"][0]["duration_s"] == 6.0
    assert (told["demo"]["belt_off"], told["demo"]["own"]) == (False, False)
    assert "rest" in [phase["part"] for phase in told["stroke-30"]["phases"]]


def test_what_a_clinic_has_added_is_told_from_what_is_built_in():
    sheet = replace(built_in()["demo"], program=replace(built_in()["demo"].program, id="ours"))
    told = {program["id"]: program for program in programs([sheet])}
    assert told["ours"]["own"] is True
