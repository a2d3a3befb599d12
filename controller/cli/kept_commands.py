"""The commands about what is kept: sessions and patients, their reports, exports and backups."""

from typing import Annotated

import typer

from controller.cli.options import AsJson, Config, Data, Recorded

app = typer.Typer()


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


@app.command()
def report(
    session: Annotated[
        str, typer.Argument(metavar="[ID|FILE]", help="A session, or its record.")
    ] = "",
    patient: Annotated[str, typer.Option(help="A pseudonym: the course over all sessions.")] = "",
    out: Annotated[str, typer.Option(help="The file, if not reports/ of the data folder.")] = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="As PDF; needs the extra pdf.")] = False,
    data: Data = "",
    config: Config = "",
    as_json: AsJson = False,
) -> None:
    """Write the report of a session, or of a patient, as one HTML file."""
    from controller.cli import archive, reports
    from controller.cli.programs import clinics_own

    place, sheets = archive.where(data, config), clinics_own(config, data)
    reports.report(session, patient, place, sheets, out, pdf=pdf, as_json=as_json)


@app.command()
def export(
    session: Recorded,
    formats: Annotated[str, typer.Option("--format", help="As in csv,fit,fhir,json.")],
    out: Annotated[str, typer.Option(metavar="FOLDER", help="The folder, if not this one.")] = "",
    with_patient: Annotated[
        bool, typer.Option("--with-patient", help="Tell the pseudonym and the free texts too.")
    ] = False,
    data: Data = "",
    config: Config = "",
    as_json: AsJson = False,
) -> None:
    """Write a session for other programs."""
    from controller.cli import archive, reports

    place = archive.where(data, config)
    reports.export(session, formats, place, out, with_patient=with_patient, as_json=as_json)
