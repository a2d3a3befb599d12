"""Where fuzzing begins: octets that mean something, and how to damage them."""

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path

VECTORS = Path(__file__).parents[2] / "vectors"
SOURCES = Path(__file__).parents[3]
LIBRARIES = ("controller/programs/library", "simulators/scenarios")
TEXTS = (
    b"$RG,1,7,-,-,07,90*0000\r\n",
    b'treadmill = "ftms:name=Pad"\ngrip = "grip:/dev/x"\n[limits]\ncap_mph = 1.0\n',
    b'{"v":1,"kind":"command","id":"1","verb":"stop"}\n',
    b'{"kind":"command","id":"1","verb":"slower"}',
    b'{"request_id":"1","device":"room-1","session_id":"s","challenge":"c","sequence":1}',
    b"ftms:AA:BB:CC:DD:EE:FF",
    b"grip:socket://127.0.0.1:1",
    b"relay:gpio:0:17",
    b'1 [true, "grip_released"] 00000000\n',
    b'{"event": "stop_sent"}',
    b'{"n":1,"t":2.5,"kind":"turn","evidence":{},"decided":{},"commands":[{"verb":"arm"}]}',
    b'{"version":1,"address":"ftms:AA:BB:CC:DD:EE:FF","sha256":"0","cap_mps":0.4}',
    b'{"version":1,"users":[{"name":"anna","roles":["supervisor"],"hash":"$argon2id$"}]}',
    b'title = "A"\nwalks = 3\n[settings]\ngrace_factor = { choice = [0.5, 1.0] }\n',
    b"[sweep]\nspeeds_mps = [0.2]\nlatencies_s = [0.3]\nstop_mps2 = [0.5]\n",
    *(start + b"[" * 3000 for start in (b"", b"a = ", b"1 ", b'{"commands":', b'{"event":')),
    bytes((0x80, 0x02, 0x01)),
    bytes((0x02, 0x64, 0x00)),
)


def seeds() -> list[bytes]:
    """Every octet string of the vectors, the built-in programs and scenarios, and a few texts."""
    found = [*TEXTS, b"", bytes(20)]
    for library in LIBRARIES:
        found += [path.read_bytes() for path in sorted((SOURCES / library).glob("*.toml"))]
    for path in sorted(VECTORS.glob("*.toml")):
        found += _octets(tomllib.loads(path.read_text()))
    return found


def _octets(value: object) -> Iterator[bytes]:
    """Whatever in a table of vectors reads as octets."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _octets(each)
    elif isinstance(value, str):
        try:
            yield bytes.fromhex(value)
        except ValueError:
            yield value.encode()


def damaged(chance: random.Random, known: list[bytes]) -> bytes:
    """Octets that nearly mean something, or nothing at all."""
    octets = bytearray(chance.choice(known))
    for _ in range(chance.randrange(5)):
        at = chance.randrange(len(octets) + 1)
        match chance.randrange(5):
            case 0:
                octets[at:at] = chance.randbytes(chance.randrange(1, 5))
            case 1:
                del octets[at : at + chance.randrange(1, 5)]
            case 2 if octets:
                octets[at % len(octets)] ^= 1 << chance.randrange(8)
            case 3:
                octets[at:at] = chance.choice(known)[:40]
            case _:
                octets[at : at + 2] = chance.choice((b"\xff\xff", b"\x00\x00", b"\x7f", b"\x80"))
    return bytes(octets)
