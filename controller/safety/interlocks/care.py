"""The patient's own word, their heart, and how often they let go."""

from controller.safety import conditions, patient
from controller.safety.interlocks.row import (
    ACTIVE,
    ON_BELT,
    WALKING,
    Interlock,
    row,
)
from controller.safety.view import Action

ROWS: tuple[Interlock, ...] = (
    row(
        "symptom", Action.CONTROLLED, ACTIVE, patient.symptom_told,
        "A symptom was told that ends the walk.",
        clears="Look after the patient; whether there is another walk today is yours to judge.",
        cleared=conditions.always,
    ),
    row(
        "patient_request", Action.CONTROLLED, ACTIVE, patient.stop_wished,
        "The patient asked to stop.",
        clears="Ask the patient whether they want to walk again.",
        cleared=conditions.always,
    ),
    row(
        "pain", Action.CONTROLLED, ACTIVE, patient.pain_ends,
        "The pain is 6 or more, or has risen by 3.",
        clears="Let the pain settle, and arm with the pain as it is then.",
        cleared=conditions.always,
    ),
    row(
        "effort", Action.CONTROLLED, ACTIVE, patient.effort_ends,
        "The effort is hard: 15 of 20, or 7 of 10.",
        clears="Let the patient rest.",
        cleared=conditions.always,
    ),
    row(
        "heart_rate", Action.CONTROLLED, ON_BELT, patient.heart_too_fast,
        "The heart rate is above its limit.",
        clears="Let the patient rest; the heart rate must be below its limit.",
    ),
    row(
        "heart_silent", Action.CONTROLLED, ON_BELT, patient.heart_lost,
        "The heart rate is not known any more, and this walk has a limit for it.",
        clears="Put the strap on again, or arm without a limit.",
        cleared=conditions.always,
    ),
    row(
        "releases", Action.CONTROLLED, ON_BELT, patient.released_too_often,
        "Both hands left the rails too often.",
        clears="Find out why; then both hands must hold the rails for 2 seconds.",
        cleared=conditions.both_held,
    ),
    row(
        "pain_held", Action.HOLD, WALKING, patient.pain_holds,
        "The pain is 4 or more, or has risen by 2: no increase in this walk.",
    ),
    row(
        "heart_high", Action.HOLD, WALKING, patient.heart_high,
        "The heart rate is above its limit: no increase.",
    ),
    row(
        "heart_missed", Action.HOLD, WALKING, patient.heart_missed,
        "The heart rate is not known: no increase.",
    ),
    row(
        "incline_refused", Action.WARN, WALKING, conditions.incline_refused,
        "The treadmill does not incline as it was asked to.",
    ),
)  # fmt: skip
