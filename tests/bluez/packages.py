"""The stock kernel and BlueZ, from signed Debian packages that are unpacked and not installed."""

import lzma
import re
import shlex
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

KERNEL = "linux-image-amd64"
"""Depends on the newest stock kernel."""
PROGRAMS = ("bluez", "busybox-static")

MODULES = (
    *("hmac", "sha512_generic", "sha256_generic", "ctr", "aes_generic", "cmac", "ecb"),
    *("drbg", "ecdh_generic", "algif_hash", "algif_skcipher", "bluetooth", "hci_vhci"),
)
"""Without the random generator and the elliptic curves BlueZ has no cryptography to pair with."""


class PackageError(RuntimeError):
    """The packages are not to be had, or are not what they should be; one plain sentence."""


def fetch(cache: Path) -> Path:
    """The folder with the unpacked packages; fetched once, and again for a newer kernel.

    Raises: `PackageError` if apt does not have them or cannot be reached.
    """
    kernel = kernel_package(_said("apt-cache", "depends", KERNEL))
    root = cache / kernel
    if (root / "complete").exists():
        return root
    archives = root / "packages"
    archives.mkdir(parents=True, exist_ok=True)
    _said("apt-get", "download", kernel, *PROGRAMS, cwd=archives)
    for each in archives.glob("*.deb"):
        _said("dpkg", "-x", str(each.resolve()), str(root))
        each.unlink()
    (root / "complete").touch()
    return root


def kernel_package(told: str) -> str:
    """The package of the newest stock kernel, from what `apt-cache depends` told of `KERNEL`."""
    found = re.search(r"Depends: (linux-image-\S+)", told)
    if found is None:
        raise PackageError(f"apt knows no {KERNEL}: run this on Debian 12 or newer, on x86_64.")
    return found[1]


def modules(root: Path) -> dict[str, bytes]:
    """The modules that the machine needs, in the order in which the kernel takes them."""
    folder = next((root / "lib/modules").iterdir())
    built_in = (folder / "modules.builtin").read_text().split()
    found = {_name(str(file)): file for file in folder.rglob("*.ko*")}

    def read(name: str) -> bytes | None:
        return _opened(found[name]) if name in found else None

    return in_order(MODULES, read, map(_name, built_in))


def in_order(
    wanted: Iterable[str], read: Callable[[str], bytes | None], built_in: Iterable[str]
) -> dict[str, bytes]:
    """The wanted modules and all that they need, each after what it needs.

    Raises: `PackageError` for one that is neither there nor built into the kernel.
    """
    order: dict[str, bytes] = {}
    inside = set(built_in)

    def add(name: str) -> None:
        if name in order or name in inside:
            return
        octets = read(name)
        if octets is None:
            raise PackageError(f"The kernel has no module {name}: take a stock Debian kernel.")
        for needed in needs(octets):
            add(needed)
        order[name] = octets

    for name in wanted:
        add(name)
    return order


def needs(octets: bytes) -> list[str]:
    """The modules that a module says it depends on."""
    found = re.search(rb"\0depends=([^\0]*)\0", octets)
    return [] if found is None or not found[1] else [_name(n) for n in found[1].decode().split(",")]


def _name(file: str) -> str:
    """Modules are named with - and with _ for the same."""
    return Path(file).name.partition(".")[0].replace("-", "_")


def _opened(file: Path) -> bytes:
    """As the kernel takes it: Debian 13 packs modules with xz."""
    octets = file.read_bytes()
    return lzma.decompress(octets) if file.suffix == ".xz" else octets


def _said(*command: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise PackageError(
            f"There is no {command[0]}: run this on Debian or one like it."
        ) from None
    if done.returncode:
        raise PackageError(f"{shlex.join(command)} failed: {done.stderr.strip()}")
    return done.stdout
