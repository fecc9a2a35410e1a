"""What time brings while a patient is watched: check-ins due, late, missed, no answer, observations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, watching
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx, Instant
from mr_safety_console.domain.suite_scan import (
    CHECKIN_RULE,
    MISSED_RULE,
    OBSERVATION_RULE,
    SILENT_RULE,
)
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.watching import Stage
from mr_safety_console.domain.watching_facts import (
    CheckInFellDue,
    CheckInLate,
    CheckInMissed,
    ObservationFellDue,
)

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]


def _scanned(state: SuiteState) -> tuple[Visit, ...]:
    return tuple(one for one in state.visits.open.values() if one.scan_presumed and one.checkin_s)


def _broken(state: SuiteState) -> bool:
    return "visits" in state.broken


def _overdue(state: SuiteState, now: Instant) -> tuple[Visit, ...]:
    return tuple(one for one in _scanned(state) if watching.until_s(one, now) <= 0)


def next_due(state: SuiteState, now: Instant) -> int | None:
    """Return the boot-time ns at which the next check-in, answer or observation is wanted, or None."""
    if _broken(state):
        late = not _rung(state, CHECKIN_RULE) and _overdue(state, now)
        return now.bt if late else None
    left = [watching.until_s(one, now) for one in _scanned(state)]
    for one in state.visits.open.values():
        silent = watching.silent_left_s(one, now)
        left += [silent] if silent is not None and not _rung(state, SILENT_RULE) else []
        coming = watching.observation_left_s(one, now)
        left += [coming[1]] if coming is not None else []
    return min((now.bt + int(one * NS) for one in left), default=None)


def tick(state: SuiteState, ctx: Ctx, ahead: int) -> Facts:
    """Return what fell due by now, one stage a tick; the next tick brings what comes after it.

    `ahead` alarms were raised by the same tick before.
    """
    if _broken(state):
        # Nothing folds any more that would say what fired: one alarm, and no row a tick.
        names = tuple(one.id for one in _overdue(state, ctx.now))
        wanted = names and not _rung(state, CHECKIN_RULE) and ahead < len(ctx.tokens)
        return _raised(state, CHECKIN_RULE, names, ctx, ahead) if wanted else ()
    facts: Facts = ()
    for fired in (_silence, _check_ins, _observations):
        before = ahead + alarms.count_raised(facts)
        if before < len(ctx.tokens):
            facts = (*facts, *fired(state, ctx, before))
    return facts


def _check_ins(state: SuiteState, ctx: Ctx, ahead: int) -> Facts:
    come = _overdue(state, ctx.now)
    if not come:
        return ()
    stage = watching.next_stage(come[0])
    these = [one for one in come if watching.next_stage(one) is stage]
    told = tuple(_told(one, stage, ctx.now) for one in these)
    if stage is Stage.LATE:
        return (*told, *alarms.worsened(state.alarms, (CHECKIN_RULE,)))
    rule = CHECKIN_RULE if stage is Stage.DUE else MISSED_RULE
    return (*told, *_raised(state, rule, tuple(one.id for one in these), ctx, ahead))


def _told(person: Visit, stage: Stage, now: Instant) -> Fact:
    due = watching.due_at(person, now)
    if stage is Stage.MISSED:
        count = watching.intervals_missed(person, now)
        return CheckInMissed(visit=person.id, due_utc=due.utc, due_bt=due.bt, intervals=count)
    kind = CheckInFellDue if stage is Stage.DUE else CheckInLate
    return kind(visit=person.id, due_utc=due.utc, due_bt=due.bt)


def _silence(state: SuiteState, ctx: Ctx, ahead: int) -> Facts:
    """Return the alarm of a patient who was asked once, gave no answer, and was not heard since."""
    if _rung(state, SILENT_RULE):
        return ()
    left = ((one.id, watching.silent_left_s(one, ctx.now)) for one in state.visits.open.values())
    names = tuple(name for name, seconds in left if seconds is not None and seconds <= 0)
    return _raised(state, SILENT_RULE, names, ctx, ahead) if names else ()


def _observations(state: SuiteState, ctx: Ctx, ahead: int) -> Facts:
    for one in state.visits.open.values():
        coming = watching.observation_left_s(one, ctx.now)
        if coming is not None and coming[1] <= 0:
            after_s, left = coming
            due = watching.shifted(ctx.now, left)
            told = ObservationFellDue(visit=one.id, after_s=after_s, due_utc=due.utc, due_bt=due.bt)
            return (told, *_raised(state, OBSERVATION_RULE, (one.id,), ctx, ahead))
    return ()


def _rung(state: SuiteState, rule: str) -> bool:
    return any(alarm.rule == rule and alarm.present for alarm in state.alarms.open.values())


def _raised(state: SuiteState, rule: str, names: tuple[str, ...], ctx: Ctx, ahead: int) -> Facts:
    door = ctx.profile.door_iv.id
    return alarms.raise_or_repeat(state.alarms, rule, door, ctx.tokens[ahead], names, ahead=ahead)
