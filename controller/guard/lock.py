"""One service per treadmill and per data folder: locks that end with their holder (S28)."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

LOCK = "lock"


class OccupiedError(RuntimeError):
    """Another service is there, or nobody can tell; one plain sentence."""


@contextmanager
def single(data_dir: Path, treadmill: str, adapter: str) -> Iterator[None]:
    """Hold the data folder and the treadmill while entered. Raises: `OccupiedError`.

    A treadmill is told apart by its address and adapter, on this computer and for this user.
    """
    device = crc32(f"{adapter} {treadmill}".encode())
    place = Path(tempfile.gettempdir()) / f"retrotread-{os.getuid()}-{device:08x}.lock"
    fds: list[int] = []
    try:
        for path in (data_dir / LOCK, place):
            fds.append(_held(path, treadmill))
        yield
    finally:
        for fd in fds:
            os.close(fd)


def free(data_dir: Path) -> bool:
    """Whether no service holds the folder at this moment, and one could."""
    try:
        os.close(_held(data_dir / LOCK, ""))
    except OccupiedError:
        return False
    return True


def held(data_dir: Path) -> bool:
    """Whether a service holds the folder at this moment. Makes nothing, unlike `free`."""
    try:
        fd = os.open(data_dir / LOCK, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def _held(path: Path, treadmill: str) -> int:
    """The descriptor of a locked file; children do not inherit it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise OccupiedError(
            f"{path} cannot be made: {error.strerror}. Choose a data_dir."
        ) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(fd)
        raise OccupiedError(
            f"Another service runs {treadmill} or keeps its records in the same folder "
            f"({path.parent}). End that one first."
        ) from error
    return fd
