"""What the screens work on: the parts, the lane, the selected visit, and how to ask the engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Final, TypeVar

from mr_safety_console.console.lane import Lane
from mr_safety_console.console.parts import Parts
from mr_safety_console.console.present.view import View
from mr_safety_console.domain.codec import Command, Entry
from mr_safety_console.domain.detectors import DeviceNoted
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.udi import Udi
from mr_safety_console.domain.words import refused
from mr_safety_console.engine.face import Accepted, Credential

R = TypeVar("R")
Answer = Accepted | Refused
Then = Callable[[Answer], None]
KEPT_NOTES: Final = 50
NO_ENGINE: Final = Refused(
    "engine-stopped",
    "The engine does not answer; nothing can be decided.",
    "Whoever can restart the console.",
    "Work on paper; trust doors and eyes. F9 records.",
)
FAILED: Final = Refused(
    "decision-failed",
    "The console broke on this; it was not done.",
    "Nobody at this console.",
    "Work on paper; report it.",
)


class Desk:
    """One console's working place. `on_loop` brings a call onto the loop from any thread."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.lane = Lane(parts.intake, parts.clock)
        self.selected = ""
        self.locked = False
        self.fault = ""
        self.acknowledged = "", 0
        """The alarm acknowledged last from here, and when (boot-time ns)."""
        self.notes: deque[Entry] = deque(maxlen=KEPT_NOTES)
        self.on_loop: Callable[[Callable[[], None]], None] = lambda call: call()
        self.attempt: Callable[[Callable[[], None]], None] = lambda call: call()
        self.go: Callable[[str], None] = lambda _page: None
        self.repaint: Callable[[], None] = lambda: None

    def view(self) -> View:
        """Return what is known at this instant."""
        face, snapshot = self.parts.face, self.parts.face.state
        self._choose(tuple(snapshot.shown.visits.open))
        return View(
            snapshot=snapshot,
            now=self.parts.clock.now(),
            profile=self.parts.profile,
            forms=self.parts.forms,
            beat_bt=face.beat_bt,
            emergency=self.lane.emergency(snapshot.shown),
            quench=self.lane.quench(snapshot.shown),
            lane=self.lane.status(),
            selected=self.selected,
            locked=self.locked,
            forced_simulated=self.parts.simulated,
            banner=self.parts.banner,
            fault=self.fault,
            notes=tuple(self.notes),
        )

    def _choose(self, open_visits: tuple[str, ...]) -> None:
        if self.selected not in open_visits:
            self.selected = open_visits[-1] if open_visits else ""

    def heard(self, entries: tuple[Entry, ...]) -> None:
        """Keep what only passes by: notes about devices."""
        self.notes.extend(entry for entry in entries if isinstance(entry.fact, DeviceNoted))

    def ask(self, command: Command, then: Then, credentials: tuple[Credential, ...] = ()) -> None:
        """Ask the engine; `then` is called on the loop, once, however it ends.

        A stopped engine is not asked: what waits in it would happen at a time nobody expects.
        """
        if self.view().stopped:
            then(NO_ENGINE)
            return
        future = self.parts.face.submit(command, credentials)
        future.add_done_callback(partial(self._answered, then))

    def _answered(self, then: Callable[[R | Refused], None], done: Future[R | Refused]) -> None:
        failed = done.cancelled() or done.exception() is not None
        answer = FAILED if failed else done.result()
        self.on_loop(lambda: self.attempt(lambda: then(answer)))

    def read_label(self, text: str, then: Callable[[Udi | Refused], None]) -> None:
        """Read the bar code of a device; `then` is called on the loop, once, however it ends."""
        if self.parts.read_label is None:
            then(refused("label-unread"))
            return
        self.parts.read_label(text).add_done_callback(partial(self._answered, then))
