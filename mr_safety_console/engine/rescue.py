"""The engine's once-a-second look at the emergency spool: what is not a fact yet, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.lifecycle import ReportSpoolDamage
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.upkeep import ReportLaneCopies, ReportSpoolSetAside, UpkeepState
from mr_safety_console.engine.decider import Input
from mr_safety_console.engine.late import Late, unread
from mr_safety_console.engine.spool import Spool
from mr_safety_console.engine.spool_reader import SpoolReader


class Rescue:
    """The engine's errand: late records as inputs, and a word about what is wrong with the lane, once.

    A slot may be seen half-written, so damage counts only when a second look finds it again.
    `aside` returns the files set aside by name and how many records each holds; it is asked once.
    """

    def __init__(
        self,
        reader: SpoolReader,
        spool: Spool | None = None,
        aside: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self._reader, self._spool, self._aside = reader, spool, aside
        self._foreign: dict[str, int] | None = None
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
        return (
            found
            + self._damage()
            + [Input(command) for command in (*self._strangers(), *self._lane(state.upkeep))]
        )

    def _damage(self) -> list[Input]:
        found: list[Input] = []
        for path, slots in self._reader.damaged.items():
            if self._seen.get(path) == slots and self._told.get(path) != slots:
                self._told[path] = slots
                found.append(Input(ReportSpoolDamage(file=Path(path).name, slots=slots)))
            self._seen[path] = slots
        return found

    def _strangers(self) -> list[Command]:
        """Return the files of another record: those set aside, and those that could not be renamed."""
        if self._foreign is None:
            self._foreign = {}
            found = {**self._aside(), **self._reader.foreign}
        else:
            found = self._reader.foreign
        new = {name: records for name, records in found.items() if name not in self._foreign}
        self._foreign |= new
        return [ReportSpoolSetAside(file=name, records=records) for name, records in sorted(new.items())]

    def _lane(self, known: UpkeepState) -> list[Command]:
        """Return a word about the copies of the lane whenever there are not as many as the record says."""
        if self._spool is None:
            return []
        faults, of = self._spool.faults, self._spool.copies
        why = "; ".join(f"{name}: {said}" for name, said in sorted(faults.items()))
        kept = of - len(faults)
        if (kept, of) == (known.kept, known.of) or (not known.of and not faults):
            return []
        return [ReportLaneCopies(kept=kept, of=of, why=why)]
