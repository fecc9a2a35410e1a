"""The bench without a console: watch, record and replay ports, and simulate what hangs on them."""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from devices import Condition, DeviceError, Note, PortConfig, Reading
from devices import bench as looking
from devices.mock.faults import Fault
from devices.mock.pty_port import MockPort
from devices.mock.rig import Rig
from devices.mock.scenario import Bench, load_scenario
from devices.mock.simulate import simulate as by_hand
from devices.mock.simulate import terminal_keys
from devices.mock.station import open_station
from devices.port import PROFILES
from devices.tape import Recorder, Tape, load_tape
from devices.tape import replay as play_back
from mr_safety_console.domain.text import clean
from mr_safety_console.engine.clock import SystemClock
from mr_safety_console.settings import ConsoleSettings

Echo = Callable[[str], None]
COLOURS = {Condition.DANGER: "\x1b[1;31m", Condition.UNKNOWN: "\x1b[33m", Condition.NORMAL: ""}
PLAIN = "\x1b[0m"
S_NS = 1_000_000_000
LINK = "device"


@dataclass(frozen=True, slots=True)
class Looked:
    """A port to look at, and whether the first device that answers is the right one."""

    config: PortConfig
    adopt: bool


def port_of(what: str, url: str, settings: Callable[[], ConsoleSettings], expect: str, baud: int) -> Looked:
    """Return the port meant by a profile and a URL, a name of console.toml, or a URL alone.

    Raises `DeviceError`.
    """
    if url:
        if what not in PROFILES:
            raise DeviceError(f"{what!r} is no profile; known are {', '.join(PROFILES)}")
        return Looked(looking.usual_port(what, url, expect=expect, baud=baud), adopt=not expect)
    if "/" not in what:
        return Looked(_configured(what, settings()), adopt=False)
    return Looked(looking.usual_port("mrsc1", what, expect=expect, baud=baud), adopt=not expect)


def _configured(name: str, settings: ConsoleSettings) -> PortConfig:
    found = next((port for port in settings.ports if port.name == name), None)
    if found is None:
        known = ", ".join(port.name for port in settings.ports) or "none"
        raise DeviceError(f"console.toml has no port {name!r}; it has {known}. A path needs a slash")
    return PortConfig(
        found.name,
        found.url,
        expect_device=found.expect_device,
        profile=found.profile,
        baud=found.baud,
        parity=found.parity,
        adapter=found.adapter,
        poll_hz=found.poll_hz,
        inputs=found.inputs,
        modules=found.modules,
    )


class Teller:
    """Prints readings and notes: as lines with the seconds since the start, or as JSON per change."""

    def __init__(self, echo: Echo, began_ns: int, *, as_json: bool) -> None:
        self._echo = echo
        self._began_ns = began_ns
        self._changes = looking.Changes() if as_json else None
        self._colour = os.isatty(1) and not os.environ.get("NO_COLOR")

    def tell(self, item: Reading | Note) -> None:
        """Print what one item has to say."""
        if self._changes is not None:
            stamp = datetime.fromtimestamp(SystemClock().now().utc / 1_000_000, UTC)
            for record in self._changes.of(item):
                cleaned = {k: clean(v, cap=80) if isinstance(v, str) else v for k, v in record.items()}
                self._echo(json.dumps({"time": stamp.isoformat(), **cleaned}))
            return
        line = clean(looking.describe(item), cap=600)
        self._echo(self._painted(f"{(item.bt_ns - self._began_ns) / S_NS:9.3f}  {line}"))

    def _painted(self, line: str) -> str:
        if not self._colour:
            return line
        for condition, colour in COLOURS.items():
            line = line.replace(
                condition.value, f"{colour}{condition.value}{PLAIN}" if colour else condition.value
            )
        return line


def watch(
    looked: Looked,
    echo: Echo,
    seconds: float,
    *,
    as_json: bool,
    tap: Callable[[int, bytes], None] | None = None,
) -> None:
    """Print what a port says until the time is over."""
    clock = SystemClock()
    began = clock.now().bt
    teller = Teller(echo, began, as_json=as_json)
    counts = looking.watch(
        looked.config,
        teller.tell,
        bt_ns=lambda: clock.now().bt,
        stop=lambda: seconds > 0 and clock.now().bt - began >= seconds * S_NS,
        adopt_identity=looked.adopt,
        tap=tap,
    )
    if not as_json:
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        echo(f"counted: {told or 'nothing'}")


def record(file: Path, looked: Looked, echo: Echo, seconds: float) -> None:
    """Write down what comes over a port, and print it meanwhile. Raises `DeviceError`."""
    recorder = Recorder(file, looked.config)
    try:
        watch(looked, echo, seconds, as_json=False, tap=recorder.keep)
    finally:
        recorder.close()
        echo(f"{recorder.pieces} pieces in {file}")


def replay(file: Path, echo: Echo, speed: float, *, link: Path | None, profile: str, as_json: bool) -> None:
    """Play a recording to the driver of its profile, or onto a pseudo-terminal. Raises `DeviceError`."""
    tape = load_tape(file)
    pause = threading.Event()

    def pace(seconds: float) -> None:
        if speed:
            pause.wait(seconds / speed)

    if link is not None:
        _onto_terminal(tape, link, pace, echo)
        return
    spoken = profile or tape.profile or "mrsc1"
    config = looking.usual_port(spoken, str(file), expect="" if tape.device == "ANY" else tape.device)
    teller = Teller(echo, tape.chunks[0][0], as_json=as_json)
    for item in play_back(tape, config, pace):
        teller.tell(item)


def _onto_terminal(tape: Tape, link: Path, pace: Callable[[float], None], echo: Echo) -> None:
    if tape.profile not in ("", "mrsc1"):
        raise DeviceError(f"a recording of {tape.profile} holds answers only; replay it without --link")
    port = MockPort(link)
    echo(f"playing onto {link}")
    try:
        before = tape.chunks[0][0]
        for at, data in tape.chunks:
            pace((at - before) / S_NS)
            before = at
            port.write(data)
    finally:
        port.close()


def simulate(
    scenario: str,
    profile: str,
    link: Path | None,
    directory: Path | None,
    faults: tuple[str, ...],
    echo: Echo,
) -> None:
    """Play a bench by hand until q; its links are taken away again. Raises `DeviceError`."""
    wrong = [name for name in faults if name not in set(Fault) or name == Fault.CLOCK_JUMP]
    if wrong:
        known = ", ".join(each for each in Fault if each is not Fault.CLOCK_JUMP)
        raise DeviceError(f"{wrong[0]!r} is no fault of a line; known are {known}")
    story = load_scenario(scenario) if scenario else None
    place = directory or (link.parent if link else Path(tempfile.mkdtemp(prefix="mrsc-mock-")))
    place.mkdir(parents=True, exist_ok=True)
    with _bench(profile, link, place) as bench, terminal_keys() as keys:
        for name in faults:
            bench.disturb(Fault(name))
            echo(f"fault from the start: {name}")
        by_hand(bench, keys, echo, scenario=story, clock=time.monotonic)


def _bench(profile: str, link: Path | None, place: Path) -> Bench:
    if profile == "mrsc1":
        if link is not None:
            raise DeviceError(
                "mrsc1 plays two devices: give --directory, the links are `detector` and `door`"
            )
        return Rig(place, boot=int(time.time()))
    return open_station(profile, link or place / LINK)
