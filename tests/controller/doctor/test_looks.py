"""What the doctor sees of a real folder, port, device and certificate, and of a made-up /sys."""

import os
import socket
import sqlite3
import subprocess
import threading
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from controller.doctor import archive, bluetooth, computer, folder, machine, network, wires
from controller.doctor.archive import Kept
from controller.doctor.checks import examine
from controller.doctor.finding import Check, Finding, Subject, ok
from controller.guard.lock import single
from controller.records.latch_store import LatchStore
from controller.safety.mark import Mark
from controller.settings import Settings, parse
from controller.web.accounts import Accounts
from tests.postgres import postgres

PAD = "ftms:AA:BB:CC:DD:EE:FF"


def settings(folder: Path, **more: object) -> Settings:
    least = {"treadmill": PAD, "grip": "grip:/dev/null", "data_dir": str(folder)}
    return parse({**least, **more})


def subject(folder: Path, root: Path = Path("/"), **more: object) -> Subject:
    return Subject(settings(folder, **more), root=root)


def test_a_data_folder_is_written_to_and_left_as_it_was(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    seen = folder.look(subject(tmp_path))
    assert (seen.path, seen.writable, seen.mode, seen.refused) == (tmp_path, True, 0o700, "")
    assert seen.fsync_s is not None
    assert seen.free > 0
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    seen = folder.look(subject(tmp_path / "a" / "b"))
    assert (seen.nearest, seen.fsync_s) == (tmp_path, None)
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_takes_no_file_says_why(tmp_path: Path) -> None:
    (tmp_path / ".doctor").mkdir()
    assert folder.look(subject(tmp_path)).refused == "Is a directory"


@pytest.mark.parametrize("beyond", ["", "walks"])
def test_a_file_where_the_data_folder_is_to_be_is_no_folder(tmp_path: Path, beyond: str) -> None:
    (tmp_path / "data").touch()
    seen = folder.look(subject(tmp_path / "data" / beyond))
    assert (seen.nearest, seen.kind, seen.writable) == (tmp_path / "data", "file", False)


def test_a_disk_that_is_mounted_read_only_takes_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mounted(NamedTuple):
        f_flag: int = os.ST_RDONLY
        f_bavail: int = 1 << 20
        f_frsize: int = 4096

    monkeypatch.setattr(os, "statvfs", lambda _: Mounted())
    seen = folder.look(Subject(settings(Path("/"))))
    assert (seen.kind, seen.writable, seen.fsync_s) == ("read-only", False, None)


def test_who_has_no_home_is_told_and_all_else_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(_: str) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr("platformdirs.user_data_path", nowhere)
    found = {finding.thing: finding for finding in examine(Subject(root=tmp_path))}
    assert found["data folder"].state == "missing"
    assert found["data folder"].says.startswith("There is no home folder")
    assert found["data folder"].way_out.startswith("export HOME=")
    assert found["Python"].state == "ok"


def test_a_computer_that_can_sleep_is_told_apart_from_one_that_is_masked(tmp_path: Path) -> None:
    power, units = tmp_path / "sys/power", tmp_path / "etc/systemd/system"
    power.mkdir(parents=True)
    units.mkdir(parents=True)
    (power / "state").write_text("freeze mem\n")
    for name in ("sleep", "suspend"):
        (units / f"{name}.target").symlink_to("/dev/null")
    (units / "hibernate.target").symlink_to("/usr/lib/systemd/system/hibernate.target")
    here = subject(tmp_path, root=tmp_path)
    assert computer.sleep(here) == (True, ("hibernate", "hybrid-sleep"))
    (power / "state").write_text("\n")
    assert computer.sleep(here).able is False
    (power / "state").unlink()
    assert computer.sleep(here).able is False


@pytest.mark.parametrize(
    ("files", "preempt", "governors"),
    [
        ({"sys/kernel/realtime": "1\n"}, "PREEMPT_RT", set()),
        ({"proc/version": "Linux 6.1 SMP PREEMPT_DYNAMIC Debian"}, "PREEMPT_DYNAMIC", set()),
        ({"proc/version": "Linux 6.1 SMP Debian"}, "", set()),
        (
            {
                "proc/version": "Linux 6.1 PREEMPT",
                "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "ondemand\n",
                "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "performance\n",
            },
            "PREEMPT",
            {"ondemand", "performance"},
        ),
    ],
)
def test_kernel_and_governors_are_read_where_linux_has_them(
    tmp_path: Path, files: dict[str, str], preempt: str, governors: set[str]
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    seen = computer.scheduling(subject(tmp_path, root=tmp_path, realtime=True))
    assert (seen.wanted, seen.preempt, seen.governors) == (True, preempt, governors)


def test_the_clocks_of_this_computer_are_fine() -> None:
    seen = computer.clocks(Subject())
    assert seen.forward
    assert seen.resolution_s <= 1e-3
    assert seen.kept in (True, False, None)


def test_ports_are_looked_for_and_not_opened(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    try:
        place = os.ttyname(theirs)
        seen = wires.look(
            subject(
                tmp_path,
                treadmill="woodway:socket://127.0.0.1:1",
                grip=f"grip:{place}",
                relay="relay:/dev/serial/by-id/usb-none",
            )
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert [(wire.thing, wire.exists, wire.usable) for wire in seen] == [
        ("treadmill", True, True),
        ("grip unit", True, True),
        ("relay", False, False),
    ]
    assert seen[1].group


def test_a_host_without_an_address_and_a_line_without_a_chip_are_missing(tmp_path: Path) -> None:
    seen = wires.look(
        subject(
            tmp_path, grip="grip:socket://no.such.host.invalid:1", relay="relay:gpio:gpiochip99:1"
        )
    )
    assert [wire.exists for wire in seen] == [False, False]
    assert seen[1].place == "/dev/gpiochip99"


def test_a_grip_unit_on_the_broker_has_no_wire(tmp_path: Path) -> None:
    mqtt = {"allow_sensors": ["grip"]}
    assert wires.look(subject(tmp_path, grip="grip:mqtt", mqtt=mqtt)) == []


def test_a_port_that_is_taken_is_told_and_one_that_this_service_has_is_well(
    tmp_path: Path,
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        here = subject(tmp_path, console={"port": number})
        taken = network.port(here)
        with single(tmp_path, f"ftms:name={tmp_path}", "none"):
            served = network.port(here)
    assert taken == ("127.0.0.1", number, "is taken by another program", False)
    assert served == ("127.0.0.1", number, "is taken by another program", True)
    elsewhere = Subject(settings(Path("/proc"), console={"port": number}))
    unwritable = network.port(elsewhere)
    assert unwritable is not None
    assert unwritable.served is False
    free = network.port(here)
    assert free is not None
    assert free.refused == ""


def test_an_address_that_is_not_this_computers_is_told(tmp_path: Path) -> None:
    key, cert = certificate(tmp_path, "console")
    console = {"host": "192.0.2.1", "cert_file": str(cert), "key_file": str(key)}
    seen = network.port(subject(tmp_path, console=console))
    assert seen is not None
    assert seen.refused.startswith("cannot be had: ")


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key, cert = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", key, "-out", cert),
        ],
        check=True,
        capture_output=True,
    )
    return key, cert


def test_files_for_tls_are_read_and_a_foreign_key_is_found_out(tmp_path: Path) -> None:
    key, cert = certificate(tmp_path, "room")
    foreign, _ = certificate(tmp_path, "other")
    (tmp_path / "not.pem").write_text("nothing")
    mqtt = {"ca_file": str(cert), "cert_file": str(cert), "key_file": str(key)}
    assert [file.refused for file in network.files(subject(tmp_path, mqtt=mqtt))] == ["", "", ""]
    wrong = {
        **mqtt,
        "ca_file": str(tmp_path / "not.pem"),
        "key_file": str(foreign),
        "password_file": str(tmp_path / "none"),
    }
    console = {"cert_file": str(cert), "key_file": str(foreign)}
    assert [
        (file.thing, bool(file.refused))
        for file in network.files(subject(tmp_path, console=console))
    ] == [("[console] cert_file", False), ("[console] key_file", True)]
    ca, _, mismatched, absent = network.files(subject(tmp_path, mqtt=wrong))
    assert ca.refused.startswith("it is no such file")
    assert "KEY_VALUES_MISMATCH" in mismatched.refused
    assert absent.refused == "No such file or directory"


def test_how_the_last_service_ended_is_read_from_its_mark(tmp_path: Path) -> None:
    def stands() -> str:
        seen = machine.machine(subject(tmp_path))
        assert seen is not None
        assert "commission" in seen.refused
        return seen.stands

    assert stands() == ""
    for mark, words in [
        (Mark(moving=False), ""),
        (Mark(moving=True), "the belt may be moving"),
        (Mark(moving=False, cause="overspeed"), "latched: overspeed"),
    ]:
        with LatchStore(tmp_path / "latch") as store:
            store.keep(mark)
        assert stands() == words


def test_users_are_counted_and_a_damaged_file_of_them_is_told(tmp_path: Path) -> None:
    here = subject(tmp_path)
    assert machine.users(here) == (False, "", tmp_path)
    accounts = Accounts(tmp_path)
    pin = accounts.prepare(renew=False)
    assert pin is not None
    assert machine.users(here) == (True, "", tmp_path)
    accounts.path.write_text("{")
    assert machine.users(here).trouble != ""


def test_an_archive_that_is_a_file_is_read_and_none_is_made(tmp_path: Path) -> None:
    file = tmp_path / "archive.sqlite"
    assert archive.look(subject(tmp_path)) == Kept(str(file), False)
    assert list(tmp_path.iterdir()) == []
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE patients (pseudonym TEXT)")
    assert archive.look(subject(tmp_path)).refused == ""
    file.write_text("this was never a database, whatever its name says")
    assert archive.look(subject(tmp_path)).refused == "file is not a database"


def test_a_database_for_the_archive_is_asked_whether_it_lets_this_service_in(
    tmp_path: Path,
) -> None:
    with postgres() as server:
        server.sql("CREATE DATABASE walks")
        for name, refused in (("walks", ""), ("none", "The archive's database cannot be reached")):
            seen = archive.look(subject(tmp_path, archive={"url": server.url(name)}))
            assert seen.refused.startswith(refused)
            assert bool(seen.refused) == bool(refused)
    url = "postgresql://retrotread@127.0.0.1:1/walks"
    assert "cannot be reached" in archive.look(subject(tmp_path, archive={"url": url})).refused


def test_a_password_of_the_archive_that_is_not_there_is_told(tmp_path: Path) -> None:
    url = "postgresql://retrotread@db.clinic.example/walks"
    here = subject(tmp_path, archive={"url": url, "password_file": str(tmp_path / "none")})
    assert "password_file" in archive.look(here).refused
    [file] = network.files(here)
    assert (file.thing, file.refused) == ("[archive] password_file", "No such file or directory")


def test_a_clinics_own_program_that_keeps_the_service_from_starting_is_told(
    tmp_path: Path,
) -> None:
    assert machine.programs(subject(tmp_path)) == ""
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "own.toml").write_text("minutes = 3\n")
    assert "own.toml" in machine.programs(subject(tmp_path))


def test_an_alarm_whose_program_is_not_there_is_told_as_the_guard_tells_it(tmp_path: Path) -> None:
    seen = machine.machine(subject(tmp_path, alarm=["no-such-program"]))
    assert seen is not None
    assert "no-such-program is not there" in seen.alarm


def test_an_alarm_that_would_play_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    there, gone = tmp_path / "alarm.wav", tmp_path / "other.wav"
    there.touch()
    for file, unheard in ((there, ""), (gone, str(gone))):
        seen = machine.machine(subject(tmp_path, alarm=["true", "-q", str(file)]))
        assert seen is not None
        assert (seen.alarm, seen.unheard) == ("", unheard)


def test_a_transport_is_looked_for_and_not_opened(tmp_path: Path) -> None:
    there, gone = tmp_path / "air", tmp_path / "none"
    there.touch()
    for path, reached in ((there, "on"), (gone, "no_file")):
        seen = bluetooth.look(subject(tmp_path, adapter=f"hci:unix:{path}"))
        assert seen is not None
        assert seen.reached == reached


def test_a_serial_treadmill_without_a_strap_needs_no_radio(tmp_path: Path) -> None:
    pad = {"treadmill": "woodway:/dev/ttyS0"}
    assert bluetooth.look(subject(tmp_path, **pad)) is None
    assert bluetooth.look(subject(tmp_path, **pad, heart_rate="hrs:AA:BB:CC:DD:EE:FF")) is not None


def test_a_check_that_hangs_or_fails_does_not_hide_the_others(tmp_path: Path) -> None:
    ends = threading.Event()

    def breaks(_subject: Subject) -> None:
        raise RuntimeError("by itself")

    def judge(seen: object) -> list[Finding]:
        return [ok("a thing", str(seen))]

    checks = [
        Check("hangs", lambda _subject: ends.wait(60), judge),
        Check("fails", breaks, judge),
        Check("works", lambda _subject: "well", judge),
    ]
    began_s = time.monotonic()
    found = examine(subject(tmp_path), checks, limit_s=0.3)
    ends.set()
    assert time.monotonic() - began_s < 30
    assert [finding.state for finding in found] == ["missing", "missing", "ok"]
    assert [finding.thing for finding in found] == ["hangs", "fails", "a thing"]
    assert "by itself" in found[1].says
