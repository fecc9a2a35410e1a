"""Writing what was decided, in order, and saying so: one thread at a time writes, whichever is free."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.value import frozen
from mr_safety_console.engine.clock import Clock
from mr_safety_console.engine.face import Recording
from mr_safety_console.journal.errors import Full, JournalError

LATE_NS = 250_000_000
"""A fact decided this long ago and not yet on the disk is shown and marked as such."""
RETRY_S = 0.5
GROUP_FACTS = 1000
IDLE_NS = 1_000_000_000
"""How often the scribe runs its errand beside writing."""


class Writer(Protocol):
    """The part of the journal a scribe needs."""

    def commit(self, entries: Sequence[Entry], *, emergency: bool = False) -> None:
        """Make the entries durable, all or none."""
        ...

    def settle(self) -> None:
        """Do what can wait until those who wait were told; raises nothing."""
        ...

    def free_ballast(self) -> int:
        """Give up the room kept for a full disk."""
        ...


@frozen
class Batch:
    """The facts of one drain, the state after them, and whom to tell whether they are on the disk."""

    entries: tuple[Entry, ...]
    after: SuiteState
    decided_bt: int
    emergency: bool
    done: Callable[[bool], None]


class Scribe:
    """One queue, written in order by one thread at a time. A batch that cannot be written stays first.

    `committed` is called for each batch on the disk, `idle` about once a second beside the writing, both
    on the thread that writes; what either raises stops nothing.
    """

    def __init__(
        self, journal: Writer, clock: Clock, committed: Callable[[Batch], None], idle: Callable[[], None]
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._committed = committed
        self._idle = idle
        self._waiting: deque[Batch] = deque()
        self._lock = threading.Lock()  # over `_waiting`, which others count and read
        self._writing = threading.Lock()  # held by the thread that writes
        self._stopping = threading.Event()
        self._fault = ""
        self._stumbled: Exception | None = None
        self._looked_bt = clock.now().bt

    def write(self, batch: Batch) -> None:
        """Queue a batch; never waits. Somebody has to `work` after that."""
        with self._lock:
            self._waiting.append(batch)

    def work(self) -> None:
        """Write what waits, unless another thread is at it; then that one writes it too.

        Waits as long as the disk does. While the disk refuses it comes back only when it takes facts
        again, or the console stops.
        """
        while (self._waiting or self._errand_due()) and self._writing.acquire(blocking=False):
            try:
                if self._stopping.is_set() and self._fault:
                    return
                self._write_all()
            finally:
                self._writing.release()

    @property
    def fault(self) -> str:
        """Why the record cannot be written just now, or ""."""
        return self._fault

    def stumbled(self) -> Exception | None:
        """Return how the once-a-second errand failed since the last call, or None."""
        error, self._stumbled = self._stumbled, None
        return error

    @property
    def pending(self) -> tuple[Entry, ...]:
        """Return the facts decided and not yet on the disk, in order."""
        with self._lock:
            return tuple(entry for batch in self._waiting for entry in batch.entries)

    def recording(self, now_bt: int) -> Recording:
        """Return how the record is doing."""
        if self._fault:
            return Recording.FAILED
        with self._lock:
            oldest = self._waiting[0].decided_bt if self._waiting else None
        return Recording.LATE if oldest is not None and now_bt - oldest >= LATE_NS else Recording.WRITING

    def stop(self) -> None:
        """Try no longer than once more when the disk refuses."""
        self._stopping.set()

    def close(self) -> bool:
        """Tell whoever waits for a fact that is not on the disk that it is not; False if anybody did."""
        self._stopping.set()
        with self._lock:
            left = tuple(self._waiting)
        for batch in left:
            batch.done(False)
        return not left and not self._writing.locked()

    def _write_all(self) -> None:
        # Kept by no name here: what was written is let go of at once, not while the next fact waits.
        self._look_aside()
        while self._waiting:
            if not self._commit(self._group()) and self._rest():
                return
            self._look_aside()

    def _errand_due(self) -> bool:
        return self._clock.now().bt - self._looked_bt >= IDLE_NS

    def _look_aside(self) -> None:
        """Do the once-a-second errand, however busy the record is."""
        if self._errand_due():
            self._looked_bt = self._clock.now().bt
            try:
                self._idle()
            except Exception as error:  # noqa: BLE001  -- an errand that fails must not stop the record
                self._stumbled = error

    def _group(self) -> list[Batch]:
        """Return what waits, as one transaction; large enough to keep up, small enough to be quick."""
        group: list[Batch] = []
        size = 0
        with self._lock:
            for batch in self._waiting:
                group.append(batch)
                size += len(batch.entries)
                if size >= GROUP_FACTS:
                    break
        return group

    def _commit(self, group: list[Batch]) -> bool:
        entries = [entry for batch in group for entry in batch.entries]
        if entries and (fault := self._append(entries, any(batch.emergency for batch in group))):
            self._fault = fault
            return False
        self._fault = ""
        for batch in group:
            self._committed(batch)
            with self._lock:
                self._waiting.popleft()
            batch.done(True)
        if entries:
            self._journal.settle()
        return True

    def _append(self, entries: list[Entry], emergency: bool) -> str:
        """Return why the entries could not be written, or ""."""
        try:
            self._journal.commit(entries, emergency=emergency)
        except Full as error:
            with suppress(JournalError):
                self._journal.free_ballast()
            return str(error)
        except JournalError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001  -- a bug of the record must not end the recording
            return f"the record failed ({type(error).__name__})"
        return ""

    def _rest(self) -> bool:
        """Wait before the next try; True when the console is stopping and the disk still refuses."""
        return self._stopping.wait(RETRY_S)
