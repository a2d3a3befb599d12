"""What machines of some names were seen to do. A name proves nothing: a row warns, and has a
commissioning look longer; what a machine does is measured.

Sources: issues of cagnulein/qdomyos-zwift (QZ), dudanov/pyftms and its Home Assistant integration,
hughesjs/FitnessMachine, blak3r/treadspan, korniychuk/treadmill-bluetooth-macos,
Belgian-Coder/treadmill-runner, ph4-walkingpad.
"""

import re
from typing import NamedTuple

LISTEN_LONGER = "listen longer"
"""For those that start by themselves after a client has connected."""
HOLD_LONGER = "hold longer"
"""For those that leave a set-point after a while."""


class Quirk(NamedTuple):
    """`pattern`: of the advertised name or the model, from its beginning, in any case; `extra`:
    what a commissioning does besides, or "" where its ordinary steps find out."""

    pattern: str
    deviation: str
    source: str
    extra: str = ""


QUIRKS: tuple[Quirk, ...] = (
    Quirk("TM11GY|Vitalwalk", "take km/h for mph, and pause on Start while moving", "QZ #5100"),
    Quirk("FS-BT-T4", "give their speed range in mph", "justintout/treadmill"),
    Quirk("JFTM|T202|TM4800|TM6500|WT703|TheRun", "take km/h for mph", "QZ #4904, #4364, #4241"),
    Quirk("MERACH", "report rest while running, and stay silent until unlocked", "QZ #4212"),
    Quirk("CITYSPORTS", "start on Request Control alone", "hughesjs/FitnessMachine", LISTEN_LONGER),
    Quirk("HORIZON|7\\.4AT", "start after a client connects, and ignore Stop", "QZ #923",
          LISTEN_LONGER),
    Quirk("KS-|KINGSMITH|WALKINGPAD", "start on Stop while paused, and refuse set-points for 2.5 s",
          "QZ #470, ph4-walkingpad PR 25"),
    Quirk("3G |3G-|PRO RUNNER", "run past a set-point, also on a lower one", "QZ #3382",
          HOLD_LONGER),
    Quirk("FS-|FITSHOW", "go back to the old speed after a set-point", "QZ #2630", HOLD_LONGER),
    Quirk("SPERAX|RM-01|XTERRA|TR85", "succeed and do nothing", "hassio-ftms #26"),
    Quirk("F85|SOLE", "ignore set-points", "QZ #2385"),
    Quirk("UREVO|URTM", "report the set-point for the belt's speed", "treadspan captures"),
    Quirk("OMEGA Z", "never answer Request Control", "Belgian-Coder/treadmill-runner"),
    Quirk("MOBVOI|TMP", "report motion that there is none, and ignore low speeds",
          "QZ #3404, #2659", LISTEN_LONGER),
    Quirk("MYRUN", "want Start before each set-point", "QZ"),
)  # fmt: skip


def suspected(*names: str) -> tuple[Quirk, ...]:
    """The rows that fit any of these names, in table order."""
    return tuple(
        quirk
        for quirk in QUIRKS
        if any(re.match(quirk.pattern, name, re.IGNORECASE) for name in names)
    )


def extras(*names: str) -> frozenset[str]:
    """What a commissioning of a machine with these names does besides."""
    return frozenset(quirk.extra for quirk in suspected(*names) if quirk.extra)
