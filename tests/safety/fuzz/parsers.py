"""Every parser of Retrotread, as functions of octets that must not raise. One function stands for
parsers that read what comes from the same hand.
"""

from collections.abc import Callable

from tests.safety.fuzz import texts, wires

PARSERS: dict[str, Callable[[bytes], None]] = {
    parser.__name__: parser for parser in (*wires.PARSERS, *texts.PARSERS)
}
