"""What people, pages, brokers, files and our own processes write. Each reader knows the one error
that it may raise; what it takes is within bounds.
"""

import contextlib
import json
import math
from collections.abc import Callable

from campaigns import plan, sweep
from controller import hatch, settings
from controller.commissioning import profile
from controller.guard import children
from controller.mqtt import incoming
from controller.mqtt.reading import read, request_id
from controller.mqtt.refusals import Refused
from controller.programs import library, program
from controller.records import chain, latch_store, progress
from controller.records.archive.summary import summary
from controller.toml_text import TomlError, read_toml
from controller.web import messages, users_file
from drivers import address
from simulators import scenario

ADDRESS = "ftms:AA:BB:CC:DD:EE:FF"
ADDRESSED: tuple[Callable[[str], object], ...] = (
    *(address.treadmill, address.grip, address.relay, address.heart_rate, address.witness),
)
MODELS = (
    incoming.Pause,
    incoming.Lower,
    incoming.RequestStart,
    incoming.RequestSpeed,
    incoming.RequestProgram,
    incoming.GripReading,
    incoming.FallReading,
    incoming.HeartRateReading,
)


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def process_lines(octets: bytes) -> None:
    """What control and desk, and guard and standby, tell each other."""
    message = hatch.decode(octets)
    if message is not None:
        assert hatch.decode(hatch.encode(message)) == message
    assert isinstance(children.event(octets), str)


def program_text(octets: bytes) -> None:
    """A program that is taken can be walked: every phase lasts, at a speed within bounds."""
    with contextlib.suppress(program.ProgramError):
        found = library.parse(_text(octets)).program
        assert all(phase.duration_s > 0 for phase in found.phases)
        assert all(0 <= phase.speed_mps <= 0.89408 + 1e-9 for phase in found.phases)


def settings_text(octets: bytes) -> None:
    """Settings that are taken have limits within the hard ones."""
    with contextlib.suppress(TomlError, settings.SettingsError):
        settings.parse(read_toml(_text(octets)))
    for addressed in ADDRESSED:
        with contextlib.suppress(address.AddressError):
            assert addressed(_text(octets))


def simulation_text(octets: bytes) -> None:
    """Scenarios and campaigns."""
    text = _text(octets)
    with contextlib.suppress(scenario.ScenarioError):
        assert scenario.parse(text).seed >= 0
    with contextlib.suppress(plan.CampaignError):
        assert (sweep if sweep.is_sweep(text) else plan).parse(text).title.strip()


def kept_files(octets: bytes) -> None:
    """A mark is taken only as it was written; a profile and users only with all that they need."""
    mark = latch_store.decode(octets)
    assert mark is None or latch_store.encode(mark) == octets
    with contextlib.suppress(profile.ProfileError):
        assert profile.decode(_text(octets), ADDRESS).address == ADDRESS
    with contextlib.suppress(ValueError):
        users = users_file.decode(octets)
        assert users_file.decode(users_file.encode(users)) == users


def records(octets: bytes) -> None:
    """A file is judged whatever is in it, and so is a line that was well sealed."""
    chain.check(octets)
    progress.planned(octets)
    try:
        told = json.loads(octets)
    except (ValueError, RecursionError):
        return
    head = {"n": 0, "t": 1.0, "kind": "begin", "session": "s", "version": "1"}
    begun, after = chain.sealed(head, chain.seed("s", "1"))
    more = told if isinstance(told, dict) else {"commands": told}
    try:
        line, _ = chain.sealed({**more, "n": 1}, after)
    except ValueError:  # an endless number, which no record is written with
        return
    found = summary("s", begun + line)
    assert found.duration_s is None or math.isfinite(found.duration_s)


def page_message(octets: bytes) -> None:
    with contextlib.suppress(messages.MessageError):
        messages.read(_text(octets))


def mqtt_payload(octets: bytes) -> None:
    """Every model that comes over a broker; what is refused has a sentence."""
    assert len(request_id(octets) or "") <= 64
    for model in MODELS:
        with contextlib.suppress(Refused):
            read(model, octets)


PARSERS = (
    *(process_lines, program_text, settings_text, simulation_text, kept_files, records),
    *(page_message, mqtt_payload),
)
