"""What docs/mqtt.md shows is what the program does: its examples run as they stand."""

import asyncio
import os
import re
import tomllib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from subprocess import PIPE, CompletedProcess
from typing import get_args

import pytest

from controller.cli.simulated import DEVICE, service
from controller.cli.supervisor import supervisor, walker_proves_the_sensors
from controller.mqtt.acl import SENTENCES
from controller.mqtt.discovery import Discovery
from controller.mqtt.messages import READINGS, EventType, Reason
from controller.mqtt.topics import VERBS, Topics
from controller.setting_tables import MqttSettings
from tests.mosquitto import WAIT_S, free_port, mosquitto

pytestmark = pytest.mark.service

Run = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "mqtt.md").read_text()
TOOLS = ("mosquitto_pub", "mosquitto_sub", "mosquitto_rr")
STOPS_THE_WALK = "## Stop"
BETWEEN = "----"


def blocks(language: str, text: str = DOCUMENT) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def scripts() -> list[str]:
    """The console blocks in an order in which they work: that which stops the walk is last."""
    sections = re.split(r"^(?=## )", DOCUMENT, flags=re.MULTILINE)
    sections.sort(key=lambda section: section.startswith(STOPS_THE_WALK))
    found = [block for section in sections for block in blocks("console", section)]
    return [block for block in found if block.startswith("$ mosquitto_") or "$fresh" in block]


def shows(shown: str, printed: str) -> bool:
    """Whether what was printed is what is shown; `…` stands for anything."""
    pattern = ".*".join(map(re.escape, shown.strip().split("…")))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


@pytest.fixture
async def walking(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """A simulated walk with its broker; the environment in which Mosquitto's tools find it."""
    settings = tmp_path / ".config"
    settings.mkdir()
    async with (
        mosquitto(tmp_path) as port,
        service(
            machine="ftms",
            fault="none",
            port=free_port(),
            data_dir=tmp_path / "data",
            mqtt_port=port,
        ) as running,
        supervisor(running.hatch) as person,
    ):
        for tool in TOOLS:
            (settings / tool).write_text(f"-p {port}\n-V mqttv5\n")
        await walker_proves_the_sensors(person, running.bench)
        await person.until(lambda now: "arm" in now["may"], 20, "it could not be armed")
        await person.command("arm", program="demo")
        await person.until(lambda now: "start" in now["may"], 20, "it could not be started")
        await person.command("start")
        fast = "the belt did not reach its speed"
        await person.until(lambda now: now["set_point_mps"] > 0.3, 40, fast)
        yield {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(settings)}


async def test_the_examples_do_what_they_show(walking: dict[str, str]) -> None:
    """In one shell, for a later example may use what an earlier one has asked."""
    found = scripts()
    assert len(found) == 6
    commands = ["\n".join(re.findall(r"^\$ (.*)$", block, re.MULTILINE)) for block in found]
    shell = await asyncio.create_subprocess_exec(
        "sh", "-c", f"\necho {BETWEEN}\n".join(commands), env=walking, stdout=PIPE
    )
    told, _ = await asyncio.wait_for(shell.communicate(), WAIT_S)
    for block, printed in zip(found, told.decode().split(f"{BETWEEN}\n"), strict=True):
        shown = re.sub(r"^\$ .*\n", "", block, flags=re.MULTILINE)
        assert shows(shown, printed), printed


def test_the_settings_are_valid() -> None:
    [table] = (tomllib.loads(block)["mqtt"] for block in blocks("toml"))
    settings = MqttSettings.model_validate(table)
    assert settings.tls


def test_the_access_list_is_printed_as_shown(retrotread: Run) -> None:
    [block] = [block for block in blocks("console") if "mqtt acl" in block]
    command, _, shown = block.partition("\n")
    result = retrotread(*command.removeprefix("$ retrotread ").split())
    assert result.returncode == 0, result.stderr
    assert shows(shown, result.stdout)


def test_a_wrong_role_is_refused_in_one_sentence(retrotread: Run) -> None:
    result = retrotread("mqtt", "acl", "room-3", "nurse=boss")
    assert result.returncode == 1
    assert "The roles are: device, " in result.stderr
    assert "Traceback" not in result.stderr


def test_the_asyncapi_document_is_printed(retrotread: Run) -> None:
    result = retrotread("mqtt", "asyncapi")
    assert result.returncode == 0, result.stderr
    assert result.stdout == (ROOT / "docs" / "asyncapi.json").read_text()


@pytest.mark.parametrize(
    "name",
    [
        *VERBS,
        *READINGS,
        *(key for model in READINGS.values() for key in model.model_fields),
        *(reason.value for reason in Reason),
        *SENTENCES,
        *SENTENCES.values(),
        *MqttSettings.model_fields,
    ],
)
def test_every_name_of_the_contract_is_explained(name: str) -> None:
    assert name in DOCUMENT


def test_every_event_it_names_is_one() -> None:
    named = set(re.findall(r"`((?:session|request|message|retained|control)_[a-z]+)`", DOCUMENT))
    other_names = {*VERBS, *(reason.value for reason in Reason), "request_id", "session_id"}
    assert named - other_names <= set(get_args(EventType))


def test_home_assistants_number_is_called_as_the_document_calls_it() -> None:
    components = Discovery(Topics(DEVICE), "", "").message()["components"]
    assert f"**{components['speed_limit']['name']}**" in DOCUMENT
    assert f"**{components['stop']['name']}**" in DOCUMENT
    assert components["speed_limit"]["default_entity_id"].startswith("number.retrotread_")
