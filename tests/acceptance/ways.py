"""Ways to try a command, each with its reason: in blocks, and in sentences that name one.

A command belongs to the first way whose pattern it fits. One that fits none fails: there is no list
of exceptions.
"""

import importlib
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from itertools import pairwise, takewhile
from typing import Any, NamedTuple

import httpx
import typer

from controller.cli import app
from drivers import address
from tests.acceptance.sandbox import Sandbox
from tests.acceptance.typed import ROOT, Typed
from tests.bluez.steps import STEPS

PYTHON = r"(?:\.venv/bin/)?python -m"


def ran(sandbox: Sandbox, command: Typed) -> None:
    result = sandbox.run(command.text)
    assert result.returncode == 0, f"{command.text}\n{result.stdout}{result.stderr}"
    assert "Traceback" not in result.stderr, result.stderr
    printed = (result.stdout + result.stderr).splitlines()
    for line in command.shown.splitlines():
        assert line == "…" or line in printed, result.stdout


def served(sandbox: Sandbox, command: Typed) -> None:
    sandbox.serve(command)


def asked(sandbox: Sandbox, command: Typed) -> None:
    words = shlex.split(sandbox.here(command.text))
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    answer = httpx.request(method, words[-1], timeout=30)
    assert answer.status_code == 200, answer.text
    assert answer.text


def silent(command: Any) -> Any:
    """The command line as it stands, with nothing behind it."""
    for part in getattr(command, "commands", {}).values():
        silent(part)
    command.callback = None
    return command


def understood(words: list[str]) -> None:
    """Raises: typer's own error for a line that the command line does not take."""
    silent(typer.main.get_command(app)).main(words, "retrotread", standalone_mode=False)


def accepted(_sandbox: Sandbox, command: Typed) -> None:
    understood(shlex.split(command.text)[1:])


def at_a_machine(sandbox: Sandbox, command: Typed) -> None:
    accepted(sandbox, command)
    for word in shlex.split(command.text)[2:]:
        if re.match(r"[a-z]+:", word):
            address.treadmill(word)


def measured(sandbox: Sandbox, command: Typed) -> None:
    accepted(sandbox, command)
    for name in shlex.split(command.text)[2:]:
        benchmark = importlib.import_module(f"benchmarks.{name}")
        assert callable(benchmark.run)
        assert callable(benchmark.table)


def made(_sandbox: Sandbox, command: Typed) -> None:
    target = shlex.split(command.text)[1]
    assert re.search(rf"^\.PHONY:.* {target}( |$)|^{target}:", makefile(), re.MULTILINE), target
    subprocess.run(["make", "-n", target], cwd=ROOT, check=True, capture_output=True)


def as_make_does(_sandbox: Sandbox, command: Typed) -> None:
    assert f"\t{command.text.replace('.venv/bin', '$(BIN)')}\n" in makefile()


def collected(_sandbox: Sandbox, command: Typed) -> None:
    """Its files are there; a word after -k is in one of them, or names a scenario of theirs."""
    words = shlex.split(command.text)[3:]
    texts = [path.stem for path in (ROOT / "simulators/scenarios").iterdir()]
    for before, word in pairwise(["", *words]):
        if before == "-k":
            assert any(word in text for text in texts), word
        elif word != "-k":
            assert (ROOT / word).exists(), word
            texts += [file.read_text() for file in (ROOT / word).glob("**/*.py")]


@cache
def told(*module: str) -> str:
    """What a module's help says."""
    asked_for = [sys.executable, "-m", *module, "--help"]
    return subprocess.run(asked_for, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def helped(_sandbox: Sandbox, command: Typed) -> None:
    """Its own help knows every option; files that it names are there."""
    words = shlex.split(command.text)[2:]
    options = [word for word in words if word.startswith("-")]
    paths = [word for word in words if "/" in word]
    module = list(takewhile(lambda word: not word.startswith("-"), words))
    text = told(*(word for word in module if word not in paths))
    for option in options:
        assert re.search(rf"(^|[\s,\[]){option}\b", text), option
    assert all((ROOT / path).exists() for path in paths)


def steps_of_the_machine(_sandbox: Sandbox, command: Typed) -> None:
    assert set(shlex.split(command.text)[3:]) <= STEPS.keys()


class Way(NamedTuple):
    """`reason`: why commands of this pattern are tried so."""

    pattern: str
    reason: str
    attempt: Callable[[Sandbox, Typed], None]


WAYS = (
    Way(
        r"retrotread demo$|retrotread serve --config \S+$",
        "serves for ever: it is started, says that it serves, and is ended by SIGTERM",
        served,
    ),
    Way(
        rf"{PYTHON} simulators\.(radio|bench|serial_bench)\b",
        "a simulator, which serves for ever as well",
        served,
    ),
    Way(
        r"retrotread bench\b",
        "takes minutes of a computer without other work: the benchmark is there",
        measured,
    ),
    Way(
        r"retrotread commission\b",
        "takes minutes; its parser and the drivers' addresses must take the line; run whole in "
        "tests/acceptance/test_commission.py",
        at_a_machine,
    ),
    Way(
        r"retrotread scan$|retrotread stop ftms:",
        "needs a radio and a machine in reach; run whole in "
        "tests/acceptance/test_machine_in_reach.py",
        at_a_machine,
    ),
    Way(
        r"(echo [\w ]+ \| )?retrotread (scan|stop|serve .*--check|doctor|sessions|verify|replay"
        r"|report|export|decode|programs|mqtt|demo --list-faults)\b",
        "is over in seconds and changes nothing but its folder",
        ran,
    ),
    Way(r"curl -s (-X POST )?http://127\.0\.0\.1:8080/\S+$", "asks the running service", asked),
    Way(r"make [\w-]+$", "takes minutes to hours; make itself reads the target", made),
    Way(
        r"\.venv/bin/(ruff|mypy|lint-imports)\b",
        "looks at the whole tree; `make check` has the very line",
        as_make_does,
    ),
    Way(rf"{PYTHON} pytest ", "tests that run elsewhere in the suite", collected),
    Way(
        rf"{PYTHON} tests\.bluez\b",
        "boots a machine and takes minutes: the steps that it names are there",
        steps_of_the_machine,
    ),
    Way(
        rf"{PYTHON} (tests\.safety\.\w+|hatchling)\b",
        "takes minutes: its help knows every option",
        helped,
    ),
)


def makefile() -> str:
    return (ROOT / "Makefile").read_text()


def way_of(command: Typed) -> Way | None:
    return next((way for way in WAYS if re.match(way.pattern, command.text)), None)


def options(words: list[str]) -> set[str]:
    """The options of the command that these words name. Raises: `KeyError` if there is none."""
    command: Any = typer.main.get_command(app)
    for word in words:
        parts = getattr(command, "commands", {})
        if not parts or word.startswith("-"):
            break
        command = parts[word]
    return {name for part in command.params for name in (*part.opts, *part.secondary_opts)}


def named(span: str) -> None:
    """A command of ours within the text: there, with such options. Its places are only named."""
    words = shlex.split(span)
    known = options(words[1:])
    assert {word for word in words if word.startswith("--")} <= known, span


def installs(span: str) -> None:
    [extra] = re.findall(r"retrotread\[(\w+)\]", span)
    assert f"\n{extra} = [" in (ROOT / "pyproject.toml").read_text()


def as_a_module(span: str) -> None:
    words = re.sub(r" …", "", span).split()
    helped(Sandbox.__new__(Sandbox), Typed("", "", " ".join(["python", *words[1:]])))


def on_the_system(span: str) -> None:
    """Changes this computer, or needs its hardware: what it names of ours is there."""
    for file in re.findall(r"deploy/\S+", span):
        assert (ROOT / file).exists(), file
    for unit in re.findall(r"(?:-u|enable --now|start|stop|restart) (retrotread\S*)", span):
        assert (ROOT / "deploy" / f"{unit.removesuffix('.service')}.service").exists(), unit


def as_our_user(span: str) -> None:
    named(span.partition("-u retrotread ")[2])


SPANS: tuple[tuple[str, Callable[[str], None]], ...] = (
    (r"retrotread ", named),
    (r"make ", lambda span: made(Sandbox.__new__(Sandbox), Typed("", "", span))),
    (rf"{PYTHON} ", as_a_module),
    (r"pip install '?retrotread\[", installs),
    (r"sudo -u retrotread retrotread ", as_our_user),
    (r"(sudo )?(apt|usermod|cpupower|systemctl|journalctl|rfkill|vcgencmd)\b", on_the_system),
)
"""Ways to look at a command that is only named in a sentence."""
