"""`retrotread users` and `retrotread certificate`, as they are typed."""

import datetime
import getpass
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from typer.testing import CliRunner

from controller.cli import app
from controller.cli.certificate import CERTIFICATE, KEY
from controller.cli.failure import Failure
from controller.web import pins
from controller.web.accounts import Accounts

Said = Callable[..., str]


@pytest.fixture
def said(tmp_path: Path) -> Said:
    """What a command prints. Raises what it raises."""

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(
            app, [*arguments, "--data", str(tmp_path)], catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        return result.output

    return run


def kept(folder: Path, name: str) -> str:
    accounts = Accounts(folder)
    accounts.refresh()
    found = accounts.get(name)
    assert found is not None
    return found.pin_hash


def test_a_new_user_gets_a_pin_that_is_shown_once_and_is_not_kept(
    said: Said, tmp_path: Path
) -> None:
    told = said("users", "add", "ana", "--role", "engineer", "--role", "viewer")
    pin = told.partition("PIN: ")[2].split()[0]
    assert pins.matches(kept(tmp_path, "ana"), pin)
    assert pin not in (tmp_path / "users.json").read_text()
    assert pin not in said("users")
    assert json.loads(said("users", "--json")) == [{"name": "ana", "roles": ["engineer", "viewer"]}]


def test_a_new_pin_takes_the_place_of_the_old_one(said: Said, tmp_path: Path) -> None:
    said("users", "add", "ana", "--role", "engineer")
    before = kept(tmp_path, "ana")
    pin = said("users", "pin", "ana").partition("PIN: ")[2].split()[0]
    assert kept(tmp_path, "ana") != before
    assert pins.matches(kept(tmp_path, "ana"), pin)


def test_a_pin_that_is_asked_for_is_typed_twice_and_never_shown(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: "own words")
    told = said("users", "add", "ana", "--role", "engineer", "--ask")
    assert pins.matches(kept(tmp_path, "ana"), "own words")
    assert "own words" not in told
    assert "PIN:" not in told


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [(["123456"], "Choose another"), (["own words", "other words"], "two different PINs")],
)
def test_a_weak_or_mistyped_pin_changes_nothing(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: list[str], sentence: str
) -> None:
    said("users", "add", "ana", "--role", "engineer")
    before = kept(tmp_path, "ana")
    answers = iter(typed)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(answers))
    with pytest.raises(Failure, match=sentence):
        said("users", "pin", "ana", "--ask")
    assert kept(tmp_path, "ana") == before


def test_a_user_who_was_removed_is_gone(said: Said) -> None:
    said("users", "add", "ana", "--role", "engineer")
    said("users", "add", "ben", "--role", "viewer")
    said("users", "remove", "ben")
    assert [row["name"] for row in json.loads(said("users", "--json"))] == ["ana"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "Ana", "--role", "viewer"), "A name has 1 to 32"),
        (("add", "ben", "--role", "king"), "There is no role king. There are: super"),
        (("add", "ana", "--role", "viewer"), "There is a user ana already"),
        (("remove", "ana"), "ana is the last engineer"),
        (("remove", "nobody"), "There is no user nobody"),
        (("pin", "nobody"), "There is no user nobody"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_with_the_way_out(
    said: Said, arguments: tuple[str, ...], sentence: str
) -> None:
    said("users", "add", "ana", "--role", "engineer")
    with pytest.raises(Failure, match=sentence):
        said("users", *arguments)


def test_the_first_user_must_be_one_who_can_make_others(said: Said) -> None:
    with pytest.raises(Failure, match="There are no users yet"):
        said("users")
    with pytest.raises(Failure, match="The first user must be an engineer"):
        said("users", "add", "ana", "--role", "viewer")


def test_nobody_is_an_empty_list_to_a_program(said: Said) -> None:
    assert json.loads(said("users", "--json")) == []


def test_a_damaged_file_is_told_and_left_as_it_is(said: Said, tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text("{")
    for arguments in ((), ("add", "ana", "--role", "engineer"), ("pin", "ana"), ("remove", "ana")):
        with pytest.raises(Failure, match="is damaged"):
            said("users", *arguments)
    assert (tmp_path / "users.json").read_text() == "{"


def test_a_certificate_is_for_the_names_that_were_given_and_its_key_is_the_owners(
    said: Said, tmp_path: Path
) -> None:
    told = said("certificate", "gait-lab.local", "10.0.0.7", "--days", "30")
    assert 'names = ["gait-lab.local", "10.0.0.7"]' in told
    made = x509.load_pem_x509_certificate((tmp_path / CERTIFICATE).read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["gait-lab.local"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.7"]
    left = made.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    assert 29 <= left.days <= 30
    assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["gäit.local", 'a"b', "a b", ""])
def test_a_name_that_no_browser_types_is_refused(said: Said, tmp_path: Path, name: str) -> None:
    with pytest.raises(Failure, match="is no name"):
        said("certificate", name)
    assert not (tmp_path / KEY).exists()


def test_a_folder_that_cannot_be_written_is_one_sentence() -> None:
    arguments = ["certificate", "a.local", "--data", "/proc/no-such-place"]
    with pytest.raises(Failure, match="cannot be written"):
        CliRunner().invoke(app, arguments, catch_exceptions=False)
