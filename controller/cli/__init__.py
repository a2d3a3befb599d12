"""The command line: `retrotread`. Each command is a module, loaded when it is called."""

import sys
from typing import Annotated

import typer

from controller.cli.failure import Failure

app = typer.Typer(
    help="Supervised backward walking on a treadmill: caps, ramps and stops the belt.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

mqtt = typer.Typer(help="The MQTT contract: who may what, and the document.", no_args_is_help=True)
app.add_typer(mqtt, name="mqtt")

users = typer.Typer(help="Who may sign in at the console.", invoke_without_command=True)
app.add_typer(users, name="users")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Recorded = Annotated[str, typer.Argument(metavar="ID|FILE", help="A session, or its record.")]
Config = Annotated[str, typer.Option(help="The settings file, for an archive that it names.")]
Named = Annotated[str, typer.Argument(metavar="NAME", help="Of the user.")]
Roles = Annotated[list[str], typer.Option(help="viewer, supervisor, engineer; one or several.")]
Ask = Annotated[bool, typer.Option("--ask", help="Ask for the PIN instead of making one.")]
Data = Annotated[str, typer.Option(help="The data folder, if not the usual one.")]


@app.command()
def demo(
    auto: Annotated[
        bool, typer.Option(help="Walk the program `demo`, let go, verify the stop, and end.")
    ] = False,
    as_json: AsJson = False,
    port: Annotated[int, typer.Option(help="Port of the console.")] = 8080,
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

    if faults:
        list_faults(as_json=as_json)
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
    adapter: Annotated[str, typer.Option(help="`system` or `hci:<transport>`.")] = "system",
    as_json: AsJson = False,
) -> None:
    """List treadmills and heart-rate straps in reach."""
    from controller.cli.scan import run

    run(seconds, adapter, as_json=as_json)


@app.command()
def stop(
    address: Annotated[str, typer.Argument(help="The treadmill, as in the settings.")],
    adapter: Annotated[str, typer.Option(help="`system` or `hci:<transport>`.")] = "system",
    seconds: Annotated[float, typer.Option(min=1, help="How long to try.")] = 20.0,
    baud: Annotated[int | None, typer.Option(help="Of a serial port, if not the usual.")] = None,
) -> None:
    """Stop a treadmill now, and see it at rest; needs no running service."""
    from controller.cli.stop import run

    run(address, adapter, seconds, baud)


@app.command()
def commission(
    address: Annotated[str, typer.Argument(help="The treadmill, as in ftms:AA:BB:CC:DD:EE:FF.")],
    adapter: Annotated[str, typer.Option(help="`system` or `hci:<transport>`.")] = "system",
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


@app.command()
def sessions(data: Data = "", config: Config = "", as_json: AsJson = False) -> None:
    """List the recorded sessions, and whether their records are whole."""
    from controller.cli import archive, records

    records.sessions(archive.where(data, config), as_json=as_json)


@app.command()
def patients(data: Data = "", config: Config = "", as_json: AsJson = False) -> None:
    """List the patients in the archive, by pseudonym."""
    from controller.cli import archive

    archive.patients(archive.where(data, config), as_json=as_json)


@app.command()
def backup(
    file: Annotated[str, typer.Argument(help="A new file.")], data: Data = "", config: Config = ""
) -> None:
    """Write the whole archive, with all records, into one file."""
    from controller.cli import archive

    archive.backup(file, archive.where(data, config))


@app.command()
def restore(
    file: Annotated[str, typer.Argument(help="A backup.")], data: Data = "", config: Config = ""
) -> None:
    """Bring a backup back into an empty data folder or database."""
    from controller.cli import archive

    archive.restore(file, archive.where(data, config))


@app.command()
def forget(
    what: Annotated[str, typer.Argument(metavar="PATIENT|SESSION", help="A pseudonym, or an id.")],
    data: Data = "",
    config: Config = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Forget a patient, or a session, for ever: notes, figures, records, reports."""
    from controller.cli import archive

    archive.forget(what, archive.where(data, config), yes=yes)


@app.command()
def verify(session: Recorded, data: Data = "", as_json: AsJson = False) -> None:
    """Check that a session's record is as it was written."""
    from controller.cli import records

    records.verify(session, data, as_json=as_json)


@app.command()
def replay(session: Recorded, data: Data = "", as_json: AsJson = False) -> None:
    """Decide a recorded session once more, by today's rules."""
    from controller.cli import records

    records.again(session, data, as_json=as_json)


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
    """The console script: a failure is one sentence on standard error and exit code 1."""
    try:
        app()
    except Failure as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)
