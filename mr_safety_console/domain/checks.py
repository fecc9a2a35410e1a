"""The checks of the suite as they stand: what was found, what is asked for, waivers, and STOP USE.

A check is recorded now or not at all: there is no telling it for another time. What was found
last counts until it is due again, and a failure counts until the same check is passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from enum import StrEnum

from mr_safety_console.domain.check_facts import (
    CheckOverdue,
    CheckRecorded,
    ChecksCalled,
    CheckWaived,
    DoorTestEnded,
    DoorTestOpened,
    DoorTestStarted,
    Result,
    UseResumed,
    UseStopped,
    WaiverEnded,
)
from mr_safety_console.domain.codec import Entry, Fact
from mr_safety_console.domain.context import NS, US, Instant, Who, elapsed
from mr_safety_console.domain.value import frozen

KEPT = 8
"""So many findings of each check and asset are kept for its trend."""
AT = "@"


ANSWERS = (Result.PASS, Result.FAIL, Result.NOT_APPLICABLE)


class Standing(StrEnum):
    """How a check stands now. Only DONE, DUE (within its tolerance) and WAIVED hold nothing."""

    STOPPED = "stopped"
    FAILED = "failed"
    OVERDUE = "overdue"
    UNANSWERED = "unanswered"
    DUE = "due"
    WAIVED = "waived"
    DONE = "done"


@frozen
class Taken:
    """One finding of a check."""

    at: Instant
    result: Result
    value: str = ""
    parts: tuple[str, ...] = ()
    fault: str = ""
    reading: str = ""
    by: tuple[Who, ...] = ()


@frozen
class Waiver:
    """One waiver as it was signed."""

    at: Instant
    valid_s: int
    until_utc: int
    grounds: str
    measure: str
    by: tuple[Who, ...] = ()


@frozen
class Kept:
    """One check of one asset: since when it is `asked` for, what was found last, and the findings before."""

    asked: Instant | None = None
    within_s: int = 0
    last: Taken | None = None
    due_s: int = 0
    late_s: int = 0
    told: bool = False
    waiver: Waiver | None = None
    stopped: Instant | None = None
    trend: tuple[Taken, ...] = ()


@frozen
class DoorTest:
    """The test of a door under way."""

    point: str
    due_bt: int
    boot: str
    opened: bool = False


@frozen
class ChecksState:
    """Every check ever asked for or made, by `key`; when a shift last began; the door under test."""

    kept: Mapping[str, Kept] = field(default_factory=dict)
    opened: Instant | None = None
    door: DoorTest | None = None


Left = Callable[[Kept, Instant], float | None]
"""Says how many seconds something of a check has left, or None where nothing runs."""

FACTS = (
    ChecksCalled,
    CheckRecorded,
    CheckOverdue,
    CheckWaived,
    WaiverEnded,
    UseStopped,
    UseResumed,
    DoorTestStarted,
    DoorTestOpened,
    DoorTestEnded,
)


def key(check: str, asset: str = "") -> str:
    """Return what a check of an asset is kept under."""
    return f"{check}{AT}{asset}" if asset else check


def age_s(at: Instant, now: Instant) -> float:
    """Return the seconds since, by whichever clock says more: a clock step prolongs nothing."""
    return max(elapsed(now, at).seconds, (now.utc - at.utc) / US)


def waived(known: Kept, now: Instant) -> bool:
    """Tell whether a waiver lasts now."""
    one = known.waiver
    return one is not None and age_s(one.at, now) < one.valid_s and now.utc < one.until_utc


def bare(known: Kept | None, now: Instant) -> Standing:
    """Return how a check stands whoever bears it: as if there were no waiver."""
    if known is None:
        return Standing.UNANSWERED
    if known.stopped is not None:
        return Standing.STOPPED
    if known.last is not None and known.last.result is Result.FAIL:
        return Standing.FAILED
    if known.asked is not None:
        late = known.told or age_s(known.asked, now) >= known.within_s
        return Standing.OVERDUE if late else Standing.UNANSWERED
    if known.last is None:
        return Standing.UNANSWERED
    old = age_s(known.last.at, now)
    if known.told or old >= known.late_s:
        return Standing.OVERDUE
    return Standing.DUE if old >= known.due_s else Standing.DONE


def standing(known: Kept | None, now: Instant) -> Standing:
    """Return how a check stands now. A waiver lifts everything but STOP USE, and is shown."""
    found = bare(known, now)
    bearable = found in (Standing.FAILED, Standing.OVERDUE, Standing.UNANSWERED)
    return Standing.WAIVED if bearable and known is not None and waived(known, now) else found


def left_s(known: Kept, now: Instant) -> float | None:
    """Return the seconds until a check is overdue, or None where it is failed, stopped or already told."""
    failed = known.last is not None and known.last.result is Result.FAIL
    if known.told or known.stopped is not None or failed:
        return None
    if known.asked is not None:
        return known.within_s - age_s(known.asked, now)
    return known.late_s - age_s(known.last.at, now) if known.last is not None else None


def waiver_left_s(known: Kept, now: Instant) -> float | None:
    """Return the seconds a waiver has still to last, by the clock that ends it first."""
    one = known.waiver
    if one is None:
        return None
    return min(one.valid_s - age_s(one.at, now), (one.until_utc - now.utc) / US)


def next_due(state: ChecksState, now: Instant) -> int | None:
    """Return the boot-time ns at which the next check is overdue, waiver ends or door test runs out."""
    waits = [left_s(one, now) for one in state.kept.values()]
    waits += [waiver_left_s(one, now) for one in state.kept.values()]
    dues = [now.bt + int(max(0.0, wait) * NS) for wait in waits if wait is not None]
    if state.door is not None:
        dues.append(state.door.due_bt if state.door.boot == now.boot else now.bt)
    return min(dues, default=None)


def evolve(state: ChecksState, entry: Entry) -> ChecksState:
    """Return the checks after one fact."""
    match entry.fact:
        case ChecksCalled(checks=names, within_s=within_s):
            asked = {name: replace(_kept(state, name), asked=entry.at, within_s=within_s) for name in names}
            return replace(state, kept={**state.kept, **asked}, opened=entry.at)
        case DoorTestStarted(point=point, due_bt=due_bt, boot=boot):
            return replace(state, door=DoorTest(point, due_bt, boot))
        case DoorTestOpened() if state.door is not None:
            return replace(state, door=replace(state.door, opened=True))
        case DoorTestEnded():
            return replace(state, door=None)
        case DoorTestOpened():
            return state
        case told:
            name = key(getattr(told, "check", ""), getattr(told, "asset", ""))
            return replace(state, kept={**state.kept, name: _one(_kept(state, name), told, entry)})


def _kept(state: ChecksState, name: str) -> Kept:
    return state.kept.get(name, Kept())


def _one(known: Kept, told: Fact, entry: Entry) -> Kept:
    match told:
        case CheckRecorded():
            return _recorded(known, told, entry)
        case CheckOverdue():
            return replace(known, told=True)
        case CheckWaived(valid_s=valid_s, until_utc=until_utc, grounds=grounds, measure=measure):
            made = Waiver(entry.at, valid_s, until_utc, grounds, measure, entry.by)
            return replace(known, waiver=made)
        case WaiverEnded():
            return replace(known, waiver=None)
        case UseStopped():
            return replace(known, stopped=entry.at)
        case UseResumed():
            return replace(known, stopped=None)
        case _:
            return known


def _recorded(known: Kept, told: CheckRecorded, entry: Entry) -> Kept:
    made = Taken(entry.at, told.result, told.value, told.parts, told.fault, told.reading, entry.by)
    trend = (*known.trend, made)[-KEPT:]
    if told.result not in ANSWERS:
        return replace(known, trend=trend)
    answered = replace(known, asked=None, within_s=0, told=False, last=made, trend=trend)
    return replace(answered, due_s=told.due_s, late_s=told.late_s)


def late(state: ChecksState, now: Instant) -> tuple[str, ...]:
    """Return the keys of the checks overdue by now that nobody was told of yet."""
    return _over(state.kept.items(), left_s, now)


def outlasted(state: ChecksState, now: Instant) -> tuple[str, ...]:
    """Return the keys of the checks whose waiver is over by now."""
    return _over(state.kept.items(), waiver_left_s, now)


def _over(kept: Iterable[tuple[str, Kept]], left: Left, now: Instant) -> tuple[str, ...]:
    waits = ((name, left(one, now)) for name, one in kept)
    return tuple(name for name, wait in waits if wait is not None and wait <= 0)


def apart(name: str) -> tuple[str, str]:
    """Return check and asset of a key."""
    check, _, asset = name.partition(AT)
    return check, asset
