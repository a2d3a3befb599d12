"""What the next session of a program may be, given those before: proposed, never applied. Pure.

One thing changes at a time, by the first row of the program's table that is due. Engineering
choices inside published guidance: no trial backs them, and a supervisor decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import takewhile

from controller.programs.outcome import Light, Outcome, judged
from controller.programs.prescription import (
    DUST,
    Prescription,
    counted,
    figure,
    lowered,
    prescribed,
    raised,
    room,
    said,
)
from controller.programs.rules import Row, Sheet

COMMON = "The common rules: see docs/programs.md."
WEEK_DAYS = 7


class Act(Enum):
    """What is proposed for the next session."""

    RAISE = "raise"
    REPEAT = "repeat"
    REDUCE = "reduce"
    CLINICIAN = "see a clinician"
    READY = "ready"
    """The program has done its part: go on to another."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for the next session, and why.

    `light` is the last session's, None without one; `prescription` is the next one's; `changes`
    says what is different; `rule` is the row it came from, `source` on whose grounds that stands.
    """

    light: Light | None
    act: Act
    prescription: Prescription
    changes: str
    reasons: tuple[str, ...]
    rule: str
    source: str


def propose(sheet: Sheet, prescription: Prescription, outcomes: Sequence[Outcome]) -> Proposal:
    """The proposal for the session after these; sessions of other programs do not count."""
    ours = sorted(
        (outcome for outcome in outcomes if outcome.program == sheet.program.id),
        key=lambda outcome: outcome.day,
    )
    proposal = _proposed(sheet, prescription, ours)
    course = sheet.per_week * sheet.weeks
    if len(ours) < course:
        return proposal
    walked = f"The program's {course} sessions are walked: decide how it goes on."
    return replace(proposal, reasons=(*proposal.reasons, walked))


def _proposed(sheet: Sheet, prescription: Prescription, ours: list[Outcome]) -> Proposal:
    stays = Proposal(
        None, Act.REPEAT, prescription, "Nothing changes.", (), COMMON, "; ".join(sheet.sources)
    )
    if not ours:
        return replace(stays, reasons=("No session has been walked yet.",))
    light, reasons = judged(ours[-1], sheet)
    stays = replace(stays, light=light, reasons=reasons)
    if light is Light.GREEN:
        return _after_green(sheet, stays, ours)
    return _after_red(sheet, stays, ours) if light is Light.RED else stays


def _after_red(sheet: Sheet, stays: Proposal, ours: list[Outcome]) -> Proposal:
    """One step back: of the last row that has raised anything. A clinician is asked after two in a
    row, and where there is no step to take."""
    again = len(ours) > 1 and judged(ours[-2], sheet)[0] is Light.RED
    stays = replace(stays, act=Act.CLINICIAN if again else Act.REDUCE)
    if again:
        stays = replace(stays, reasons=(*stays.reasons, "The session before was red too."))
    for row in reversed(sheet.rows):
        by = figure(stays.prescription, row.change)
        if by > DUST:
            back = lowered(stays.prescription, row)
            changes = _changes(row, stays.prescription, back)
            return replace(stays, prescription=back, changes=changes)
    first = "This is the program's beginning: there is nothing to take back."
    return replace(stays, act=Act.CLINICIAN, reasons=(*stays.reasons, first))


def _changes(row: Row, before: Prescription, after: Prescription) -> str:
    by = figure(after, row.change) - figure(before, row.change)
    words = said(row.change, by)
    return f"{words[:1].upper()}{words[1:]}."


def _after_green(sheet: Sheet, stays: Proposal, ours: list[Outcome]) -> Proposal:
    now = stays.prescription
    greens = _greens(sheet, ours)
    stays = replace(stays, reasons=(f"Green sessions in a row: {len(greens)}.",))
    if _is_ready(sheet, greens):
        return replace(stays, act=Act.READY, rule=sheet.progression)
    if greens[-1].prescription != now:
        other = "The last session was not walked as is prescribed now."
        return replace(stays, reasons=(*stays.reasons, other))
    for row in sheet.rows:
        if room(sheet, now, row) and _is_due(row, sheet, now, greens):
            after = raised(sheet, now, row)
            changes = _changes(row, now, after)
            rule = _rule(row, sheet)
            return replace(stays, act=Act.RAISE, prescription=after, changes=changes, rule=rule)
    return replace(stays, rule=sheet.progression or COMMON)


def _greens(sheet: Sheet, ours: list[Outcome]) -> list[Outcome]:
    """The green sessions in a row, up to the last."""
    row = takewhile(lambda outcome: judged(outcome, sheet)[0] is Light.GREEN, reversed(ours))
    return [*row][::-1]


def _is_ready(sheet: Sheet, greens: list[Outcome]) -> bool:
    ready = sheet.ready
    if ready is None or len(greens) < ready.sessions:
        return False
    last = greens[-ready.sessions :]
    return all(
        outcome.rpe_scale == "6-20" and outcome.rpe is not None and outcome.rpe <= ready.rpe
        for outcome in last
    )


def _is_due(row: Row, sheet: Sheet, now: Prescription, greens: list[Outcome]) -> bool:
    """So many green sessions in a row since this row last changed anything, all at full time if it
    asks for that, and spread over their weeks."""
    if row.then and any(room(sheet, now, other) for other in _before(row, sheet)):
        return False
    counted = [*takewhile(lambda outcome: _counts(row, sheet, now, outcome), reversed(greens))]
    needed = row.sessions or row.weeks * sheet.per_week
    if len(counted) < needed:
        return False
    days = counted[0].day - counted[needed - 1].day
    return not row.weeks or days >= _spread_days(row.weeks, sheet.per_week)


def _before(row: Row, sheet: Sheet) -> tuple[Row, ...]:
    return sheet.rows[: sheet.rows.index(row)]


def _counts(row: Row, sheet: Sheet, now: Prescription, outcome: Outcome) -> bool:
    walked = outcome.prescription
    if abs(figure(walked, row.change) - figure(now, row.change)) > DUST:
        return False
    program = prescribed(sheet, walked)
    return not row.full_time or program.duration_s >= program.max_s - DUST


def _spread_days(weeks: int, per_week: int) -> int:
    """From the first to the last of so many weeks' sessions: with days of rest between them, as far
    as a week has room for them."""
    within = max(per_week - 1, min(4, 2 * (per_week - 1)))
    return WEEK_DAYS * (weeks - 1) + within


def _rule(row: Row, sheet: Sheet) -> str:
    """The row in words."""
    counts = (row.sessions, "green session") if row.sessions else (row.weeks, "green week")
    often = counted(*counts)
    when = " at full time" if row.full_time else ", all rows before at their bounds" * row.then
    said_by = sheet.progression and f" ({sheet.progression})"
    return f"After {often}{when}: {said(row.change, row.by)}.{said_by}"
