"""The machine: qemu without KVM, whose clock counts the instructions that it has carried out.

An emulated processor is ten to twenty times slower than a real one, and a time limit of 0.3 s
could not be kept on it. This one has a clock that does not know: `-icount` counts a nanosecond for
each instruction and nothing for waiting, and the kernel is told that its counter runs `PACE` times
as fast as that. What the guest takes for a second is `PACE` thousand million instructions, or no
more than a wait, however slow or busy the host is. The same run takes the same time everywhere.

The `microvm` has no second timer that would tell the kernel otherwise.
"""

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

PACE = 8
"""So many instructions in a nanosecond: about half as fast as a computer of 2026 runs Python."""
MEMORY_MIB = 1024
LOW_PRIORITY = ("nice", "-n", "19")
"""Nothing in there minds how long it takes; others on this computer may."""
KERNEL_SAYS = (
    *("console=ttyS0", "quiet", "panic=-1", "mitigations=off", "init_on_alloc=0", "pci=off"),
    *("random.trust_cpu=on", f"tsc_early_khz={PACE}000000", "tsc=reliable"),
)
DEATHS = ("Kernel panic", "reboot: Restarting system")


class MachineError(RuntimeError):
    """There is no machine, or it did not end by itself; one plain sentence."""


def command(kernel: Path, initrd: Path) -> list[str]:
    """What starts the machine; it speaks on standard output."""
    return [
        *("qemu-system-x86_64", "-machine", "microvm,acpi=on,pcie=off,usb=off"),
        *("-accel", "tcg", "-icount", "shift=0,sleep=off,align=off", "-rtc", "clock=vm"),
        *("-cpu", "Nehalem,-spec-ctrl,+rdrand", "-smp", "1", "-m", str(MEMORY_MIB)),
        *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"),
        *("-kernel", str(kernel), "-initrd", str(initrd), "-append", " ".join(KERNEL_SAYS)),
    ]


def lines(words: list[str], limit_s: float) -> Iterator[str]:
    """What the machine says, line by line, until it ends.

    Raises: `MachineError` if there is no qemu, the kernel dies, or the limit passes.
    """
    try:
        machine = subprocess.Popen(
            [*LOW_PRIORITY, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except FileNotFoundError as error:
        raise MachineError(f"There is no {error.filename}: see scripts/bluez-packages.") from None
    end = threading.Timer(limit_s, machine.kill)
    end.start()
    try:
        yield from _heard(machine)
        if machine.wait() != 0:
            raise MachineError(f"The machine did not end by itself within {limit_s:g} s.")
    finally:
        end.cancel()
        machine.kill()
        machine.wait()


def _heard(machine: subprocess.Popen[bytes]) -> Iterator[str]:
    assert machine.stdout is not None
    with machine.stdout as said:
        for octets in said:
            line = octets.decode("utf-8", "replace").rstrip()
            yield line
            if any(death in line for death in DEATHS):
                raise MachineError(f"The machine died: {line}")
