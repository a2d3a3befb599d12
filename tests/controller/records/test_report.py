"""The report of a session: what it tells, what it must not let through, and how large it is."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from controller.records.course import Course, with_notes
from controller.records.notes import Moment
from controller.records.report.marks import flags, labels
from controller.records.report.outline import outline, path, spans
from controller.records.report.pdf import pdf
from controller.records.report.scale import Scale, clock_ticks, ticks
from controller.records.report.session import pain_of, session_page
from tests.controller.records.noted import measured, notes
from tests.controller.records.walked import Walked, read

VOID = {"meta", "br", "line", "rect", "path", "circle", "link", "img"}
MEGABYTE = 1_000_000


class Pages(HTMLParser):
    """The tags of a page, its texts, and whether each tag is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def told(html: str) -> str:
    return " ".join(" ".join(Pages(html).texts).split())


def test_a_report_tells_of_the_release_its_stop_and_the_notes(released: Walked) -> None:
    course = with_notes(read(released.octets), notes())
    text = told(session_page(course, notes(), title="Steps", at="today"))
    (stop,) = course.stops
    for expected in (
        "Both hands left the handrails.", f"{stop.carry_m:.2f} m", f"{stop.latency_s:.3f} s",
        "verified", "hands let go", "Stop sent", "at rest", "patient KN-017", "m.ruiz",
        "Steps (steps, version 4)", "patient turned round, belt forward", "yes to recent fall of 2",
        "given, form 3", "contact guard", "3 → 4 → 3", "128/78 mmHg", "11 (scale 6–20)",
        "calf fatigue", "Asked for by Mrs. Miller.", "Pain 4 of 10, effort 12.",
        "Retrotread 0.1.0", "from begin to end", course.last_hash,
    ):  # fmt: skip
        assert expected in text, expected


def test_a_clean_session_without_notes_says_so(stopped: Walked) -> None:
    text = told(session_page(read(stopped.octets)))
    assert "Record whole" in text
    assert "no notes belong to this session" in text
    assert "Nothing was noted." in text


def test_a_page_is_self_contained_and_well_formed(released: Walked) -> None:
    page = Pages(session_page(with_notes(read(released.octets), notes()), notes()))
    assert page.open == []
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "foreignobject", "use"}
    for _, attributes in page.tags:
        assert not {"src", "href", "xlink:href"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
    policies = [a for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies[0]["content"] == "default-src 'none'; style-src 'unsafe-inline'"


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7*7 }}</svg>"


def test_whatever_people_type_stays_text(released: Walked) -> None:
    hostile = notes(
        remark=HOSTILE, adverse_event=HOSTILE, supervisor=HOSTILE, symptoms=(HOSTILE,),
        program_version=HOSTILE,
    )  # fmt: skip
    course = read(released.octets)
    html = session_page(course, hostile, title=HOSTILE, at=HOSTILE)
    page = Pages(html)
    assert page.open == []
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert "<script" not in html
    assert told(html).count("<script>alert(1)</script>") >= 6
    assert "{{ 7*7 }}" in told(html)


def test_a_broken_chain_is_shown_before_anything_else(released: Walked) -> None:
    lines = released.octets.splitlines(keepends=True)
    lines[600] = lines[600].replace(b"turn", b"tern", 1)
    text = told(session_page(read(b"".join(lines))))
    assert "Record broken" in text
    assert "is not as it was written from line 601 on" in text
    assert text.index("line 601") < text.index("Course")
    assert "A stop was not seen to rest" in text


def test_a_record_cut_off_by_a_crash_still_gives_a_report(released: Walked) -> None:
    for share in (0.02, 0.3, 0.6, 0.95):
        cut = released.octets[: int(len(released.octets) * share)]
        text = told(session_page(read(cut), notes()))
        assert "Record incomplete" in text
        assert "its last line breaks off, and it has no end" in text


def test_a_session_that_never_moved_gives_a_report(released: Walked) -> None:
    lines = released.octets.splitlines(keepends=True)[:3]
    html = session_page(read(b"".join(lines)))
    assert "Stops" not in re.findall(r"<h2>(.*?)</h2>", html)
    assert "nan" not in html


def test_half_an_hour_stays_under_one_and_a_half_megabytes(half_an_hour: Walked) -> None:
    course = with_notes(read(half_an_hour.octets), notes())
    assert course.figures.duration_s > 1700
    html = session_page(course, notes())
    assert len(html.encode()) < 1.5 * MEGABYTE
    assert "nan" not in html


def test_half_an_hour_has_the_distance_of_the_belt(half_an_hour: Walked) -> None:
    course = read(half_an_hour.octets)
    assert course.figures.distance_m == pytest.approx(half_an_hour.belt_m, rel=0.01)
    assert course.stops[0].carry_m == pytest.approx(half_an_hour.carry_m, abs=0.08)


def test_a_report_is_a_pdf_on_a4(released: Walked) -> None:
    made = pdf(session_page(read(released.octets), notes()))
    assert made.startswith(b"%PDF-")
    assert made.rstrip().endswith(b"%%EOF")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", made)
    assert {(round(float(w)), round(float(h))) for w, h in boxes} <= {(595, 842)}


def test_the_peak_is_the_worst_that_was_said() -> None:
    said = notes(
        measured=(
            measured(Moment.DURING, 4), measured(Moment.DURING, 6), measured(Moment.PEAK, 5),
            measured(Moment.AFTER, 3), measured(Moment.AFTER, 2),
        )
    )  # fmt: skip
    assert (pain_of(said, Moment.PEAK), pain_of(said, Moment.AFTER)) == (6, 2)
    assert pain_of(said, Moment.BEFORE) is None
    assert pain_of(None, Moment.PEAK) is None


def test_every_event_is_under_exactly_one_flag(half_an_hour: Walked) -> None:
    course: Course = read(half_an_hour.octets)
    found = flags(course.events, Scale(0.0, course.figures.duration_s, 46.0, 654.0))
    numbers = [n for flag in found for n in range(flag.first, flag.last + 1)]
    assert numbers == list(range(1, len(course.events) + 1))
    for before, after in pairwise(found):
        assert after.x - before.x >= (after.width + before.width) / 2


def test_labels_that_would_overlap_get_rows_of_their_own() -> None:
    x = Scale(0.0, 10.0, 0.0, 600.0)
    found = labels([(0.0, "hands let go"), (0.3, "Stop sent"), (9.9, "at rest")], x)
    assert [(label.row, label.after) for label in found] == [(0, True), (1, True), (0, False)]


def test_the_shortest_spike_survives_in_an_outline() -> None:
    points = [(i / 100, 0.0) for i in range(10_000)]
    points[5003] = (50.03, 1.0)
    points[7777] = (77.77, -1.0)
    kept = list(outline(points, 2.0))
    assert len(kept) <= 4 * 2 * 100
    assert points[5003] in kept
    assert points[7777] in kept
    assert kept == sorted(kept)


def test_a_path_has_a_gap_where_nothing_is_known() -> None:
    x, y = Scale(0.0, 4.0, 0.0, 100.0), Scale(0.0, 1.0, 100.0, 0.0)
    drawn = path([(0.0, 0.0), (1.0, 1.0), (2.0, None), (3.0, 0.5), (4.0, 0.5)], x, y)
    assert drawn == "M0.0,100.0L25.0,0.0M75.0,50.0L100.0,50.0"


def test_a_hand_off_for_one_turn_is_still_seen() -> None:
    x = Scale(0.0, 1800.0, 0.0, 600.0)
    found = spans([(0.0, False), (900.0, True), (900.05, False), (1800.0, False)], x, least=2.0)
    assert found == [(300.0, 2.0)]
    assert spans([(0.0, True), (1800.0, True)], x) == [(0.0, 600.0)]


@pytest.mark.parametrize("high", [0.25, 0.48, 1.0, 2.0, 10.0, 130.0])
def test_ticks_are_few_round_and_inside(high: float) -> None:
    found = ticks(0.0, high)
    assert 2 <= len(found) <= 6
    assert found[0] == 0.0
    assert found[-1] <= high


@pytest.mark.parametrize("seconds", [4.0, 61.0, 600.0, 1800.0, 2400.0, 9000.0])
def test_clock_ticks_are_few(seconds: float) -> None:
    assert 2 <= len(clock_ticks(0.0, seconds)) <= 11


def test_a_desk_starts_without_what_only_reports_need() -> None:
    heavy = ("jinja2", "weasyprint", "fit_tool")
    program = f"import sys, controller.desk; print([n for n in {heavy} if n in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "[]\n"
