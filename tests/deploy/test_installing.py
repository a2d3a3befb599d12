"""docs/installing.md, typed in from top to bottom on a computer that is made of folders."""

import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from controller.doctor.checks import CHECKS
from controller.settings import read
from tests.deploy.programs import fast_venv, script

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/installing.md").read_text()
PLACES = re.compile(r"/(opt/retrotread|etc|var/lib|usr/local/bin)\b")
RECORDED = ("apt-get", "groupadd", "useradd", "udevadm", "systemctl", "chgrp")
"""What would change this very computer is written down instead."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@dataclass
class Computer:
    """Its root folder, and what was asked of the system."""

    root: Path
    path: str

    @property
    def asked(self) -> list[str]:
        return (self.root / "asked").read_text().splitlines()

    def type(self, text: str) -> subprocess.CompletedProcess[str]:
        """Each place of the system is one under the root here."""
        here = PLACES.sub(lambda place: f"{self.root}{place[0]}", text)
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", here],
            cwd=self.root / "clone",
            env={**os.environ, "PATH": self.path, "HOME": str(self.root)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture(scope="module")
def computer(tmp_path_factory: pytest.TempPathFactory) -> Computer:
    root = tmp_path_factory.mktemp("computer")
    clone, programs = root / "clone", root / "bin"
    clone.mkdir()
    (clone / "deploy").symlink_to(ROOT / "deploy")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(clone)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    for place in ("etc/udev/rules.d", "etc/systemd/system", "etc/mosquitto/conf.d"):
        (root / place).mkdir(parents=True)
    for place in ("var/lib", "usr/local/bin"):
        (root / place).mkdir(parents=True)
    for name in RECORDED:
        script(programs / name, f'#!/bin/sh\necho "{name} $*" >> {root}/asked\n')
    script(programs / "sudo", '#!/bin/sh\n[ "$1" = -u ] && shift 2\nexec "$@"\n')
    owner = "s/-o retrotread//;s/-g retrotread//"
    script(programs / "install", f'#!/bin/sh\nexec /usr/bin/install $(echo "$*" | sed "{owner}")\n')
    fast_venv(programs / "python3", Path(sysconfig.get_path("purelib")))
    path = f"{programs}:{root}/usr/local/bin:{os.environ['PATH']}:/usr/sbin"
    return Computer(root, path)


def test_every_command_of_the_page_works_in_its_order(computer: Computer) -> None:
    for block in blocks("sh"):
        result = computer.type(block)
        assert result.returncode == 0, f"{block}\n{result.stdout}{result.stderr}"
    root = computer.root
    found = read(root / "etc/retrotread/settings.toml", {})
    assert found.realtime
    assert (root / "etc/retrotread/alarm.wav").stat().st_size > 1000
    assert (root / "opt/retrotread/current/bin/retrotread").exists()
    assert (root / "etc/systemd/system/retrotread.service").exists()
    unit = (root / "etc/systemd/system/retrotread.service").read_text()
    for place in re.findall(r"/opt/retrotread/current/[\w/.-]+", unit):
        assert (root / place.lstrip("/")).exists(), place
    assert (root / "etc/mosquitto/passwords").read_text().startswith("room-1:$")
    assert "user nurse" in (root / "etc/mosquitto/acl").read_text()
    assert "systemctl enable --now retrotread" in computer.asked
    assert any(line.startswith("useradd --system") for line in computer.asked)
    assert '"ana"' in (root / "var/lib/retrotread/users.json").read_text()


def test_the_page_tells_what_the_doctor_looks_at() -> None:
    table = PAGE[PAGE.index("| line | looks at |") :]
    for check in CHECKS:
        if check.name not in ("wires", "scheduling"):
            assert check.name in table, check.name


def test_the_upgrade_is_called_as_the_page_says() -> None:
    [command] = blocks("console")
    script_name = command.split()[2]
    assert (ROOT / script_name).stat().st_mode & 0o111
    usage = subprocess.run(
        [ROOT / script_name, "--help"], capture_output=True, text=True, check=True
    )
    assert "--lock" in usage.stdout
