"""`retrotread commission`: find out what one treadmill really does, with nobody on its belt."""

import asyncio
import json
import logging
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from controller import profiles
from controller.cli.failure import Failure
from controller.commission import commissioned, road_to
from controller.commissioning.flaws import QUIRKS
from controller.commissioning.notes import Sight
from controller.commissioning.probe import Probe
from controller.commissioning.profile import Profile, ProfileError, encode
from controller.guard.lock import OccupiedError, single
from controller.home import usual_folder
from drivers import address
from drivers.address import AddressError
from drivers.links import LinkError
from drivers.probe_road import ProbeRoad
from protocols.belt import BeltReport
from protocols.serial_machines import Fitting

PULL_KEY = "Its belt was not seen to come to rest. Pull the safety key now."


class Terminal:
    """The person at a terminal: Enter or Ctrl-C stops the belt; a question is answered y or n."""

    def __init__(self, *, assume_yes: bool, tell: Callable[[str], None]) -> None:
        self._assume_yes = assume_yes
        self._tell = tell
        self._told = ""
        self._answer: asyncio.Future[bool] | None = None
        self.stops = False

    def listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        if not self._assume_yes and sys.stdin.isatty():
            threading.Thread(target=self._read, args=(loop,), daemon=True).start()

    def waits(self) -> None:
        """A terminal has nothing to show meanwhile."""

    def shows(self, probe: Probe, sight: Sight) -> None:
        title = probe.step.title
        if not probe.waiting and title != self._told:
            self._told = title
            speed_mps = sight.report.speed_mps or 0.0
            self._tell(f"  {title} …   ({speed_mps:.2f} m/s)")

    def told(self, sentence: str) -> None:
        self._tell(sentence)

    async def asked(self, question: str) -> bool:
        if self._assume_yes:
            return True
        self._answer = asyncio.get_running_loop().create_future()
        self._tell(f"{question} [y/n]")
        return await self._answer

    def _stop(self) -> None:
        self.stops = True

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(self._take, line.strip().lower())

    def _take(self, line: str) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_result(line in ("y", "yes"))
        else:
            self._stop()


def run(
    text: str, adapter: str, fitting: Fitting, *, data: str, stops: int, as_json: bool, yes: bool
) -> None:
    logging.basicConfig(format="%(message)s", level=logging.ERROR)
    try:
        place = address.treadmill(text)
    except AddressError as error:
        raise Failure(str(error)) from error
    if place.by_name:
        raise Failure(profiles.BY_NAME)
    if not yes and not sys.stdin.isatty():
        raise Failure("Somebody must stand beside the machine: run this at a terminal.")
    named = f"{place.kind}:{place.target}"
    folder = Path(data) if data else usual_folder()

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def road_of(on_news: Callable[[], None]) -> ProbeRoad:
        return road_to(place, on_news, adapter=adapter, fitting=fitting)

    person = Terminal(assume_yes=yes, tell=tell)
    try:
        with single(folder, named, adapter):
            probe, report = asyncio.run(_at_the_terminal(road_of, person, stops))
    except (LinkError, OccupiedError, ValueError) as error:
        raise Failure(str(error)) from error
    if probe.refusal:
        try:
            profiles.void(folder, named, probe)
        except ProfileError as error:
            raise Failure(f"{named} is refused. {probe.refusal} {error}") from error
        key = "" if probe.verified else f" {PULL_KEY}"
        raise Failure(f"{named} is refused. {probe.refusal}{key}")
    _passed(named, probe, report, folder, as_json=as_json)


async def _at_the_terminal(
    road_of: Callable[[Callable[[], None]], ProbeRoad], person: Terminal, stops: int
) -> tuple[Probe, BeltReport]:
    person.listen()
    return await commissioned(road_of, person, stops)


def _passed(named: str, probe: Probe, report: BeltReport, folder: Path, *, as_json: bool) -> None:
    try:
        kept = profiles.keep(folder, named, probe, report)
    except ProfileError as error:
        raise Failure(str(error)) from error
    if as_json:
        print(json.dumps({**json.loads(encode(kept.profile)), "profile": str(kept.path)}))
        return
    for line in summary(*kept):
        print(line)


def summary(profile: Profile, path: Path, plot: Path) -> list[str]:
    """What was found, for the installer."""
    by_itself = profile.limits(relay=False, hardware_stop="")
    ways = {
        "by itself": by_itself,
        "with the safety key recorded": profile.limits(relay=False, hardware_stop="safety_key"),
        "with a relay fitted": profile.limits(relay=True, hardware_stop=""),
    }
    return [
        f"{profile.address} passed: tier {profile.tier}.",
        f"  deceleration {profile.curve.slope_mps2:.2f} m/s² after {profile.curve.onset_s:.2f} s; "
        f"seen at rest {profile.stop_s:.1f} s after Stop at {profile.cap_mps:.2f} m/s",
        *(f"  {QUIRKS[name]}" for name in profile.quirks),
        *(
            f"  {way}: " + ("to be watched only" if cap is None else f"{cap['cap_mps']:.2f} m/s")
            for way, cap in ways.items()
        ),
        f"Profile: {path}",
        f"Plot:    {plot}",
    ]
