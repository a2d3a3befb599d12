"""The machine: qemu without KVM, whose clock counts the instructions that it has carried out.

An emulated processor is ten to twenty times slower than a real one, so that a time limit of
0.3 s could not be kept. This one has a clock that does not know: `-icount` counts a nanosecond for
each instruction, and the kernel is told that its counter runs `PACE` times faster than that. What
the guest takes for a second is then `PACE` thousand million instructions, however slow or busy the
host is, and nothing while it waits. The same run takes the same guest time everywhere.

The `microvm` has no other timer whose pace the kernel would compare.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PACE = 8
MEMORY_MIB = 1024
KERNEL_SAYS = (
    ("console=ttyS0", "quiet", "panic=-1", "init_on_alloc=0", "mitigations=off", "random.trust_cpu=on")
    + (f"tsc_early_khz={PACE}000000", "tsc=reliable")
)


def command(kernel: Path, initrd: Path) -> list[str]:
    """What starts the machine; it speaks on standard output."""
    return [
        *("qemu-system-x86_64", "-machine", "microvm,acpi=on,pcie=off,usb=off"),
        *("-accel", "tcg", "-icount", "shift=0,sleep=off,align=off", "-rtc", "clock=vm"),
        *("-cpu", "Nehalem,+rdrand,+invtsc", "-smp", "1", "-m", str(MEMORY_MIB)),
        *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"),
        *("-kernel", str(kernel), "-initrd", str(initrd), "-append", " ".join(KERNEL_SAYS)),
    ]


def lines(words: list[str], limit_s: float) -> Iterator[str]:
    """What the machine says, line by line, until it ends; it is ended after the limit."""
    began_s = time.monotonic()
    with subprocess.Popen(
        ["timeout", "--kill-after=5", str(limit_s), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as machine:
        assert machine.stdout is not None
        for line in machine.stdout:
            yield line.decode("utf-8", "replace").rstrip()
