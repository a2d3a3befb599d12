"""`retrotread demo`: the service and its console against simulators, or a scripted walk."""

import asyncio
import json
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import NoReturn

from controller.cli.broker import HOST, broker
from controller.cli.failure import Failure, MisuseFailure
from controller.cli.simulated import DEVICE, Service, faults, service
from controller.cli.standing import announced, standing, until_interrupted
from controller.cli.supervisor import Message, supervisor, walker_keeps_habits
from controller.cli.teller import Teller, Told
from controller.cli.walkthrough import walk

HELP = (
    "The simulated walker obeys what you type here: hold, release, release left, release right, "
    "fall, tether off, tether on, fault NAME. Ctrl-C ends everything."
)


def list_faults(*, as_json: bool) -> None:
    table = faults()
    if as_json:
        print(json.dumps(table))
        return
    for kind, faults_of_kind in groupby(table, lambda name: table[name]["kind"]):
        print(f"\n{kind}")
        for name in faults_of_kind:
            print(f"  {name:<24} {table[name]['sentence']}  [{table[name]['source']}]")


def run(*, auto: bool, as_json: bool, port: int, machine: str, fault: str) -> None:
    if as_json and not auto:
        raise MisuseFailure("Only a scripted walk has figures: use --json with --auto.")
    if not auto:
        asyncio.run(until_interrupted(_serve(port=port, machine=machine, fault=fault)))
    elif not asyncio.run(
        until_interrupted(_walk_through(as_json=as_json, machine=machine, fault=fault))
    ):
        raise Failure("The walk was interrupted.")


async def _walk_through(*, as_json: bool, machine: str, fault: str) -> None:
    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    tell("Starting a simulated treadmill and the service …")
    async with service(machine=machine, fault=fault, port=None) as running:
        summary = await walk(running, tell)
    _report(summary, tell)
    if as_json:
        print(json.dumps(summary))
    else:
        for name, figure in summary.items():
            print(f"{name:<20} {figure}")
    if not summary["verified"]:
        raise Failure("The stop could not be verified. On a real treadmill: pull the safety key.")


def _report(summary: Message, tell: Callable[[str], None]) -> None:
    """The record is whole only now that the service has ended. A report that cannot be made does
    not change how the walk went."""
    from controller.cli.reports import session_report

    record = Path(summary["record"])
    file = record.parents[1] / "reports" / f"{record.stem}.html"
    try:
        session_report(record, file)
        summary["report"] = str(file)
    except Failure as failure:
        tell(str(failure))


async def _serve(*, port: int, machine: str, fault: str) -> NoReturn:
    print("Starting a simulated treadmill and the service …", flush=True)
    async with (
        broker() as mqtt,
        service(machine=machine, fault=fault, port=port, mqtt_port=mqtt) as running,
    ):
        print(await announced(running.guard), _broker_line(mqtt), HELP, sep="\n", flush=True)
        answer_mistakes(running.bench)
        if sys.stdin.isatty():
            asyncio.get_running_loop().add_reader(sys.stdin, _pass_on_a_line, running)
        async with (
            supervisor(running.hatch, present=False) as onlooker,
            walker_keeps_habits(onlooker, running.bench),
        ):
            await standing(running.guard.ended(), running.bench.ended())


def _broker_line(port: int | None) -> str:
    if port is None:
        return "MQTT: none, for Mosquitto is not installed; all else works without it."
    return f"MQTT: {HOST}:{port}   topics: retrotread/{DEVICE}/#"


def answer_mistakes(bench: Teller) -> None:
    """Print what the bench says of words that it does not know."""

    def hear(line: Told) -> None:
        if line["event"] == "error":
            print(line["sentence"], flush=True)

    bench.listener = hear


def _pass_on_a_line(running: Service) -> None:
    """What is typed goes to the walker; the end of it is the end of typing."""
    line = sys.stdin.readline()
    if line:
        running.bench.say(line.strip())
    else:
        asyncio.get_running_loop().remove_reader(sys.stdin)
