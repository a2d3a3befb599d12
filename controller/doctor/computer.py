"""Python, clocks, sleep, and how this computer shares itself among its programs."""

import ctypes
import platform
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from controller import realtime
from controller.doctor.finding import Finding, Subject, missing, ok, warning

PYTHON = (3, 11)
TIME_ERROR = 5
"""What adjtimex(2) says of a clock that nobody keeps."""
TIMEX = 512
"""Octets; `struct timex` has 208."""
FINE_S = 1e-3
NOT_BEFORE_S = 1_764_115_200.0
"""26 November 2025: a wall clock that says less is wrong, whoever keeps it."""
SLEEPS = ("sleep", "suspend", "hibernate", "hybrid-sleep")
MASK = f"sudo systemctl mask {' '.join(f'{name}.target' for name in SLEEPS)}"
KEEP_TIME = "sudo apt install systemd-timesyncd && sudo timedatectl set-ntp true"
LIMITS = "LimitRTPRIO=30 and LimitMEMLOCK=infinity, as in deploy/retrotread.service"


def python(_subject: Subject) -> tuple[int, int]:
    return sys.version_info[:2]


def judge_python(version: tuple[int, int]) -> Sequence[Finding]:
    named = ".".join(map(str, version))
    if version < PYTHON:
        way_out = "sudo apt install python3.11 python3.11-venv"
        return [missing("Python", f"{named} is too old; 3.11 is needed", way_out)]
    return [ok("Python", named)]


class Clocks(NamedTuple):
    """`resolution_s` and `forward` of the monotonic clock; `kept`: the kernel takes the wall clock
    for right, None where it cannot be asked; `wall_s`: what that says, Unix seconds."""

    resolution_s: float
    forward: bool
    kept: bool | None
    wall_s: float = NOT_BEFORE_S


def clocks(_subject: Subject) -> Clocks:
    facts = time.get_clock_info("monotonic")
    first_s, second_s = time.monotonic(), time.monotonic()
    return Clocks(facts.resolution, facts.monotonic and second_s >= first_s, _kept(), time.time())


def _kept() -> bool | None:
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    if adjtimex is None:
        return None
    return bool(adjtimex(ctypes.create_string_buffer(TIMEX)) != TIME_ERROR)


def judge_clocks(seen: Clocks) -> Sequence[Finding]:
    """Safety knows the monotonic clock alone; the wall clock is for records."""
    if not (seen.forward and seen.resolution_s <= FINE_S):
        says = f"the monotonic clock is coarse or goes back ({seen.resolution_s:g} s)"
        return [missing("clock", says, "cat /sys/devices/system/clocksource/*/current_clocksource")]
    found = [ok("clock", "the monotonic clock is fine")]
    if seen.wall_s < NOT_BEFORE_S:
        says = f"the wall clock says {time.strftime('%Y-%m-%d', time.gmtime(seen.wall_s))}"
        found.append(warning("time of day", f"{says}; records would carry that time", KEEP_TIME))
    elif seen.kept is False:
        says = "nobody sets the wall clock; records would carry a wrong time"
        found.append(warning("time of day", says, KEEP_TIME))
    elif seen.kept:
        found.append(ok("time of day", "kept by a time server"))
    return found


class Sleep(NamedTuple):
    """Whether the computer can sleep at all, and which of systemd's ways to it are open."""

    able: bool
    open: tuple[str, ...]


def sleep(subject: Subject) -> Sleep:
    unmasked = [name for name in SLEEPS if not _masked(subject, name)]
    return Sleep(bool(subject.text("/sys/power/state").strip()), tuple(unmasked))


def _masked(subject: Subject, name: str) -> bool:
    path = subject.at(f"/etc/systemd/system/{name}.target")
    return path.is_symlink() and str(path.readlink()) == "/dev/null"


def judge_sleep(seen: Sleep) -> Sequence[Finding]:
    """A computer that sleeps in a walk leaves the belt to itself."""
    if not seen.able:
        return [ok("sleep", "this computer does not sleep")]
    if seen.open:
        says = f"this computer may fall asleep ({', '.join(seen.open)})"
        return [warning("sleep", says, MASK)]
    return [ok("sleep", "masked")]


class Scheduling(NamedTuple):
    """`wanted`: the settings have `realtime = true`. `preempt`: the kernel's kind, or ""."""

    wanted: bool
    first: bool
    memory: bool
    preempt: str
    governors: frozenset[str]


def scheduling(subject: Subject) -> Scheduling:
    return Scheduling(
        subject.settings is not None and subject.settings.realtime,
        realtime.may_be_first(realtime.GUARD),
        realtime.may_keep_memory(),
        _preempt(subject),
        frozenset(_governors(subject)),
    )


def _preempt(subject: Subject) -> str:
    if subject.text("/sys/kernel/realtime").strip() == "1":
        return "PREEMPT_RT"
    version = subject.text("/proc/version") or platform.version()
    kinds = ("PREEMPT_RT", "PREEMPT_DYNAMIC", "PREEMPT")
    return next((kind for kind in kinds if kind in version), "")


def _governors(subject: Subject) -> list[str]:
    files = subject.at("/sys/devices/system/cpu").glob("cpu[0-9]*/cpufreq/scaling_governor")
    return [file.read_text().strip() for file in files]


def judge_scheduling(seen: Scheduling) -> Sequence[Finding]:
    kind = seen.preempt or "no preemption"
    found = [ok("kernel", kind)]
    if not seen.preempt:
        way_out = "sudo apt install linux-image-rt-amd64 (or a kernel with CONFIG_PREEMPT)"
        found = [warning("kernel", "it is not preemptible; turns may be late", way_out)]
    slow = seen.governors - {"performance", "schedutil"}
    if slow:
        says = f"the processor saves power ({', '.join(sorted(slow))})"
        found.append(warning("processor", says, "sudo cpupower frequency-set -g performance"))
    return [*found, *_places(seen)]


def _places(seen: Scheduling) -> list[Finding]:
    if not seen.wanted:
        says = "not asked for; beside other programs turns may be late"
        return [ok("realtime", says)]
    refused = [
        name
        for name, permitted in (("SCHED_FIFO", seen.first), ("locked memory", seen.memory))
        if not permitted
    ]
    if not refused:
        return [ok("realtime", "SCHED_FIFO and locked memory are permitted")]
    says = f"not permitted to this shell and what it starts: {' and '.join(refused)}"
    return [warning("realtime", says, f"in the systemd unit: {LIMITS}")]
