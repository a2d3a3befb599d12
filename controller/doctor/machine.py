"""Settings, programs, users, the machine's profile, the alarm: needed before anybody steps on."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from controller import profiles
from controller.commissioning.profile import ProfileError
from controller.doctor.finding import Finding, Subject, missing, ok, warning
from controller.guard.alarm import AlarmError, checked
from controller.programs import library
from controller.programs.program import ProgramError
from controller.records.latch_store import LatchStore
from controller.web.accounts import Accounts

ALARM = "/etc/retrotread/alarm.wav"
NONE_NAMED = "retrotread doctor --config /etc/retrotread/settings.toml"


class Told(NamedTuple):
    """Of the settings: there are some, or why not."""

    read: bool
    refused: str


def settings(subject: Subject) -> Told:
    return Told(subject.settings is not None, subject.refused)


def judge_settings(seen: Told) -> Sequence[Finding]:
    if seen.refused:
        return [missing("settings", seen.refused, "retrotread serve --check --config FILE")]
    if not seen.read:
        return [warning("settings", "none were named; only the computer is looked at", NONE_NAMED)]
    return [ok("settings", "they can be used")]


def programs(subject: Subject) -> str:
    """Why the clinic's own programs keep the service from starting; "" if they do not."""
    named = subject.settings
    if named is not None:
        try:
            library.local(named.programs_dir or named.data_dir / "programs")
        except ProgramError as error:
            return str(error)
    return ""


def judge_programs(trouble: str) -> Sequence[Finding]:
    if trouble:
        return [missing("programs", trouble, "retrotread programs check FILE")]
    return [ok("programs", "they can be walked")]


class Users(NamedTuple):
    """Whether somebody may sign in at the console; `trouble`: why the file of users is no use."""

    any: bool
    trouble: str
    data_dir: Path


def users(subject: Subject) -> Users:
    accounts = Accounts(subject.data_dir)
    there = accounts.path.exists()
    if there:
        accounts.refresh()
    return Users(there, accounts.trouble, subject.data_dir)


def judge_users(seen: Users) -> Sequence[Finding]:
    add = f"retrotread users add NAME --role engineer --role supervisor --data {seen.data_dir}"
    if seen.trouble:
        return [missing("users", seen.trouble, f"ls -l {seen.data_dir}")]
    if not seen.any:
        says = "there are none; under systemd the service does not start without one"
        return [warning("users", says, add)]
    return [ok("users", "there are some")]


class Machine(NamedTuple):
    """`refused`: why the treadmill may only be watched; `stands`: how the last service ended;
    `unheard`: a file for the alarm's program that is not there."""

    treadmill: str
    refused: str
    alarm: str
    has_alarm: bool
    stands: str
    unheard: str = ""


def machine(subject: Subject) -> Machine | None:
    if subject.settings is None:
        return None
    named = subject.settings
    return Machine(
        named.treadmill,
        _profile(subject),
        _alarm(named.alarm),
        bool(named.alarm),
        _stands(subject),
        _unheard(named.alarm),
    )


def _profile(subject: Subject) -> str:
    named = subject.settings
    assert named is not None  # noqa: S101 - `machine` has seen them
    try:
        profiles.permitted(
            named.data_dir,
            named.treadmill,
            relay=named.relay is not None,
            hardware_stop=named.hardware_stop or "",
        )
    except ProfileError as error:
        return str(error)
    return ""


def _alarm(command: Sequence[str]) -> str:
    try:
        checked(tuple(command))
    except AlarmError as error:
        return str(error)
    return ""


def _unheard(command: Sequence[str]) -> str:
    """The first argument that names a file which cannot be read; "" if there is none."""
    files = (argument for argument in command[1:] if argument.startswith("/"))
    return next((file for file in files if not os.access(file, os.R_OK)), "")


def _stands(subject: Subject) -> str:
    """What the mark on the disk says, in words; "" for a clean end, or none ever."""
    named = subject.settings
    assert named is not None  # noqa: S101
    path = named.data_dir / "latch"
    mark = LatchStore(path).read() if path.exists() else None
    if mark is None or not (mark.moving or mark.cause):
        return ""
    return "the belt may be moving" if mark.moving else f"latched: {mark.cause}"


def judge_machine(seen: Machine | None) -> Sequence[Finding]:
    if seen is None:
        return []
    return [_commissioned(seen), _heard(seen), *_left(seen)]


def _commissioned(seen: Machine) -> Finding:
    if seen.refused:
        return warning("treadmill", seen.refused, f"retrotread commission {seen.treadmill}")
    return ok("treadmill", f"{seen.treadmill} is commissioned")


def _heard(seen: Machine) -> Finding:
    if seen.alarm:
        return missing("alarm", seen.alarm, "sudo apt install alsa-utils, for aplay")
    if seen.unheard:
        says = f"there is no {seen.unheard} that it could play; it would be silent"
        return missing("alarm", says, f"sudo install -m 644 deploy/alarm.wav {seen.unheard}")
    if not seen.has_alarm:
        says = "there is no program; only pages of the console would sound"
        return warning("alarm", says, f'alarm = ["aplay", "-q", "{ALARM}"]')
    return ok("alarm", "its program is there")


def _left(seen: Machine) -> list[Finding]:
    if not seen.stands:
        return []
    way_out = "a supervisor resets on the console; until then the service begins with a stop"
    return [warning("last end", seen.stands, way_out)]
