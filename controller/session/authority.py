"""Who may ask for what: one table. Everybody may stop the belt."""

from controller.session.commands import Role, Verb

EVERYBODY = frozenset(Role)
SUPERVISORS = frozenset({Role.SUPERVISOR})
ENGINEERS = frozenset({Role.ENGINEER})
THE_NETWORK_TOO = SUPERVISORS | {Role.NETWORK}
"""What can only slow the belt."""

MAY: dict[Verb, frozenset[Role]] = {
    Verb.STOP: EVERYBODY,
    Verb.ARM: SUPERVISORS,
    Verb.DISARM: SUPERVISORS,
    Verb.START: SUPERVISORS,
    Verb.SLOWER: THE_NETWORK_TOO,
    Verb.FASTER: SUPERVISORS,
    Verb.PAUSE: THE_NETWORK_TOO,
    Verb.RESET: SUPERVISORS,
    Verb.PRESENT: SUPERVISORS,
    Verb.REPORT: EVERYBODY,
    Verb.COMMISSION: ENGINEERS,
}
"""Of a report, everybody may tell a symptom, which only stops; figures are a supervisor's."""


NOT_ENTITLED = "Only a signed-in supervisor may do that."
ENGINEERS_ONLY = "Only a signed-in engineer may do that."


def refusal(verb: Verb, role: Role) -> str:
    """Why this role may not ask for that; empty if it may."""
    if role in MAY[verb]:
        return ""
    return ENGINEERS_ONLY if MAY[verb] == ENGINEERS else NOT_ENTITLED
