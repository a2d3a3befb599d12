"""What each figure is called in FHIR: LOINC where it has a code, a local one where it has none.

Units are UCUM. LOINC codes are used under LOINC's licence, © Regenstrief Institute.
"""

from typing import Any, NamedTuple

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
LOCAL = "urn:retrotread:measure"


class Coded(NamedTuple):
    """A measure: its code, what it is called, and its UCUM unit ("" for none)."""

    system: str
    code: str
    display: str
    unit: str = ""

    def concept(self) -> dict[str, Any]:
        coding = {"system": self.system, "code": self.code, "display": self.display}
        return {"coding": [coding], "text": self.display}

    def quantity(self, value: float, places: int = 4) -> dict[str, Any]:
        return {
            "value": round(value, places), "unit": self.unit, "system": UCUM, "code": self.unit
        }  # fmt: skip


PANEL = Coded(LOINC, "100197-3", "Exercise activity and pain panel")
ACTIVITY = Coded(LOINC, "73985-4", "Exercise activity")
DURATION = Coded(LOINC, "55411-3", "Exercise duration", "min")
PEAK_RATE = Coded(LOINC, "55426-1", "Maximum heart rate over the exercise", "/min")
MEAN_RATE = Coded(LOINC, "55425-3", "Mean heart rate over the exercise", "/min")
RATE = Coded(LOINC, "8867-4", "Heart rate", "/min")
PRESSURE = Coded(LOINC, "85354-9", "Blood pressure panel")
SYSTOLIC = Coded(LOINC, "8480-6", "Systolic blood pressure", "mm[Hg]")
DIASTOLIC = Coded(LOINC, "8462-4", "Diastolic blood pressure", "mm[Hg]")
OXYGEN = Coded(LOINC, "59408-5", "Oxygen saturation by pulse oximetry", "%")
PAIN = Coded(LOINC, "72514-3", "Pain severity, 0-10 verbal numeric rating", "{score}")
EFFORT = Coded(LOINC, "82289-0", "Rating of perceived exertion", "{score}")

FIGURES = {
    "distance_m": Coded(LOCAL, "distance", "Distance walked backward", "m"),
    "mean_mps": Coded(LOCAL, "mean-speed", "Mean speed while the belt moved", "m/s"),
    "peak_mps": Coded(LOCAL, "peak-speed", "Peak belt speed", "m/s"),
    "cap_mps": Coded(LOCAL, "speed-cap", "Speed cap in force", "m/s"),
    "peak_incline_pct": Coded(LOCAL, "peak-incline", "Highest incline", "%"),
    "both_s": Coded(LOCAL, "both-hands-time", "Time with both hands on the rails", "s"),
    "one_s": Coded(LOCAL, "one-hand-time", "Time with one hand on the rails", "s"),
    "none_s": Coded(LOCAL, "no-hand-time", "Time with no hand on the rails", "s"),
    "releases": Coded(LOCAL, "releases", "Times that both hands let go", "{count}"),
    "stops": Coded(LOCAL, "stops", "Stops of the moving belt", "{count}"),
    "latency_s": Coded(LOCAL, "stop-latency", "Longest time from release to Stop", "s"),
    "to_rest_s": Coded(LOCAL, "stop-to-rest", "Longest time from Stop to rest", "s"),
    "carry_m": Coded(LOCAL, "carry", "Longest way of the belt after a release", "m"),
}
"""The figures of a session that no LOINC code fits, by their names in `Figures`."""
ORIENTATION = Coded(LOCAL, "orientation", "Way of walking backward")
