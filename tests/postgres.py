"""The real PostgreSQL for a test: a cluster of its own in a folder, heard on a socket there alone.

Its programs refuse to run as root; then they are the user's who comes with Debian's package.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
PORT = 5432
"""Names the socket's file; nothing listens on a network."""
WAIT_S = 60
UNPRIVILEGED = ("postgres", "nobody")
QUICK = "-c fsync=off -c full_page_writes=off -c listen_addresses= -c max_connections=40"
"""A test kills clients and the server's processes, never the computer's power."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running cluster: `folder` holds its socket, and all that it owns."""

    folder: Path
    user: str

    def url(self, database: str, user: str = "") -> str:
        return f"postgresql://{user or self.user}@/{database}?host={self.folder}&port={PORT}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What `psql` answers."""
        named = ("-h", str(self.folder), "-p", str(PORT), "-U", self.user, "-d", database)
        done = subprocess.run(
            [program("psql"), *named, "-XqAtc", statement],
            capture_output=True, text=True, timeout=WAIT_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def stop(self) -> None:
        _run(self, "pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def start(self) -> None:
        options = f"{QUICK} -c unix_socket_directories={self.folder} -p {PORT}"
        log = str(self.folder / "log")
        _run(
            self, "pg_ctl", "-D", str(self.folder / "data"), "-l", log, "-w", "-o", options, "start"
        )


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """In a short path: a socket's may have 107 octets."""
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        server = Postgres(Path(name), _user())
        shutil.chown(name, server.user)
        Path(name).chmod(0o755)
        _run(
            server, "initdb", "-D", f"{name}/data", "-A", "trust", "-U", server.user,
            "-E", "UTF8", "--locale=C", "--no-sync",
        )  # fmt: skip
        server.start()
        try:
            yield server
        finally:
            server.stop()


def program(name: str) -> str:
    places = [os.environ["PATH"], *map(str, sorted(DEBIAN.glob("*/bin"), reverse=True))]
    found = shutil.which(name, path=os.pathsep.join(places))
    assert found, f"The tests need PostgreSQL's {name}: make system"
    return found


def _user() -> str:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    there = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in there)


def _run(server: Postgres, name: str, *arguments: str) -> None:
    who = {"user": server.user, "extra_groups": []} if os.geteuid() == 0 else {}
    with (server.folder / "answers").open("ab") as answers:
        done = subprocess.run(
            [program(name), *arguments], stdin=subprocess.DEVNULL, stdout=answers, stderr=answers,
            timeout=WAIT_S, check=False, cwd="/", **who,
        )  # fmt: skip
    assert done.returncode == 0, (server.folder / "answers").read_text()
