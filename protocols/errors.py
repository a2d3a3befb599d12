"""What a peer said that it should not have said."""


class ProtocolError(ValueError):
    """Octets that cannot mean what they claim to mean.

    `what` is one plain sentence that names the field and the rule; `octets` is what was received.
    """

    def __init__(self, what: str, octets: bytes = b"") -> None:
        super().__init__(what)
        self.what = what
        self.octets = octets
