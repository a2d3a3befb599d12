"""`python flooder.py PORT TOPIC RATE SECONDS`: so many messages a second, without mercy.

It speaks MQTT 5 by hand: a client library could not keep the rate up beside what it floods.
"""

import socket
import sys
import time

BURSTS_PER_S = 100
PAYLOAD = b'{"request_id": "flood", "device": "demo", "challenge": "none"}'


def packet(kind: int, body: bytes) -> bytes:
    size, length = b"", len(body)
    while True:
        length, part = divmod(length, 128)
        size += bytes([part | (0x80 if length else 0)])
        if not length:
            return bytes([kind]) + size + body


def text(words: bytes) -> bytes:
    return len(words).to_bytes(2, "big") + words


def main(port: int, topic: str, rate: int, seconds: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(packet(0x10, text(b"MQTT") + b"\x05\x02\x00\x3c\x00" + text(b"flooder")))
        line.recv(64)
        burst = packet(0x30, text(topic.encode()) + b"\x00" + PAYLOAD) * (rate // BURSTS_PER_S)
        due_s = time.monotonic()
        for _ in range(seconds * BURSTS_PER_S):
            line.sendall(burst)
            due_s += 1 / BURSTS_PER_S
            time.sleep(max(0.0, due_s - time.monotonic()))


main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
