"""The tables of the archive, alike on SQLite and PostgreSQL.

Events are only ever added: the database itself refuses to change one. Everything about a visit or
a patient is a fold over them. `records` is derived from control's files and can be made anew;
`forgotten` remembers by random ids, without any identity, what must not come back.

Times are texts in UTC of one length, so that they sort; ids of visits and records are random.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

VERSION = 1
"""Of the schema; `migrations` has one step for each."""

metadata = MetaData()

schema = Table("retrotread_schema", metadata, Column("version", Integer, nullable=False))

patients = Table("patients", metadata, Column("pseudonym", String(32), primary_key=True))

visits = Table(
    "visits",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("patient", ForeignKey("patients.pseudonym"), nullable=False, index=True),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("who", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("patient", ForeignKey("patients.pseudonym"), nullable=False, index=True),
    Column("visit", ForeignKey("visits.id"), index=True),
    Column("record", String(64), index=True),
    Column("corrects", ForeignKey("events.id")),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)

records = Table(
    "records",
    metadata,
    Column("session", String(64), primary_key=True),
    Column("began_at", String(32)),
    Column("duration_s", Float),
    Column("walked_s", Float),
    Column("distance_m", Float),
    Column("peak_mps", Float),
    Column("mean_mps", Float),
    Column("program", String(64)),
    Column("orientation", String(32)),
    Column("cause", String(64), nullable=False),
    Column("releases", Integer),
    Column("whole", Boolean, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("octets", Integer, nullable=False),
    Column("head_sha256", String(64), nullable=False),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("what", String(16), nullable=False),
    Column("at", String(32), nullable=False),
    Column("who", String(64), nullable=False),
)

Index("records_by_time", records.c.began_at)

IN_ORDER = (patients, visits, events, records, forgotten)
"""Each after those that it refers to."""

APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER events_are_kept BEFORE UPDATE ON events "
        "BEGIN SELECT RAISE(ABORT, 'events are only added'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION events_are_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are only added'; END $$",
        "CREATE TRIGGER events_are_kept BEFORE UPDATE ON events "
        "FOR EACH ROW EXECUTE FUNCTION events_are_kept()",
    ),
}

ALLOW_ANEW: dict[str, tuple[str, ...]] = {
    "sqlite": (),
    "postgresql": ("DROP FUNCTION events_are_kept()",),
}
"""What goes with the tables when they are dropped, so that they can be made again."""
