"""Archives that a kernel boots from: cpio of the "newc" kind, and what is put into one."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

FOLDER, FILE, LINK = stat.S_IFDIR | 0o755, stat.S_IFREG | 0o755, stat.S_IFLNK | 0o777
Entry = tuple[int, int, bytes]
"""Mode, time of change in whole seconds, octets; of a link, where it leads."""


@dataclass
class Tree:
    """Files for an archive, by absolute path, each after the folders that it lies in."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def put(self, path: str, octets: bytes) -> None:
        """A file that the host does not have."""
        self._folders(Path(path))
        self.entries[path] = (FILE, 0, octets)

    def folder(self, path: str) -> None:
        self._folders(Path(path) / "inside")

    def take(self, file: Path, at: str = "") -> None:
        """A file or link of the host, at its own path or at another. Its time of change goes
        along: compiled Python is measured against it."""
        path = at or str(file)
        self._folders(Path(path))
        if file.is_symlink() and not at:
            self.entries[path] = (LINK, 0, os.readlink(file).encode())
        else:
            self.entries[path] = (FILE, int(file.stat().st_mtime), file.read_bytes())

    def take_led(self, link: Path) -> None:
        """A link of the host, and all that it leads to."""
        self.take(link)
        while link.is_symlink():
            link = link.parent / link.readlink()
            self.take(link)

    def take_all(self, folder: Path, without: Iterable[str] = ()) -> None:
        """What lies in `folder`, but nothing under a name that is left out."""
        left_out = set(without)
        for here, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if name not in left_out)
            for name in sorted(files):
                self.take(Path(here) / name)

    def _folders(self, path: Path) -> None:
        for parent in reversed(path.parents):
            if str(parent) not in (".", "/"):
                self.entries.setdefault(str(parent), (FOLDER, 0, b""))


def archive(tree: Tree) -> Iterator[bytes]:
    """The octets of the archive, in parts."""
    for number, (path, entry) in enumerate(tree.entries.items(), 1):
        yield from _record(number, path.lstrip("/"), entry)
    yield from _record(0, "TRAILER!!!", (0, 0, b""))


def _record(number: int, path: str, entry: Entry) -> Iterator[bytes]:
    """Nodes, owners, devices and the checksum do not matter; everything belongs to root."""
    mode, changed_s, octets = entry
    name = path.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, changed_s, len(octets), 0, 0, 0, 0, len(name), 0)
    yield _padded(b"070701" + b"".join(b"%08X" % each for each in fields) + name)
    yield _padded(octets)


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)
