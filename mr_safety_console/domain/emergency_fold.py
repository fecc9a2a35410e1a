"""How emergencies fold: every fact is taken in so that order and repetition do not matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mr_safety_console.domain.codec import Entry, Fact
from mr_safety_console.domain.emergency_facts import (
    EmergencyAttributed,
    EmergencyEndAsked,
    EmergencyEnded,
    EmergencyKeyAgain,
    EmergencyKindAdded,
    EmergencyKindChosen,
    EmergencyOpened,
    EmergencyStepStamped,
)
from mr_safety_console.domain.emergency_state import Emergency, EmergencyState, Ending, KindMark
from mr_safety_console.domain.stamps import Stamp, keep

KEPT_ENDED = 16
"""Ended emergencies kept, so that a late record still finds its own."""
KEPT_ALIASES = 256


def evolve(state: EmergencyState, entry: Entry) -> EmergencyState:
    """Return the state after one fact; facts of other modules change nothing."""
    told = entry.fact
    fold = _FOLDS.get(type(told))
    if fold is None:
        return state
    emergency: str = told.emergency  # type: ignore[attr-defined]  # every class in _FOLDS has one
    home = state.emergencies.get(emergency) or Emergency(id=emergency)
    no = told.no if isinstance(told, EmergencyOpened) else 0
    kept = _kept({**state.emergencies, emergency: fold(home, told)})
    return EmergencyState(emergencies=kept, last_no=max(state.last_no, no))


def _opened(home: Emergency, told: EmergencyOpened) -> Emergency:
    return replace(home, no=max(home.no, told.no), opened=keep(home.opened, Stamp(told.press)))


def _key_again(home: Emergency, told: EmergencyKeyAgain) -> Emergency:
    aliases = tuple(sorted({*home.aliases, told.alias} - {home.id})[-KEPT_ALIASES:])
    return replace(home, aliases=aliases, opened=keep(home.opened, Stamp(told.press)))


def _kind(home: Emergency, told: EmergencyKindChosen | EmergencyKindAdded) -> Emergency:
    by_timer = isinstance(told, EmergencyKindChosen) and told.by_timer
    old = home.kinds.get(told.about)
    mark = KindMark(
        marks=keep(old.marks if old else (), Stamp(told.at)),
        by_timer=by_timer and (old is None or old.by_timer),
    )
    return replace(home, kinds={**home.kinds, told.about.value: mark})


def _step(home: Emergency, told: EmergencyStepStamped) -> Emergency:
    new = Stamp(told.at, told.estimated, told.entered)
    return replace(home, steps={**home.steps, told.step: keep(home.steps.get(told.step, ()), new)})


def _attributed(home: Emergency, told: EmergencyAttributed) -> Emergency:
    people = sorted({*home.people, told.who}, key=lambda who: (who.person, who.role))
    return replace(home, people=tuple(people))


def _end_asked(home: Emergency, told: EmergencyEndAsked) -> Emergency:
    asked = [told.at] if home.end_asked is None else [told.at, home.end_asked]
    return replace(home, end_asked=max(asked, key=lambda at: (at.utc, at.boot, at.bt)))


def _ended(home: Emergency, told: EmergencyEnded) -> Emergency:
    new = Ending(told.at, told.head_count, told.kit_count, told.stray, told.reason)
    both = [new] if home.ended is None else [new, home.ended]
    return replace(home, ended=min(both, key=_ending_order))


def _ending_order(end: Ending) -> tuple[int, str, int, int, int, bool, str]:
    at = end.at
    return (at.utc, at.boot, at.bt, end.head_count, end.kit_count, end.stray, end.reason or "")


def _kept(items: dict[str, Emergency]) -> dict[str, Emergency]:
    """Drop the oldest of the ended ones once there are too many of them."""
    over = [(item.ended.at.utc, item.id) for item in items.values() if item.ended]
    for _, emergency in sorted(over)[:-KEPT_ENDED]:
        del items[emergency]
    return dict(sorted(items.items()))


_FOLDS: dict[type[Fact], Callable[[Emergency, Any], Emergency]] = {
    EmergencyOpened: _opened,
    EmergencyKeyAgain: _key_again,
    EmergencyKindChosen: _kind,
    EmergencyKindAdded: _kind,
    EmergencyStepStamped: _step,
    EmergencyAttributed: _attributed,
    EmergencyEndAsked: _end_asked,
    EmergencyEnded: _ended,
}
