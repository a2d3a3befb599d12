"""Every command in every document is run, or put to what would run it: see `ways`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controller.cli.simulated import MACHINES
from simulators.faults import listing
from tests.acceptance import typed
from tests.acceptance.clinic import furnish
from tests.acceptance.sandbox import Sandbox
from tests.acceptance.typed import DOCUMENTS, ROOT, SHELLS, Typed
from tests.acceptance.ways import SPANS, WAYS, served, way_of

OWN = {
    ("README.md", "console"): "tests/acceptance/test_documents.py",
    ("docs/archive.md", "console"): "tests/controller/test_cli_archive.py",
    ("docs/campaigns.md", "console"): "tests/acceptance/test_campaign.py",
    ("docs/exports.md", "console"): "tests/acceptance/test_report_documents.py",
    ("docs/installing.md", "console"): "tests/deploy/test_installing.py",
    ("docs/installing.md", "sh"): "tests/deploy/test_installing.py",
    ("docs/mqtt.md", "console"): "tests/acceptance/test_mqtt_documents.py",
    ("docs/reports.md", "console"): "tests/acceptance/test_report_documents.py",
}
"""Documents whose blocks of one mark are all run by a test that knows what they need."""


def left(document: Path) -> list[Typed]:
    """The commands of a document that no test of its own runs."""
    named = typed.name(document)
    return [each for each in typed.commands(document) if (named, each.block) not in OWN]


def tried() -> Iterator[Any]:
    """The documents; those with a service in them are marked so."""
    for document in DOCUMENTS:
        ways = [way_of(command) for command in left(document)]
        serves = any(way is not None and way.attempt is served for way in ways)
        marks = [pytest.mark.service, pytest.mark.timeout(600)] if serves else []
        if ways:
            yield pytest.param(document, marks=marks, id=typed.name(document))


@pytest.mark.parametrize("document", list(tried()))
def test_every_command_of_a_document_does_what_it_is_there_for(
    tmp_path: Path, document: Path
) -> None:
    sandbox = Sandbox(tmp_path, typed.files(document))
    if "clinic" in document.read_text():
        furnish(tmp_path / "clinic")
    try:
        for command in left(document):
            way = way_of(command)
            assert way is not None, f"no way to try: {command.text}"
            sandbox.turn_to(command.chapter)
            way.attempt(sandbox, command)
    finally:
        sandbox.close()


@pytest.mark.parametrize(("document", "module"), [(key[0], each) for key, each in OWN.items()])
def test_a_document_with_a_test_of_its_own_is_read_there(document: str, module: str) -> None:
    assert typed.commands(ROOT / document)
    assert Path(document).name in (ROOT / module).read_text()


def test_a_block_of_commands_is_marked_as_one() -> None:
    for document in DOCUMENTS:
        marks = {command.block for command in typed.commands(document)}
        allowed = {*SHELLS, "indented"} if typed.name(document).startswith("bench") else {*SHELLS}
        assert marks <= allowed, document


def test_every_way_has_commands() -> None:
    found = [way_of(command) for document in DOCUMENTS for command in left(document)]
    assert set(found) == set(WAYS)


@pytest.mark.parametrize(
    "wrong",
    [
        "retrotread sessions --dada clinic",
        "retrotread commission",
        "retrotread bench codex",
        "retrotread commission ftmz:AA:BB:CC:DD:EE:FF",
        "make tset",
        ".venv/bin/mypi",
        ".venv/bin/python -m pytest tests/nowhere",
        ".venv/bin/python -m tests.safety.mutation --evry 50",
        "systemctl start retrotread",
    ],
)
def test_a_command_that_is_none_is_found_out(tmp_path: Path, wrong: str) -> None:
    command = Typed("", "sh", wrong)
    way = way_of(command)
    if way is not None:
        with pytest.raises((Exception, AssertionError)):
            way.attempt(Sandbox(tmp_path, {}), command)


@pytest.mark.parametrize("document", DOCUMENTS, ids=typed.name)
def test_a_command_named_in_the_text_is_there(document: Path) -> None:
    for span in typed.spans(document):
        look = next((look for pattern, look in SPANS if re.match(pattern, span)), None)
        assert look is not None, f"no way to look at: {span}"
        look(span)


def test_machines_and_faults_that_the_documents_name_are_there() -> None:
    for document in DOCUMENTS:
        text = document.read_text()
        for kind in re.findall(r"--machine ([a-z]+)", text):
            assert kind in MACHINES, (document, kind)
        for fault in re.findall(r"(?:--fault|`fault) ([a-z_]+)", text):
            assert fault in listing(), (document, fault)


TREE = re.compile(
    r"`((?:campaigns|controller|deploy|drivers|protocols|scripts|simulators|tests)/[\w/.-]+)`"
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=typed.name)
def test_a_place_in_the_tree_that_is_named_is_there(document: Path) -> None:
    for place in TREE.findall(document.read_text()):
        assert "acme" in place or "<" in place or list(ROOT.glob(f"{place}*")), place
