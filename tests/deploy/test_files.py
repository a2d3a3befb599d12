"""The files of deploy/ are what they say they are: to systemd, to Mosquitto, to Docker, to us."""

import asyncio
import re
import shlex
import shutil
import struct
import subprocess
import sys
import wave
from pathlib import Path

import aiomqtt
import pytest
import yaml

from controller import realtime
from controller.guard.second_writer import RESCUE_S
from controller.settings import read
from tests.conftest import Stage
from tests.mosquitto import client, heard, mosquitto

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "retrotread.service"
EXPOSURE_AT_MOST = "25"
"""Of 100, as `systemd-analyze security` counts it."""
PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.!+]+)", re.MULTILINE)


def analyzed(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def unit() -> dict[str, list[str]]:
    """The settings of the unit, by name."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text().splitlines():
        name, assigned, value = line.partition("=")
        if assigned and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    there = tmp_path / UNIT.name
    there.write_text(
        UNIT.read_text().replace("/opt/retrotread/current/bin/retrotread", "/bin/true")
    )
    result = analyzed("verify", "--man=no", str(there))
    assert (result.returncode, result.stderr) == (0, "")


def test_systemd_takes_the_unit_for_well_shut_in() -> None:
    options = ("--offline=true", "--no-pager", f"--threshold={EXPOSURE_AT_MOST}")
    result = analyzed("security", *options, str(UNIT))
    assert result.returncode == 0, result.stdout


def test_the_unit_lets_the_belt_stop_before_anything_is_killed() -> None:
    found = unit()
    assert found["Type"] == ["notify"]
    assert found["KillMode"] == ["process"]
    assert found["KillSignal"] == ["SIGTERM"]
    assert int(found["WatchdogSec"][0]) >= 3 * RESCUE_S
    assert int(found["TimeoutStopSec"][0]) >= 60
    assert found["Restart"] == ["on-failure"]


def test_the_unit_permits_what_realtime_asks_for_and_no_more() -> None:
    found = unit()
    assert found["LimitRTPRIO"] == [str(realtime.GUARD)]
    assert found["LimitMEMLOCK"] == ["infinity"]
    assert "RestrictRealtime" not in found


RULE = re.compile(
    r'(SUBSYSTEM|DRIVER|ATTRS?\{\w+\}|ENV\{\w+\}|GROUP|MODE|SYMLINK)(==|\+=|=)"[^"]+"'
)


def test_every_udev_rule_matches_something_and_does_something() -> None:
    lines = (DEPLOY / "99-retrotread.rules").read_text().splitlines()
    rules = [line.lstrip("#") for line in lines if re.match(r"#?[A-Z]+==", line)]
    assert len(rules) >= 7
    for rule in rules:
        parts = rule.split(", ")
        assert all(RULE.fullmatch(part) for part in parts), rule
        assert "==" in parts[0]
        assert any("==" not in part for part in parts), rule


def test_the_settings_are_valid_and_want_a_broker_and_realtime(tmp_path: Path) -> None:
    found = read(DEPLOY / "settings.toml", {})
    assert found.realtime
    assert found.mqtt is not None
    assert str(found.data_dir) == "/var/lib/retrotread"


def test_the_access_list_is_the_one_that_retrotread_prints() -> None:
    [command] = re.findall(
        r"retrotread (mqtt acl .*) >", (DEPLOY / "mosquitto/mosquitto.conf").read_text()
    )
    script = Path(sys.executable).with_name("retrotread")
    printed = subprocess.run(
        [script, *shlex.split(command)], capture_output=True, text=True, check=True
    ).stdout
    assert printed == (DEPLOY / "mosquitto/acl").read_text()


@pytest.fixture
def broker_lines(tmp_path: Path) -> list[str]:
    """mosquitto.conf as it stands, with its files here and without its port."""
    passwords = tmp_path / "passwords"
    passwords.touch(0o600)
    for options, user in (("-b", "room-1"), ("-b", "nurse")):
        command = ["mosquitto_passwd", options, str(passwords), user, f"{user} knows"]
        subprocess.run(command, check=True, capture_output=True)
    text = (DEPLOY / "mosquitto/mosquitto.conf").read_text()
    text = text.replace("/etc/mosquitto/passwords", str(passwords))
    text = text.replace("/etc/mosquitto/acl", str(DEPLOY / "mosquitto/acl"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    fixed = ("listener", "persistence", "set_tcp_nodelay", "log_type error")
    return [line for line in lines if not line.startswith(fixed)]


async def test_mosquitto_takes_its_file_and_lets_in_who_has_a_password(
    tmp_path: Path, broker_lines: list[str]
) -> None:
    async with mosquitto(tmp_path, *broker_lines) as port:
        nurse = aiomqtt.Client(
            "127.0.0.1",
            port,
            username="nurse",
            password="nurse knows",  # noqa: S106 - of a broker that lives for a second
            protocol=aiomqtt.ProtocolVersion.V5,
        )
        device = aiomqtt.Client(
            "127.0.0.1",
            port,
            username="room-1",
            password="room-1 knows",  # noqa: S106
            protocol=aiomqtt.ProtocolVersion.V5,
        )
        async with nurse, device:
            await device.subscribe("retrotread/room-1/cmd/stop")
            await nurse.publish("retrotread/room-1/cmd/stop", b"STOP", qos=1)
            assert await heard(device, "retrotread/room-1/cmd/stop") == b"STOP"
        with pytest.raises(aiomqtt.MqttError):
            async with client(port, "nurse"):
                pass


def test_the_alarm_is_the_one_that_its_script_makes(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "alarm.py", tmp_path)
    subprocess.run([sys.executable, tmp_path / "alarm.py"], check=True)
    assert (tmp_path / "alarm.wav").read_bytes() == (DEPLOY / "alarm.wav").read_bytes()


def test_the_alarm_is_a_small_file_of_loud_strokes_and_silence() -> None:
    with wave.open(str(DEPLOY / "alarm.wav")) as file:
        kind = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        octets = file.readframes(file.getnframes())
    assert kind == (1, 2, 16_000)
    assert len(octets) < 100_000
    tenths = [octets[place : place + 3200] for place in range(0, len(octets), 3200)]
    loud = [max(map(abs, struct.unpack(f"<{len(each) // 2}h", each))) > 20_000 for each in tenths]
    silent = [not any(each) for each in tenths]
    assert 1.0 <= len(octets) / 32_000 <= 3.0
    assert sum(loud) >= 3
    assert sum(silent) >= 3


def test_the_alarm_of_the_settings_is_put_where_they_look_for_it() -> None:
    *_, place = read(DEPLOY / "settings.toml", {}).alarm
    page = (ROOT / "docs/installing.md").read_text()
    assert f"sudo install -m 644 deploy/alarm.wav {place}\n" in page
    assert ("COPY", f"deploy/alarm.wav {place}") in instructions()
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert "/dev/snd:/dev/snd" in compose["services"]["retrotread"]["devices"]


def instructions(file: Path = DEPLOY / "Dockerfile") -> list[tuple[str, str]]:
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_is_made_from_files_that_are_there_and_are_sent_to_docker() -> None:
    sent = {
        line.lstrip("!").partition("/")[0]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert source.partition("/")[0] in sent, source


def test_the_image_has_two_stages_locked_dependencies_and_no_root() -> None:
    found = instructions()
    words = [word for word, _ in found]
    assert words.count("FROM") == 2
    assert all(":3.13-slim" in rest for word, rest in found if word == "FROM")
    for word, rest in found:
        if word == "RUN" and "pip install" in rest:
            assert "--require-hashes" in rest or "--no-deps" in rest
    assert ("USER", "retrotread") in found
    assert words.index("USER") < words.index("ENTRYPOINT") < words.index("CMD")


def test_the_containers_lock_agrees_with_the_one_that_is_tested() -> None:
    ours, shipped, build = (
        dict(PINNED.findall((ROOT / name).read_text()))
        for name in ("requirements.lock", "deploy/requirements.lock", "deploy/build.lock")
    )
    assert len(shipped) > 20
    assert set(shipped) - set(ours) <= {"gpiod"}
    for lock in (shipped, build):
        assert {name: ours.get(name, version) for name, version in lock.items()} == lock
    assert not {"pytest", "playwright", "mypy", "bumble"} & set(shipped)


@pytest.mark.deep
def test_the_steps_of_the_image_make_a_retrotread_that_runs(tmp_path: Path) -> None:
    """What Docker would run to build it, in a folder; without a daemon nothing more can be had."""

    def here(command: str) -> str:
        moved = re.sub(r"/opt/retrotread|/tmp/", lambda found: places[found[0]], command)
        return moved.replace("python -m venv", f"{sys.executable} -m venv")

    places = {"/opt/retrotread": f"{tmp_path}/retrotread", "/tmp/": f"{tmp_path}/"}  # noqa: S108
    stage = instructions()[: [word for word, _ in instructions()].index("FROM", 1)]
    for word, rest in stage:
        if word == "RUN":
            subprocess.run(here(rest), shell=True, cwd=ROOT, check=True)  # noqa: S602 - our own file
    decode = [tmp_path / "retrotread/bin/retrotread", "decode", "2ad4", "320058020a00"]
    told = subprocess.run(decode, cwd="/", capture_output=True, check=True).stdout
    assert b'"min_kmh": 0.5' in told


async def test_the_health_check_fails_until_desk_and_control_are_there(bare_stage: Stage) -> None:
    [line] = [rest for word, rest in instructions() if word == "HEALTHCHECK"]
    assert "http://127.0.0.1:8080/healthz" in line

    def health(url: str) -> tuple[int, str]:
        command = [sys.executable, str(DEPLOY / "healthcheck.py"), f"{url}/healthz"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        return done.returncode, done.stdout

    code, said = health("http://127.0.0.1:1")
    assert (code, said.startswith("The console does not answer")) == (1, True)
    await bare_stage.start()
    assert await asyncio.to_thread(health, bare_stage.url) == (1, "Not there: control.\n")
    await bare_stage.control.open()
    async with bare_stage.page() as page:
        await bare_stage.until(page, "pulse", control=True)
    assert await asyncio.to_thread(health, bare_stage.url) == (0, "")


def test_compose_gives_the_service_what_it_needs_and_time_to_stop() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    service, broker = compose["services"]["retrotread"], compose["services"]["mosquitto"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    assert service["stop_grace_period"] == "90s"
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["ulimits"] == {"rtprio": realtime.GUARD, "memlock": -1}
    made_by_hand = {"./mqtt-password", "./mosquitto/passwords"}
    for mount in (*service["volumes"], *broker["volumes"]):
        source = mount.partition(":")[0]
        if source.startswith("./"):
            assert (DEPLOY / source).exists() or source in made_by_hand, source
    assert {service["network_mode"], broker["network_mode"]} == {"host"}
