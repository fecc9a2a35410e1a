"""What else can be done with an interview, or with the row under the cursor: offered only where it can."""

from __future__ import annotations

from collections.abc import Callable

from mr_safety_console.console import approving, around, responses
from mr_safety_console.console.beside import FormShown, begin, to_begin
from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.page import Page
from mr_safety_console.console.present import answers, beside
from mr_safety_console.console.present.interview import HOLD, Interview, called, owner_of
from mr_safety_console.console.present.view import View
from mr_safety_console.domain.approval_facts import REMOTE, ApproveScreening, SignDecision
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.interview_facts import CHILD_ASKED, AskChild
from mr_safety_console.domain.screening import Case, awaits_approval
from mr_safety_console.domain.screening_approval import remote_offered
from mr_safety_console.domain.screening_case import replaced
from mr_safety_console.domain.screening_desk import resolver_of
from mr_safety_console.domain.screening_facts import (
    INTERVIEWS,
    OF_CHILDREN,
    BeginScreening,
    TakeOverScreening,
)
from mr_safety_console.domain.screening_ways import WHO, WHO_ELSE
from mr_safety_console.domain.words import say
from screening_forms.types import Item

CHILD = "child:"


def offer(page: Page, held: Interview, cursor: str, shown: FormShown, language: Callable[[], None]) -> None:
    """Offer the further acts, and do the one that is chosen; `language` shows another one."""
    item = held.form.item(cursor.rpartition(":")[2])
    on = cursor.removeprefix(HOLD) if cursor.startswith(HOLD) else ""
    view = page.desk.view()
    found = choices(view, held.case, item=item, held=on)
    if beside.is_sheet(held):
        found = tuple(one for one in found if one.code not in OF_THE_INTERVIEW)
    if to_begin(view):
        found = (*found, Choice("form", "A further form of this visit"))

    def chosen(kind: str | None) -> None:
        if kind == "form":
            begin(page, shown)
        elif kind == "language":
            language()
        elif kind is not None:
            _do(page, held, kind, item, on)

    page.app.push_screen(ChoiceDialog(page.desk, "WHAT ELSE?", found), chosen)


OF_THE_INTERVIEW = frozenset({"approve", "remote", "line", "former", "emergent", "decline", "anew"})
"""What is done with the interview alone, and so for every form beside it."""


def _anew(page: Page, visit: str) -> None:
    """Begin anew on the version of the form in use now."""
    case = page.desk.view().state.screening.cases.get(visit)
    if case is not None:
        page.ask(BeginScreening(visit=visit, form=case.form))


def _taken_over(page: Page, visit: str) -> None:
    """Ask for the PIN of who takes the interview over from the one who is signed on."""
    page.sign(TakeOverScreening(visit=visit), 1)


def begin_otherwise(page: Page) -> None:
    """Begin on another form than the usual one, where whom the visit is of has more than one."""
    view = page.desk.view()
    usual = INTERVIEWS[view.visit.category] if view.visit else ()
    choices = tuple(Choice(one, view.forms[one].title) for one in usual if one in view.forms)

    def chosen(form: str | None) -> None:
        if form is not None:
            page.ask(BeginScreening(visit=page.desk.selected, form=form))

    page.app.push_screen(ChoiceDialog(page.desk, "BEGIN ON WHICH FORM?", choices), chosen)


_ASKS = {
    "anew": _anew,
    "taken-over": _taken_over,
    "paper": around.paper,
    "former": around.was_here,
    "decline": around.decline,
    "emergent": approving.emergent,
    "line": approving.state_line,
}


def _do(page: Page, held: Interview, kind: str, item: Item | None, on: str) -> None:
    visit = page.desk.selected
    asked = simple(kind, visit, on)
    if asked is not None:
        page.ask(asked)
    elif kind in _ASKS:
        _ASKS[kind](page, visit)
    elif kind == "remote":
        approving.approve_remotely(page, visit, held.case)
    elif kind == "source" and item is not None:
        around.another_source(page, visit, item)
    elif kind == "call":
        name = called(held, item) if item is not None else on
        approving.by_call(page, visit, on, name, resolver_of(held.case, held.form, on))
    elif kind == "file":
        responses.take(page, visit, held.form)


def choices(view: View, case: Case, *, item: Item | None, held: str) -> tuple[Choice, ...]:
    """Return the further acts that could be done now; what cannot be done is not offered (A4)."""
    # Where the review comes next its number is 1, as the refusal says.
    due = bool(case.first) and not case.reviewed
    found: list[Choice] = [_taking_over(view, case)] if due else []
    made = case.resolutions.get(held)
    if held and made is None:
        found.append(Choice("call", "Somebody not present decided this, by a call"))
    if made is not None and made.recorded:
        found.append(Choice("sign-decision", "The decider signs what was recorded"))
    if awaits_approval(case) and case.approver != REMOTE:
        found.append(Choice("approve", f"Final approval: {say('approver', case.approver)}"))
    if remote_offered(case, view.ctx):
        found.append(Choice("remote", "Final approval by the remote operator"))
    if view.profile.approver == REMOTE:
        found.append(Choice("line", "Say whether the line to the remote operator works"))
    found += (*_child(case), *_ways_in(view, case))
    if item is not None and answers.is_chosen(item):
        found.append(Choice("source", f"Something else says otherwise of {item.code or item.link_id}"))
    found.append(Choice("former", "This person was here before"))
    found.append(Choice("emergent", "Emergent path: one Level 2 screen, not all asked"))
    found.append(Choice("decline", "The patient declines"))
    found.append(Choice("language", "Another language beneath the questions, to read along (,)"))
    return (*found, *(() if due else (_taking_over(view, case),)))


def _child(case: Case) -> tuple[Choice, ...]:
    """Return what can be said of asking the child beside the parent, once the ★ are asked."""
    if case.form != OF_CHILDREN or not case.first or case.child:
        return ()
    return tuple(Choice(f"{CHILD}{how}", say("child", how)) for how in CHILD_ASKED)


def _ways_in(view: View, case: Case) -> tuple[Choice, ...]:
    """Return the ways in which a blank interview can be filled, and the way back to a blank one."""
    if replaced(case, view.forms) and case.form in view.forms:
        return (Choice("anew", f"Begin it anew on version {view.forms[case.form].version}, all blank"),)
    if set(case.answers) - {WHO, WHO_ELSE} or case.first:
        return ()
    return (Choice("paper", "Copy a form on paper"), Choice("file", "Take a response file"))


def _taking_over(view: View, case: Case) -> Choice:
    """Return the taking over by whoever is signed on, or, where they have it, by somebody else's PIN."""
    if view.actor is not None and view.actor.person == case.owner:
        return Choice("taken-over", "Another reviewer takes it over (1 PIN), and signs the review")
    return Choice("take-over", f"Take it over from {owner_of(view, case)}, to sign the review")


def simple(kind: str, visit: str, held: str) -> Command | None:
    """Return the command of a further act that asks nothing but a signature."""
    if kind == "approve":
        return ApproveScreening(visit=visit)
    if kind.startswith(CHILD):
        return AskChild(visit=visit, how=kind.removeprefix(CHILD))
    if kind == "take-over":
        return TakeOverScreening(visit=visit)
    return SignDecision(visit=visit, item=held) if kind == "sign-decision" else None
