"""The seconds around one stop, drawn large enough to read."""

from dataclasses import dataclass

from controller.records.course import Course, Stop
from controller.records.report.charts import LEFT, RIGHT, Drawing, Tick, hands, speeds
from controller.records.report.marks import Label, labels
from controller.records.report.scale import Scale, clock_ticks

BEFORE_S, AFTER_S, LEAST_S = 1.5, 1.0, 4.0
ROW_PX = 15.0


@dataclass(frozen=True, slots=True)
class StopDrawing:
    """A drawing whose marks carry words instead of numbers, in `rows` rows above it."""

    drawing: Drawing
    labels: list[Label]
    top: float
    """Of the speed panel."""


def stop_drawing(course: Course, stop: Stop) -> StopDrawing:
    known = [each for each in (stop.released_s, stop.began_s, stop.sent_s) if each is not None]
    from_s = min(known) - BEFORE_S
    until_s = max(from_s + LEAST_S, (stop.rest_s or max(known)) + AFTER_S)
    x = Scale(from_s, until_s, LEFT, RIGHT)
    marks = labels(_texts(stop), x)
    top = 8.0 + ROW_PX * (1 + max((mark.row for mark in marks), default=0))
    samples = [s for s in course.samples if from_s <= s.at_s <= until_s]
    panel = speeds(samples, x, top, 110.0)
    lanes = hands(samples, x, panel.bottom + 22.0)
    bottom = lanes[-1].top + 16.0
    zero_s = known[0]
    times = tuple(
        Tick(x.at(zero_s + at), f"{at:+g} s" if at else "0")
        for at in clock_ticks(from_s - zero_s, until_s - zero_s)
    )
    return StopDrawing(Drawing(bottom + 20.0, bottom, (panel,), lanes, times), marks, top)


def _texts(stop: Stop) -> list[tuple[float, str]]:
    """The marks, in order of time; those of one instant are one mark."""
    named = (
        (stop.released_s, "hands let go"),
        (stop.began_s, "decided"),
        (stop.sent_s, "Stop sent"),
        (stop.rest_s, "at rest"),
    )
    found: list[tuple[float, str]] = []
    for at_s, text in named:
        if at_s is None:
            continue
        if found and at_s - found[-1][0] < 0.02:
            found[-1] = (found[-1][0], f"{found[-1][1]}, {text}")
        else:
            found.append((at_s, text))
    return found
