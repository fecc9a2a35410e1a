"""The checks judged on the whole suite: who may record, waive and resume, and what follows from time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import check_reading, check_rules, checks, suite_door_test
from mr_safety_console.domain.check_facts import (
    CheckOverdue,
    ChecksCalled,
    CheckWaived,
    EndWaiver,
    RecordCheck,
    Result,
    ResumeUse,
    UseResumed,
    UseStopped,
    WaiveCheck,
    WaiverEnded,
)
from mr_safety_console.domain.check_reading import Found, recorded
from mr_safety_console.domain.check_rules import Line
from mr_safety_console.domain.check_template import HOUR_S, Check, Effect, Every, Sensed
from mr_safety_console.domain.checks import Standing
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import US, Ctx, Instant
from mr_safety_console.domain.detectors import STAYED, WalkTestEnded
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import SignedOn, may, roles_of
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

LONGEST_WAIVER_H = 24
"""No waiver lasts longer."""
LONGEST = 200
READING = "walk-test"
_PROVES_NOTHING = frozenset({"no-alarm", "second-alarm", STAYED})
"""Ends of a walk test in which the detector did not do what was expected of it: a fail."""
_BEARABLE = (Standing.FAILED, Standing.OVERDUE, Standing.UNANSWERED)


def _line(state: SuiteState, check: str, asset: str, ctx: Ctx) -> Line | Refused:
    return check_rules.line(state, ctx, check, asset) or refused("check-unknown")


# --- one check ---


def record(state: SuiteState, asked: RecordCheck, ctx: Ctx) -> Facts | Refused:
    """Record one check as made now. Parts, value and readings decide what it comes to."""
    line = _line(state, asked.check, asked.asset, ctx)
    if isinstance(line, Refused):
        return line
    found = check_reading.judged(line.check, asked)
    if isinstance(found, Refused):
        return found
    if found.result is Result.PASS and (why := check_reading.against(state, line, ctx)):
        return why
    bad = checks.bare(line.kept, ctx.now) in (Standing.FAILED, Standing.STOPPED)
    if found.result is Result.NOT_APPLICABLE and (line.check.sensed or bad):
        return refused("check-not-applicable")
    if why := may(state.staff, act(line.check, found.result), ctx):
        return why
    reading = line.check.sensed if found.result is Result.PASS else ""
    told = recorded(line.check, line.asset, found, ctx, parts=asked.unlit, reading=reading)
    return (told, *_follows(line, found))


def act(check: Check, result: str) -> str:
    """Return the act by which a result is recorded; no fail waits for a second signature."""
    if result == Result.PASS and check.witness:
        return "check-witnessed"
    if result == Result.NOT_APPLICABLE and check.floor:
        return "check-waive"
    return "check-record"


def _follows(line: Line, found: Found) -> Facts:
    """Return what an answer ends, and the STOP USE that a failure begins."""
    facts: Facts = ()
    answered = found.result in (Result.PASS, Result.NOT_APPLICABLE)
    if answered and line.kept is not None and line.kept.waiver is not None:
        facts = (WaiverEnded(check=line.check.id, asset=line.asset, reason="answered"),)
    stands = line.kept is not None and line.kept.stopped is not None
    if found.result is Result.FAIL and line.check.fails is Effect.STOP_USE and not stands:
        facts = (*facts, UseStopped(check=line.check.id, asset=line.asset))
    return facts


# --- bearing it ---


def waive(state: SuiteState, asked: WaiveCheck, ctx: Ctx) -> Facts | Refused:
    """Bear a failed or missing check for at most a day: an entitled person and a second one sign."""
    line = _line(state, asked.check, asked.asset, ctx)
    if isinstance(line, Refused):
        return line
    if line.standing is Standing.STOPPED:
        return refused("waiver-stop-use")
    if checks.bare(line.kept, ctx.now) not in _BEARABLE:
        return refused("waiver-nothing")
    told = (asked.grounds.strip(), asked.measure.strip())
    if not all(0 < len(text) <= LONGEST for text in told) or not 1 <= asked.hours <= LONGEST_WAIVER_H:
        return refused("waiver-terms", hours=LONGEST_WAIVER_H)
    if why := may(state.staff, "check-waive", ctx):
        return why
    valid_s = asked.hours * HOUR_S
    return (
        CheckWaived(
            subject=ctx.tokens[0],
            check=line.check.id,
            asset=line.asset,
            grounds=told[0],
            measure=told[1],
            valid_s=valid_s,
            until_utc=ctx.now.utc + valid_s * US,
        ),
    )


def end_waiver(state: SuiteState, asked: EndWaiver, ctx: Ctx) -> Facts | Refused:
    """Take a waiver back before its time."""
    line = _line(state, asked.check, asked.asset, ctx)
    if isinstance(line, Refused):
        return line
    if line.kept is None or line.kept.waiver is None:
        return refused("waiver-nothing")
    if why := may(state.staff, "check-record", ctx):
        return why
    return (WaiverEnded(check=line.check.id, asset=line.asset, reason="withdrawn"),)


def resume(state: SuiteState, asked: ResumeUse, ctx: Ctx) -> Facts | Refused:
    """Return to use: tested anew after the engineer's work, signed by an MRSE and an MRRP or MRMD."""
    line = _line(state, asked.check, asked.asset, ctx)
    if isinstance(line, Refused):
        return line
    if line.standing is not Standing.STOPPED or line.kept is None:
        return refused("use-not-stopped")
    if line.kept.last is None or line.kept.last.result is not Result.PASS:
        return refused("use-untested", what=check_rules.called(ctx.profile, line.check.id, line.asset))
    if not 0 < len(asked.engineer.strip()) <= LONGEST:
        return refused("use-engineer")
    if why := may(state.staff, "use-resume", ctx):
        return why
    if not _expert_and_officer(state, ctx):
        return refused("use-expert")
    name = asked.engineer.strip()
    return (UseResumed(subject=ctx.tokens[0], check=line.check.id, asset=line.asset, engineer=name),)


def _expert_and_officer(state: SuiteState, ctx: Ctx) -> bool:
    """Tell whether one who signed is an MR safety expert and another one answers for the suite."""
    held = {who.person: roles_of(state.staff, who.person) for who in ctx.signers}
    experts = {person for person, roles in held.items() if "MRSE" in roles}
    officers = {person for person, roles in held.items() if roles & {"MRRP", "MRMD"}}
    return any(one != other for one in experts for other in officers)


# --- what follows ---


def followed(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return what a decision means for the checks: a shift begins, a detector stays silent, a door spoke."""
    if not ctx.profile.checks:
        return ()
    return (
        *_shift_begun(state, facts, ctx),
        *_unanswered_tests(state, facts, ctx),
        *suite_door_test.followed(state, facts, ctx),
    )


def _shift_begun(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return what is asked for as a shift begins: by the first to sign on after nobody was rostered."""
    begins = state.checks.opened is None or state.roster.unrostered is not None
    if not begins or not any(isinstance(fact, SignedOn) for fact in facts):
        return ()
    wanted = tuple(
        one.key
        for one in check_rules.lines(state, ctx)
        if one.check.every is Every.SHIFT or one.kept is None or one.kept.last is None
    )
    return (ChecksCalled(checks=wanted, within_s=ctx.profile.limit("shift_checks_s")),)


def _unanswered_tests(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    failed = {
        fact.point: fact.reason
        for fact in facts
        if isinstance(fact, WalkTestEnded) and fact.reason in _PROVES_NOTHING
    }
    return tuple(
        recorded(one.check, one.asset, Found(Result.FAIL, fault=failed[one.asset]), ctx, reading=READING)
        for one in (check_rules.lines(state, ctx) if failed else ())
        if one.asset in failed and one.check.sensed is Sensed.WALK_TEST
    )


def next_due(state: SuiteState, now: Instant) -> int | None:
    """Return the boot-time ns at which the checks have something to tell; None while they are broken."""
    return None if "checks" in state.broken else checks.next_due(state.checks, now)


def tick(state: SuiteState, ctx: Ctx) -> Facts:
    """Return the checks overdue by now, each once, the waivers that are over, and a door test run out."""
    if "checks" in state.broken:
        return ()
    late = (checks.apart(name) for name in checks.late(state.checks, ctx.now))
    over = (checks.apart(name) for name in checks.outlasted(state.checks, ctx.now))
    return (
        *(CheckOverdue(check=check, asset=asset) for check, asset in late),
        *(WaiverEnded(check=check, asset=asset, reason="time") for check, asset in over),
        *suite_door_test.tick(state, ctx),
    )
