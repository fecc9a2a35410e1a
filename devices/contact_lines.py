"""Profile `contact-lines`: dry contacts between a driven line and CTS, DSR, DCD or RI of a serial port.

Looked at fifty times a second; nothing is sent and no line is moved. A rest of the whole picture is
said twice a second, a change at once. Wiring and limits: docs/devices/contact-lines.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from devices.dialogue import BtNs, Tap
from devices.payload import Identity, Sentence, State
from devices.port import PortConfig, Transport
from devices.reading import Note, Origin, Reading
from devices.trust import Expectation, Said, Trust
from devices.wiring import Wired

LOOK_S = 0.02
"""From one look to the next: what is shorter may be missed."""
SAY_NS = 500_000_000
STALL_NS = 1_000_000_000
"""Not having looked for so long (the machine slept, the adapter hung) voids what was seen."""
MS_NS = 1_000_000


class ContactLines:
    """The contacts of one port, told as sentences of a device that is called as the site calls it."""

    def __init__(self, config: PortConfig) -> None:
        self._trust = Trust(Expectation(config.name, config.expect_device, config.silence_s))
        self._device = config.expect_device
        self._names = tuple(described.name for described in config.inputs)
        self._wired = tuple(Wired(described) for described in config.inputs)
        self._seq = 0
        self._letters = ""
        self._levels = -1
        self._looked_ns = 0
        self._said_ns: int | None = None
        self.counts = self._trust.counts

    def opened(self, origin: Origin, bt_ns: int) -> Said:
        """Begin without a memory of levels."""
        self._forget()
        self._looked_ns = bt_ns
        return self._trust.opened(origin, bt_ns)

    def lost(self, text: str, bt_ns: int) -> Said:
        """Pass on."""
        return self._trust.lost(text, bt_ns)

    def failed(self, text: str, bt_ns: int) -> Said:
        """Pass on."""
        return self._trust.failed(text, bt_ns)

    def turn(self, port: Transport, bt_ns: BtNs, tap: Tap) -> Iterable[Reading | Note]:
        """Look once; say what changed, or that all is as it was when half a second has passed."""
        port.pause(LOOK_S)
        levels, now = port.lines(), bt_ns()
        if now - self._looked_ns > STALL_NS:
            self._forget()
        self._looked_ns = now
        if levels != self._levels:
            self._levels = levels
            tap(bytes([levels]))
        letters = self._see(levels, now)
        if letters != self._letters or self._said_ns is None or now - self._said_ns >= SAY_NS:
            self._letters, self._said_ns = letters, now
            yield from self._say(letters, now)
        yield from self._trust.tick(now)

    def _forget(self) -> None:
        self._levels, self._letters, self._said_ns = -1, "", None
        for wired in self._wired:
            wired.reset()

    def _see(self, levels: int, now: int) -> str:
        seen = ""
        for wired in self._wired:
            raw = [levels >> place & 1 for place in wired.described.places]
            seen += wired.take(raw, now)[0]
        return seen

    def _say(self, letters: str, now: int) -> Said:
        """Return what the trust rules make of it; the host's clock is the device's."""
        if not self._seq:
            self._trust.heard(
                self._sentence(Identity("", "", "", "", self._names, SAY_NS // MS_NS), now), now
            )
        return self._trust.heard(self._sentence(State(letters, 0), now), now)

    def _sentence(self, payload: Identity | State, now: int) -> Sentence:
        self._seq += 1
        return Sentence("ST", self._device, 0, self._seq % 10_000, now // MS_NS, payload)
