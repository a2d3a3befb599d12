"""What a person gets wrong is answered with one plain sentence, exit 1 or 2, and no traceback."""

import socket
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]

SETTINGS = 'treadmill = "ftms:AA:BB:CC:DD:EE:FF"\ngrip = "grip:/dev/ttyUSB0"\n'


def assert_one_sentence(result: CompletedProcess[str], *words: str, code: int = 1) -> None:
    assert result.returncode == code
    assert "Traceback" not in result.stderr
    sentence = result.stderr.strip().splitlines()[-1]
    assert sentence.endswith(".") or sentence.endswith("?")
    for word in words:
        assert word in sentence, sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("decode", "2acd", "zz"), ("zz", "packet")),
        (("decode", "beef", "00"), ("beef", "characteristic")),
        (("scan", "--seconds", "0.5", "--adapter", "hci:unix:/nowhere"), ("adapter", "/nowhere")),
        (("scan", "--seconds", "0.5", "--adapter", "radio"), ("radio", "system")),
        (("serve", "--config", "absent.toml"), ("absent.toml", "No such file")),
        (("demo", "--machine", "bicycle"), ("bicycle", "ftms")),
        (("demo", "--fault", "gremlins"), ("gremlins", "--list-faults")),
        (("demo", "--fault", "slow_stop", "--fault", "runawy"), ("runawy", "runaway")),
        (("demo", "--fault", "F35"), ("F35", "ignores_stop_late", "--list-faults")),
        (("demo", "--fault", ""), ("empty", "--list-faults")),
        (("demo", "--fault", "slow_stop,runaway"), ("several", "--fault once for each")),
        (("demo", "--machine", "csafe", "--fault", "link_cut"), ("link_cut", "csafe", "ftms")),
        (("bench", "nothing"), ("nothing", "reaction")),
        (("verify", "nobody"), ("nobody", "retrotread sessions")),
        (("replay", "nobody"), ("nobody", "retrotread sessions")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_words(retrotread: Run, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert_one_sentence(retrotread(*arguments), *words)


NOBODY = "ftms:AA:BB:CC:DD:EE:FF"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("treadmill",), ("treadmill", "ftms:")),
        (("ftms:AA",), ("AA", "ftms:")),
        ((NOBODY, "--adapter", "nope"), ("nope", "system")),
        (("woodway:socket://127.0.0.1:99999",), ("99999", "65535")),
        (("woodway:socket://127.0.0.1",), ("HOST:PORT",)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_nothing_could_be_stopped_by_is_refused_before_anything_is_tried(
    retrotread: Run, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    assert_one_sentence(retrotread("stop", *arguments), *words, code=2)


@pytest.mark.parametrize("baud", ["-1", "0", "1000000000"])
def test_a_baud_rate_that_no_port_has_is_wrong_usage(retrotread: Run, baud: str) -> None:
    result = retrotread("stop", "woodway:/dev/nope", "--baud", baud)
    assert result.returncode == 2
    assert "--baud" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_stop_that_cannot_be_verified_tells_what_its_link_said_last(retrotread: Run) -> None:
    result = retrotread("stop", "woodway:/dev/nope", "--seconds", "1")
    assert_one_sentence(result, "safety key", "/dev/nope cannot be opened")
    assert len(result.stderr.splitlines()) == 1


def test_a_treadmill_that_is_not_there_is_not_stopped(retrotread: Run) -> None:
    adapter = ("--adapter", "hci:unix:/nowhere")
    result = retrotread("stop", "ftms:AA:BB:CC:DD:EE:FF", "--seconds", "1", *adapter)
    assert_one_sentence(result, "safety key")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("treadmil = 1\n" + SETTINGS, ("treadmil", "Did you mean treadmill?")),
        (SETTINGS + "[console]\nprot = 80\n", ("console.prot", "Did you mean port?")),
        (SETTINGS + "[limits]\ncap_mhp = 1\n", ("limits.cap_mhp", "Did you mean cap_mph?")),
        (SETTINGS + "[limits]\ncap_mph = 3\n", ("cap_mps", "0.894")),
        (SETTINGS + "[limits]\ngrip_stale_s = 0\n", ("grip_stale_s",)),
        (SETTINGS + "[console]\nport = 'x'\n", ("console.port",)),
        ("treadmill = \n", ("TOML",)),
        ("", ("treadmill", "missing")),
        ('treadmill = "ftms:1"\ngrip = "grip:/dev/x"\n', ("ftms:",)),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_wrong_settings(retrotread: Run, tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    (tmp_path / "settings.toml").write_text(text)
    assert_one_sentence(retrotread("serve", "--config", "settings.toml", "--check"), *words)


def test_a_port_in_use(retrotread: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = retrotread("demo", "--port", str(other.getsockname()[1]))
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert f"Port {other.getsockname()[1] if other.fileno() != -1 else ''}".strip() in result.stderr


def test_wrong_usage_is_exit_2(retrotread: Run) -> None:
    assert retrotread("no-such-command").returncode == 2
    assert retrotread("stop").returncode == 2


@pytest.mark.parametrize("port", ["0", "-1", "99999"])
def test_a_port_that_is_none_is_wrong_usage(retrotread: Run, port: str) -> None:
    result = retrotread("demo", "--port", port)
    assert result.returncode == 2
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["scan", "stop", "commission"])
def test_help_tells_of_the_second_adapter_of_the_system(retrotread: Run, command: str) -> None:
    assert "system:hci1" in retrotread(command, "--help").stdout
