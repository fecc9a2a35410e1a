"""The further forms beside an interview: which a patient needs, and how each of them stands.

Contrast and kidneys, pregnancy, consent to help from another place. They are asked, signed and resolved
by the very rules of the interview; here is only which of them there must be, and when one is settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mr_safety_console.domain.codec import ERASED, Fact
from mr_safety_console.domain.findings import Case as Entering
from mr_safety_console.domain.findings import Finding, hold
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_case import (
    UNSUITABLE,
    WEIGHS,
    Case,
    ScreeningState,
    case_of,
    to_ask_again,
    unresolved,
)
from mr_safety_console.domain.screening_facts import CONTRAST, PREGNANCY, SHEETS, Verdict
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.visit_facts import PATIENT
from mr_safety_console.domain.words import refused, say
from screening_forms import answering
from screening_forms.types import Form

SET_OFF: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {CONTRAST: (("", "Q31"), (PREGNANCY, "contrast")), PREGNANCY: (("", "Q09"), (CONTRAST, "Q09"))}
)
"""The answers that want a further form, as (form, linkId); an empty form is the interview."""
DONE = (Verdict.CLEARED, Verdict.CLEARED_WITH_CONDITIONS)


@frozen
class Wanting:
    """What a form still wants: the rule that names it, and how many of it."""

    rule: str
    count: int = 0


def required(state: ScreeningState, person: Visit) -> tuple[str, ...]:
    """Return the further forms this patient needs: those begun, and those an answer sets off."""
    if person.category != PATIENT:
        return ()
    begun = state.sheets.get(person.id, {})
    return tuple(name for name in SHEETS if name in begun or _set_off(state, person.id, name))


def _set_off(state: ScreeningState, visit: str, sheet: str) -> bool:
    wanted = SET_OFF.get(sheet, ())
    return any(_weighs(case_of(state, visit, form), item) for form, item in wanted)


def _weighs(case: Case | None, item: str) -> bool:
    """Tell whether yes, unsure, refused or unable was ever said to a question, by whomever."""
    if case is None:
        return False
    told = (one.says for one in case.told.get(item, ()))
    ever = {case.answers.get(item), case.said.get(item), case.again.get(item), *told}
    return bool(ever & (WEIGHS | {ERASED}))


def starred(case: Case, form: Form) -> bool:
    """Tell whether a form asks anything aloud: then a second reviewer signs it, as an interview."""
    return any(item.ask_again for item in answering.asked(form, case.answers))


def wanting(case: Case | None, form: Form) -> Wanting | None:
    """Return what one further form still wants; None once it is settled."""
    if case is None:
        return Wanting("sheet-missing")
    if not case.first:
        return Wanting("sheet-unsigned", len(answering.missing(form, case.answers)))
    if any(made.resolution == UNSUITABLE for made in case.resolutions.values()):
        return Wanting("sheet-unsuitable")
    # Whoever takes it in hand after the review has nothing to ask any more.
    if not case.reviewed and (aloud := to_ask_again(case, form)):
        return Wanting("sheet-aloud", len(aloud))
    if left := unresolved(case):
        return Wanting("sheet-open", len(left))
    if starred(case, form) and case.verdict not in DONE:
        return Wanting("sheet-unreviewed")
    return None


def why_not(state: ScreeningState, person: Visit) -> Refused | None:
    """Return why nobody can work on a further form of this visit: there is no interview beside it."""
    interview = state.cases.get(person.id)
    if person.category != PATIENT:
        return refused("sheet-of-companion")
    if interview is None:
        return refused("screening-not-begun")
    return refused("screening-declined") if interview.declined else None


def named(facts: tuple[Fact, ...], sheet: str) -> tuple[Fact, ...]:
    """Return facts with the further form they are about, in the one place where that is written."""
    return tuple(replace(one, sheet=sheet) if hasattr(one, "sheet") else one for one in facts)  # type: ignore[type-var]


def sheets_settled(case: Entering) -> Iterable[Finding]:
    """Every further form this patient needs is signed, and nothing on it is open (I4)."""
    state = case.state.screening
    for name in required(state, case.visit):
        known, form = case_of(state, case.visit.id, name), case.ctx.forms.get(name)
        if form is None:
            yield hold("form-not-loaded", form=name, version=known.version if known else "any")
        elif known is not None and form.sha256 != known.sha256:
            yield hold("form-changed", form=name, version=known.version)
        elif left := wanting(known, form):
            yield hold(left.rule, form=say("sheet", name), count=left.count)
