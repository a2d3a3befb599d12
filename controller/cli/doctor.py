"""`retrotread doctor`: a line for each thing that the service needs of its computer."""

import json
import logging
import os
from pathlib import Path

from controller.cli.failure import Failure
from controller.doctor.checks import examine
from controller.doctor.finding import MISSING, Subject
from controller.home import HomelessError
from controller.settings import SettingsError, read


def run(config: str, *, as_json: bool) -> None:
    logging.disable(logging.CRITICAL)  # what libraries have to say is in the findings
    found = examine(subject(config))
    if as_json:
        print(json.dumps([finding._asdict() for finding in found]))
    else:
        for finding in found:
            print(f"{finding.state:<8} {finding.thing}: {finding.says}")
            if finding.way_out:
                print(f"{'':<8} → {finding.way_out}")
    lacking = [finding.thing for finding in found if finding.state == MISSING]
    if lacking:
        raise Failure(f"Missing: {', '.join(lacking)}. The way out stands beside each.")


def subject(config: str) -> Subject:
    """This computer, for the settings in the file, if one is named."""
    if not config:
        return Subject()
    try:
        return Subject(read(Path(config), os.environ))
    except (SettingsError, HomelessError) as error:
        return Subject(refused=str(error))
