"""Options and arguments that several commands have."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Recorded = Annotated[str, typer.Argument(metavar="ID|FILE", help="A session, or its record.")]
Config = Annotated[str, typer.Option(help="The settings file, for an archive that it names.")]
Named = Annotated[str, typer.Argument(metavar="NAME", help="Of the user.")]
Roles = Annotated[list[str], typer.Option(help="viewer, supervisor, engineer; one or several.")]
Ask = Annotated[bool, typer.Option("--ask", help="Ask for the PIN instead of making one.")]
Data = Annotated[str, typer.Option(help="The data folder, if not the usual one.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port of the console.")]
Adapter = Annotated[str, typer.Option(help="`system`, `system:hci1` or `hci:<transport>`.")]
