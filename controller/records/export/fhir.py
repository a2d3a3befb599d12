"""FHIR R4: a bundle of observations, one per measure, grouped by a panel.

Without the patient the observations have no subject: whoever imports them puts it in.
"""

import json
import uuid
from collections.abc import Iterator
from typing import Any

from controller.records.course import Course
from controller.records.export import codes
from controller.records.export.codes import Coded
from controller.records.export.table import instant
from controller.records.notes import Measured, SessionNotes

Resource = dict[str, Any]
CATEGORY = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "activity",
            "display": "Activity",
        }
    ]
}
SCALES = {"borg_6_20": "Borg scale, 6-20", "cr_0_10": "CR10 scale, 0-10"}
WAYS = {
    "turned": "The patient faces the rear; the belt runs forward",
    "reverse_belt": "The patient faces the front; the belt runs in reverse",
}


def bundle(course: Course, notes: SessionNotes | None, with_patient: bool) -> bytes:
    """A collection, as JSON."""
    maker = _Maker(course, notes if with_patient else None)
    members = [*maker.activity(), *maker.measured(notes)]
    panel = maker.observation("panel", codes.PANEL, hasMember=[_to(m) for m in members])
    resources = [*maker.patient(), maker.device(), panel, *members]
    made = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": instant(course.began_at + course.figures.duration_s),
        "identifier": {"system": "urn:retrotread:session", "value": course.session},
        "entry": [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in resources],
    }
    return json.dumps(made, indent=1, allow_nan=False).encode() + b"\n"


class _Maker:
    """Makes the resources of one session. `known` are the notes only if the patient is told."""

    def __init__(self, course: Course, known: SessionNotes | None) -> None:
        self._course = course
        self._known = known
        self._status = "final"
        if course.findings:
            self._status = "preliminary" if course.whole else "unknown"

    def id(self, name: str) -> str:
        """The same in every export of the session."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:retrotread:{self._course.session}/{name}"))

    def patient(self) -> Iterator[Resource]:
        if self._known is not None:
            named = {"system": "urn:retrotread:pseudonym", "value": self._known.patient}
            yield {"resourceType": "Patient", "id": self.id("patient"), "identifier": [named]}

    def device(self) -> Resource:
        machine = self._course.machine
        named = {"name": machine.model or "Treadmill", "type": "model-name"}
        made: Resource = {
            "resourceType": "Device",
            "id": self.id("device"),
            "status": "active",
            "deviceName": [named],
            "version": [{"value": f"Retrotread {self._course.version}"}],
        }
        if machine.serial:
            made["serialNumber"] = machine.serial
        return made

    def observation(self, name: str, coded: Coded, at: str = "", **more: Any) -> Resource:
        """Over the session, or at an instant."""
        course = self._course
        made: Resource = {
            "resourceType": "Observation",
            "id": self.id(name),
            "status": self._status,
            "category": [CATEGORY],
            "code": coded.concept(),
            "device": {"reference": f"urn:uuid:{self.id('device')}"},
        }
        if self._known is not None:
            made["subject"] = {"reference": f"urn:uuid:{self.id('patient')}"}
        if at:
            return {**made, "effectiveDateTime": at, **more}
        ends = instant(course.began_at + course.figures.duration_s)
        return {**made, "effectivePeriod": {"start": instant(course.began_at), "end": ends}, **more}

    def activity(self) -> Iterator[Resource]:
        """What the belt, the hands and the strap told."""
        figures = self._course.figures
        walking = {"text": "Backward walking on a treadmill"}
        yield self.observation("activity", codes.ACTIVITY, valueCodeableConcept=walking)
        yield self.observation(
            "orientation", codes.ORIENTATION,
            valueString=WAYS.get(self._course.orientation, self._course.orientation or "unknown"),
        )  # fmt: skip
        timed = (
            ("duration", codes.DURATION, figures.walked_s / 60),
            ("mean-rate", codes.MEAN_RATE, figures.mean_bpm),
            ("peak-rate", codes.PEAK_RATE, figures.peak_bpm),
        )
        own = ((name, coded, getattr(figures, name)) for name, coded in codes.FIGURES.items())
        for name, coded, value in (*timed, *own):
            if value is not None:
                yield self.observation(name, coded, valueQuantity=coded.quantity(value))

    def measured(self, notes: SessionNotes | None) -> Iterator[Resource]:
        """What people asked and measured, each with the moment as a note."""
        for number, round_ in enumerate(notes.measured if notes else ()):
            at, said = round_.at.isoformat(), [{"text": round_.moment.value}]
            for name, coded, value, more in _asked(round_):
                yield self.observation(
                    f"{name}-{number}", coded, at, note=said,
                    valueQuantity=coded.quantity(value), **more,
                )  # fmt: skip
            if round_.pressure is not None:
                yield self.observation(
                    f"pressure-{number}", codes.PRESSURE, at, note=said,
                    component=_components(round_),
                )  # fmt: skip


def _asked(round_: Measured) -> Iterator[tuple[str, Coded, float, Resource]]:
    effort = round_.effort
    method = {"method": {"text": SCALES[effort.scale.value]}} if effort else {}
    asked: tuple[tuple[str, Coded, float | None, Resource], ...] = (
        ("pain", codes.PAIN, round_.pain_nprs, {}),
        ("effort", codes.EFFORT, effort.rating if effort else None, method),
        ("rate", codes.RATE, round_.heart_rate_bpm, {}),
        ("oxygen", codes.OXYGEN, round_.spo2_pct, {}),
    )
    for name, coded, value, more in asked:
        if value is not None:
            yield name, coded, value, more


def _components(round_: Measured) -> list[Resource]:
    if round_.pressure is None:
        return []
    parts = (
        (codes.SYSTOLIC, round_.pressure.systolic_mmhg),
        (codes.DIASTOLIC, round_.pressure.diastolic_mmhg),
    )
    return [{"code": c.concept(), "valueQuantity": c.quantity(value)} for c, value in parts]


def _to(resource: Resource) -> Resource:
    return {"reference": f"urn:uuid:{resource['id']}"}
