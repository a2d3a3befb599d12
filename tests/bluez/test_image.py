"""What goes into the machine, without starting it: modules, libraries, packages, the archive."""

import os
import sys
from pathlib import Path

import pytest

from tests.bluez import image
from tests.bluez.cpio import FILE, FOLDER, LINK, Tree, archive
from tests.bluez.packages import PackageError, in_order, kernel_package, needs

BUILT_IN = ("crc16",)
HEAD = 110
"""Octets of a header: six of magic, thirteen fields of eight digits."""


def module(*needed: str) -> bytes:
    return b"\x7fELF\0license=GPL\0depends=" + ",".join(needed).encode() + b"\0name=it\0"


STOCK = {
    "hci_vhci": module("bluetooth"),
    "bluetooth": module("ecdh-generic", "crc16", "rfkill"),
    "ecdh_generic": module("ecc"),
    "ecc": module(),
    "rfkill": module(),
}


def unpacked(octets: bytes) -> dict[str, tuple[int, int, bytes]]:
    """The entries of an archive, as a kernel reads them."""
    entries, at = {}, 0
    while at < len(octets):
        assert octets[at : at + 6] == b"070701"
        fields = [int(octets[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in range(13)]
        mode, changed_s, size, name_size = fields[1], fields[5], fields[6], fields[11]
        name = octets[at + HEAD : at + HEAD + name_size - 1].decode()
        at += -(-(HEAD + name_size) // 4) * 4
        entries[name] = (mode, changed_s, octets[at : at + size])
        at += -(-size // 4) * 4
    return entries


def test_a_module_comes_after_all_that_it_needs() -> None:
    order = list(in_order(["hci_vhci"], STOCK.get, BUILT_IN))
    assert sorted(order) == sorted(STOCK)
    assert order.index("ecc") < order.index("ecdh_generic") < order.index("bluetooth")
    assert order.index("rfkill") < order.index("bluetooth") < order.index("hci_vhci")


def test_what_is_built_into_the_kernel_is_not_inserted() -> None:
    assert list(in_order(["crc16", "ecc"], STOCK.get, BUILT_IN)) == ["ecc"]


def test_a_kernel_without_the_virtual_controller_is_refused_in_one_sentence() -> None:
    with pytest.raises(PackageError, match="no module hci_vhci: take a stock Debian kernel"):
        in_order(["hci_vhci"], {}.get, BUILT_IN)


def test_a_module_that_needs_none_says_so_and_names_have_underscores() -> None:
    assert needs(module()) == []
    assert needs(b"\x7fELF without a word") == []
    assert needs(module("a-b", "c")) == ["a_b", "c"]


def test_the_newest_stock_kernel_is_the_one_that_apt_names() -> None:
    told = "linux-image-amd64\n  Depends: linux-image-6.1.0-56-amd64\n"
    assert kernel_package(told) == "linux-image-6.1.0-56-amd64"
    with pytest.raises(PackageError, match="Debian 12 or newer, on x86_64"):
        kernel_package("linux-image-amd64\n")


def test_an_archive_holds_what_was_put_into_it(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"octets")
    os.utime(tmp_path / "real", (5, 5))
    (tmp_path / "other").symlink_to("real")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    tree = Tree()
    tree.take_led(tmp_path / "link")
    tree.put("/etc/passwd", b"root")
    entries = unpacked(b"".join(archive(tree)))
    here = str(tmp_path).lstrip("/")
    assert entries[f"{here}/real"] == (FILE, 5, b"octets")
    assert entries[f"{here}/other"] == (LINK, 0, b"real")
    assert entries[f"{here}/link"] == (LINK, 0, str(tmp_path / "other").encode())
    assert entries["etc"] == (FOLDER, 0, b"")
    assert list(entries).index("etc") < list(entries).index("etc/passwd")
    assert list(entries)[-1] == "TRAILER!!!"


def test_what_is_left_out_is_left_out_at_every_depth(tmp_path: Path) -> None:
    for name in ("kept/file", "test/file", "kept/test/file"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    tree = Tree()
    tree.take_all(tmp_path, ["test"])
    assert [path for path, entry in tree.entries.items() if entry[0] == FILE] == [
        str(tmp_path / "kept/file")
    ]


def test_the_libraries_that_ldd_names_are_taken_and_the_kernel_s_own_is_not() -> None:
    told = """/usr/bin/dbus-daemon:
        linux-vdso.so.1 (0x00007fc2bdc94000)
        libdbus-1.so.3 => /lib/x86_64-linux-gnu/libdbus-1.so.3 (0x00007fc2bdc00000)
        libnone.so.1 => not found
        /lib64/ld-linux-x86-64.so.2 (0x00007fc2bdc96000)
    """
    assert image.linked(told) == [
        "/lib/x86_64-linux-gnu/libdbus-1.so.3",
        "/lib64/ld-linux-x86-64.so.2",
    ]


def test_the_packages_of_the_simulators_are_taken_and_the_developers_tools_are_not() -> None:
    taken = image.packages_of("retrotread", {"sim"})
    assert {"bumble", "bleak", "dbus-fast", "pyee"} <= taken
    assert not taken & {"mypy", "pytest", "playwright", "psycopg"}
    assert "bumble" not in image.packages_of("retrotread")


def test_the_machine_s_first_program_runs_what_it_is_told_to_in_this_folder() -> None:
    said = image.first_program([sys.executable, "-m", "it", "two words"])
    assert f"\n{sys.executable} -m it 'two words'\n$busybox poweroff -f\n" in said
    assert f"\ncd {image.HERE}\n" in said
