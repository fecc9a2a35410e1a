"""The dialogs of watching a patient in the scan: what was said, done, seen, and who watches next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed
from mr_safety_console.console.page import Page
from mr_safety_console.console.present.rows import row
from mr_safety_console.domain import suite_observer
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.visit_facts import CheckIn
from mr_safety_console.domain.watching_facts import (
    CLOSE,
    INTERVENTIONS,
    OBSERVED,
    SKIN,
    WIDE,
    ChangeObserver,
    CheckSkin,
    ChooseWatch,
    ObservePatient,
    RecordIntervention,
)
from mr_safety_console.domain.words import say

COMPLAINTS = ("warm", "pain", "anxious")
ACCEPTS = "Whoever watches next accepts with their own PIN, at the window, before you turn away."


def asked_further(page: Page, command: Command) -> bool:
    """Ask which of the words of an act it is, then give it; False for an act that needs none."""
    match command:
        case CheckIn(patient="pain"):
            _choose(page, "WHAT DOES THE PATIENT SAY?", "patient-said", COMPLAINTS, _with(command, "patient"))
        case RecordIntervention():
            _choose(page, "WHAT WAS DONE?", "intervention", INTERVENTIONS, _with(command, "what"))
        case CheckSkin():
            _choose(page, "WHAT DID YOU SEE OF THE SKIN?", "skin", SKIN, _with(command, "found"))
        case ObservePatient():
            _choose(page, "AFTER CONTRAST", "patient-said", OBSERVED, _with(command, "patient"))
        case ChangeObserver():
            hand_over(page, command.visit)
        case _:
            return False
    return True


def _with(command: Command, name: str) -> Callable[[str], Command]:
    return lambda code: replace(command, **{name: code})  # type: ignore[type-var]


def _choose(
    page: Page, heading: str, section: str, codes: Iterable[str], act: Callable[[str], Command]
) -> None:
    choices = tuple(Choice(code, say(section, code)) for code in codes)

    def chosen(code: str | None) -> None:
        if code is not None:
            page.ask(act(code))

    page.app.push_screen(ChoiceDialog(page.desk, heading, choices), chosen)


def hand_over(page: Page, visit: str) -> None:
    """Ask who watches this patient from now on, then have them accept."""
    view = page.desk.view()
    person = view.state.visits.open.get(visit)
    people = suite_observer.successors(view.state, person.observer if person else "")
    choices = tuple(Choice(one.id, f"{one.initials} {one.name}") for one in people)

    def chosen(to: str | None) -> None:
        if to is not None:
            page.ask(ChangeObserver(visit=visit, to=to))

    page.app.push_screen(ChoiceDialog(page.desk, "WHO WATCHES NEXT?", choices, ACCEPTS), chosen)


def how_often(page: Page, visit: str) -> None:
    """Ask for the closer check-ins, or for the usual ones with a reason."""
    choices = tuple(Choice(code, say("watch-interval", code)) for code in (CLOSE, WIDE))

    def chosen(code: str | None) -> None:
        if code == CLOSE:
            page.ask(ChooseWatch(visit=visit, interval=CLOSE))
        elif code == WIDE:
            _why(page, visit)

    page.app.push_screen(ChoiceDialog(page.desk, "HOW OFTEN TO SPEAK WITH THE PATIENT", choices), chosen)


def _why(page: Page, visit: str) -> None:
    def filled(values: Values | None) -> None:
        if values is not None:
            page.sign(ChooseWatch(visit=visit, interval=WIDE, reason=values["why"]), 1)

    fields = (Field("why", "Why", "what speaks for it", 200),)
    said = (row("Signed by Level 2 staff. The interview may ask for the closer ones."),)
    page.app.push_screen(
        FieldsDialog(page.desk, "THE USUAL CHECK-INS", fields, (needed("why"),), said), filled
    )
