"""The lists after one fact: answers kept, taken away by a sensor, put off, or blank again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mr_safety_console.domain.checklists import STAGES
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.lists_facts import (
    ByEye,
    FinalCheckRead,
    ItemDeferred,
    ItemMarked,
    ItemOverridden,
    ItemReleased,
    ItemReopened,
    ListsFiled,
    ListsState,
    Mark,
    Noted,
    ReadBack,
    StageReset,
)
from mr_safety_console.domain.visit_facts import Leg

NOTED = 99
"""How many overrides and hurried answers are kept with their moment; the record has them all."""
BY_SENSOR = "sensor"


def evolve(state: ListsState, entry: Entry) -> ListsState:
    """Return the lists after one fact."""
    match entry.fact:
        case FinalCheckRead(visit=visit):
            return replace(state, rounds={**state.rounds, visit: ReadBack(entry.at, entry.by)})
        case StageReset() as reset:
            return _reset(state, reset)
        case ListsFiled(visit=visit):
            marks = {k: v for k, v in state.marks.items() if k != visit}
            return replace(state, marks=marks, rounds=_but(state.rounds, visit))
        case _:
            return _item(state, entry)


def _item(state: ListsState, entry: Entry) -> ListsState:
    """Return the lists after a fact about one item."""
    match entry.fact:
        case ItemMarked() as made:
            return _marked(state, made, entry)
        case ItemOverridden() as made:
            return _overridden(state, made, entry)
        case ItemDeferred() as made:
            off = Mark("", entry.when, entry.by, made.reason, deferred=made.until)
            return _set(state, made.visit, f"{made.list_id}:{made.item}", off)
        case ItemReleased() as let:
            return _let(state, let, entry)
        case ItemReopened() as again:
            return _reopened(state, again, entry)
        case _:
            return state


def _marked(state: ListsState, made: ItemMarked, entry: Entry) -> ListsState:
    key = f"{made.list_id}:{made.item}"
    before = state.marks.get(made.visit, {}).get(key)
    deferred = before.deferred if before else ""
    if not made.answer and not deferred:
        return _without(state, made.visit, key)
    fresh = Mark(
        made.answer,
        entry.when,
        entry.by,
        made.reason,
        responder=made.responder,
        hurried=made.hurried,
        deferred=deferred,
    )
    state = _set(state, made.visit, key, fresh)
    return (
        replace(state, hurried=(*state.hurried, Noted(key, entry.at, entry.by))[-NOTED:])
        if made.hurried
        else state
    )


def _overridden(state: ListsState, made: ItemOverridden, entry: Entry) -> ListsState:
    key = f"{made.list_id}:{made.item}"
    by_eye = ByEye(made.sensor, made.keeper, made.due_bt, made.boot)
    state = _set(state, made.visit, key, Mark(made.answer, entry.when, entry.by, made.reason, by_eye=by_eye))
    return replace(state, overrides=(*state.overrides, Noted(key, entry.at, entry.by))[-NOTED:])


def _let(state: ListsState, let: ItemReleased, entry: Entry) -> ListsState:
    key = f"{let.list_id}:{let.item}"
    known = state.marks.get(let.visit, {}).get(key)
    if known is None or known.answer != let.answer:
        return state
    return _set(state, let.visit, key, replace(known, released=entry.by, condition=let.reason))


def _reopened(state: ListsState, again: ItemReopened, entry: Entry) -> ListsState:
    key = f"{again.list_id}:{again.item}"
    before = state.marks.get(again.visit, {}).get(key)
    if before is None:
        return state
    blank = Mark("", entry.at, (), deferred=before.deferred, reopened=again.reason or BY_SENSOR)
    return _set(state, again.visit, key, blank)


def _reset(state: ListsState, reset: StageReset) -> ListsState:
    """Return the stage blank; what had been put off to it waits there again, it belongs to an earlier one."""
    whole = tuple(f"{list_id}:" for list_id, stage in STAGES[reset.leg] if not stage)
    known = state.marks.get(reset.visit, {})
    marks: dict[str, Mark] = {}
    for key, mark in known.items():
        gone = key in reset.items or (bool(whole) and key.startswith(whole))
        waits = (key.partition(":")[0], mark.deferred) in STAGES[reset.leg] if mark.deferred else False
        if not gone:
            marks[key] = mark
        elif waits:
            marks[key] = Mark("", mark.at, mark.by, deferred=mark.deferred)
    rounds = _but(state.rounds, reset.visit) if reset.leg is Leg.FINAL_CHECK else state.rounds
    return replace(state, marks={**state.marks, reset.visit: marks}, rounds=rounds)


def _but(rounds: Mapping[str, ReadBack], visit: str) -> Mapping[str, ReadBack]:
    return {k: v for k, v in rounds.items() if k != visit}


def _set(state: ListsState, visit: str, key: str, mark: Mark) -> ListsState:
    """Return the lists with this mark as the newest of the visit."""
    marks: Mapping[str, Mark] = {k: v for k, v in state.marks.get(visit, {}).items() if k != key}
    return replace(state, marks={**state.marks, visit: {**marks, key: mark}})


def _without(state: ListsState, visit: str, key: str) -> ListsState:
    marks = {k: v for k, v in state.marks.get(visit, {}).items() if k != key}
    return replace(state, marks={**state.marks, visit: marks})
