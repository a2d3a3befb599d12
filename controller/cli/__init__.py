"""The command line: `retrotread`. Each command is a module, loaded when it is called."""

import sys
from typing import Annotated

import typer

from controller.cli import kept_commands
from controller.cli.failure import Failure
from controller.cli.options import Adapter, AsJson, Ask, Data, Named, Port, Roles
from controller.home import HomelessError

app = typer.Typer(
    help="Supervised backward walking on a treadmill: caps, ramps and stops the belt.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(kept_commands.app)

mqtt = typer.Typer(help="The MQTT contract: who may what, and the document.", no_args_is_help=True)
app.add_typer(mqtt, name="mqtt")

programs = typer.Typer(help="Built-in programs and a clinic's own.", invoke_without_command=True)
app.add_typer(programs, name="programs")
users = typer.Typer(help="Who may sign in at the console.", invoke_without_command=True)
app.add_typer(users, name="users")


@app.command()
def demo(
    auto: Annotated[
        bool, typer.Option(help="Walk the program `demo`, let go, verify the stop, and end.")
    ] = False,
    as_json: AsJson = False,
    port: Port = 8080,
    machine: Annotated[str, typer.Option(help="Kind of simulated treadmill.")] = "ftms",
    fault: Annotated[
        list[str] | None, typer.Option(help="What misbehaves; may be given several times.")
    ] = None,
    faults: Annotated[
        bool, typer.Option("--list-faults", help="Only list the faults, with their sources.")
    ] = False,
) -> None:
    """Run everything against a simulated treadmill, walker and grip unit."""
    from controller.cli.demo import list_faults, run
    from controller.cli.fault_names import list_elsewhere

    if faults:
        list_faults(as_json=as_json)
        if not as_json:
            list_elsewhere()
        return
    run(auto=auto, as_json=as_json, port=port, machine=machine, fault=" ".join(fault or ["none"]))


@app.command()
def serve(
    config: Annotated[str, typer.Option(help="The settings file (TOML).")],
    check: Annotated[bool, typer.Option(help="Only check it and print the limits.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run the service for a real treadmill."""
    from controller.cli.serve import run

    run(config, check=check, as_json=as_json)


@app.command()
def scan(
    seconds: Annotated[float, typer.Option(min=0.5, max=60, help="How long to listen.")] = 5.0,
    adapter: Adapter = "system",
    as_json: AsJson = False,
) -> None:
    """List treadmills and heart-rate straps in reach."""
    from controller.cli.scan import run

    run(seconds, adapter, as_json=as_json)


@app.command()
def stop(
    address: Annotated[str, typer.Argument(help="The treadmill, as in the settings.")],
    adapter: Adapter = "system",
    seconds: Annotated[float, typer.Option(min=1, help="How long to try.")] = 20.0,
    baud: Annotated[
        int | None, typer.Option(min=300, max=921600, help="Of a serial port, if not the usual.")
    ] = None,
) -> None:
    """Stop a treadmill now, and see it at rest; needs no running service."""
    from controller.cli.stop import run

    run(address, adapter, seconds, baud)


@app.command()
def commission(
    address: Annotated[str, typer.Argument(help="The treadmill, as in ftms:AA:BB:CC:DD:EE:FF.")],
    adapter: Adapter = "system",
    units: Annotated[
        str, typer.Option(help="What a serial treadmill counts in, mph or kmh, if not the usual.")
    ] = "",
    data: Data = "",
    stops: Annotated[int, typer.Option(min=2, max=12, help="How many stops to measure.")] = 4,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: for a bench that nobody can step on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find out what a treadmill really does, with nobody on its belt, and write its profile."""
    from controller.cli.commission import run
    from protocols.serial_machines import Fitting

    fitting = Fitting(units=units or None)
    run(address, adapter, fitting, data=data, stops=stops, as_json=as_json, yes=yes)


@app.command()
def doctor(
    config: Annotated[str, typer.Option(help="The settings file (TOML).")] = "",
    as_json: AsJson = False,
) -> None:
    """Tell what this computer lacks to run a treadmill, and the way out."""
    from controller.cli.doctor import run

    run(config, as_json=as_json)


@app.command()
def decode(
    characteristic: Annotated[str, typer.Argument(help="As in 2acd, or - for standard input.")],
    octets: Annotated[list[str] | None, typer.Argument(metavar="HEX…")] = None,
) -> None:
    """Tell what packets of a characteristic say, as JSON."""
    from controller.cli.decode import run

    run(characteristic, octets or [])


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME…")] = None,
    as_json: AsJson = False,
) -> None:
    """Run benchmarks; all of them without a name."""
    from controller.cli.bench import run

    run(names or [], as_json=as_json)


@app.command()
def campaign(
    file: Annotated[str, typer.Argument(help="What is varied, or swept (TOML).")],
    workers: Annotated[
        int, typer.Option(min=0, max=1024, help="Processes; 0: one a processor.")
    ] = 0,
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="An existing Dask scheduler, as tcp://host:8786.")
    ] = "",
    replay: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Only tell the story of this walk.")
    ] = None,
    out: Annotated[str, typer.Option(help="Where results go, if not beside the file.")] = "",
    as_json: AsJson = False,
) -> None:
    """Walk thousands of simulated sessions, and tell how they ended."""
    from controller.cli.campaign import run

    run(file, workers=workers, cluster=cluster, replay=replay, out=out, as_json=as_json)


@programs.callback()
def programs_list(
    context: typer.Context,
    config: Annotated[str, typer.Option(help="The settings file, for the clinic's own.")] = "",
    data: Data = "",
    as_json: AsJson = False,
) -> None:
    """List the programs: the built-in ones, and the clinic's own."""
    from controller.cli.programs import show

    if context.invoked_subcommand is None:
        show(config, data, as_json=as_json)


@programs.command("check")
def programs_check(file: Annotated[str, typer.Argument(metavar="FILE")]) -> None:
    """Tell whether a program file can be walked, or the first thing that is wrong with it."""
    from controller.cli.programs import check

    check(file)


@mqtt.command("acl")
def mqtt_acl(
    device: Annotated[str, typer.Argument(help="The device id of the settings.")],
    users: Annotated[list[str], typer.Argument(metavar="USER=ROLE…", help="As in nurse=staff.")],
    prefix: Annotated[str, typer.Option(help="Home Assistant's.")] = "homeassistant",
) -> None:
    """Print Mosquitto's ACL file for one treadmill and its users."""
    from controller.cli.mqtt import print_acl

    print_acl(device, users, prefix)


@mqtt.command("asyncapi")
def mqtt_asyncapi() -> None:
    """Print the AsyncAPI 3 document of the contract."""
    from controller.cli.mqtt import print_asyncapi

    print_asyncapi()


@users.callback()
def list_users(context: typer.Context, data: Data = "", as_json: AsJson = False) -> None:
    """List who may sign in at the console, or change it; a running service follows at once."""
    from controller.cli.users import show

    if context.invoked_subcommand is None:
        show(data, as_json=as_json)


@users.command("add")
def add_user(name: Named, role: Roles, ask: Ask = False, data: Data = "") -> None:
    """Somebody more. The PIN is made and shown once, or asked for."""
    from controller.cli.users import add

    add(name, role, data, ask=ask)


@users.command("remove")
def remove_user(name: Named, data: Data = "") -> None:
    """Somebody less; where they are signed in, they no longer are."""
    from controller.cli.users import remove

    remove(name, data)


@users.command("pin")
def renew_pin(name: Named, ask: Ask = False, data: Data = "") -> None:
    """A new PIN for somebody, made and shown once, or asked for."""
    from controller.cli.users import renew

    renew(name, data, ask=ask)


@app.command()
def certificate(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME…", help="Names and addresses of the console."),
    ] = None,
    data: Data = "",
    days: Annotated[int, typer.Option(min=1, max=825, help="How long it is good for.")] = 397,
) -> None:
    """Make a certificate of this computer's own, for a console that others reach."""
    from controller.cli.certificate import run

    run(names or [], data, days)


def main() -> None:
    """The console script: a failure is one sentence on standard error and its exit code."""
    try:
        app()
    except (Failure, HomelessError) as failure:
        print(failure, file=sys.stderr)
        sys.exit(failure.exit_code if isinstance(failure, Failure) else 1)
