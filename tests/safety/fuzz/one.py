"""One parser under atheris: `python -m tests.safety.fuzz.one PARSER [libFuzzer's options]`."""

import sys

import atheris

ROOMS = ["protocols", "controller", "drivers", "simulators", "campaigns"]
with atheris.instrument_imports(include=ROOMS):
    from tests.safety.fuzz.parsers import PARSERS

if __name__ == "__main__":
    parser = PARSERS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, lambda octets: parser(bytes(octets)))
    atheris.Fuzz()
