"""From any older schema to today's, forward only, each step whole or not at all."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, insert, inspect, select, text, update

from controller.records.archive import schema
from controller.records.archive.errors import ArchiveError

Step = Callable[[Connection], None]

ONE_AT_A_TIME = 0x5E74_0BAC
"""Of the advisory lock under which one desk of many migrates a shared database."""


def _first(connection: Connection) -> None:
    schema.metadata.create_all(connection)
    for statement in schema.APPEND_ONLY[connection.dialect.name]:
        connection.execute(text(statement))
    connection.execute(insert(schema.schema).values(version=0))


STEPS: tuple[Step, ...] = (_first,)
"""Step n leads from version n to n + 1."""


def migrate(connection: Connection, steps: Sequence[Step] | None = None) -> int:
    """Bring the schema up to date inside the caller's transaction; the version it had.

    With `steps` it is brought as far as they lead.

    Raises: `ArchiveError` for one that a newer Retrotread has written.
    """
    steps = STEPS if steps is None else steps
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
    found = version(connection)
    if found > len(steps):
        raise ArchiveError(
            f"The archive was written by a newer Retrotread (schema {found}; this one knows "
            f"{len(steps)}). Install that version again; nothing was changed."
        )
    for step in steps[found:]:
        step(connection)
    if found < len(steps):
        connection.execute(update(schema.schema).values(version=len(steps)))
    return found


def begin_anew(connection: Connection, number: int) -> None:
    """Empty tables of an older version, as they are needed to take in what it wrote."""
    if version(connection) > number:
        schema.metadata.drop_all(connection)
        for statement in schema.ALLOW_ANEW[connection.dialect.name]:
            connection.execute(text(statement))
    migrate(connection, STEPS[:number])


def version(connection: Connection) -> int:
    """Of the schema that is there; 0 for an empty database."""
    if not inspect(connection).has_table(schema.schema.name):
        return 0
    found: int = connection.execute(select(schema.schema.c.version)).scalar_one()
    return found
