"""A place before other programs, and memory that stays: SCHED_FIFO and mlockall, if permitted.

With the usual scheduler a busy computer makes a turn tens of milliseconds late; with SCHED_FIFO it
does not (`retrotread bench ticks`). The setting is `realtime = true`. Standard library only: the
guard stands on this. Nothing here raises; whoever is not permitted goes on as before.
"""

import contextlib
import ctypes
import os
import resource
from pathlib import Path

GUARD, KEEPER, CONTROL = 30, 25, 20
"""SCHED_FIFO priorities. A control that runs away must not keep the guard from killing it, nor the
relay's keeper from opening, so both come before it. All stay below 50, where a kernel with
PREEMPT_RT runs its interrupts: octets come in before anybody waits for them."""
DESK_NICE = 5
"""The desk stays with the usual scheduler, behind the Bluetooth daemon that Stop may need."""

CAP_IPC_LOCK, CAP_SYS_NICE = 14, 23
MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4
FIFO_REFUSED = (
    "realtime = true: this computer does not permit SCHED_FIFO; the service goes on without it. "
    "See retrotread doctor."
)
MEMORY_REFUSED = (
    "realtime = true: this computer does not permit to lock memory; the service goes on without "
    "it. See retrotread doctor."
)


def before_children(priority: int) -> str:
    """Take the place for this process and not for what it starts; "", or why not.

    A child begins with the usual scheduler and takes its own place: the desk and the alarm's
    program would inherit this one.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(priority))
    except (OSError, AttributeError):
        return FIFO_REFUSED
    return ""


def with_threads(priority: int) -> str:
    """Take the place for this process, its other threads one step behind; "", or why not.

    They must have it too: a thread that holds the interpreter and is not let run by a busy computer
    keeps the loop waiting as well. One step behind, they never run while the loop can.
    """
    try:
        for thread in _threads():
            behind = 0 if thread == os.getpid() else 1
            with contextlib.suppress(ProcessLookupError):
                os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(priority - behind))
    except (OSError, AttributeError):
        return FIFO_REFUSED
    return ""


def keep_memory() -> str:
    """Keep all of this process in memory; "", or why not. Call it when all is imported and made.

    Two calls. MCL_CURRENT alone brings in everything that is mapped now, so that the code of a
    stop, which may not have run yet, is not first read from a disk that stands still. Then
    MCL_FUTURE with MCL_ONFAULT: what is mapped later stays once touched. Without ONFAULT each
    new buffer would be filled page by page before its first octet; asyncio maps 256 KiB for a
    single read. With a limit, a lock on what comes would make an allocation fail in the middle of
    a walk; so it is all or nothing, and every process of the service judges alike.
    """
    if not may_keep_memory():
        return MEMORY_REFUSED
    libc = ctypes.CDLL(None, use_errno=True)
    for flags in (MCL_CURRENT, MCL_FUTURE | MCL_ONFAULT):
        if libc.mlockall(flags) != 0:
            return MEMORY_REFUSED
    return ""


def settle(priority: int) -> None:
    """Both, for a process that is ready; the guard has said what is refused."""
    with_threads(priority)
    keep_memory()


def may_keep_memory(status: Path = Path("/proc/self/status")) -> bool:
    """Whether locked memory has no limit here."""
    soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    return status.exists() and (soft == resource.RLIM_INFINITY or _capable(status, CAP_IPC_LOCK))


def may_be_first(priority: int, status: Path = Path("/proc/self/status")) -> bool:
    """Whether SCHED_FIFO with this priority is permitted here; asks, changes nothing."""
    if not status.exists():
        return False
    soft, _ = resource.getrlimit(resource.RLIMIT_RTPRIO)
    return soft >= priority or soft == resource.RLIM_INFINITY or _capable(status, CAP_SYS_NICE)


def _capable(status: Path, capability: int) -> bool:
    """Of `capabilities(7)`, as /proc tells of this process."""
    for line in status.read_text().splitlines():
        name, _, mask = line.partition(":")
        if name == "CapEff":
            return bool(int(mask, 16) >> capability & 1)
    return False


def _threads() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc/self/task")]
