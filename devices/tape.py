"""Recordings of a port: bytes with their times, written while listening, played back to the drivers.

A file is lines of boot-time nanoseconds and hexadecimal bytes, as the ring of raw frames keeps them.
A recording begins with a line of JSON that says how the port was described.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO

from devices.dialogue import dialogue_for
from devices.port import DeviceError, PortConfig, PortLost
from devices.reading import Note, Origin, Reading
from devices.value import frozen

S_NS = 1_000_000_000
FILE_CAP = 256 * 1024 * 1024
READ_NS = 200_000_000
ANSWER_NS = 300_000_000
FORMAT = "mrsc-recording-1"


class TapeError(DeviceError):
    """A recording cannot be written or read; the message names the file and the line."""


@frozen
class Tape:
    """What came over a port: `profile` and `device` are empty when the file does not say."""

    profile: str
    device: str
    chunks: tuple[tuple[int, bytes], ...]


class Recorder:
    """Writes what a link taps, each piece with its time; to be closed by the caller."""

    def __init__(self, path: Path, config: PortConfig) -> None:
        try:
            self._file: IO[str] = path.open("x", encoding="ascii")
        except OSError as error:
            raise TapeError(f"{path}: {error.strerror}; give a file that is not there yet") from None
        head = {"format": FORMAT, "profile": config.profile, "device": config.expect_device}
        self._file.write(json.dumps(head) + "\n")
        self.pieces = 0

    def keep(self, bt_ns: int, data: bytes) -> None:
        """Write one piece."""
        self._file.write(f"{bt_ns} {data.hex()}\n")
        self._file.flush()
        self.pieces += 1

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def load_tape(path: Path) -> Tape:
    """Read a recording or a file of raw frames. Raises `TapeError`."""
    try:
        if path.stat().st_size > FILE_CAP:
            raise TapeError(f"{path}: longer than {FILE_CAP} bytes")
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TapeError(f"{path}: {error}") from None
    head = _head(lines[0]) if lines else {}
    chunks = tuple(_chunk(path, number, line) for number, line in enumerate(lines, 1) if number > bool(head))
    if not chunks:
        raise TapeError(f"{path}: nothing was recorded")
    if any(later[0] < earlier[0] for earlier, later in pairwise(chunks)):
        raise TapeError(
            f"{path}: the times go back; the machine was restarted in between, cut the file there"
        )
    return Tape(head.get("profile", ""), head.get("device", ""), chunks)


def _head(line: str) -> dict[str, str]:
    try:
        head = json.loads(line)
    except json.JSONDecodeError:
        return {}
    return head if isinstance(head, dict) and head.get("format") == FORMAT else {}


def _chunk(path: Path, number: int, line: str) -> tuple[int, bytes]:
    at, _, data = line.partition(" ")
    try:
        return int(at), bytes.fromhex(data)
    except ValueError:
        raise TapeError(f"{path}, line {number}: is no time and bytes") from None


class TapePort:
    """A port that hands out a recording on the recording's own clock; questions go nowhere."""

    origin = Origin.SIMULATED

    def __init__(self, tape: Tape, pace: Callable[[float], None]) -> None:
        self._chunks = list(reversed(tape.chunks))
        self._pace = pace
        self._held = b""
        self.now = tape.chunks[0][0]

    def read(self) -> bytes:
        """Return the next piece if it comes within 0.2 s."""
        self._fetch(READ_NS)
        taken, self._held = self._held, b""
        return taken

    def lines(self) -> int:
        """Return the last levels that were seen."""
        while self._chunks and self._chunks[-1][0] <= self.now:
            self._held = self._chunks.pop()[1]
        levels = self._held[-1] if self._held else 0
        if not self._chunks:
            raise PortLost("the recording is over")
        return levels

    def discard(self) -> bytes:
        """Return nothing: what was heard unasked stands in the recording as an answer."""
        return b""

    def send(self, request: bytes) -> None:
        """Ask nobody."""

    def receive(self, size: int) -> bytes:
        """Return from the next recorded answer."""
        if not self._held:
            self._fetch(ANSWER_NS)
        taken, self._held = self._held[:size], self._held[size:]
        return taken

    def receive_line(self, size: int) -> bytes:
        """Return the next recorded answer."""
        return self.receive(size)

    def pause(self, seconds: float) -> None:
        """Let the recording's time pass."""
        self._pass(round(seconds * S_NS))

    def cancel(self) -> None:
        """Nobody waits."""

    def close(self) -> None:
        """Nothing is held."""

    def _pass(self, ns: int) -> None:
        if ns > 0:
            self._pace(ns / S_NS)
            self.now += ns

    def _fetch(self, within_ns: int) -> None:
        if not self._chunks:
            raise PortLost("the recording is over")
        due = self._chunks[-1][0]
        if due > self.now + within_ns:
            self._pass(within_ns)
            return
        self._pass(due - self.now)
        self._held = self._chunks.pop()[1]


def replay(tape: Tape, config: PortConfig, pace: Callable[[float], None]) -> Iterator[Reading | Note]:
    """Play a recording to the driver of `config` and yield what it comes to; `pace` waits, or does not."""
    port = TapePort(tape, pace)
    dialogue = dialogue_for(config, adopt_identity=config.profile == "mrsc1" and not tape.device)
    yield from dialogue.opened(port.origin, port.now)
    try:
        while True:
            yield from dialogue.turn(port, lambda: port.now, lambda _: None)
    except PortLost as error:
        yield from dialogue.lost(str(error), port.now)
