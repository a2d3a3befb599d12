"""`retrotread programs` and `programs check`, and how a service comes by its programs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from controller.cli.failure import Failure
from controller.cli.programs import check, show
from controller.cli.serve import write_plans
from controller.plan import Plan
from controller.programs.library import built_in, local
from controller.programs.program import Program
from controller.records.values import decode
from controller.settings import SettingsError, parse, read

LIBRARY = Path(__file__).parents[2] / "controller" / "programs" / "library"
SETTINGS = 'treadmill = "ftms:AA:BB:CC:DD:EE:FF"\ngrip = "grip:/dev/null"\n'


def mine(folder: Path, name: str = "mine") -> Path:
    """A clinic's own program: a built-in one under another name."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (LIBRARY / "stroke-30.toml").read_text()
    file = folder / f"{name}.toml"
    file.write_text(text.replace('id = "stroke-30"', f'id = "{name}"'))
    return file


def test_the_list_is_for_people_or_one_json_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine(tmp_path / "programs")
    show("", str(tmp_path), as_json=False)
    said = capsys.readouterr().out
    assert "mine: Chronic stroke, half an hour with rests. 26 minutes, up to 1.2 mph" in said
    assert "free-walk" in said
    show("", str(tmp_path), as_json=True)
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(rows) == {*built_in(), "mine"}
    assert (rows["mine"]["local"], rows["stroke-30"]["local"]) == (True, False)
    assert rows["stroke-30"]["basis"] == "choice"
    assert len(rows["stroke-30"]["phases"]) == 7


def test_the_command_line_lists_and_checks(tmp_path: Path) -> None:
    """Exit 0, or 1 with one sentence on standard error."""
    retrotread = shutil.which("retrotread", path=Path(sys.executable).parent)
    assert retrotread

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [retrotread, "programs", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    listed = run("--json", "--data", str(tmp_path))
    assert (listed.returncode, len(json.loads(listed.stdout))) == (0, len(built_in()))
    good = run("check", str(mine(tmp_path)))
    assert (good.returncode, good.stderr) == (0, "")
    assert "can be walked" in good.stdout
    file = tmp_path / "odd.toml"
    file.write_text(mine(tmp_path).read_text().replace("per_week", "per_weak"))
    odd = run("check", str(file))
    assert (odd.returncode, odd.stdout) == (1, "")
    assert odd.stderr == f"{file}: there is no key per_weak. Did you mean per_week?\n"


def test_a_faulty_file_is_named() -> None:
    with pytest.raises(Failure, match=r"nowhere\.toml cannot be read"):
        check("nowhere.toml")


@pytest.mark.parametrize("place", ["beside", "given", "data"])
def test_a_clinic_s_programs_are_found(tmp_path: Path, place: str) -> None:
    """Where the settings say, or beside the settings, or in the data folder."""
    data_dir = tmp_path / "data"
    text = SETTINGS + f'data_dir = "{data_dir}"\n'
    folder = {"beside": "settings/programs", "given": "settings/ours", "data": "data/programs"}
    mine(tmp_path / folder[place])
    if place == "given":
        mine(tmp_path / "settings/programs", "passed-over")
        text += 'programs_dir = "ours"\n'
    file = tmp_path / "settings" / "room.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    found = read(file, {}).programs_dir
    assert found is not None
    assert list(local(found)) == ["mine"]


def test_a_folder_that_is_given_must_be_there(tmp_path: Path) -> None:
    file = tmp_path / "room.toml"
    file.write_text(SETTINGS + 'programs_dir = "ours"\n')
    with pytest.raises(SettingsError, match="programs_dir names no folder: there is no"):
        read(file, {})


def test_control_is_handed_checked_programs_and_the_desk_their_titles(tmp_path: Path) -> None:
    mine(tmp_path / "programs")
    settings = parse(
        {"treadmill": "ftms:name=Nobody", "grip": "grip:/dev/null", "data_dir": str(tmp_path)}
    )
    plan, desk_plan = write_plans(settings, tmp_path, new_pin=False)
    programs = [decode(Program, plain) for plain in Plan.load(plan).programs]
    assert {program.id for program in programs} == {*built_in(), "mine"}
    assert built_in()["stroke-30"].program in programs
    told = json.loads(desk_plan.read_text())["programs"]
    assert set(told) == {"free-walk", "mine", *built_in()}


def test_a_service_does_not_start_with_a_faulty_program(tmp_path: Path) -> None:
    file = mine(tmp_path / "programs")
    file.write_text(file.read_text().replace("mph = 0.5", "mph = 3.5", 1))
    settings = parse(
        {"treadmill": "ftms:name=Nobody", "grip": "grip:/dev/null", "data_dir": str(tmp_path)}
    )
    with pytest.raises(Failure, match=r"mine\.toml: phases\.2\.mph must be at most 2; it is 3\.5"):
        write_plans(settings, tmp_path, new_pin=False)
