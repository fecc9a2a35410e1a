"""How a patient in the scan is watched: when the next check-in is due, what was missed, what is owed."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import NS, US, Instant, elapsed
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit_facts import CheckedIn, CheckInsBegun, ScanEnded
from mr_safety_console.domain.watching_facts import (
    HEAT,
    CheckInFellDue,
    CheckInLate,
    CheckInMissed,
    InjectionRecorded,
    InterventionRecorded,
    ObservationFellDue,
    ObservationMade,
    ObserverChanged,
    PatientSilent,
    SkinChecked,
    WatchChosen,
)

if TYPE_CHECKING:
    from mr_safety_console.domain.visit import Visit


class Stage(StrEnum):
    """Where the next check-in stands. After a missed one the next is due an interval after it was."""

    WAITING = "waiting"
    DUE = "due"
    LATE = "late"
    MISSED = "missed"


_NEXT = {
    Stage.WAITING: Stage.DUE,
    Stage.DUE: Stage.LATE,
    Stage.LATE: Stage.MISSED,
    Stage.MISSED: Stage.DUE,
}


@frozen
class Watched:
    """What is known of one patient's watching.

    `base` is the moment the present interval counts from, `late_s` and `missed_s` how long after it fell
    due a check-in is late and missed; `missed` counts intervals in which nobody spoke with the patient,
    over the whole visit. `silent` answers in a row failed, the last at `silent_at`; the engine speaks up
    `again_s` later. `chosen` is an interval a person chose, `against` the reasons a wider one knew of.
    `heat`: since when a look at the skin is owed. `observe_s` are the seconds after `injected` at which
    the patient is still to be looked at, `called` those that fell due.
    """

    stage: Stage = Stage.WAITING
    base: Instant | None = None
    late_s: int = 15
    missed_s: int = 45
    missed: int = 0
    patient: str = ""
    silent: int = 0
    silent_at: Instant | None = None
    again_s: int = 0
    chosen: str = ""
    against: tuple[str, ...] = ()
    interventions: int = 0
    heat: Instant | None = None
    skin: str = ""
    injected: Instant | None = None
    observe_s: tuple[int, ...] = ()
    called: tuple[int, ...] = ()


def next_stage(person: Visit) -> Stage:
    """Return the stage that comes next where nobody speaks with the patient."""
    return _NEXT[person.watch.stage]


def until_s(person: Visit, now: Instant) -> float:
    """Return the seconds until the next stage comes; below zero when it should have.

    A reboot ends no waiting time: it goes on from the wall clock.
    """
    watch = person.watch
    extra = {Stage.LATE: watch.late_s, Stage.MISSED: watch.missed_s}.get(next_stage(person), 0)
    return person.checkin_s + extra - _gone_s(watch.base, now)


def due_at(person: Visit, now: Instant) -> Instant:
    """Return the moment the present check-in falls due or fell due, on this boot's clocks."""
    left = person.checkin_s - _gone_s(person.watch.base, now)
    return shifted(now, left)


def intervals_missed(person: Visit, now: Instant) -> int:
    """Return how many check-ins in a row were missed by now, the one at hand among them."""
    over = _gone_s(person.watch.base, now) - person.checkin_s - person.watch.missed_s
    return max(1, int(over // person.checkin_s) + 1)


def shifted(at: Instant, seconds: float) -> Instant:
    """Return the moment so many seconds later on both clocks."""
    return replace(at, utc=at.utc + round(seconds * US), bt=at.bt + round(seconds * NS))


def _gone_s(since: Instant | None, now: Instant) -> float:
    return elapsed(now, since).seconds if since else 0.0


def silent_left_s(person: Visit, now: Instant) -> float | None:
    """Return the seconds a patient who gave no answer has left to give one; None where none is awaited."""
    watch = person.watch
    if not person.scan_presumed or watch.silent != 1:
        return None
    return watch.again_s - _gone_s(watch.silent_at, now)


def observation_left_s(person: Visit, now: Instant) -> tuple[int, float] | None:
    """Return the next observation nobody was called to yet, and the seconds until it is due."""
    watch = person.watch
    left = [after for after in watch.observe_s if after not in watch.called]
    if watch.injected is None or not left:
        return None
    return left[0], left[0] - _gone_s(watch.injected, now)


def evolve(visit: Visit, entry: Entry) -> Visit:
    """Return a visit after one fact about its watching."""
    match entry.fact:
        case CheckInsBegun(within_s=within_s, observer=observer, late_s=late_s, missed_s=missed_s):
            watch = replace(visit.watch, base=entry.at, stage=Stage.WAITING, late_s=late_s, missed_s=missed_s)
            watch = replace(watch, silent=0, silent_at=None)
            return replace(visit, spoken=entry.at, checkin_s=within_s, observer=observer, watch=watch)
        case CheckedIn(within_s=within_s, patient=patient):
            return replace(
                visit, spoken=entry.at, checkin_s=within_s, watch=_spoken(visit.watch, patient, entry)
            )
        case ScanEnded():
            watch = replace(visit.watch, base=None, stage=Stage.WAITING, silent=0, silent_at=None)
            return replace(visit, scan_presumed=False, checkin_s=0, observer="", watch=watch)
        case ObserverChanged(observer=observer):
            return replace(visit, observer=observer)
        case WatchChosen(interval=interval, reasons=reasons, within_s=within_s):
            watch = replace(visit.watch, chosen=interval, against=reasons)
            return replace(visit, checkin_s=within_s or visit.checkin_s, watch=watch)
        case _:
            watch = _later(_timed(visit.watch, visit.checkin_s, entry), entry)
            return visit if watch is visit.watch else replace(visit, watch=watch)


def _spoken(watch: Watched, patient: str, entry: Entry) -> Watched:
    heat = entry.at if patient in HEAT else watch.heat
    return replace(
        watch,
        base=entry.at,
        stage=Stage.WAITING,
        silent=0,
        silent_at=None,
        patient=patient,
        heat=heat,
    )


def _timed(watch: Watched, within_s: int, entry: Entry) -> Watched:
    match entry.fact:
        case CheckInFellDue():
            return replace(watch, stage=Stage.DUE)
        case CheckInLate():
            return replace(watch, stage=Stage.LATE)
        case CheckInMissed(due_utc=utc, due_bt=bt, intervals=count):
            base = shifted(Instant(utc, bt, entry.at.boot), (count - 1) * within_s)
            return replace(watch, stage=Stage.MISSED, base=base, missed=watch.missed + count)
        case PatientSilent(times=times, again_s=again_s):
            return replace(watch, silent=times, silent_at=entry.at, again_s=again_s, patient="no-answer")
        case ObservationFellDue(after_s=after_s):
            return replace(watch, called=(*watch.called, after_s))
        case _:
            return watch


def _later(watch: Watched, entry: Entry) -> Watched:
    match entry.fact:
        case InterventionRecorded(no=no):
            return replace(watch, interventions=no)
        case SkinChecked(found=found):
            return replace(watch, heat=None, skin=found)
        case InjectionRecorded(observe_s=observe_s):
            return replace(watch, injected=entry.at, observe_s=observe_s, called=())
        case ObservationMade(after_s=after_s):
            return replace(watch, observe_s=tuple(s for s in watch.observe_s if s != after_s))
        case _:
            return watch
