"""`retrotread scan`: what is in reach."""

import asyncio
import json
from typing import Any

from controller.cli.failure import Failure
from drivers.links import LinkError
from drivers.scan import Found, scan
from protocols.ftms import quirks


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
            for deviation in row["known_for"]:
                print(f"{'':<34}machines of this name were seen to: {deviation}")


def _row(device: Found) -> dict[str, Any]:
    """`address` is ready to be written into the settings."""
    kind = "ftms" if device.fitness_machine else "hrs" if device.heart_rate else "rsc"
    known = quirks.suspected(device.name or "") if device.fitness_machine else ()
    return {
        "address": f"{kind}:{device.address}",
        "name": device.name,
        "rssi_dbm": device.rssi_dbm,
        "known_for": [quirk.deviation for quirk in known],
    }
