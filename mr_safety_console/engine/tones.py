"""The bursts as sound: shapes after IEC 60601-1-8, made once from nothing but arithmetic.

A burst is a row of pulses. High has ten of them in two groups of five, Medium three, Low two; a reminder
is a single soft one. A pulse is one fundamental between 150 and 1000 Hz with five harmonics up to 4 kHz,
so that a loudspeaker or an ear that is deaf to one of them still has the others, and it swells and fades
within its length.
The figures lie inside the ranges of the standard as they are commonly cited; a site that relies on
them measures them at the place where they have to be heard.
"""

from __future__ import annotations

import math
import struct
import sys
from array import array
from collections.abc import Sequence

from mr_safety_console.domain.sound import Tone
from mr_safety_console.domain.value import frozen

RATE_HZ = 16_000
HARMONICS = (1.0, 0.8, 0.7, 0.6, 0.5, 0.4)
"""Loudness of the fundamental and its harmonics: all within 15 dB of one another."""
PEAK, SOFT = 30_000, 10_000
RAMP = 0.2
"""Share of a pulse in which it swells, and in which it fades."""
SILENCE_S = 0.1
BETWEEN_S = 0.8


@frozen
class Shape:
    """One burst: fundamental, length of a pulse, the silence after each pulse but the last, and its peak."""

    pitch_hz: int
    pulse_s: float
    gaps_s: tuple[float, ...]
    peak: int = PEAK

    @property
    def pulses(self) -> int:
        """Return how many pulses the burst has."""
        return len(self.gaps_s) + 1

    @property
    def seconds(self) -> float:
        """Return how long the burst is."""
        return self.pulse_s * self.pulses + sum(self.gaps_s)


_FIVE = (0.1, 0.1, 0.35, 0.1)
_HIGH = (*_FIVE, 0.6, *_FIVE)
SHAPES = {
    Tone.REMINDER: Shape(262, 0.4, (), SOFT),
    Tone.LOW: Shape(262, 0.2, (0.2,)),
    Tone.MEDIUM: Shape(349, 0.2, (0.2, 0.2)),
    Tone.MEDIUM_AGAIN: Shape(440, 0.2, (0.2, 0.2)),
    Tone.HIGH: Shape(523, 0.15, _HIGH),
    Tone.HIGH_AGAIN: Shape(659, 0.15, _HIGH),
}
TRIAL = (Tone.LOW, Tone.MEDIUM, Tone.HIGH)
"""What a sounder test plays, in this order."""


def burst(tone: Tone) -> bytes:
    """Return a tone's burst as a WAV file: one channel, 16 bit, 16 kHz."""
    return wav(_samples(SHAPES[tone]))


def trial() -> bytes:
    """Return the bursts of a sounder test, one after the other, as a WAV file."""
    row = array("h")
    for tone in TRIAL:
        row += _samples(SHAPES[tone]) + _silence(BETWEEN_S)
    return wav(row)


def silence() -> bytes:
    """Return a tenth of a second of nothing as a WAV file: it asks the player whether it plays."""
    return wav(_silence(SILENCE_S))


def trial_s() -> float:
    """Return how long a sounder test takes."""
    return sum(SHAPES[tone].seconds + BETWEEN_S for tone in TRIAL)


def _samples(shape: Shape) -> array[int]:
    pulse = _pulse(shape.pitch_hz, shape.pulse_s, shape.peak)
    row = array("h")
    for gap_s in (*shape.gaps_s, 0.0):
        row += pulse + _silence(gap_s)
    return row


def _silence(seconds: float) -> array[int]:
    return array("h", bytes(2 * round(seconds * RATE_HZ)))


def _pulse(pitch_hz: int, seconds: float, peak: int) -> array[int]:
    count = round(seconds * RATE_HZ)
    step = 2 * math.pi * pitch_hz / RATE_HZ
    raw = [_sum(step * n) * min(1.0, n / (RAMP * count), (count - n) / (RAMP * count)) for n in range(count)]
    scale = peak / max(abs(value) for value in raw)
    return array("h", [round(value * scale) for value in raw])


def _sum(angle: float) -> float:
    return sum(share * math.sin(angle * number) for number, share in enumerate(HARMONICS, 1))


def wav(samples: Sequence[int]) -> bytes:
    """Return samples of 16 bit as the bytes of a WAV file."""
    row = array("h", samples)
    if sys.byteorder == "big":
        row.byteswap()
    data = row.tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16)
    head = struct.pack("<4sI4s", b"RIFF", 36 + len(data), b"WAVE")
    return head + form + struct.pack("<4sI", b"data", len(data)) + data
