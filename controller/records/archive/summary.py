"""What the archive keeps of one record of control's: a few figures, made from the file alone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from controller.records.chain import Checked, check
from controller.records.course import Course, course
from controller.records.values import RecordError


@dataclass(frozen=True, slots=True)
class Summary:
    """One record. A figure is None where the record does not tell, or cannot be relied on.

    - `duration_s` from begin to end; `walked_s`, `distance_m`, `peak_mps`, `mean_mps` and
      `releases` as in the record's report: they are `Figures` of its course.
    - `cause`: what latched first, "" if nothing did.
    - `whole`: as it was written; `complete`: and to its end. `octets`: the file's length.
    - `head_sha256`: the last line's own hash. Kept elsewhere than the file, it shows whether
      somebody wrote the whole record anew.
    """

    session: str
    began_at: str | None
    duration_s: float | None
    walked_s: float | None
    distance_m: float | None
    peak_mps: float | None
    mean_mps: float | None
    program: str | None
    orientation: str | None
    cause: str
    releases: int | None
    whole: bool
    complete: bool
    octets: int
    head_sha256: str


def summary(session: str, octets: bytes) -> Summary:
    """Total: a file that is no record gives a summary without figures. `session` names it."""
    try:
        return _told(session, course(octets), len(octets))
    except RecordError:
        return _silent(session, check(octets), len(octets))


def _told(session: str, read: Course, octets: int) -> Summary:
    ours, figures = read.session == session, read.figures
    return Summary(
        session=session,
        began_at=_utc(read.began_at or None),
        duration_s=round(figures.duration_s, 3),
        walked_s=round(figures.walked_s, 4),
        distance_m=round(figures.distance_m, 4),
        peak_mps=round(figures.peak_mps, 4),
        mean_mps=round(figures.mean_mps or 0.0, 4),
        program=_text(read.program),
        orientation=_text(read.orientation),
        cause=read.cause,
        releases=figures.releases,
        whole=read.whole and ours,
        complete=not read.findings and ours,
        octets=octets,
        head_sha256=read.last_hash,
    )


def _silent(session: str, checked: Checked, octets: int) -> Summary:
    """Of a file whose lines hold what no record holds."""
    records = checked.records
    first: dict[str, Any] = records[0] if records else {}
    ours = str(first.get("session", session)) == session
    return Summary(
        session=session,
        began_at=_utc(first.get("wall")),
        duration_s=None,
        walked_s=None,
        distance_m=None,
        peak_mps=None,
        mean_mps=None,
        program=_text(first.get("program")),
        orientation=_text(first.get("orientation")),
        cause="",
        releases=None,
        whole=checked.whole and ours,
        complete=not checked.findings and ours,
        octets=octets,
        head_sha256=str(records[-1]["sha256"]) if records else "",
    )


def _text(plain: Any) -> str | None:
    return plain[:64] if isinstance(plain, str) and plain else None


def _utc(wall_s: Any) -> str | None:
    try:
        return stamp(datetime.fromtimestamp(wall_s, UTC))
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def stamp(at: datetime) -> str:
    """A moment as a text in UTC, of one length, that sorts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
