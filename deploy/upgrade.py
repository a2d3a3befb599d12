#!/usr/bin/env python3
"""Upgrade a Retrotread that runs under systemd: stop the belt first, verify, and never half.

    sudo deploy/upgrade.py retrotread-0.2.0-py3-none-any.whl --lock requirements.lock

1. Refuse while a session runs. 2. Install the new release beside the old one. 3. Ask its doctor.
4. Stop the service, which stops the belt and waits for rest; verify the mark it left. 5. Back up
data and settings. 6. Switch over and start. If the new release does not start, the old one and its
data come back. Standard library only; exit 0 upgraded, 1 refused or rolled back, with one sentence.
"""

import argparse
import contextlib
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

UNIT = "retrotread.service"
TELL_S = 5.0
"""Telemetry comes ten times a second."""
AT_REST = ("idle", "latched")
UNKNOWN = "unknown"
OFF = ("inactive", "failed")
MARK = (
    "import sys; from pathlib import Path; from controller.records.latch_store import LatchStore;"
    "mark = LatchStore(Path(sys.argv[1]) / 'latch').read();"
    "print('unknown' if mark is None else 'moving' if mark.moving else 'rest')"
)
DATA = (
    "import os, sys; from pathlib import Path; from controller.settings import read;"
    "print(read(Path(sys.argv[1]), os.environ).data_dir)"
)


class Refused(Exception):  # noqa: N818 - it is not a mistake of the program
    """Nothing was changed, or all was put back; one plain sentence."""


class Place:
    """Where one installation lies. `owner` runs the service; None: whoever calls this."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.root, self.config, self.hatch = given.root, given.config, given.hatch
        self.current = given.root / "current"
        self.owner = pwd.getpwnam(given.user) if given.user else None
        self.stamp = time.strftime("%Y%m%dT%H%M%S")

    def run(self, release: Path, *command: str) -> subprocess.CompletedProcess[str]:
        """A program of a release, as the service's user."""
        program, *arguments = command
        as_owner: dict[str, Any] = {}
        if self.owner is not None:
            groups = os.getgrouplist(self.owner.pw_name, self.owner.pw_gid)
            as_owner = {"user": self.owner.pw_uid, "group": groups[0], "extra_groups": groups}
        return subprocess.run(
            [release / "bin" / program, *arguments],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **as_owner,
        )

    def data_dir(self) -> Path:
        told = self.run(self.current.resolve(), "python", "-c", DATA, str(self.config))
        if told.returncode != 0:
            raise Refused(f"The settings cannot be used: {_last(told.stderr)}")
        return Path(told.stdout.strip())


def systemctl(verb: str) -> bool:
    return subprocess.run(["systemctl", verb, UNIT], check=False).returncode == 0


def runs() -> bool:
    """Whether the unit has a process, or gets one by itself: one that starts, ends or waits to be
    tried again (`activating`, `deactivating`) is not yet `active`, and not off."""
    ask = ["systemctl", "show", "-p", "ActiveState", "--value", UNIT]
    told = subprocess.run(ask, check=False, capture_output=True, text=True)
    return told.stdout.strip() not in OFF


def refuse_a_session(place: Place) -> None:
    """Raises: `Refused` unless the service is off, or says that the belt rests."""
    if not runs():
        return
    state = phase(place.hatch)
    if state == UNKNOWN:
        raise Refused(
            "The service does not say whether a session runs. Stop it (systemctl stop "
            f"{UNIT}), then upgrade; nothing was changed."
        )
    if state not in AT_REST:
        raise Refused(f"A session runs ({state}). End it, then upgrade; nothing was changed.")


def phase(hatch: Path) -> str:
    """What control says of the session; `UNKNOWN` if it does not speak."""
    with contextlib.suppress(OSError, ValueError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(TELL_S)
        line.connect(str(hatch))
        for told in line.makefile("r", encoding="utf-8"):
            message = json.loads(told)
            if message.get("kind") == "telemetry":
                return str(message["state"])
    return UNKNOWN


def install(place: Place, given: argparse.Namespace) -> Path:
    """The new release in a folder of its own. Raises: `Refused`."""
    release: Path = place.root / "releases" / f"{given.wheel.stem.split('-')[1]}-{place.stamp}"
    python = str(release / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = [
        [given.python, "-m", "venv", str(release)],
        [*pip, "--require-hashes", "-r", str(given.lock)],
        [*pip, "--no-deps", "--force-reinstall", str(given.wheel)],
    ]
    for step in steps:
        done = subprocess.run(
            ["nice", "-n", "19", *step], check=False, capture_output=True, text=True
        )
        if done.returncode != 0:
            shutil.rmtree(release, ignore_errors=True)
            raise Refused(f"The new release cannot be installed: {_last(done.stderr)}")
    return release


def ask_its_doctor(place: Place, release: Path) -> None:
    """Raises: `Refused`, with what the doctor misses."""
    told = place.run(release, "retrotread", "doctor", "--config", str(place.config))
    if told.returncode != 0:
        shutil.rmtree(release, ignore_errors=True)
        raise Refused(f"{_last(told.stderr)} Nothing was changed; ask retrotread doctor.")


def stop_first(place: Place, data_dir: Path) -> None:
    """Raises: `Refused` if the belt was not seen at rest; what ran before is started again."""
    ran = runs()
    systemctl("stop")
    mark = place.run(place.current.resolve(), "python", "-c", MARK, str(data_dir)).stdout.strip()
    if mark == "rest" or (mark == UNKNOWN and not ran):
        return
    if ran:
        systemctl("start")
    raise Refused(
        "The belt was not seen at rest: pull the safety key. Nothing was changed; the service, "
        "once it is started, begins with a stop."
    )


def back_up(place: Place, data_dir: Path) -> Path:
    """One archive of data and settings."""
    folder = place.root / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    file: Path = folder / f"{place.stamp}.tar.gz"
    with tarfile.open(file, "x:gz") as archive:
        archive.add(data_dir, "data")
        archive.add(place.config, "settings.toml")
    file.chmod(0o600)
    return file


def switch(place: Place, release: Path) -> None:
    """At once, or not at all."""
    new = place.root / ".current"
    new.unlink(missing_ok=True)
    new.symlink_to(release)
    new.replace(place.current)


def roll_back(place: Place, old: Path, backup: Path, data_dir: Path) -> None:
    """The old release and its data; what the new one left of the data is kept aside."""
    systemctl("stop")
    data_dir.rename(data_dir.with_name(f"{data_dir.name}.failed-{place.stamp}"))
    unpacked = data_dir.with_name(f".{data_dir.name}-{place.stamp}")
    with tarfile.open(backup) as archive:
        archive.extraction_filter = _as_it_was
        archive.extractall(unpacked)  # noqa: S202 - our own, made a minute ago
    (unpacked / "data").rename(data_dir)
    shutil.rmtree(unpacked)
    switch(place, old)


def _as_it_was(member: tarfile.TarInfo, _folder: str) -> tarfile.TarInfo:
    """With its owner and its mode. From Python 3.14 on tarfile leaves out both unless it is told;
    3.11.2, Debian 12's, knows no filters, and takes no notice of this one."""
    return member


def upgrade(given: argparse.Namespace, tell: Callable[[str], None]) -> None:
    """Raises: `Refused`."""
    place = Place(given)
    if not given.wheel.is_file() or not given.lock.is_file():
        raise Refused(f"There is no {given.wheel}, or no {given.lock}. Name both files.")
    refuse_a_session(place)
    data_dir, old = place.data_dir(), place.current.resolve()
    tell("Installing the new release beside the old one …")
    release = install(place, given)
    ask_its_doctor(place, release)
    refuse_a_session(place)
    tell("Stopping: the belt first …")
    stop_first(place, data_dir)
    backup = back_up(place, data_dir)
    switch(place, release)
    tell(f"Starting {release.name}; the backup is {backup} …")
    if not systemctl("start"):
        roll_back(place, old, backup, data_dir)
        again = "runs again" if systemctl("start") else "does not start either; see journalctl"
        raise Refused(f"{release.name} did not start. {old.name} {again}.")
    tell(f"{release.name} runs.")


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it says nothing."


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--lock", type=Path, default=Path("requirements.lock"))
    parser.add_argument("--root", type=Path, default=Path("/opt/retrotread"))
    parser.add_argument("--config", type=Path, default=Path("/etc/retrotread/settings.toml"))
    parser.add_argument("--hatch", type=Path, default=Path("/run/retrotread/hatch"))
    parser.add_argument("--user", default="retrotread", help='the service\'s; "" for your own')
    parser.add_argument("--python", default=sys.executable)
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    try:
        upgrade(arguments(words), print)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
