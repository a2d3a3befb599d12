"""`retrotread serve`: check the settings, then run one service under its guard."""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from controller import profiles
from controller.cli.failure import Failure
from controller.cli.standing import announced, standing, until_interrupted
from controller.cli.teller import started
from controller.commissioning.profile import ProfileError
from controller.plan import Plan
from controller.safety.limits import tightest
from controller.settings import Settings, SettingsError, read


def run(config: str, *, check: bool, as_json: bool) -> None:
    try:
        settings = read(Path(config), os.environ)
    except SettingsError as error:
        raise Failure(str(error)) from error
    if check:
        _show_limits(settings, as_json=as_json)
        return
    asyncio.run(until_interrupted(_serve(settings)))


async def _serve(settings: Settings) -> NoReturn:
    with tempfile.TemporaryDirectory(prefix="retrotread-") as folder:
        plans = write_plans(settings, Path(folder), new_pin=False)
        async with started("guard", "controller.guard", *map(str, plans)) as guard:
            print(await announced(guard), flush=True)
            await standing(guard.ended())


def write_plans(settings: Settings, folder: Path, *, new_pin: bool) -> tuple[Path, Path]:
    """The files that guard, control and desk start from; the hatch lies beside them."""
    plan, desk_plan, hatch = folder / "plan.json", folder / "desk.json", folder / "hatch"
    Plan(
        treadmill=settings.treadmill,
        grip=settings.grip,
        adapter=settings.adapter,
        hatch=str(hatch),
        data_dir=str(settings.data_dir),
        limits={"settings": settings.limits},
        relay=settings.relay or "",
        hardware_stop=settings.hardware_stop or "",
        heart_rate=settings.heart_rate or "",
        witness=settings.witness or "",
        alarm=settings.alarm,
        machine=settings.machine.model_dump() if settings.machine else {},
        orientation=settings.orientation,
    ).save(plan)
    desk = {
        **settings.console.model_dump(mode="json"),
        "hatch": str(hatch),
        "data_dir": str(settings.data_dir),
        "new_pin": new_pin,
        "mqtt": settings.mqtt.model_dump(mode="json") if settings.mqtt else None,
        "archive": settings.archive.model_dump(mode="json"),
    }
    desk_plan.write_text(json.dumps(desk))
    return plan, desk_plan


def _measured(settings: Settings) -> dict[str, dict[str, float]]:
    """What the machine's profile adds; without one it is said that nothing will move."""
    try:
        _, limits = profiles.permitted(
            settings.data_dir,
            settings.treadmill,
            relay=settings.relay is not None,
            hardware_stop=settings.hardware_stop or "",
        )
    except ProfileError as error:
        print(error, file=sys.stderr)
        return {}
    return {"machine": limits}


def _show_limits(settings: Settings, *, as_json: bool) -> None:
    """The limits in force, and which source bound each."""
    limits, bound_by = tightest({"settings": settings.limits}, _measured(settings))
    rows = {
        name: {"limit": getattr(limits, name), "bound_by": source}
        for name, source in bound_by.items()
    }
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for name, row in rows.items():
        print(f"{name:<22} {row['limit']:>10.4g}   {row['bound_by']}")
