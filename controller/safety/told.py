"""What the patient says, and what one session has been told so far. Pure.

Pain is told on the numeric rating scale from 0 to 10, effort on one of the two scales in use. The
stop rules are those of the product's guidance: green up to 3, amber 4 and 5, red from 6 on; a rise
over the pain before the walk counts as well.
"""

import math
from dataclasses import dataclass, replace
from enum import Enum

PAIN_AT_MOST = 10
PAIN_ENDS, PAIN_RISE_ENDS = 6, 3
"""So much pain, or so much more than before the walk, ends it."""
PAIN_HOLDS, PAIN_RISE_HOLDS = 4, 2
"""From here on neither speed nor incline rises any more in this walk."""


FLUTTER_S = 2.0
"""Hands that let go again within this time have not held in between."""


class Scale(Enum):
    """How effort is told."""

    BORG_6_20 = "borg_6_20"
    CR_0_10 = "cr_0_10"


EFFORTS: dict[Scale, range] = {Scale.BORG_6_20: range(6, 21), Scale.CR_0_10: range(11)}
EFFORT_ENDS: dict[Scale, int] = {Scale.BORG_6_20: 15, Scale.CR_0_10: 7}
""""Hard" on either scale ends the walk."""


class Symptom(Enum):
    """What ends a walk as soon as it is said; a closed list."""

    PATIENT_REQUEST = "patient_request"
    """No symptom, and no reason is asked for."""
    DIZZINESS = "dizziness"
    CHEST_PAIN = "chest_pain"
    BREATHLESSNESS = "breathlessness"
    ATAXIA = "ataxia"
    CONFUSION = "confusion"
    PALLOR = "pallor"
    CYANOSIS = "cyanosis"
    GIVING_WAY = "giving_way"
    SWELLING = "swelling"
    LOCKING = "locking"


REQUEST = Symptom.PATIENT_REQUEST
NO_SYMPTOM = (None, REQUEST)
"""Nothing was said, or no more than the wish to stop."""


@dataclass(frozen=True, slots=True)
class Told:
    """One report. None is "nothing was said of it"; an effort needs its scale."""

    pain_nprs: int | None = None
    effort: int | None = None
    effort_scale: Scale | None = None
    symptom: Symptom | None = None


@dataclass(frozen=True, slots=True)
class Care:
    """What this session has been told and seen of its patient. A default one knows nothing.

    - `pain_before`: told at the arming; `pain_peak`: the highest told since, with it.
    - `effort`, `effort_scale`: told last; `effort_red`: one that ends a walk was told.
    - `symptom`: the first one told; a wish to stop counts only where there is none.
    - `heart_rate_limit_bpm`: the clinician's; None for a walk without one.
    - `releases`: how often both hands left the rails, `released_at_s`: when last; one letting go
      and its flutter are one.
    """

    pain_before: int | None = None
    pain_peak: int | None = None
    effort: int | None = None
    effort_scale: Scale | None = None
    effort_red: bool = False
    symptom: Symptom | None = None
    heart_rate_limit_bpm: int | None = None
    releases: int = 0
    released_at_s: float = -math.inf


def heard(care: Care, told: Told) -> Care:
    """What is known after one more report; what it does not speak of stays."""
    pains = [pain for pain in (care.pain_peak, told.pain_nprs) if pain is not None]
    known = care.symptom not in NO_SYMPTOM
    symptom = care.symptom if known else told.symptom or care.symptom
    care = replace(care, pain_peak=max(pains, default=None), symptom=symptom)
    if told.effort is None or told.effort_scale is None:
        return care
    red = told.effort >= EFFORT_ENDS[told.effort_scale]
    return replace(
        care,
        effort=told.effort,
        effort_scale=told.effort_scale,
        effort_red=care.effort_red or red,
    )


def released(care: Care, now_s: float) -> Care:
    """After the last hand has left the rails."""
    if now_s - care.released_at_s < FLUTTER_S:
        return care
    return replace(care, releases=care.releases + 1, released_at_s=now_s)


def pain_over(care: Care, most: int, rise: int) -> bool:
    """The highest pain told reaches `most`, or is by `rise` above that before the walk."""
    if care.pain_peak is None:
        return False
    risen = 0 if care.pain_before is None else care.pain_peak - care.pain_before
    return care.pain_peak >= most or risen >= rise
