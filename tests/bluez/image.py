"""What the machine boots: all that it will ever read, in one archive in its memory.

It has no disk, no network and no shared folder. Whatever waits for the outside would cost it time
that it does not spend computing, and its clock counts nothing else.
"""

import compileall
import importlib.metadata
import re
import shlex
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement

from tests.bluez.cpio import Tree
from tests.bluez.packages import modules

HERE = Path(__file__).resolve().parents[2]
ROOMS = ("benchmarks", "controller", "drivers", "protocols", "simulators", "tests/bluez")
NEEDLESS = ("site-packages", "test", "tests", "idlelib", "tkinter", "ensurepip", "lib2to3")
"""Parts of the standard library that nothing imports here. Packages of others keep theirs."""
DBUS = "/usr/bin/dbus-daemon"
UNPACKED = ("/usr/libexec/bluetooth/bluetoothd", "/usr/bin/bluetoothctl")
"""Of BlueZ. bleak asks `bluetoothctl` for the version."""
FOLDERS = ("/dev", "/proc", "/sys", "/run/dbus", "/tmp", "/var/lib/bluetooth", "/root")  # noqa: S108

INIT = """#!/bin/busybox sh
busybox=/bin/busybox
$busybox mount -t proc none /proc
$busybox mount -t sysfs none /sys
$busybox mount -t devtmpfs none /dev
$busybox mkdir -p /dev/pts /dev/shm
$busybox mount -t devpts none /dev/pts
$busybox mount -t tmpfs none /dev/shm
for module in $($busybox cat /modules/order); do $busybox insmod "/modules/$module"; done
$busybox ip link set lo up
$busybox date -s @{now_s} >/dev/null
export HOME=/root PATH=/usr/bin:/usr/sbin:/bin PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1
cd {here}
{command}
$busybox poweroff -f
"""
"""Whatever becomes of the command, the machine ends: it is run without reboots."""

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/><allow user="*"/>
  </policy>
</busconfig>
"""


def tree(root: Path, command: list[str]) -> Tree:
    """Everything, to run `command` in this folder; `root` holds the unpacked packages."""
    image = Tree()
    for folder in FOLDERS:
        image.folder(folder)
    _boot(image, root, command)
    _python(image)
    for room in ROOMS:
        image.take_all(HERE / room)
    image.take(HERE / "pyproject.toml")
    programs = {name: root / name.lstrip("/") for name in UNPACKED} | {DBUS: Path(DBUS)}
    for name, program in programs.items():
        image.take(program.resolve(), name)
    image.put("/etc/dbus-1/retrotread.conf", BUS.encode())
    image.put("/etc/passwd", b"root:x:0:0:root:/root:/bin/busybox\n")
    image.put("/etc/group", b"root:x:0:\ntty:x:5:\n")
    image.put("/etc/bluetooth/main.conf", b"[Policy]\nAutoEnable=true\n")
    image.put("/etc/machine-id", b"00000000000000000000000000000001\n")
    for library in _libraries(image, programs.values()):
        image.take(Path(library).resolve(), library)
    return image


def _boot(image: Tree, root: Path, command: list[str]) -> None:
    image.take(root / "bin/busybox", "/bin/busybox")
    image.put("/init", first_program(command).encode())
    loaded = modules(root)
    image.put("/modules/order", "".join(f"{name}\n" for name in loaded).encode())
    for name, octets in loaded.items():
        image.put(f"/modules/{name}", octets)


def first_program(command: list[str]) -> str:
    """What the kernel starts."""
    words = {"here": shlex.quote(str(HERE)), "command": shlex.join(command)}
    return INIT.format(now_s=int(time.time()), **words)


def _python(image: Tree) -> None:
    """The interpreter, its library, and the packages that Retrotread itself needs."""
    compileall.compile_dir(HERE, quiet=2, rx=re.compile(r"/\."))
    library = Path(sysconfig.get_path("stdlib"))
    image.take_all(
        library, (*NEEDLESS, f"config-{sys.version_info[0]}.{sys.version_info[1]}-x86_64-linux-gnu")
    )
    image.take_led(Path(sys.executable))
    image.take(Path(sys.prefix) / "pyvenv.cfg")
    site = Path(sysconfig.get_path("purelib"))
    for file in site.glob("*retrotread*"):
        image.take(file) if file.is_file() else image.take_all(file)
    for name in sorted(packages_of("retrotread", {"sim"})):
        for file in importlib.metadata.distribution(name).files or ():
            place = Path(str(file.locate()))
            if place.exists() and place.is_relative_to(site):
                _take_compiled(image, place)


def _take_compiled(image: Tree, file: Path) -> None:
    image.take(file)
    if file.suffix == ".py":
        compileall.compile_file(file, quiet=2)
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.cpython-*.pyc"):
            image.take(compiled)


def packages_of(name: str, extras: Iterable[str] = ()) -> set[str]:
    """The names of the installed packages that this one needs, all the way down."""
    found: set[str] = set()
    waiting = [(name, frozenset(extras))]
    while waiting:
        package, wanted = waiting.pop()
        for line in importlib.metadata.requires(package) or ():
            needed = Requirement(line)
            marker = needed.marker
            if marker and not any(marker.evaluate({"extra": e}) for e in ("", *wanted)):
                continue
            if needed.name.lower() not in found:
                found.add(needed.name.lower())
                waiting.append((needed.name, frozenset(needed.extras)))
    return found


def _libraries(image: Tree, programs: Iterable[Path]) -> list[str]:
    """The shared libraries of the host to which the image's programs and modules are linked."""
    parts = [path for path in image.entries if path.endswith(".so") and Path(path).exists()]
    words = ["ldd", *map(str, programs), str(Path(sys.executable).resolve()), *parts]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    return sorted(set(linked(told)) - set(image.entries))


def linked(told: str) -> list[str]:
    """The files that `ldd` names."""
    return re.findall(r"(/\S+) \(0x", told)
