"""What a refusal tells whoever caught it."""

from protocols.errors import ProtocolError


def test_a_refusal_is_its_sentence_and_what_was_received() -> None:
    error = ProtocolError("It is too long.", b"\x01\x02")
    assert isinstance(error, ValueError)
    assert (str(error), error.args) == ("It is too long.", ("It is too long.",))
    assert (error.what, error.octets) == ("It is too long.", b"\x01\x02")


def test_a_refusal_of_what_was_never_received_has_no_octets() -> None:
    assert ProtocolError("It is too long.").octets == b""
