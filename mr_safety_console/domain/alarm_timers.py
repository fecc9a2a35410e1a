"""What time alone does to alarms: they rise, ring again, are told as unanswered, and told of again."""

from __future__ import annotations

from mr_safety_console.domain import alarm_reminder, alarm_shelf
from mr_safety_console.domain.alarm_points import RULES, UNANSWERED_S, Priority
from mr_safety_console.domain.alarms import (
    Alarm,
    AlarmRepeated,
    AlarmsState,
    AlarmUnanswered,
    AlarmWorsened,
    shelved,
)
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Instant


def fire(state: AlarmsState, now: Instant) -> tuple[Fact, ...]:
    """Return what is due by the clock: rising priorities, unanswered alarms and reminders, each once."""
    facts: list[Fact] = list(alarm_shelf.fire(state, now))
    for alarm in state.open.values():
        if alarm.shelf is not None and not shelved(alarm, now):
            continue  # just taken back into its place; the next look finds it there
        facts += _risen(alarm, now) or _again(alarm, now)
        if _waits(alarm, now):
            for after_s in UNANSWERED_S:
                if alarm.unanswered_s < after_s <= _age_s(now, alarm.waits or alarm.rang):
                    facts.append(AlarmUnanswered(alarm=alarm.id, instance=alarm.instance, after_s=after_s))
    rang = [fact.alarm for fact in facts if isinstance(fact, AlarmRepeated | AlarmWorsened)]
    return (*facts, *alarm_reminder.fire(state, now, but=rang))


def _waits(alarm: Alarm, now: Instant) -> bool:
    """Tell whether an answer is being waited for."""
    return not alarm.answered and alarm.priority >= Priority.MEDIUM and not shelved(alarm, now)


def _risen(alarm: Alarm, now: Instant) -> tuple[Fact, ...]:
    return tuple(
        AlarmWorsened(alarm=alarm.id, instance=alarm.instance + 1, priority=priority)
        for at_s, priority in RULES[alarm.rule].rises_s
        if alarm.present and alarm.priority < priority and _age_s(now, alarm.since) >= at_s
    )


def _again(alarm: Alarm, now: Instant) -> tuple[Fact, ...]:
    """Return the next ring of an alarm that was answered while its condition goes on."""
    after_s = _repeats(alarm, now)
    if not after_s or not alarm.present or alarm.answered_at is None:
        return ()
    if _age_s(now, alarm.answered_at) < after_s:
        return ()
    return (AlarmRepeated(alarm=alarm.id, instance=alarm.instance + 1),)


def _repeats(alarm: Alarm, now: Instant) -> int:
    return 0 if shelved(alarm, now) else RULES[alarm.rule].repeats_s


def next_due(state: AlarmsState, now: Instant) -> int | None:
    """Return the boot-time ns of the next thing `fire` would return, or None."""
    others = (alarm_shelf.next_due(state, now), alarm_reminder.next_due(state, now))
    dues = [due for due in others if due is not None]
    for alarm in state.open.values():
        if alarm.present:
            rises = RULES[alarm.rule].rises_s
            dues += [_due(now, alarm.since, s) for s, priority in rises if priority > alarm.priority]
            if alarm.answered_at is not None and _repeats(alarm, now):
                dues.append(_due(now, alarm.answered_at, RULES[alarm.rule].repeats_s))
        if _waits(alarm, now):
            since = alarm.waits or alarm.rang
            dues += [_due(now, since, s) for s in UNANSWERED_S if s > alarm.unanswered_s]
    return min(dues, default=None)


def _age_s(now: Instant, then: Instant) -> float:
    # After a reboot whatever presses goes on from wall time.
    if now.boot == then.boot:
        return (now.bt - then.bt) / NS
    return max(0, now.utc - then.utc) / 1_000_000


def _due(now: Instant, then: Instant, after_s: int) -> int:
    return now.bt + int((after_s - _age_s(now, then)) * NS)
