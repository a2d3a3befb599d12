"""`retrotread doctor` as a person calls it, on a computer that has nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

PAD = "ftms:AA:BB:CC:DD:EE:FF"
EVERYTHING_IS_MISSING = f"""
treadmill = "{PAD}"
grip = "grip:/dev/serial/by-id/usb-none"
relay = "relay:/dev/serial/by-id/usb-none-either"
alarm = ["no-such-program"]
data_dir = "/dev/null/walks"
programs_dir = "programs"
[archive]
url = "postgresql://walks@127.0.0.1:1/walks"
[mqtt]
port = 1
ca_file = "/nowhere/ca.crt"
[console]
host = "192.0.2.1"
cert_file = "/nowhere/console.crt"
key_file = "/nowhere/console.key"
"""


def doctor(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a home of its own, on a computer without a system bus."""
    nowhere = f"unix:path={folder / 'no-bus'}"
    env = {**os.environ, "HOME": str(folder), "DBUS_SYSTEM_BUS_ADDRESS": nowhere}
    env.pop("XDG_DATA_HOME", None)
    script = Path(sys.executable).with_name("retrotread")
    return subprocess.run(
        [script, "doctor", *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_on_a_bare_computer_each_missing_thing_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(EVERYTHING_IS_MISSING)
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "own.toml").write_text("minutes = 3")
    result = doctor(tmp_path, "--config", "settings.toml")
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    for thing, way_out in [
        ("data folder: /dev/null is a file, not a folder", "data_dir = "),
        ("Bluetooth: D-Bus", "sudo apt install dbus bluez"),
        ("grip unit: /dev/serial/by-id/usb-none is not there", "ls -l /dev/serial/by-id"),
        ("relay: /dev/serial/by-id/usb-none-either", "ls -l /dev/serial/by-id"),
        ("alarm: ", "apt install alsa-utils"),
        ("console: 192.0.2.1, port 8080", "choose another"),
        ("[mqtt] ca_file: /nowhere/ca.crt", "install -m 644 FILE /nowhere/ca.crt"),
        ("[console] key_file: /nowhere/console.key", "retrotread certificate NAME"),
        ("archive: The archive's database cannot be reached", "psql 'postgresql://walks@127"),
        ("programs: ", "retrotread programs check FILE"),
        ("broker: ", "journalctl -u mosquitto"),
    ]:
        [number] = [n for n, line in enumerate(lines) if line.startswith(f"missing  {thing}")]
        assert lines[number + 1].startswith("         → ")
        assert way_out in lines[number + 1]
    [treadmill] = [n for n, line in enumerate(lines) if line.startswith("warning  treadmill: ")]
    assert f"retrotread commission {PAD}" in lines[treadmill + 1]
    [said] = result.stderr.splitlines()
    assert said.startswith("Missing: data folder, ")


def test_without_settings_the_computer_alone_is_looked_at_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    result = doctor(tmp_path, "--json")
    found = {row["thing"]: row for row in json.loads(result.stdout)}
    assert found["settings"]["state"] == "warning"
    assert found["Bluetooth"] == {
        "state": "missing",
        "thing": "Bluetooth",
        "says": "D-Bus does not answer",
        "way_out": "sudo apt install dbus bluez",
    }
    assert "console" not in found
    assert result.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_settings_that_cannot_be_used_do_not_keep_the_doctor_from_the_computer(
    tmp_path: Path,
) -> None:
    (tmp_path / "settings.toml").write_text('treadmill = "pad"\n')
    found = json.loads(doctor(tmp_path, "--json", "--config", "settings.toml").stdout)
    assert found[0]["state"] == "missing"
    assert found[0]["says"] == "The setting grip is missing."
    assert {"Python", "disk"} <= {row["thing"] for row in found}


def test_a_computer_that_lacks_nothing_ends_with_0(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (tmp_path / "settings.toml").write_text(
        'treadmill = "woodway:socket://127.0.0.1:9"\ngrip = "grip:socket://127.0.0.1:9"\n'
        f'alarm = ["true"]\ndata_dir = "{data}"\n[console]\nport = 59317\n'
    )
    result = doctor(tmp_path, "--config", "settings.toml")
    assert result.returncode == 0, result.stdout
    assert result.stderr == ""
