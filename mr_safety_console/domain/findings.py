"""Reasons against something, and how strict each is: they only ever add up, the strictest one decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState


class Verdict(IntEnum):
    """Ordered so that the greater is always the stricter. STOP has no override in software."""

    PROCEED = 0
    CONFIRM = 1
    HOLD = 2
    STOP = 3


@frozen
class Finding:
    """One reason: how strict, and the refusal in the operator's words; `why.rule` names the rule."""

    verdict: Verdict
    why: Refused


@frozen
class Case:
    """What the rules look at: the state, the visit, and the moment."""

    state: SuiteState
    visit: Visit
    ctx: Ctx


Rule = Callable[[Case], Iterable[Finding]]


def hold(rule: str, **params: object) -> Finding:
    """Return a finding that holds until what it names is put right."""
    return Finding(Verdict.HOLD, refused(rule, **params))


def stop(rule: str, **params: object) -> Finding:
    """Return a finding that no signature lifts."""
    return Finding(Verdict.STOP, refused(rule, **params))


def assess(rules: Iterable[Rule], case: Case) -> tuple[Finding, ...]:
    """Run every rule; a rule that breaks is a HOLD that names it. Strictest first."""
    found: list[Finding] = []
    for rule in rules:
        try:
            found.extend(rule(case))
        except Exception as error:  # noqa: BLE001  -- a broken rule must hold, whatever broke it
            found.append(
                hold("rule-broken", name=getattr(rule, "__name__", "rule"), error=type(error).__name__)
            )
    return tuple(sorted(found, key=lambda finding: -finding.verdict))
