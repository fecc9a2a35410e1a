"""What one check comes to: by its parts, its value and the suite's own readings, not by the key pressed."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from mr_safety_console.domain import detectors
from mr_safety_console.domain.check_facts import CheckRecorded, RecordCheck, Result
from mr_safety_console.domain.check_rules import Line
from mr_safety_console.domain.check_template import DUE_S, Check, Sensed, late_s
from mr_safety_console.domain.context import Ctx, Instant
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

FAULTS = ("no-alarm", "does-not-work", "damaged", "missing", "out-of-date")
"""What can be found wrong with a thing by looking at it."""
REASONS = ("not-fitted", "out-of-use", "no-time", "no-access")
"""Why a check does not apply, or was not done."""
OUT_OF_BAND, NOT_AS_EXPECTED = "out-of-band", "not-lit"
"""What follows from a value, and from a part that did not light up."""


@frozen
class Found:
    """What a check comes to. `value` is as it was read, in figures only."""

    result: Result
    value: str = ""
    fault: str = ""


def recorded(check: Check, asset: str, found: Found, ctx: Ctx, **more: object) -> CheckRecorded:
    """Return the fact of a check made now, with when it is due again by the rules of today."""
    within_s = ctx.profile.limit("shift_checks_s")
    return CheckRecorded(
        check=check.id,
        asset=asset,
        result=found.result,
        value=found.value,
        fault=found.fault,
        due_s=DUE_S[check.every],
        late_s=late_s(check.every, within_s),
        **more,  # type: ignore[arg-type]  # the optional fields of the fact
    )


def judged(check: Check, asked: RecordCheck) -> Found | Refused:
    """Return what a check comes to, or what is missing: parts, the value that was read, a reason."""
    if asked.result not in set(Result):
        return refused("check-terms", choices=", ".join(Result))
    result = Result(asked.result)
    if result in (Result.NOT_DONE, Result.NOT_APPLICABLE):
        given = asked.fault in REASONS and not (asked.value or asked.lit or asked.unlit)
        return (
            Found(result, fault=asked.fault) if given else refused("check-terms", choices=", ".join(REASONS))
        )
    if sorted((*asked.lit, *asked.unlit)) != sorted(check.parts):
        return refused("check-parts", count=len(check.parts))
    if asked.unlit:
        return Found(Result.FAIL, fault=NOT_AS_EXPECTED)
    return _valued(check, asked, result)


def _valued(check: Check, asked: RecordCheck, result: Result) -> Found | Refused:
    value = figures(asked.value) if asked.value else None
    missing = result is Result.PASS and bool(check.unit) and value is None
    if missing or (asked.value and (value is None or not check.unit)):
        return refused("check-value", unit=check.unit or "-")
    said = "" if value is None else f"{value}"
    if value is not None and check.band is not None and not check.band.holds(value):
        return Found(Result.FAIL, said, OUT_OF_BAND)
    if result is Result.PASS:
        return Found(result, said)
    if asked.fault not in FAULTS:
        return refused("check-terms", choices=", ".join(FAULTS))
    return Found(result, said, asked.fault)


def figures(typed: str) -> Decimal | None:
    """Return a number as it was typed, with comma or point; None for anything that is no plain number."""
    text = typed.strip().replace(",", ".")
    if len(text) > 12 or "e" in text.casefold():
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def against(state: SuiteState, line: Line, ctx: Ctx) -> Refused | None:
    """Return why nobody can say that this passed: the suite's own readings do not say so."""
    point = ctx.profile.point(line.asset)
    name = point.name if point else line.asset
    match line.check.sensed:
        case Sensed.WALK_TEST:
            return None if _walked(state, line, ctx) else refused("check-walk-test", point=name)
        case Sensed.DOOR_TEST:
            return refused("check-door-test", point=name)
        case Sensed.READS_NORMAL:
            return None if _reads_normal(state, line.asset, ctx) else refused("check-reads", point=name)
        case _:
            return None


def _walked(state: SuiteState, line: Line, ctx: Ctx) -> bool:
    """Tell whether the detector answered the test piece since it was asked for, and is still believed."""
    known = state.points.points.get(line.asset)
    proof = known.proof if known else None
    if proof is None or not detectors.proved(state.points, line.asset, ctx):
        return False
    asked = line.kept.asked if line.kept else None
    last = line.kept.last if line.kept else None
    failed = last.at if last is not None and last.result is Result.FAIL else None
    return all(since is None or _after(proof, since) for since in (asked, failed))


def _after(proof: Instant, since: Instant) -> bool:
    return proof.bt >= since.bt if proof.boot == since.boot else proof.utc >= since.utc


def _reads_normal(state: SuiteState, asset: str, ctx: Ctx) -> bool:
    if asset in state.bypass.open or state.points.condition(asset) is not Condition.NORMAL:
        return False
    return detectors.live_condition(ctx, asset)[0] is Condition.NORMAL
