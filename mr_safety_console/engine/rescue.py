"""The engine's once-a-second look at the emergency spool: what is not a fact yet, and what is damaged."""

from __future__ import annotations

from pathlib import Path

from mr_safety_console.domain.lifecycle import ReportSpoolDamage
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.engine.decider import Input
from mr_safety_console.engine.late import Late, unread
from mr_safety_console.engine.spool_reader import SpoolReader


class Rescue:
    """The engine's errand: late records as inputs, and a word about what could not be read, once.

    A slot may be seen half-written, so damage counts only when a second look finds it again.
    """

    def __init__(self, reader: SpoolReader) -> None:
        self._reader = reader
        self._seen: dict[str, int] = {}
        self._told: dict[str, int] = {}

    def __call__(self, state: SuiteState) -> list[Input]:
        """Return what the engine should decide on now."""
        found: list[Input] = []
        for late in unread(self._reader, state.lane):
            if isinstance(late, Late):
                found.append(Input(late.command, occ=late.occ, cause=late.cause))
            else:
                found.append(Input(ReportSpoolDamage(file=late.cause, slots=1)))
        return found + self._damage()

    def _damage(self) -> list[Input]:
        found: list[Input] = []
        for path, slots in self._reader.damaged.items():
            if self._seen.get(path) == slots and self._told.get(path) != slots:
                self._told[path] = slots
                found.append(Input(ReportSpoolDamage(file=Path(path).name, slots=slots)))
            self._seen[path] = slots
        return found
