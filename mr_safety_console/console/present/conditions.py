"""What stays printed with a clearance wherever the person is shown: conditions, and what nobody asked."""

from __future__ import annotations

from mr_safety_console.console.present.rows import Row, row
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import screening
from mr_safety_console.domain.screening import Case, Verdict
from mr_safety_console.domain.screening_case import asked_on
from mr_safety_console.domain.screening_sheets import wanting
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import say

PRINTED = (Verdict.CLEARED_WITH_CONDITIONS, Verdict.EMERGENT)


def condition_rows(view: View, visit: Visit) -> tuple[Row, ...]:
    """Return the conditions of a visit's forms, one line for each; nothing where there are none."""
    return (*_of_the_interview(view, visit), *_of_the_sheets(view, visit))


def _of_the_sheets(view: View, visit: Visit) -> tuple[Row, ...]:
    """Return what was found and resolved on the further forms that are settled."""
    found = (
        (sheet, case)
        for sheet, case in view.state.screening.sheets.get(visit.id, {}).items()
        if sheet in view.forms and wanting(case, view.forms[sheet]) is None
    )
    return tuple(
        _condition(view, case, item, f"{say('sheet', sheet)} ")
        for sheet, case in found
        for item in screening.conditions(case)
    )


def _of_the_interview(view: View, visit: Visit) -> tuple[Row, ...]:
    case = view.state.screening.cases.get(visit.id)
    if case is None or case.verdict not in PRINTED:
        return ()
    left = case.emergent.not_asked if case.emergent else ()
    rows = [row((_not_asked(view, case, left), Tone.HOLD), indent=4, cap=600)] if left else []
    rows += [_condition(view, case, item) for item in screening.conditions(case) if item not in left]
    return tuple(rows)


def _not_asked(view: View, case: Case, left: tuple[str, ...]) -> str:
    return f"▲ {case.verdict.value}: {' '.join(code(view, case, item) for item in left)}"


def _condition(view: View, case: Case, item: str, form: str = "") -> Row:
    made = case.resolutions.get(item)
    how = say("resolution", made.resolution) if made else "NOT RESOLVED"
    said = f": {view.private(made.text)}" if made and made.text else ""
    return row((f"▲ CONDITION {form}{code(view, case, item)} {how}{said}", Tone.HOLD), indent=4, cap=300)


def code(view: View, case: Case, item: str) -> str:
    """Return what people call a question: its code, or its linkId where it has none."""
    form = asked_on(case, view.forms)
    known = form.item(item) if form else None
    return known.code or item if known else item


def rushed(view: View, visit: Visit) -> str:
    """Return `9 of 9 ★` where a signed review went faster than reading aloud; empty where it did not."""
    case = view.state.screening.cases.get(visit.id)
    if case is None or not case.reviewed or not case.rushed or case.emergent is not None:
        return ""
    return f"{len(case.rushed)} of {len(case.again)} ★"


def rushed_rows(view: View, visit: Visit) -> tuple[Row, ...]:
    """Return that the review of this visit went faster than reading aloud: for the supervisor."""
    told = rushed(view, visit)
    words = f"▲ {told} FASTER THAN READ ALOUD"
    return (row((words, Tone.HOLD), indent=4),) if told else ()


def all_rushed_rows(view: View) -> tuple[Row, ...]:
    """Return the same of every open visit in one row; nothing where there is none."""
    found = [(visit, rushed(view, visit)) for visit in view.state.visits.open.values()]
    told = ", ".join(f"V{visit.no} {much}" for visit, much in found if much)
    words = f"▲ FOR THE SUPERVISOR, reviewed faster than read aloud: {told}"
    return (row((words, Tone.HOLD), indent=4),) if told else ()


def emergent_told(view: View) -> tuple[str, ...]:
    """Return `V12 EMERGENT, 41 NOT ASKED` for each visit screened so; empty for none."""
    told = []
    for visit in view.state.visits.open.values():
        case = view.state.screening.cases.get(visit.id)
        if case is not None and case.emergent is not None:
            told.append(f"V{visit.no} EMERGENT, {len(case.emergent.not_asked)} NOT ASKED")
    return tuple(told)
