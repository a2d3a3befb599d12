#!/usr/bin/env python3
"""Makes alarm.wav beside itself: three strokes and a pause, again and again while it is played.

A stroke is 500 Hz with its harmonics, so that some of it is heard through noise, by old ears and
from small loudspeakers. 16 kHz, one channel, 16 bit.
"""

import io
import math
import wave
from pathlib import Path

FILE = Path(__file__).with_suffix(".wav")
RATE = 16_000
PERIOD = 32
"""Samples of one wave: 500 Hz."""
HARMONICS = (1, 2, 3, 4, 5)
STROKE, GAP, PAUSE = RATE * 15 // 100, RATE // 10, RATE * 45 // 100
STROKES = 3
FADE = RATE // 100
"""So that a stroke does not click."""
LOUDEST = 29_000


def tone() -> list[int]:
    """One wave; its highest sample is `LOUDEST`."""
    heights = [
        sum(math.sin(2 * math.pi * number * place / PERIOD) for number in HARMONICS)
        for place in range(PERIOD)
    ]
    return [round(LOUDEST * height / max(heights)) for height in heights]


def samples() -> list[int]:
    wave_form = tone()
    stroke = [
        wave_form[place % PERIOD] * min(place, STROKE - 1 - place, FADE) // FADE
        for place in range(STROKE)
    ]
    return (stroke + [0] * GAP) * STROKES + [0] * PAUSE


def sound() -> bytes:
    """The whole file."""
    octets = b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples())
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(octets)
    return file.getvalue()


if __name__ == "__main__":
    FILE.write_bytes(sound())
