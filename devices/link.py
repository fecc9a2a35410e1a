"""One port, one thread: open, read, judge, deliver, and try again for as long as it takes."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping

from devices.dialogue import Health, dialogue_for, health_of
from devices.port import PortConfig, PortLost, Transport
from devices.raw import RawRing
from devices.reading import Note, NoteKind, Sink
from devices.trust import Said

BACK_OFF_S = (0.2, 2.0)
"""First and longest wait before opening again; doubled between, ±20 %, first again after a sentence."""
JITTER = 0.2
BEAT_S = 0.5

Opener = Callable[[PortConfig], Transport]


def open_serial(config: PortConfig) -> Transport:
    """Open the port through pyserial, which is imported only now."""
    from devices.transport import open_port  # noqa: PLC0415 - reading and mocks need no pyserial

    return open_port(config)


class BackOff:
    """Waits between attempts to open: 0.2, 0.4, 0.8, 1.6, 2.0 s, each ±20 %."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._next_s = BACK_OFF_S[0]

    def reset(self) -> None:
        """Begin again with the shortest wait: a valid sentence has arrived."""
        self._next_s = BACK_OFF_S[0]

    def wait_s(self) -> float:
        """Return how long to wait now."""
        wait, self._next_s = self._next_s, min(self._next_s * 2, BACK_OFF_S[1])
        return wait * (1 - JITTER + 2 * JITTER * self._chance())


class Link:
    """Reads one port and delivers readings and notes to the sink, on its own thread.

    `last_beat_ns` advances at least every 0.5 s while the thread is alive and not stuck. The sink
    must return at once; if it raises, the port is reported and opened again.
    """

    def __init__(
        self,
        config: PortConfig,
        sink: Sink,
        bt_ns: Callable[[], int],
        *,
        opener: Opener = open_serial,
        adopt_identity: bool = False,
        wait: Callable[[float], bool] | None = None,
        tap: Callable[[int, bytes], None] | None = None,
    ) -> None:
        self.config = config
        self.last_beat_ns = bt_ns()
        self._sink = sink
        self._bt_ns = bt_ns
        self._opener = opener
        self._stop = threading.Event()
        self._transport: Transport | None = None
        self._wait = wait or self._stop.wait
        self._dialogue = dialogue_for(config, adopt_identity=adopt_identity)
        self._valid = 0
        self._valid_ns: int | None = None
        self._back_off = BackOff()
        self._down = False
        self._own_tap = tap
        self._raw: RawRing | None = None
        self._raw_trouble = ""
        self._thread = threading.Thread(target=self._run, name=f"link-{config.name}", daemon=True)

    @property
    def alive(self) -> bool:
        """Tell whether the reading thread runs."""
        return self._thread.is_alive()

    def counts(self) -> Mapping[str, int]:
        """Return a copy of the counters since start: sentences, gaps, errors by reason."""
        return dict(self._dialogue.counts)

    def health(self) -> Health:
        """Return how the line is doing; may be called from any thread."""
        return health_of(self.counts(), self._valid_ns, self._bt_ns())

    def start(self) -> None:
        """Begin reading; to be called once."""
        self._thread.start()

    def close(self, timeout: float = 2.0) -> bool:
        """Stop and join; return False if the thread did not end in time. May be called twice."""
        self._stop.set()
        transport = self._transport
        if transport is not None:
            transport.cancel()
        if self._thread.ident is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        if self.config.raw_dir is not None:
            self._raw = RawRing(self.config.raw_dir, self.config.name)
        while not self._stop.is_set():
            try:
                self._session()
            except Exception as error:  # noqa: BLE001 - the reader loop: whatever fails, say so and go on
                self._deliver_failure(error)
            self._rest()
        if self._raw is not None:
            self._raw.close(timeout=0.5)

    def _session(self) -> None:
        """Open once and read until the port is lost or the link is closed."""
        try:
            transport = self._opener(self.config)
        except PortLost as error:
            self._lost(error)
            return
        self._transport = transport
        try:
            self._down = False
            self._deliver(self._dialogue.opened(transport.origin, self._bt_ns()))
            while not self._stop.is_set():
                self._take(transport)
        except PortLost as error:
            self._lost(error)
        finally:
            self._transport = None
            transport.close()

    def _lost(self, error: PortLost) -> None:
        """Report a lost port once per outage, however many attempts follow."""
        if not self._down:
            self._down = True
            self._deliver(self._dialogue.lost(str(error), self._bt_ns()))

    def _take(self, transport: Transport) -> None:
        self._beat()
        for item in self._dialogue.turn(transport, self._bt_ns, self._tap):
            self._sink(item)
        now = self._beat()
        valid = self._dialogue.counts["sentences"]
        if valid != self._valid:
            self._valid, self._valid_ns = valid, now
            self._back_off.reset()

    def _tap(self, data: bytes) -> None:
        if self._own_tap is not None:
            self._own_tap(self._bt_ns(), data)
        if self._raw is not None:
            self._keep(self._raw, self._bt_ns(), data)

    def _keep(self, raw: RawRing, now: int, data: bytes) -> None:
        """Keep the raw bytes; tell once when that stops working."""
        raw.append(now, data)
        trouble = raw.trouble
        if trouble and not self._raw_trouble:
            text = f"raw frames are not being kept: {trouble}"
            self._deliver([Note(self.config.name, NoteKind.RAW_NOT_KEPT, text, bt_ns=now)])
        self._raw_trouble = trouble

    def _deliver(self, said: Said) -> None:
        for item in said:
            self._sink(item)

    def _deliver_failure(self, error: Exception) -> None:
        """Report the failure; a sink that fails even on this is left to the beat and its watcher."""
        text = f"reader failed: {type(error).__name__}"
        try:
            self._deliver(self._dialogue.failed(text, self._bt_ns()))
        except Exception:  # noqa: BLE001 - the reader loop: nobody is left to tell but the counter
            self._dialogue.counts["undelivered"] += 1

    def _beat(self) -> int:
        self.last_beat_ns = self._bt_ns()
        return self.last_beat_ns

    def _rest(self) -> None:
        """Wait before the next attempt, beating meanwhile."""
        for piece in _pieces(self._back_off.wait_s()):
            if self._wait(piece):
                return
            self._beat()


def _pieces(total_s: float) -> Iterator[float]:
    while total_s > 0:
        yield min(total_s, BEAT_S)
        total_s -= BEAT_S
