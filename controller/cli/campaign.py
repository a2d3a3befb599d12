"""`retrotread campaign`: the room of campaigns stands above this one and is loaded by its name."""

import importlib

from controller.cli.failure import Failure


def run(
    file: str, *, workers: int, cluster: str, replay: int | None, out: str, as_json: bool
) -> None:
    """Raises: `Failure` with the campaign's sentence."""
    command = importlib.import_module("campaigns.command")
    try:
        command.run(file, workers=workers, cluster=cluster, replay=replay, out=out, as_json=as_json)
    except command.CampaignError as error:
        raise Failure(str(error)) from error
