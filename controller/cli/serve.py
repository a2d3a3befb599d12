"""`retrotread serve`: check the settings, then run one service under its guard."""

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from controller import profiles
from controller.cli.failure import Failure
from controller.cli.standing import STDERR, STDOUT, announced, standing, tell, until_interrupted
from controller.cli.teller import StillRunning, Teller, started
from controller.commissioning.profile import ProfileError
from controller.plan import Plan
from controller.programs import library
from controller.programs.program import ProgramError
from controller.records.values import encode
from controller.safety.limits import tightest
from controller.settings import Settings, SettingsError, read
from controller.web.accounts import Accounts

PATIENCE_S = 90.0
"""A belt may need seconds to come to rest, and a link to come back; as long as under systemd."""
GOES_ON = (
    "The belt was not seen at rest within {patience_s:g} seconds: pull the safety key. The service "
    "goes on stopping it, and ends once it sees it at rest; its guard is process {guard}. With the "
    "key pulled you may end it by: kill -STOP {guard}; pkill -KILL -P {guard}; kill -KILL {guard}"
)
"""A frozen guard starts nobody anew in place of the children that are killed."""
DIED = "The guard has died. Control stops the belt, and then ends: have the safety key ready."
GOES_ON_ALONE = (
    "The guard has died, and the belt was not seen at rest within {patience_s:g} seconds: pull the "
    "safety key. Control goes on stopping it, and ends once it sees it at rest. With the key "
    "pulled you may end it by: pkill -KILL -f {plan}"
)


def run(config: str, *, check: bool, as_json: bool) -> None:
    try:
        settings = read(Path(config), os.environ)
    except SettingsError as error:
        raise Failure(str(error)) from error
    if check:
        own_programs(settings)
        _show_limits(settings, as_json=as_json)
        return
    if "NOTIFY_SOCKET" in os.environ:
        _become_the_guard(settings)
    asyncio.run(until_interrupted(_serve(settings), PATIENCE_S))


def _become_the_guard(settings: Settings) -> NoReturn:
    """Under systemd the guard itself is the service: it hears SIGTERM first, and nobody stands
    between it and whoever watches it. The plans lie in the unit's runtime folder."""
    if not Accounts(settings.data_dir).path.exists():
        raise Failure(
            "There are no users yet, and a first PIN would stand in the journal. As the user of "
            "the service say: retrotread users add NAME --role engineer --role supervisor --data "
            f"{settings.data_dir}"
        )
    given = os.environ.get("RUNTIME_DIRECTORY")
    folder = Path(given) if given else Path(tempfile.mkdtemp(prefix="retrotread-"))
    plans = write_plans(settings, folder, new_pin=False)
    sys.stdout.flush()
    command = (sys.executable, "-m", "controller.guard", *map(str, plans))
    os.execv(sys.executable, command)  # noqa: S606 - our own program


async def _serve(settings: Settings) -> NoReturn:
    """A service that cannot see the belt at rest is never ended: it goes on stopping (S6 S37), and
    keeps its folder, from which its guard starts another standby."""
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="retrotread-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        plans = [str(path) for path in write_plans(settings, folder, new_pin=False)]
        service = started("guard", "controller.guard", *plans, patience_s=PATIENCE_S, spared=True)
        try:
            async with service as guard:
                tell(STDOUT, await announced(guard))
                await standing(_missed(guard))
        except StillRunning as running:
            stack.pop_all()
            said = GOES_ON_ALONE if running.died else GOES_ON
            facts = {"patience_s": PATIENCE_S, "guard": running.pid, "plan": plans[0]}
            raise Failure(said.format(**facts)) from None


async def _missed(guard: Teller) -> int:
    """Its exit code. That it was killed is said at once: control may need all the patience."""
    code = await guard.ended()
    if code < 0:
        tell(STDERR, DIED)
    return code


def write_plans(settings: Settings, folder: Path, *, new_pin: bool) -> tuple[Path, Path]:
    """The files that guard, control and desk start from; the hatch lies beside them."""
    own = own_programs(settings)
    sheets = (*library.built_in().values(), *own.values())
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
        programs=[encode(sheet.program) for sheet in sheets],
        realtime=settings.realtime,
    ).save(plan)
    desk = {
        **settings.console.model_dump(mode="json"),
        "hatch": str(hatch),
        "data_dir": str(settings.data_dir),
        "new_pin": new_pin,
        "programs": library.titles(own),
        "own_programs": [encode(sheet) for sheet in own.values()],
        "realtime": settings.realtime,
        "mqtt": settings.mqtt.model_dump(mode="json") if settings.mqtt else None,
        "archive": settings.archive.model_dump(mode="json"),
        "room": {
            "treadmill": settings.treadmill,
            "grip": settings.grip,
            "relay": settings.relay or "",
            "hardware_stop": settings.hardware_stop or "",
            "heart_rate": settings.heart_rate or "",
            "adapter": settings.adapter,
            "limits": settings.limits,
        },
    }
    desk_plan.write_text(json.dumps(desk))
    return plan, desk_plan


def own_programs(settings: Settings) -> library.Sheets:
    """The clinic's own programs. Raises: `Failure` for a faulty one."""
    try:
        return library.local(settings.programs_dir or settings.data_dir / "programs")
    except ProgramError as error:
        raise Failure(str(error)) from error


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
