"""The data folder: is it there, whose is it, how much fits, and how fast does it keep a record?"""

import contextlib
import os
import stat
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from controller.doctor.finding import Finding, Subject, missing, ok, warning
from controller.records.journal import ROOM, STALL_S

WRITES = 5
BLOCK = bytes(4096)
SLOW_S = 0.25
PLENTY = 16 * ROOM
"""Octets: a gigabyte, some weeks of walks."""
MEGA = 1 << 20
WAYS_OUT = {
    "file": (
        "{0} is a file, not a folder",
        'ls -l {0}, or another place: data_dir = "/srv/retrotread"',
    ),
    "read-only": (
        "the disk of {0} is mounted read-only",
        'dmesg | tail; sudo mount -o remount,rw "$(stat -c %m {0})"',
    ),
}


class Folder(NamedTuple):
    """`nearest`: the folder itself, or the deepest place above it that exists, of this `kind`.
    `fsync_s`: the slowest of a few writes, None where none was possible; `refused` tells why."""

    path: Path
    nearest: Path
    writable: bool
    mode: int
    free: int
    user: str
    fsync_s: float | None = None
    refused: str = ""
    kind: Literal["folder", "file", "read-only"] = "folder"


def look(subject: Subject) -> Folder:
    """Writes a few blocks into the folder, if it is there, and takes them away again."""
    path = subject.data_dir.absolute()
    nearest = next(place for place in (path, *path.parents) if place.exists())
    disk = os.statvfs(nearest)
    kind = _kind(nearest, disk.f_flag)
    writable = kind == "folder" and os.access(nearest, os.W_OK | os.X_OK)
    mode, free = stat.S_IMODE(nearest.stat().st_mode), disk.f_bavail * disk.f_frsize
    seen = Folder(path, nearest, writable, mode, free, subject.user, kind=kind)
    if not writable or nearest != path:
        return seen
    try:
        return seen._replace(fsync_s=_slowest_s(path / ".doctor"))
    except OSError as error:
        return seen._replace(refused=error.strerror or str(error))


def _kind(place: Path, flags: int) -> Literal["folder", "file", "read-only"]:
    if not place.is_dir():
        return "file"
    return "read-only" if flags & os.ST_RDONLY else "folder"


def _slowest_s(file: Path) -> float:
    """Raises: `OSError`."""
    slowest_s = 0.0
    try:
        with file.open("wb", buffering=0) as out:
            for _ in range(WRITES):
                began_s = time.monotonic()
                out.write(BLOCK)
                os.fsync(out.fileno())
                slowest_s = max(slowest_s, time.monotonic() - began_s)
    finally:
        with contextlib.suppress(OSError):
            file.unlink()
    return slowest_s


def judge(seen: Folder) -> Sequence[Finding]:
    found = [_folder(seen), _room(seen)]
    return [*found, _speed(seen.fsync_s)] if seen.fsync_s is not None else found


def _folder(seen: Folder) -> Finding:
    make = f"sudo install -d -m 700 -o {seen.user} {seen.path}"
    if seen.refused:
        return missing("data folder", f"{seen.path} takes no file: {seen.refused}", make)
    if seen.kind in WAYS_OUT:
        says, way_out = (text.format(seen.nearest) for text in WAYS_OUT[seen.kind])
        return missing("data folder", says, way_out)
    if not seen.writable:
        return missing("data folder", f"{seen.user} may not write in {seen.nearest}", make)
    if seen.nearest != seen.path:
        return ok("data folder", f"{seen.path} will be made at the first start")
    if seen.mode & 0o077:
        says = f"{seen.path} is open to others (mode {seen.mode:o})"
        return warning("data folder", says, f"chmod 700 {seen.path}")
    return ok("data folder", str(seen.path))


def _room(seen: Folder) -> Finding:
    says = f"{seen.free // MEGA} MB are free"
    way_out = f"sudo du -xh --max-depth=2 {seen.nearest} | sort -h | tail"
    if seen.free < ROOM:
        return missing("disk", f"{says}; a session needs {ROOM // MEGA} MB", way_out)
    if seen.free < PLENTY:
        return warning("disk", says, way_out)
    return ok("disk", says)


def _speed(fsync_s: float) -> Finding:
    says = f"a record is kept within {fsync_s * 1e3:.1f} ms"
    way_out = 'put data_dir on a disk that is not an SD card: data_dir = "/srv/retrotread"'
    if fsync_s > STALL_S:
        return missing("disk's speed", f"{says}; sessions end at {STALL_S:g} s", way_out)
    if fsync_s > SLOW_S:
        return warning("disk's speed", says, way_out)
    return ok("disk's speed", says)
