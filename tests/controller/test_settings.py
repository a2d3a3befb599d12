"""Settings are checked whole, and each mistake is one sentence that names the way out."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from controller.safety.limits import NAMES, tightest
from controller.setting_tables import PATTERNS
from controller.settings import TABLES, Settings, SettingsError, parse, read
from protocols.units import mps_from_kmh, mps_from_mph

TREADMILL, GRIP = "ftms:AA:BB:CC:DD:EE:FF", "grip:/dev/ttyUSB0"
LEAST: dict[str, Any] = {"treadmill": TREADMILL, "grip": GRIP}
FILE = f"""
treadmill = "{TREADMILL}"
grip = "{GRIP}"
[console]
port = 9000
[limits]
cap_mph = 0.8
"""


def settings(**changes: Any) -> Settings:
    return parse({**LEAST, **changes})


def refusal(**changes: Any) -> str:
    with pytest.raises(SettingsError) as refused:
        settings(**changes)
    text = str(refused.value)
    assert "\n" not in text
    assert text.endswith((".", "?"))
    return text


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(FILE)
    return path


def test_a_treadmill_and_a_grip_unit_are_enough() -> None:
    found = settings()
    assert (found.adapter, found.console.host, found.console.port) == ("system", "127.0.0.1", 8080)
    assert found.limits == {}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hardware_stop": "hope"}, "hardware_stop"),
        ({"heart_rate": "rsc:AA:BB:CC:DD:EE:FF"}, "heart-rate strap"),
        ({"witness": "pod"}, "speed sensor"),
        ({"grip": "grip:gpio:gpiochip0:17"}, "grip:gpio:CHIP:LEFT:RIGHT"),
    ],
)
def test_sensors_and_paths_in_hardware_are_checked(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(**changes)


def test_sensors_and_paths_in_hardware_are_taken() -> None:
    found = settings(
        hardware_stop="safety_key",
        heart_rate="hrs:AA:BB:CC:DD:EE:FF",
        witness="rsc:AA:BB:CC:DD:EE:FF",
        grip="grip:gpio:gpiochip0:17:27",
    )
    assert found.hardware_stop == "safety_key"


def test_a_file_is_read_whole(file: Path) -> None:
    found = read(file, {})
    assert found.console.port == 9000
    assert found.limits == {"cap_mps": mps_from_mph(0.8)}


def test_the_environment_overrides_the_file_and_nothing_else_in_it_counts(file: Path) -> None:
    environment = {
        "RETROTREAD_CONSOLE__PORT": "9001",
        "RETROTREAD_LIMITS__CAP_MPH": "0.5",
        "RETROTREAD_ADAPTER": "hci:usb:0",
        "HOME": "/nowhere",
    }
    found = read(file, environment)
    assert (found.console.port, found.adapter) == (9001, "hci:usb:0")
    assert found.limits == {"cap_mps": mps_from_mph(0.5)}


def test_the_environment_can_add_a_table(tmp_path: Path) -> None:
    path = tmp_path / "bare.toml"
    path.write_text(f'treadmill = "{TREADMILL}"\ngrip = "{GRIP}"\n')
    assert read(path, {"RETROTREAD_CONSOLE__TITLE": "Room 2"}).console.title == "Room 2"


@pytest.mark.parametrize("variable", ["RETROTREAD_TREADMILL__PORT", "RETROTREAD_GRIP__A__B"])
def test_a_variable_that_looks_inside_a_plain_value_is_one_sentence(
    file: Path, variable: str
) -> None:
    with pytest.raises(SettingsError, match=f"{variable} does not fit"):
        read(file, {variable: "1"})


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file or directory"):
        read(tmp_path / "missing.toml", {})


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (b"treadmill = ", "is not TOML"),
        (b"a = 1\na = 2", "is not TOML"),
        (b"\xff\xfe", "is no text in UTF-8"),
        (b"a = " + b"[" * 9999, "has lists in lists, too deep to be read"),
    ],
)
def test_a_file_that_is_not_toml_is_one_sentence(
    tmp_path: Path, octets: bytes, sentence: str
) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(octets)
    with pytest.raises(SettingsError, match=rf"broken\.toml {sentence}"):
        read(path, {})


@pytest.mark.parametrize("name", LEAST)
def test_what_is_missing_is_named(name: str) -> None:
    without = {key: value for key, value in LEAST.items() if key != name}
    with pytest.raises(SettingsError, match=f"The setting {name} is missing"):
        parse(without)


def test_an_unknown_key_suggests_the_nearest() -> None:
    assert "Did you mean adapter?" in refusal(adaptor="system")
    assert refusal(console={"prot": 1}) == "There is no setting console.prot. Did you mean port?"
    assert "Did you mean cap_mph?" in refusal(limits={"cap_mhp": 1.0})
    assert refusal(xyzzy=1) == "There is no setting xyzzy."


def test_an_unknown_key_is_told_before_the_one_that_it_was_meant_to_be() -> None:
    with pytest.raises(SettingsError, match=r"^There is no setting grp\. Did you mean grip\?$"):
        parse({"treadmill": TREADMILL, "grp": GRIP})
    assert refusal(console={"port": "x", "titel": "Room 2"}) == (
        "There is no setting console.titel. Did you mean title?"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mqtt": {"device": "room 1"}}, "mqtt.device is wrong: write 1 to 64 letters, digits, "),
        ({"mqtt": {"discovery_prefix": "a b"}}, "mqtt.discovery_prefix is wrong: write 1 to 64"),
        ({"console": {"names": ["a b"]}}, "console.names.0 is wrong: write names and addresses of"),
        ({"archive": {"url": "mysql://X"}}, "archive.url is wrong: it is no address as in post"),
        ({"limits": {"cap_mph": True}}, "limits.cap_mph is wrong: true and false are no numbers."),
        ({"machine": {"units": "KMH"}}, "machine.units is wrong: input should be 'mph' or 'kmh'."),
        ({"realtime": "perhaps"}, "realtime is wrong: input should be a valid boolean, unable to"),
    ],
)
def test_a_wrong_value_is_told_in_plain_words(changes: dict[str, Any], sentence: str) -> None:
    told = refusal(**changes)
    assert told.startswith(f"The setting {sentence}")
    assert "^" not in told


def test_every_key_with_a_pattern_has_its_plain_words() -> None:
    tables: list[type[BaseModel]] = [*TABLES.values(), Settings]
    fields = {name: str(field) for each in tables for name, field in each.model_fields.items()}
    assert {name for name, field in fields.items() if "pattern=" in field} == set(PATTERNS)


@pytest.mark.parametrize("port", [0, 65536, "many", None])
def test_a_port_is_a_port(port: object) -> None:
    assert "The setting console.port is wrong" in refusal(console={"port": port})


def test_a_wrong_address_says_how_to_write_one() -> None:
    assert "Write ftms:" in refusal(treadmill="AA:BB:CC:DD:EE:FF")
    assert "grip" in refusal(grip="/dev/ttyUSB0")


@pytest.mark.parametrize(
    "where", ["127.0.0.1:99999", "127.0.0.1:0", "127.0.0.1:-1", "127.0.0.1", ":4000", "[::1:4000"]
)
@pytest.mark.parametrize("key", ["treadmill", "grip", "relay"])
def test_a_socket_has_a_host_and_a_port(key: str, where: str) -> None:
    kind = {"treadmill": "trackmaster"}.get(key, key)
    assert "socket://HOST:PORT" in refusal(**{key: f"{kind}:socket://{where}"})
    assert settings(**{key: f"{kind}:socket://127.0.0.1:65535"})


def test_a_speed_limit_may_be_given_in_miles_or_kilometres_per_hour() -> None:
    assert settings(limits={"cap_mph": 0.5}).limits == {"cap_mps": mps_from_mph(0.5)}
    assert settings(limits={"cap_kmh": 1.0}).limits == {"cap_mps": mps_from_kmh(1.0)}
    assert settings(limits={"cap_mps": 0.2}).limits == {"cap_mps": 0.2}


def test_one_limit_in_two_units_is_refused_rather_than_guessed() -> None:
    assert refusal(limits={"cap_mph": 0.5, "cap_kmh": 3.0}) == (
        "The settings limits.cap_mph and limits.cap_kmh are the same limit. Keep one of them."
    )


@pytest.mark.parametrize("figure", ["nan", "inf", 30.0, -1.0, 1e9])
@pytest.mark.parametrize("key", ["cap_mph", "grip_stale_s", "confirm_s", "ramp_up_mps2"])
def test_no_setting_turns_a_limit_off(key: str, figure: object) -> None:
    name = key.replace("_mph", "_mps")
    unbounded = (key, figure) == ("confirm_s", 30.0)
    if not unbounded:
        assert f"{name} must be from" in refusal(limits={key: figure})


@pytest.mark.parametrize("figure", [None, "fast", True, [1.0]])
def test_a_limit_is_a_number(figure: object) -> None:
    assert "limits.cap_mph" in refusal(limits={"cap_mph": figure})


def test_every_limit_can_be_set_to_its_default() -> None:
    defaults, _ = tightest({})
    given = {name: getattr(defaults, name) for name in NAMES}
    assert settings(limits=given).limits == given


def test_neither_a_relay_nor_an_alarm_program_need_be_named() -> None:
    settings = parse(LEAST)
    assert (settings.relay, settings.alarm) == (None, [])


def test_a_relay_and_an_alarm_are_taken_as_they_are_named() -> None:
    settings = parse(
        {**LEAST, "relay": "relay:gpio:gpiochip0:17", "alarm": ["aplay", "-q", "a.wav"]}
    )
    assert settings.relay == "relay:gpio:gpiochip0:17"
    assert settings.alarm == ["aplay", "-q", "a.wav"]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"relay": "/dev/ttyUSB1"}, "relay:gpio:CHIP:LINE"),
        ({"relay": ""}, "relay:gpio:CHIP:LINE"),
        ({"alarm": "aplay"}, "alarm"),
        ({"alarm": [1]}, "alarm"),
        ({"relais": "relay:/dev/a"}, "relay"),
    ],
)
def test_a_relay_or_an_alarm_that_is_misnamed_is_refused(
    changes: dict[str, Any], name: str
) -> None:
    assert name in refusal(**changes)


@pytest.mark.parametrize("kind", ["trackmaster", "woodway", "biodex", "csafe"])
def test_a_serial_treadmill_is_set_up_by_a_table_of_its_own(kind: str) -> None:
    made = settings(
        treadmill=f"{kind}:/dev/serial/by-id/usb-1",
        machine={"units": "kmh", "minimum": 0.5, "baud": 19200},
    )
    assert made.machine is not None
    assert (made.machine.units, made.machine.baud, made.machine.reverse) == ("kmh", 19200, False)


def test_a_table_for_serial_treadmills_is_not_for_bluetooth() -> None:
    assert "Leave it out." in refusal(machine={"units": "mph"})


def test_figures_that_no_treadmill_has_are_refused() -> None:
    sentence = refusal(treadmill="csafe:/dev/ttyUSB0", machine={"minimum": 9, "maximum": 3})
    assert "lowest first" in sentence
    assert "Did you mean maximum?" in refusal(
        treadmill="csafe:/dev/ttyUSB0", machine={"maximun": 3}
    )


@pytest.mark.parametrize("treadmill", [TREADMILL, "trackmaster:/dev/a", "csafe:/dev/a"])
def test_a_belt_that_cannot_reverse_is_not_oriented_so(treadmill: str) -> None:
    assert "known to reverse" in refusal(treadmill=treadmill, orientation="reverse_belt")


def test_a_belt_that_can_reverse_may_be_oriented_so() -> None:
    assert settings().orientation == "turned"
    assert settings(treadmill="biodex:/dev/a", orientation="reverse_belt").orientation
    woodway = {"treadmill": "woodway:/dev/a", "orientation": "reverse_belt"}
    assert "known to reverse" in refusal(**woodway)
    assert settings(**woodway, machine={"reverse": True}).orientation == "reverse_belt"


@pytest.mark.parametrize(
    ("archive", "part"),
    [
        ({"url": "sqlite:///elsewhere"}, "archive.url is wrong"),
        ({"url": "postgresql://me:secret@db/x"}, "named by password_file"),
        ({"keep_days": 0}, "archive.keep_days is wrong"),
        ({"keep_day": 9}, "There is no setting archive.keep_day. Did you mean keep_days?"),
    ],
)
def test_an_archive_that_cannot_be_is_one_sentence(archive: dict[str, Any], part: str) -> None:
    with pytest.raises(SettingsError) as error:
        parse({"treadmill": "ftms:AA:BB:CC:DD:EE:FF", "grip": "grip:/dev/x", "archive": archive})
    assert part in str(error.value)
    assert "secret" not in str(error.value)


def test_the_archive_is_a_file_that_keeps_everything_unless_told_otherwise() -> None:
    settings = parse({"treadmill": "ftms:AA:BB:CC:DD:EE:FF", "grip": "grip:/dev/x"})
    kept = settings.archive
    assert (kept.url, kept.keep_days, kept.patient_required) == ("", None, False)


PAIR = {"cert_file": "/etc/cert.pem", "key_file": "/etc/key.pem"}


@pytest.mark.parametrize("host", ["10.0.0.7", "gait-lab.local", "0.0.0.0", "::"])  # noqa: S104
def test_a_console_that_others_reach_is_refused_without_tls(host: str) -> None:
    for console in ({}, {"cert_file": "/etc/cert.pem"}, {"key_file": "/etc/key.pem"}):
        assert "needs TLS" in refusal(console={"host": host, "names": ["a.local"], **console})
    assert settings(console={"host": host, "names": ["a.local"], **PAIR}).console.host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.9.1"])
def test_a_console_of_this_computer_alone_needs_no_tls_and_may_have_it(host: str) -> None:
    assert settings(console={"host": host}).console.cert_file is None
    assert settings(console={"host": host, **PAIR}).console.cert_file
    assert "needs TLS" in refusal(console={"host": host, "key_file": "/etc/key.pem"})


def test_a_console_on_every_address_must_know_its_names() -> None:
    assert "console.names" in refusal(console={"host": "::", **PAIR})
    assert "console.names" in refusal(console={"host": "10.0.0.7", "names": ["a b"], **PAIR})
