"""The files of the process that runs the tests."""

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def standard(number: int, fd: int) -> Iterator[None]:
    """Another file in the place of a standard one, while entered."""
    before = os.dup(number)
    os.dup2(fd, number)
    try:
        yield
    finally:
        os.dup2(before, number)
        os.close(before)


def open_files() -> set[str]:
    """The descriptors that are open now."""
    return {fd for fd in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{fd}")}
