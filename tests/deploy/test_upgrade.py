"""An upgrade stops the belt first, refuses while somebody walks, and is never half."""

import argparse
import asyncio
import importlib.util
import json
import os
import stat
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

from controller.cli.supervisor import supervisor, walker_proves_the_sensors
from controller.records.latch_store import LatchStore, encode
from controller.safety.mark import CLEAN, Mark
from controller.web.accounts import Accounts
from tests.deploy.programs import fast_venv, script
from tests.deploy.systemd import Unit
from tests.machine import simulated_machine
from tests.mosquitto import free_port

ROOT = Path(__file__).parents[2]
LIMIT_S = 60.0
STANDS = """
import signal, socket, os, sys
if sys.argv[1] == "doctor":
    sys.exit({doctor})
if {broken}:
    sys.exit("This release does not start.")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
place = os.environ["RUNTIME_DIRECTORY"] + "/hatch"
if os.path.exists(place):
    os.unlink(place)
hatch = socket.socket(socket.AF_UNIX)
hatch.bind(place)
hatch.listen()
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
    notify.connect(os.environ["NOTIFY_SOCKET"])
    if {ready}:
        notify.send(b"READY=1")
while True:
    asks, _ = hatch.accept()
    asks.sendall(b'{{"v": 1, "kind": "telemetry", "state": "idle"}}\\n')
    asks.close()
"""
"""A release that stands and says that it is idle, or fails as it is told."""
SOUND: dict[str, object] = {"doctor": 0, "broken": False, "ready": True}


class Installation:
    """A root folder with one release in it, `systemctl` for it on the PATH, and settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unit = Unit(folder)
        self.data = folder / "data"
        self.data.mkdir()
        systemd = f"{sys.executable} {ROOT / 'tests/deploy/systemd.py'} {folder}"
        self._systemctl = script(folder / "bin/systemctl", f'#!/bin/sh\nexec {systemd} "$@"\n')
        self.python = fast_venv(folder / "bin/python", Path(sysconfig.get_path("purelib")))

    def settle(self, settings: str) -> None:
        (self.folder / "settings.toml").write_text(settings)

    def release(self, name: str, program: str) -> Path:
        """One that has the environment of the tests and this program; the first is current."""
        release = self.folder / "releases" / name
        script(release / "bin/python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        script(release / "bin/retrotread", f"#!{sys.executable}\n{program}")
        if not (self.folder / "current").exists():
            (self.folder / "current").symlink_to(release)
        return release

    async def systemctl(self, verb: str) -> bool:
        process = await asyncio.create_subprocess_exec(self._systemctl, verb, "retrotread.service")
        return await process.wait() == 0

    async def upgrade(self, wheel: Path, python: Path | None = None) -> tuple[int, str]:
        """Exit code, and what stands on stderr."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(ROOT / "deploy/upgrade.py"), str(wheel), "--user", ""),
            *("--lock", str(ROOT / "deploy/requirements.lock"), "--root", str(self.folder)),
            *("--config", str(self.folder / "settings.toml")),
            *("--hatch", str(self.folder / "run/hatch")),
            *("--python", str(python or self.python)),
            env={**os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        _, errors = await process.communicate()
        return process.returncode or 0, errors.decode()

    @property
    def asked(self) -> list[str]:
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def runs(self) -> str:
        return (self.folder / "current").resolve().name if self.unit.active() else "nothing"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [found] = folder.glob("*.whl")
    return found


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


@pytest.fixture
def standing(installation: Installation) -> Installation:
    """A service that stands still and clean, before each upgrade that fails."""
    installation.settle(
        'treadmill = "woodway:/dev/null"\ngrip = "grip:/dev/null"\n'
        f'data_dir = "{installation.data}"\n'
    )
    (installation.data / "latch").write_bytes(encode(CLEAN))
    installation.release("old", STANDS.format(**SOUND))
    return installation


def stub(installation: Installation, **behaves: object) -> Path:
    """An interpreter whose `-m venv` makes a new release that behaves so."""
    program = STANDS.format(**{**SOUND, **behaves})
    made = installation.folder / "new-release.py"
    made.write_text(f"#!{sys.executable}\n{program}")
    making = [
        'mkdir -p "$3/bin"',
        f'cp {made} "$3/bin/retrotread"',
        'printf "#!/bin/sh\\n" > "$3/bin/python"',
        'chmod +x "$3/bin/python" "$3/bin/retrotread"',
    ]
    lines = "\n".join(("#!/bin/sh", "set -e", *making, ""))
    return script(installation.folder / "bin/other-python", lines)


async def test_a_release_that_does_not_start_is_rolled_back_with_its_data(
    standing: Installation, wheel: Path
) -> None:
    (standing.data / "a record").write_text("of before")
    assert await standing.systemctl("start")
    try:
        code, said = await standing.upgrade(wheel, stub(standing, broken=True))
        assert standing.runs == "old"
    finally:
        await standing.systemctl("stop")
    assert code == 1
    assert "did not start. old runs again." in said
    assert (standing.data / "a record").read_text() == "of before"
    verbs = [line.split()[0] for line in standing.asked]
    assert verbs == ["start", "stop", "start", "stop", "start", "stop"]
    [aside] = standing.folder.glob("data.failed-*")
    assert (aside / "a record").exists()


async def test_a_service_that_is_still_starting_is_stopped_first(
    standing: Installation, wheel: Path
) -> None:
    old = standing.folder / "current/bin/retrotread"
    script(old, f"#!{sys.executable}\n{STANDS.format(**{**SOUND, 'ready': False})}")
    starting = asyncio.create_task(standing.systemctl("start"))
    try:
        while not (standing.folder / "run/hatch").exists():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        code, said = await standing.upgrade(wheel, stub(standing))
        assert (code, said) == (0, "")
        assert standing.runs.startswith("0.1.0-")
    finally:
        await standing.systemctl("stop")
    assert not await starting
    assert standing.asked[:2] == ["start old", "stop old"]


@pytest.mark.parametrize("state", ["activating", "deactivating", "active", ""])
def test_a_service_that_does_not_speak_is_not_taken_for_one_that_is_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """One that waits to be tried again has no process, and will have."""
    upgrade = upgrading()
    script(tmp_path / "systemctl", f"#!/bin/sh\necho {state}\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(upgrade.Refused, match=r"does not say .* nothing was changed\.$"):
        upgrade.refuse_a_session(argparse.Namespace(hatch=tmp_path / "hatch"))


@pytest.mark.parametrize("state", ["inactive", "failed"])
def test_a_service_that_is_off_may_be_upgraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    script(tmp_path / "systemctl", f"#!/bin/sh\necho {state}\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    upgrading().refuse_a_session(argparse.Namespace(hatch=tmp_path / "hatch"))


def upgrading() -> ModuleType:
    """`deploy/upgrade.py`, which is no module of the package."""
    found = importlib.util.spec_from_file_location("upgrade", ROOT / "deploy/upgrade.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_what_is_rolled_back_has_the_owner_and_the_modes_that_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extractall = tarfile.TarFile.extractall

    def as_from_python_3_14_on(archive: tarfile.TarFile, folder: Path) -> None:
        if getattr(archive, "extraction_filter", None) is None:
            for member in archive.getmembers():
                member.mode, member.uid, member.gid = 0o755, 0, 0
        extractall(archive, folder)

    monkeypatch.setattr(tarfile.TarFile, "extractall", as_from_python_3_14_on)
    upgrade, data = upgrading(), tmp_path / "data"
    monkeypatch.setattr(upgrade, "systemctl", lambda _verb: True)
    (data / "sessions").mkdir(parents=True, mode=0o700)
    (data / "sessions" / "a record").write_text("of before")
    (data / "sessions" / "a record").chmod(0o640)
    data.chmod(0o710)
    (tmp_path / "settings.toml").touch()
    given = argparse.Namespace(
        root=tmp_path, config=tmp_path / "settings.toml", hatch=tmp_path / "hatch", user=""
    )
    before = {path.relative_to(data): kept(path) for path in (data, *data.rglob("*"))}
    place = upgrade.Place(given)
    upgrade.roll_back(place, tmp_path / "old", upgrade.back_up(place, data), data)
    assert {path.relative_to(data): kept(path) for path in (data, *data.rglob("*"))} == before


def kept(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_mode, found.st_uid, found.st_gid


async def test_a_release_whose_doctor_misses_something_is_not_switched_to(
    standing: Installation, wheel: Path
) -> None:
    assert await standing.systemctl("start")
    try:
        code, said = await standing.upgrade(wheel, stub(standing, doctor="'Missing: a thing.'"))
        assert standing.runs == "old"
    finally:
        await standing.systemctl("stop")
    assert (code, said) == (1, "Missing: a thing. Nothing was changed; ask retrotread doctor.\n")
    assert [path.name for path in (standing.folder / "releases").iterdir()] == ["old"]


async def test_a_release_that_cannot_be_installed_changes_nothing(
    standing: Installation, wheel: Path
) -> None:
    code, said = await standing.upgrade(wheel, Path("/bin/false"))
    assert (code, "cannot be installed" in said) == (1, True)
    assert standing.asked == []


@pytest.mark.parametrize("mark", [encode(Mark(moving=True)), b"torn"])
async def test_a_belt_that_was_not_seen_at_rest_is_not_left_to_an_upgrade(
    standing: Installation, wheel: Path, mark: bytes
) -> None:
    assert await standing.systemctl("start")
    (standing.data / "latch").write_bytes(mark)
    try:
        code, said = await standing.upgrade(wheel, stub(standing))
        assert standing.runs == "old"
    finally:
        await standing.systemctl("stop")
    assert (code, "pull the safety key" in said) == (1, True)
    assert not (standing.folder / "backups").exists()


@pytest.mark.service
async def test_a_walk_is_not_upgraded_and_a_service_at_rest_is(
    installation: Installation, wheel: Path
) -> None:
    """The real service, before and after; the new release is this wheel, with its lock."""
    here = installation
    async with simulated_machine(here.folder) as machine:
        port = free_port()
        here.settle(
            f'treadmill = "ftms:{machine.target}"\ngrip = "grip:{machine.grip}"\n'
            f'adapter = "{machine.adapter}"\ndata_dir = "{here.data}"\nalarm = ["true"]\n'
            f"[console]\nport = {port}\n"
        )
        Accounts(here.data).prepare(renew=False)
        machine.plan(here.folder)  # leaves the profile, and a mark of a clean end
        here.release("old", "from controller.cli import main\nmain()\n")
        assert await here.systemctl("start"), (here.folder / "log").read_text()
        try:
            async with supervisor(here.folder / "run/hatch") as person:
                await walker_proves_the_sensors(person, machine.bench)
                for verb in ("arm", "start"):
                    await person.until(lambda now, verb=verb: verb in now["may"], LIMIT_S, verb)  # type: ignore[misc]
                    await person.command(verb)
                moving = lambda now: (now["belt"]["speed_mps"] or 0) > 0  # noqa: E731
                await person.until(moving, LIMIT_S, "no motion")
                code, said = await here.upgrade(wheel)
                assert (code, said) == (
                    1,
                    "A session runs (walking). End it, then upgrade; nothing was changed.\n",
                )
                assert here.runs == "old"
                machine.bench.say("release")
                await person.until(lambda now: now["state"] == "latched", LIMIT_S, "no rest")
            code, said = await here.upgrade(wheel)
            assert (code, said) == (0, ""), (here.folder / "log").read_text()
            assert here.runs.startswith("0.1.0-")
        finally:
            await here.systemctl("stop")
    [backup] = (here.folder / "backups").iterdir()
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with tarfile.open(backup) as archive:
        names = archive.getnames()
    assert "settings.toml" in names
    assert any(name.startswith("data/sessions/") for name in names)
    verbs = [line.split()[0] for line in here.asked]
    assert verbs == ["start", "stop", "start", "stop"]
    mark = LatchStore(here.data / "latch").read()
    assert mark is not None
    assert (mark.moving, mark.cause) == (False, "grip_released")
    events = [
        json.loads(line)["event"]
        for line in (here.folder / "log").read_text().splitlines()
        if line.startswith("{")
    ]
    assert events.count("control_started") == 2
