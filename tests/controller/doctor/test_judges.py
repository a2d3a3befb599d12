"""What the doctor makes of what it has seen: each lack is named, with the way out of it."""

from pathlib import Path
from typing import Any

import pytest

from controller.doctor import archive, bluetooth, computer, folder, machine, network, wires
from controller.doctor.archive import Kept
from controller.doctor.bluetooth import Radio
from controller.doctor.checks import CHECKS
from controller.doctor.computer import Clocks, Scheduling, Sleep
from controller.doctor.finding import Check, Finding, Subject
from controller.doctor.folder import Folder
from controller.doctor.machine import Machine, Told, Users
from controller.doctor.network import Broker, Port, TlsFile
from controller.doctor.wires import Wire

DATA = Path("/srv/walks")
GOOD = Folder(DATA, DATA, True, 0o700, 1 << 40, "clinic", 0.01)
AWAY = GOOD._replace(nearest=Path("/srv"), writable=False, fsync_s=None)
CERT = TlsFile("[console] cert_file", Path("/etc/c.pem"), 0, "none", False, False)
PORT = Port("127.0.0.1", 8080, "", False)
USB = Wire("grip unit", "/dev/serial/by-id/usb-grip", "clinic", True, True, "dialout")
KEY = TlsFile("[mqtt] key_file", Path("/etc/key.pem"), 0o600, "", True)
DATABASE = Kept("postgresql://db/w", True)
PAD = Machine("ftms:AA:BB:CC:DD:EE:FF", "", "", True, "")
CALM = Scheduling(True, True, True, "PREEMPT_RT", frozenset({"performance"}))

ROWS: list[tuple[Any, Any, str, str]] = [
    (machine.judge_settings, Told(True, ""), "ok", ""),
    (machine.judge_settings, Told(False, ""), "warning", "doctor --config"),
    (machine.judge_settings, Told(False, "The setting grip is missing."), "missing", "--check"),
    (computer.judge_python, (3, 11), "ok", ""),
    (computer.judge_python, (3, 10), "missing", "apt install python3"),
    (computer.judge_clocks, Clocks(1e-9, True, True), "ok", ""),
    (computer.judge_clocks, Clocks(1e-9, True, None), "ok", ""),
    (computer.judge_clocks, Clocks(1e-9, True, False), "warning", "timedatectl set-ntp true"),
    (computer.judge_clocks, Clocks(1e-9, True, True, 0.0), "warning", "timedatectl set-ntp true"),
    (computer.judge_clocks, Clocks(0.016, True, True), "missing", "current_clocksource"),
    (computer.judge_clocks, Clocks(1e-9, False, True), "missing", "current_clocksource"),
    (computer.judge_sleep, Sleep(False, ("sleep",)), "ok", ""),
    (computer.judge_sleep, Sleep(True, ()), "ok", ""),
    (computer.judge_sleep, Sleep(True, ("suspend",)), "warning", "systemctl mask"),
    (computer.judge_scheduling, CALM, "ok", ""),
    (computer.judge_scheduling, CALM._replace(wanted=False, first=False), "ok", ""),
    (computer.judge_scheduling, CALM._replace(first=False), "warning", "LimitRTPRIO"),
    (computer.judge_scheduling, CALM._replace(memory=False), "warning", "LimitMEMLOCK"),
    (computer.judge_scheduling, CALM._replace(preempt=""), "warning", "linux-image-rt"),
    (
        computer.judge_scheduling,
        CALM._replace(governors=frozenset({"performance", "powersave"})),
        "warning",
        "cpupower",
    ),
    (folder.judge, GOOD, "ok", ""),
    (folder.judge, GOOD._replace(nearest=Path("/srv"), fsync_s=None), "ok", ""),
    (folder.judge, AWAY, "missing", "install -d -m 700 -o clinic /srv/walks"),
    (folder.judge, AWAY._replace(kind="read-only"), "missing", "mount -o remount,rw"),
    (folder.judge, AWAY._replace(kind="file"), "missing", "data_dir ="),
    (folder.judge, GOOD._replace(refused="Input/output error", fsync_s=None), "missing", "-d"),
    (folder.judge, GOOD._replace(mode=0o755), "warning", "chmod 700 /srv/walks"),
    (folder.judge, GOOD._replace(free=1 << 20), "missing", "du -xh"),
    (folder.judge, GOOD._replace(free=100 << 20), "warning", "du -xh"),
    (folder.judge, GOOD._replace(fsync_s=0.4), "warning", "SD card"),
    (folder.judge, GOOD._replace(fsync_s=4.0), "missing", "SD card"),
    (bluetooth.judge, Radio("system", "on", "clinic"), "ok", ""),
    (bluetooth.judge, Radio("system", "unasked", "clinic"), "ok", ""),
    (bluetooth.judge, Radio("system", "no_bus", "clinic"), "missing", "apt install dbus"),
    (bluetooth.judge, Radio("system", "no_bluez", "clinic"), "missing", "enable --now bluetooth"),
    (bluetooth.judge, Radio("system", "denied", "clinic"), "missing", "-aG bluetooth clinic"),
    (bluetooth.judge, Radio("system:hci1", "no_adapter", "clinic"), "missing", "bluetoothctl list"),
    (bluetooth.judge, Radio("system", "off", "clinic"), "missing", "bluetoothctl power on"),
    (bluetooth.judge, Radio("hci:serial:/dev/x", "no_file", "clinic"), "missing", "by-id"),
    (bluetooth.judge, Radio("hci:usb:0", "on", "clinic", False), "missing", "retrotread[sim]"),
    (wires.judge, [USB], "ok", ""),
    (wires.judge, [USB._replace(usable=False)], "missing", "-aG dialout clinic"),
    (wires.judge, [USB._replace(exists=False)], "missing", "ls -l /dev/serial/by-id"),
    (wires.judge, [USB._replace(place="/dev/ttyUSB0")], "warning", "/dev/serial/by-id"),
    (wires.judge, [USB._replace(library=False)], "missing", "retrotread[gpio]"),
    (wires.judge, [USB._replace(place="/dev/gpiochip9", exists=False)], "missing", "gpiodetect"),
    (wires.judge, [USB._replace(place="socket://far:1", exists=False)], "missing", "hosts far"),
    (machine.judge_machine, PAD, "ok", ""),
    (machine.judge_machine, PAD._replace(refused="Not measured."), "warning", "commission ftms:AA"),
    (machine.judge_machine, PAD._replace(alarm="No aplay."), "missing", "alsa-utils"),
    (machine.judge_machine, PAD._replace(unheard="/a.wav"), "missing", "alarm.wav /a.wav"),
    (machine.judge_machine, PAD._replace(has_alarm=False), "warning", "alarm = ["),
    (machine.judge_machine, PAD._replace(stands="latched: overspeed"), "warning", "resets"),
    (archive.judge, Kept("/srv/a.sqlite", False), "ok", ""),
    (archive.judge, Kept("/srv/a.sqlite", False, "not a database"), "missing", "restore FILE"),
    (archive.judge, DATABASE, "ok", ""),
    (archive.judge, DATABASE._replace(library=False), "missing", "retrotread[postgres]"),
    (
        archive.judge,
        DATABASE._replace(refused="It is away."),
        "missing",
        "psql 'postgresql://db/w'",
    ),
    (machine.judge_programs, "", "ok", ""),
    (machine.judge_programs, "a.toml: minutes is missing.", "missing", "programs check FILE"),
    (machine.judge_users, Users(True, "", DATA), "ok", ""),
    (machine.judge_users, Users(False, "", DATA), "warning", "users add NAME --role engineer"),
    (machine.judge_users, Users(True, "It is damaged.", DATA), "missing", "ls -l /srv/walks"),
    (network.judge_port, PORT, "ok", ""),
    (network.judge_port, PORT._replace(refused="is taken", served=True), "ok", ""),
    (network.judge_port, PORT._replace(refused="is taken"), "missing", "ss -ltnp 'sport = :8080'"),
    (network.judge_files, [KEY], "ok", ""),
    (network.judge_files, [KEY._replace(mode=0o644)], "warning", "sudo chmod 640 /etc/key.pem"),
    (network.judge_files, [KEY._replace(mode=0o640)], "ok", ""),
    (network.judge_files, [KEY._replace(there=False)], "missing", "install -m 640 -g retrotread"),
    (network.judge_files, [CERT], "missing", "retrotread certificate NAME"),
    (network.judge_files, [KEY._replace(mode=0o644, secret=False)], "ok", ""),
    (network.judge_files, [KEY._replace(refused="not PEM")], "missing", "ls -l /etc/key.pem"),
    (network.judge_broker, Broker("b, port 1883", False, "", ""), "ok", ""),
    (network.judge_broker, Broker("b, port 8883", True, "room", ""), "ok", ""),
    (network.judge_broker, Broker("b", True, "", "It is away.", "ping b"), "missing", "ping b"),
]
SEVERITY = ("ok", "warning", "missing")


def worst(findings: list[Finding]) -> Finding:
    return max(findings, key=lambda finding: SEVERITY.index(finding.state))


@pytest.mark.parametrize(("judge", "seen", "state", "way_out"), ROWS)
def test_what_was_seen_is_judged_and_each_lack_has_a_way_out(
    judge: Any, seen: Any, state: str, way_out: str
) -> None:
    findings = list(judge(seen))
    found = worst(findings)
    assert found.state == state, findings
    assert way_out in found.way_out
    for finding in findings:
        assert bool(finding.way_out) == (finding.state != "ok")
        assert "\n" not in finding.says + finding.way_out


def test_what_the_settings_do_not_name_is_not_looked_for() -> None:
    alone = Subject()
    assert wires.look(alone) == []
    assert network.files(alone) == []
    for look in (network.port, network.broker, machine.machine):
        assert look(alone) is None
    for judge in (network.judge_port, network.judge_broker, machine.judge_machine):
        assert judge(None) == []
    assert bluetooth.judge(None) == []


def test_every_check_has_a_name_of_its_own() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(isinstance(check, Check) for check in CHECKS)
