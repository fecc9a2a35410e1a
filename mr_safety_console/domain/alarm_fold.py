"""What each fact makes of the alarms; pure, and the only place where they change."""

from __future__ import annotations

from dataclasses import replace

from mr_safety_console.domain.alarm_facts import (
    AlarmShelved,
    AlarmsReminded,
    AlarmUnproven,
    AlarmUnshelved,
    SoundPauseEnded,
)
from mr_safety_console.domain.alarm_points import CHATTER_RINGS, Priority
from mr_safety_console.domain.alarms import (
    Alarm,
    AlarmAcknowledged,
    AlarmClosed,
    AlarmDisposed,
    AlarmRaised,
    AlarmRepeated,
    AlarmReturned,
    AlarmsState,
    AlarmUnanswered,
    AlarmWorsened,
    Shelf,
    SoundPaused,
)
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import Instant, Who

RAISED_KEPT = 64
"""How many raised alarms a flood is counted in; beyond that it is told as this many."""
RINGS_KEPT = CHATTER_RINGS


def evolve(state: AlarmsState, entry: Entry) -> AlarmsState:
    """Return the alarms after one fact."""
    if isinstance(entry.fact, AlarmRaised):
        return _raised(state, entry.fact, entry.at)
    if isinstance(entry.fact, AlarmsReminded):
        told = {n: replace(state.open[n], reminded_at=entry.at) for n in entry.fact.alarms if n in state.open}
        return replace(state, open={**state.open, **told})
    named = entry.fact
    name: str = named.subject if isinstance(named, AlarmDisposed) else getattr(named, "alarm", "")
    alarm = state.open.get(name)
    if alarm is None:
        return state
    if isinstance(entry.fact, AlarmClosed):
        return replace(state, open={k: v for k, v in state.open.items() if k != name})
    after = replace(state, open={**state.open, name: _changed(alarm, entry)})
    rang = isinstance(entry.fact, AlarmRepeated | AlarmWorsened)
    return _loud(after) if rang and after.open[name].priority is Priority.HIGH else after


def _raised(state: AlarmsState, raised: AlarmRaised, at: Instant) -> AlarmsState:
    alarm = Alarm(
        id=raised.alarm,
        no=raised.no,
        rule=raised.rule,
        point=raised.point,
        priority=raised.priority,
        since=at,
        rang=at,
        present=not raised.momentary,
        momentary=raised.momentary,
        visits=raised.visits,
        detail=raised.detail,
        rings=(at,),
        waits=at,
    )
    after = replace(
        state,
        open={**state.open, alarm.id: alarm},
        last_no=max(state.last_no, raised.no),
        raised=(*state.raised, at)[-RAISED_KEPT:],
    )
    return _loud(after) if raised.priority is Priority.HIGH else after


def _loud(state: AlarmsState) -> AlarmsState:
    """Return the alarms after a High one rang: no pause of any other outlives it."""
    if not any(alarm.paused_until_bt for alarm in state.open.values()):
        return state
    return replace(state, open={name: _unpaused(alarm) for name, alarm in state.open.items()})


def _unpaused(alarm: Alarm) -> Alarm:
    return replace(alarm, paused_until_bt=0) if alarm.paused_until_bt else alarm


def _changed(alarm: Alarm, entry: Entry) -> Alarm:
    match entry.fact:
        case AlarmRepeated(instance=instance, detail=detail, visits=visits):
            # What was put aside is what was there then: not somebody else, and not the next time.
            same = alarm.present and detail in ("", alarm.detail)
            shelf = alarm.shelf if same else None
            about = tuple(dict.fromkeys((*alarm.visits, *visits)))
            detail = detail or alarm.detail
            again = replace(alarm, disposition="", detail=detail, visits=about, shelf=shelf)
            return _ring(again, instance, entry.at)
        case AlarmWorsened(instance=instance, priority=priority):
            most = max(alarm.priority, priority)
            shelf = alarm.shelf if most < Priority.HIGH else None
            # What was said of the lesser alarm explains nothing of the greater one.
            worse = replace(alarm, priority=most, shelf=shelf, disposition="")
            return _ring(worse, instance, entry.at, anew=True)
        case AlarmReturned():
            return replace(alarm, present=False, unproven=False)
        case AlarmAcknowledged(instance=instance, remind_s=remind_s) if instance == alarm.instance:
            by = entry.by[0] if entry.by else Who("", "")
            return replace(alarm, acknowledged=by, answered_at=entry.at, remind_s=remind_s)
        case AlarmUnanswered(instance=instance, after_s=after_s) if instance == alarm.instance:
            return replace(alarm, unanswered_s=after_s)
        case SoundPaused(instance=instance, until_bt=until_bt, boot=boot):
            return replace(alarm, paused_instance=instance, paused_until_bt=until_bt, paused_boot=boot)
        case AlarmDisposed(disposition=disposition):
            return replace(alarm, disposition=disposition)
        case _:
            return _rested(alarm, entry)


def _rested(alarm: Alarm, entry: Entry) -> Alarm:
    match entry.fact:
        case SoundPauseEnded():
            return _unpaused(alarm)
        case AlarmShelved(reason=reason, until_bt=until_bt, boot=boot):
            by = entry.by[0] if entry.by else None
            return replace(alarm, shelf=Shelf(by, reason, entry.at, until_bt, boot))
        case AlarmUnshelved():
            return replace(alarm, shelf=None)
        case AlarmUnproven(instance=instance):
            return replace(_ring(alarm, instance, entry.at), disposition="", unproven=True)
        case _:
            return alarm


def _ring(alarm: Alarm, instance: int, at: Instant, *, anew: bool = False) -> Alarm:
    """Return the alarm as its next instance. One that nobody answered goes on waiting since it first rang."""
    anew = anew or alarm.answered or alarm.waits is None
    return replace(
        alarm,
        instance=instance,
        present=not alarm.momentary,
        acknowledged=None,
        answered_at=None,
        reminded_at=None,
        unanswered_s=0 if anew else alarm.unanswered_s,
        waits=at if anew else alarm.waits,
        rang=at,
        unproven=False,
        rings=(*alarm.rings, at)[-RINGS_KEPT:],
    )
