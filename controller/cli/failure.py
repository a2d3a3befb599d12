"""How a command fails: one plain sentence that names the way out."""


class Failure(Exception):  # noqa: N818 - it is not a mistake of the program
    """Ends the command with its sentence and exit code 1."""
