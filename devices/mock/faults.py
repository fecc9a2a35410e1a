"""What goes wrong on a line, by name: the faults every profile is tried against, and the byte mischief.

The first eight are the communication faults of IEC 61784-3; the others happen to wires and machines.
"""

from __future__ import annotations

import random
from enum import StrEnum


class Fault(StrEnum):
    """A fault by the name `simulate --fault` takes."""

    CORRUPTION = "corruption"
    REPETITION = "repetition"
    WRONG_SEQUENCE = "wrong-sequence"
    LOSS = "loss"
    DELAY = "delay"
    INSERTION = "insertion"
    MASQUERADE = "masquerade"
    ADDRESSING = "addressing"
    STUCK = "stuck"
    BABBLE = "babble"
    UNPLUG = "unplug"
    POWER_CYCLE = "power-cycle"
    CLOCK_JUMP = "clock-jump"


DELAY_S = 5.0
SURVIVES = 12
"""Of a line that loses frames, only every so many-th arrives."""
DAMAGED = 0.7
NOISE = 64

Pieces = list[tuple[float, bytes]]
"""Bytes and how many seconds from now they arrive."""


class Mischief:
    """What a bad line makes of whole frames on their way; without a fault it passes them on."""

    def __init__(self, seed: int = 11) -> None:
        self.fault: Fault | None = None
        self._chance = random.Random(seed)  # noqa: S311 - line noise, nothing secret
        self._held: bytes | None = None
        self._lost = 0

    def carry(self, frame: bytes, foreign: bytes = b"") -> Pieces:
        """Return what arrives instead of `frame`; `foreign` is what an intruder on the line says."""
        chance, whole = self._chance, [(0.0, frame)]
        match self.fault:
            case Fault.CORRUPTION:
                return [(0.0, self._damaged(frame))] if chance.random() < DAMAGED else whole
            case Fault.REPETITION:
                return whole * 2
            case Fault.WRONG_SEQUENCE:
                return self._swapped(frame)
            case Fault.LOSS:
                self._lost += 1
                return [] if self._lost % SURVIVES else whole
            case Fault.DELAY:
                return [(DELAY_S, frame)]
            case Fault.INSERTION | Fault.BABBLE:
                strange = foreign if self.fault is Fault.INSERTION else self.noise()
                return [(0.0, strange), *whole]
        return whole

    def noise(self) -> bytes:
        """Return a little line noise, line ends among it."""
        return b"".join(self._chance.choice((b"\r\n", b"$", self._chance.randbytes(2))) for _ in range(NOISE))

    def _damaged(self, frame: bytes) -> bytes:
        damaged = bytearray(frame)
        for _ in range(self._chance.randint(1, 4)):
            place = self._chance.randrange(len(damaged))
            damaged[place] ^= 1 << self._chance.randrange(8)
        return bytes(damaged)

    def _swapped(self, frame: bytes) -> Pieces:
        if self._held is None:
            self._held = frame
            return []
        held, self._held = self._held, None
        return [(0.0, frame), (0.0, held)]
