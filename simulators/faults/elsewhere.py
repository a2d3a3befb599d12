"""What of the two catalogues no fault here stands for, and why."""

ELSEWHERE: dict[str, str] = {
    "F18": "There is no CAN treadmill here; the drivers use no cyclic task of a kernel.",
    "F43": "The honest machine does so already: FTMS has no dead-man timer, and the belt runs on "
    "when the link is lost. `stops_unlinked` is the opposite.",
    "D23": "The honest machine does so already: elapsed time stops with a pause while the belt "
    "still slows down.",
    "D29": "No treadmill's: `simulators.worn.Strap` does so once it is taken off.",
}
"""By number: F1… of the fault catalogue, D1… of the machines seen in the field."""
