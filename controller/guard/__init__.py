"""The guard: parent of control and desk, standard library only.

It hears control's heartbeat, which comes only at the end of a completed turn. When control falls
silent while the belt may move, the guard ends it and has the belt stopped without its help.
"""
