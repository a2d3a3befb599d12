"""A stand-in for systemd, which is not there in a test: one unit, started, watched and stopped.

It keeps to what systemd does for a unit of Type=notify: a socket in the environment, "started" with
READY=1, SIGTERM to the main process, and words of other processes do not count. As `systemctl`
it is a program: `systemd.py FOLDER start|stop|show … retrotread.service`.
"""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

START_S, STOP_S = 60.0, 60.0
CREDENTIALS = struct.Struct("3i")


class Unit:
    """The service in `folder/current`; its main process is in `folder/main.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._main = folder / "main.json"

    @property
    def pid(self) -> int:
        return int(json.loads(self._main.read_text())["pid"]) if self._main.exists() else 0

    def active(self) -> bool:
        return self.pid > 0 and _lives(self.pid)

    def show(self) -> bool:
        """`-p ActiveState --value`."""
        state = json.loads(self._main.read_text())["state"] if self.active() else "inactive"
        sys.stdout.write(f"{state}\n")
        return True

    def start(self) -> bool:
        """Whether the main process said READY=1."""
        self.note("start")
        runtime = self.folder / "run"
        runtime.mkdir(exist_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            place = self.folder / "notify"
            place.unlink(missing_ok=True)
            notify.bind(str(place))
            notify.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            log = (self.folder / "log").open("ab")
            process = subprocess.Popen(
                [
                    self.folder / "current/bin/retrotread",
                    *("serve", "--config", self.folder / "settings.toml"),
                ],
                env={
                    **os.environ,
                    "NOTIFY_SOCKET": str(place),
                    "RUNTIME_DIRECTORY": str(runtime),
                },
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            self._main.write_text(json.dumps({"pid": process.pid, "state": "activating"}))
            ready = self._ready(notify, process)
            if ready:
                self._main.write_text(json.dumps({"pid": process.pid, "state": "active"}))
            return ready

    def _ready(self, notify: socket.socket, process: subprocess.Popen[bytes]) -> bool:
        until_s = time.monotonic() + START_S
        notify.settimeout(0.2)
        while time.monotonic() < until_s and process.poll() is None:
            try:
                octets, extra, *_ = notify.recvmsg(4096, socket.CMSG_SPACE(CREDENTIALS.size))
            except TimeoutError:
                continue
            sender, *_ = CREDENTIALS.unpack(extra[0][2])
            if sender == process.pid and b"READY=1" in octets.split(b"\n"):
                return True
        return False

    def stop(self) -> bool:
        self.note("stop")
        if self.active():
            os.kill(self.pid, signal.SIGTERM)
        until_s = time.monotonic() + STOP_S
        while self.active() and time.monotonic() < until_s:
            time.sleep(0.05)
        self._main.unlink(missing_ok=True)
        return True

    def note(self, verb: str) -> None:
        """What was asked of the unit, and which release was current then."""
        with (self.folder / "asked").open("a") as notes:
            current = (self.folder / "current").resolve().name
            notes.write(f"{verb} {current}\n")


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def main(folder: str, verb: str) -> int:
    unit = Unit(Path(folder))
    done = {"start": unit.start, "stop": unit.stop, "show": unit.show}[verb]()
    return 0 if done else 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
