"""How a command fails: one plain sentence that names the way out."""


class Failure(Exception):  # noqa: N818 - it is not a mistake of the program
    """Ends the command with its sentence and exit code 1."""

    exit_code = 1


class MisuseFailure(Failure):
    """What was typed cannot be done; nothing was tried. Exit code 2, as of unknown options."""

    exit_code = 2
