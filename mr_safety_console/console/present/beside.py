"""The further forms of a visit as they are shown: which there are, which are wanted, and what they want."""

from __future__ import annotations

from mr_safety_console.console.present.interview import Interview
from mr_safety_console.console.present.rows import Row, row
from mr_safety_console.console.present.view import View
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening import case_of
from mr_safety_console.domain.screening_facts import SHEETS
from mr_safety_console.domain.screening_sheets import required, wanting
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import refused, say


def forms_of(view: View) -> tuple[str, ...]:
    """Return the forms of the selected visit in the order they are stepped through, the interview first."""
    visit = view.visit
    return ("", *required(view.state.screening, visit)) if visit is not None else ("",)


def is_sheet(held: Interview) -> bool:
    """Tell whether this is a further form and not the interview."""
    return held.form.id in SHEETS


def which(view: View, sheet: str) -> tuple[Part, ...]:
    """Return `form 2 of 3 Tab`; nothing where the interview is all."""
    forms = forms_of(view)
    if len(forms) == 1:
        return ()
    place = forms.index(sheet) + 1 if sheet in forms else 1
    return (f"  form {place} of {len(forms)} ", ("Tab", Tone.KEY))


def named(view: View, held: Interview) -> tuple[Part, ...]:
    """Return the form's title, version and approval; where forms are missing, those and its short name."""
    form = held.form
    missing = [one for one in forms_of(view) if one and not begun(view, one)]
    if not missing:
        return ((f"{form.title}  {form.version}  {form.approval}", Tone.FAINT),)
    left = f"▲ MISSING: {', '.join(say('sheet', one) for one in missing)}  "
    return ((left, Tone.HOLD), (f"{form.id} {form.version} {form.approval}", Tone.FAINT))


def begun(view: View, sheet: str) -> bool:
    """Tell whether a further form of the selected visit has begun."""
    return case_of(view.state.screening, view.selected, sheet) is not None


def not_begun(sheet: str) -> str:
    """Return that nothing stands here yet."""
    return (
        refused("sheet-missing", form=say("sheet", sheet)).reason if sheet else "The interview has not begun."
    )


def wants(view: View, visit: str, sheet: str) -> Refused | None:
    """Return what a further form still wants, in the operator's words; nothing once it is settled."""
    case, form = case_of(view.state.screening, visit, sheet), view.forms.get(sheet)
    if form is None:
        return refused("form-not-loaded", form=sheet, version=case.version if case else "any")
    left = wanting(case, form)
    return refused(left.rule, form=say("sheet", sheet), count=left.count) if left else None


def standing(view: View, held: Interview) -> Part:
    """Return what comes next on a signed further form."""
    left = wants(view, view.selected, held.form.id)
    return (left.reason, Tone.CONFIRM) if left else "Nothing is open on this form."


def wanted_rows(view: View, visit: Visit) -> tuple[Row, ...]:
    """Return a line for each further form that still wants something: what, and who can supply it."""
    told = (wants(view, visit.id, sheet) for sheet in required(view.state.screening, visit))
    return tuple(row((f"▲ {one.reason} {one.who_can}", Tone.HOLD), indent=2) for one in told if one)
