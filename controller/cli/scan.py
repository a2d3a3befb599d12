"""`retrotread scan`: what is in reach."""

import asyncio
import json

from controller.cli.failure import Failure
from drivers.links import LinkError
from drivers.scan import Found, scan


def run(seconds: float, adapter: str, *, as_json: bool) -> None:
    try:
        found = asyncio.run(scan(adapter, seconds))
    except LinkError as error:
        raise Failure(str(error)) from error
    rows = [_row(device) for device in found]
    if as_json:
        print(json.dumps(rows))
    elif not rows:
        print("Nothing found. Switch the treadmill on, and close other programs that use it.")
    else:
        for row in rows:
            print(f"{row['address']:<24} {row['rssi_dbm']:>4} dBm  {row['name'] or '(no name)'}")


def _row(device: Found) -> dict[str, object]:
    """`address` is ready to be written into the settings."""
    kind = "ftms" if device.fitness_machine else "hrs"
    return {
        "address": f"{kind}:{device.address}",
        "name": device.name,
        "rssi_dbm": device.rssi_dbm,
    }
