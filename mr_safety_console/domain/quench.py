"""The quench log: what was reported, when each step happened, and what the field may be.

Recording is total and never gated. Reports only make the field state worse; neither time, nor a
step, nor a reading entered here makes it better: until an entitled person's measurement the field
is to be treated as present, whatever the state is called.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import replace

from mr_safety_console.domain.codec import Command, Entry, Fact
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.quench_facts import (
    COMMANDS,
    FACTS,
    STEPS,
    FieldObserved,
    FieldState,
    ObserveField,
    QuenchKind,
    QuenchReported,
    QuenchStepStamped,
    ReportQuench,
    StampQuenchStep,
)
from mr_safety_console.domain.stamps import Marks, Moment, Stamp, first, fresh_id, keep, stamped
from mr_safety_console.domain.text import clean
from mr_safety_console.domain.value import frozen

__all__ = [
    "COMMANDS",
    "FACTS",
    "STEPS",
    "FieldObserved",
    "FieldState",
    "Observation",
    "ObserveField",
    "Quench",
    "QuenchKind",
    "QuenchReported",
    "QuenchState",
    "QuenchStepStamped",
    "ReportQuench",
    "StampQuenchStep",
    "decide",
    "evolve",
]

KEPT_OBSERVATIONS = 32

_ORDER = tuple(FieldState)
_FIELD_AFTER = {
    QuenchKind.DELIBERATE: FieldState.QUENCHED_UNVERIFIED,
    QuenchKind.SPONTANEOUS: FieldState.QUENCHED_UNVERIFIED,
    QuenchKind.SUSPECTED: FieldState.UNKNOWN,
    QuenchKind.PARTIAL: FieldState.PARTIAL_UNVERIFIED,
    QuenchKind.RAMPDOWN: FieldState.RAMPING_DOWN,
}


@frozen
class Observation:
    """One reading as it was entered."""

    at: Instant
    field_ut: int
    position: str
    instrument: str


@frozen
class Quench:
    """One event: the reports by kind and the steps, each with its earliest time."""

    id: str
    no: int = 0
    reports: Mapping[str, Marks] = dataclasses.field(default_factory=dict)
    steps: Mapping[str, Marks] = dataclasses.field(default_factory=dict)

    def step(self, step: str) -> Stamp | None:
        """Return when a step happened, or None."""
        marks = self.steps.get(step, ())
        return first(marks) if marks else None


@frozen
class QuenchState:
    """What the field may be, the events, and the newest readings (newest last)."""

    field: FieldState = FieldState.PRESENT
    quenches: Mapping[str, Quench] = dataclasses.field(default_factory=dict)
    current: str = ""
    last_no: int = 0
    observations: tuple[Observation, ...] = ()

    @property
    def log(self) -> Quench | None:
        """Return the event being logged, or None."""
        return self.quenches.get(self.current)

    @property
    def barred(self) -> bool:
        """Tell whether fire, police and service kit must be told about an unverified field."""
        return self.field is not FieldState.PRESENT


def decide(state: QuenchState, asked: Command, ctx: Moment) -> tuple[Fact, ...]:
    """Return the facts of one command; nothing is ever refused.

    A step of a quench nobody has reported begins a suspected one; a reading does not, because
    looking is no suspicion. A command of another module gives no facts.
    """
    match asked:
        case ReportQuench():
            return (_report(state, _home(state, asked.quench, ctx), asked.how, ctx),)
        case StampQuenchStep():
            home = _home(state, asked.quench, ctx)
            mark = stamped(ctx, asked.earlier_s)
            step = QuenchStepStamped(
                quench=home,
                step=clean(asked.step, cap=16),
                at=mark.at,
                estimated=mark.estimated,
                entered=ctx.when,
            )
            return (*_begun(state, home, ctx), step)
        case ObserveField():
            return _observe(state, asked, ctx)
        case _:
            return ()


def _home(state: QuenchState, quench: str, ctx: Moment) -> str:
    return clean(quench, cap=64) or state.current or fresh_id(ctx)


def _begun(state: QuenchState, quench: str, ctx: Moment) -> tuple[Fact, ...]:
    known = quench in state.quenches
    return () if known else (_report(state, quench, QuenchKind.SUSPECTED, ctx),)


def _report(state: QuenchState, quench: str, how: QuenchKind, ctx: Moment) -> QuenchReported:
    known = state.quenches.get(quench)
    no = known.no if known and known.no else state.last_no + 1
    return QuenchReported(quench=quench, no=no, how=how, at=ctx.when)


def _observe(state: QuenchState, asked: ObserveField, ctx: Moment) -> tuple[Fact, ...]:
    """Keep a reading as it was given, odd values too: it is evidence of what was read."""
    return (
        FieldObserved(
            quench=clean(asked.quench, cap=64) or state.current,
            field_ut=asked.field_ut,
            position=clean(asked.position, cap=40),
            instrument=clean(asked.instrument, cap=40),
            at=ctx.when,
        ),
    )


def evolve(state: QuenchState, entry: Entry) -> QuenchState:
    """Return the state after one fact; facts of other modules change nothing."""
    told = entry.fact
    match told:
        case QuenchReported():
            return _reported(state, told)
        case QuenchStepStamped():
            home = state.quenches.get(told.quench) or Quench(id=told.quench)
            new = Stamp(told.at, told.estimated, told.entered)
            steps = {**home.steps, told.step: keep(home.steps.get(told.step, ()), new)}
            return _with(state, replace(home, steps=steps))
        case FieldObserved():
            seen = Observation(told.at, told.field_ut, told.position, told.instrument)
            kept = sorted({*state.observations, seen}, key=_observation_order)
            return replace(state, observations=tuple(kept[-KEPT_OBSERVATIONS:]))
        case _:
            return state


def _reported(state: QuenchState, told: QuenchReported) -> QuenchState:
    home = state.quenches.get(told.quench) or Quench(id=told.quench)
    marks = keep(home.reports.get(told.how, ()), Stamp(told.at))
    home = replace(home, no=max(home.no, told.no), reports={**home.reports, told.how.value: marks})
    worse = max(state.field, _FIELD_AFTER[told.how], key=_ORDER.index)
    return _with(replace(state, field=worse, last_no=max(state.last_no, told.no)), home)


def _with(state: QuenchState, home: Quench) -> QuenchState:
    quenches = dict(sorted({**state.quenches, home.id: home}.items()))
    current = max(quenches.values(), key=lambda item: (item.no, item.id)).id
    return replace(state, quenches=quenches, current=current)


def _observation_order(seen: Observation) -> tuple[int, str, int, int, str, str]:
    return (seen.at.utc, seen.at.boot, seen.at.bt, seen.field_ut, seen.position, seen.instrument)
