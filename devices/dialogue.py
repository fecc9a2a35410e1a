"""What a profile is to a link: a way to hear a port once, and rules for what to believe of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from devices.framing import Splitter
from devices.mrsc1 import MalformedError, parse
from devices.port import PortConfig, Transport
from devices.reading import Note, Origin, Reading
from devices.trust import Expectation, Said, Trust
from devices.value import frozen

Tap = Callable[[bytes], None]
"""Takes bytes exactly as they came, for the ring of raw frames."""
BtNs = Callable[[], int]


class Dialogue(Protocol):
    """One profile on one port. It outlives the port's losses; only the reading thread calls it."""

    counts: Counter[str]

    def opened(self, origin: Origin, bt_ns: int) -> Said:
        """Note that the port was opened; every channel starts UNKNOWN."""
        ...

    def lost(self, text: str, bt_ns: int) -> Said:
        """Note that the port is gone."""
        ...

    def failed(self, text: str, bt_ns: int) -> Said:
        """Note that the reader itself failed."""
        ...

    def turn(self, port: Transport, bt_ns: BtNs, tap: Tap) -> Iterable[Reading | Note]:
        """Hear the port once, in well under half a second, and tell what it comes to.

        Raises `PortLost`.
        """
        ...


class Stream:
    """Profile `mrsc1`: the device speaks unasked, one sentence a line."""

    def __init__(self, config: PortConfig, *, adopt_identity: bool = False) -> None:
        expected = None if adopt_identity else config.expect_device
        self._trust = Trust(Expectation(config.name, expected, config.silence_s))
        self._splitter = Splitter()
        self.counts = self._trust.counts

    def opened(self, origin: Origin, bt_ns: int) -> Said:
        """Begin with an empty line."""
        self._splitter.reset()
        return self._trust.opened(origin, bt_ns)

    def lost(self, text: str, bt_ns: int) -> Said:
        """Pass on."""
        return self._trust.lost(text, bt_ns)

    def failed(self, text: str, bt_ns: int) -> Said:
        """Pass on."""
        return self._trust.failed(text, bt_ns)

    def turn(self, port: Transport, bt_ns: BtNs, tap: Tap) -> Iterable[Reading | Note]:
        """Take what has arrived, sentence by sentence."""
        data = port.read()
        now = bt_ns()
        if data:
            tap(data)
            cut = self._splitter.feed(data)
            if cut.errors:
                yield from self._trust.damaged("framing", now, cut.errors)
            for line in cut.lines:
                yield from self._judge(line, now)
        yield from self._trust.tick(bt_ns())

    def _judge(self, line: bytes, now: int) -> Said:
        try:
            sentence = parse(line)
        except MalformedError as error:
            return self._trust.damaged(error.reason, now)
        return self._trust.heard(sentence, now)


def dialogue_for(config: PortConfig, *, adopt_identity: bool) -> Dialogue:
    """Return a new dialogue of the port's profile; modules of other profiles are not loaded."""
    if config.profile == "contact-lines":
        from devices.contact_lines import ContactLines  # noqa: PLC0415 - only what the site has

        return ContactLines(config)
    if config.profile == "modbus-di":
        from devices.modbus_di import modbus_bus  # noqa: PLC0415 - as above

        return modbus_bus(config)
    if config.profile == "adam-ascii":
        from devices.adam_ascii import adam_bus  # noqa: PLC0415 - as above

        return adam_bus(config)
    return Stream(config, adopt_identity=adopt_identity)


@frozen
class Health:
    """How a line is doing since the start: for people, never for a decision.

    `frames` whole and valid, `rejected` damaged or foreign, `gaps` that never arrived or were not
    answered, `age_ns` since the last valid one (None: never), `reconnects` after the first opening.
    """

    frames: int
    rejected: int
    gaps: int
    age_ns: int | None
    reconnects: int


def health_of(counts: Mapping[str, int], last_ns: int | None, now_ns: int) -> Health:
    """Return the health these counters tell."""
    rejected = sum(count for name, count in counts.items() if name.startswith("error_"))
    return Health(
        frames=counts.get("sentences", 0),
        rejected=rejected + counts.get("wrong_identity", 0) + counts.get("repeated", 0),
        gaps=counts.get("lost_sentences", 0) + counts.get("no_answer", 0),
        age_ns=None if last_ns is None else max(0, now_ns - last_ns),
        reconnects=max(0, counts.get("opened", 0) - 1),
    )
