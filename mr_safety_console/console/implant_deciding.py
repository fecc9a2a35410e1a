"""The dialogs around the scan: what is planned, what is confirmed of a label, and who decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from mr_safety_console.console.approving import people_with
from mr_safety_console.console.around import clock_time, today
from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed
from mr_safety_console.console.page import Page
from mr_safety_console.console.present.rows import row
from mr_safety_console.console.theme import Tone
from mr_safety_console.console.writing import read_back, write_down
from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.device_actions import ActionSort
from mr_safety_console.domain.implant_acts import ConfirmCondition, DecideDevices, PlanScan
from mr_safety_console.domain.implant_conditions import spellings
from mr_safety_console.domain.implant_facts import DecisionKind
from mr_safety_console.domain.implant_kinds import (
    CELSIUS,
    COILS,
    KINDS,
    OPERATING_MODES,
    PLAN_FIGURES,
    POSITIONS,
    REGIONS,
    Who,
)
from mr_safety_console.domain.implants import Implant, VisitDevices
from mr_safety_console.domain.implants_decision import ACTS, WITH
from mr_safety_console.domain.implants_desk import LONGEST_TEXT, OPERATORS
from mr_safety_console.domain.staff import roles_of
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import refused, say

LONGEST_RATIONALE = 1_000
UNITS = row(("Each figure with one of its units; what it does not show stays blank.", Tone.FAINT))
HERE, CALLED = "here", "called"
_CALL = (
    Field("callback", "Call-back number", "", 60),
    Field("at", "Time of the call", "HHMM", 4),
    Field("back", "Read back word for word", "y or n", 1),
)


def plan(page: Page, person: Visit) -> None:
    """Ask for region, coil, mode and position, then for the figures the scanner shows."""
    asked: dict[str, str] = {}
    questions = (
        ("region", "REGION SCANNED", REGIONS),
        ("transmit_coil", "TRANSMIT COIL", COILS),
        ("mode", "OPERATING MODE", OPERATING_MODES),
        ("position", "POSITION", POSITIONS),
    )

    def ask(number: int) -> None:
        if number == len(questions):
            _figures(page, person, asked)
            return
        name, heading, terms = questions[number]

        def chosen(code: str | None) -> None:
            if code is not None:
                asked[name] = code
                ask(number + 1)

        choices = tuple(Choice(code, code.replace("-", " ")) for code in terms)
        page.app.push_screen(ChoiceDialog(page.desk, heading, choices), chosen)

    ask(0)


def _figures(page: Page, person: Visit, asked: dict[str, str]) -> None:
    figures = tuple(
        Field(code, say("condition", code), ", ".join(spellings(code)), 20) for code in PLAN_FIGURES
    )
    fields = (Field("receive", "Receive coil", "as the site calls it", LONGEST_TEXT), *figures)

    def made(values: Values) -> PlanScan:
        told = {code: values[code] for code in PLAN_FIGURES if values[code]}
        return PlanScan(visit=person.id, receive_coil=values["receive"], figures=told, **asked)

    write_down(page, "WHAT THE SCANNER SHOWS FOR IT", fields, made, (), (UNITS,))


def confirm(page: Page, person: Visit, device: Implant, *, code: str, met: bool) -> None:
    """Keep what was seen, or what the operator says; a temperature with its figure."""
    edition = page.desk.view().state.implants.of(person.id).edition

    def give(told_by: str = "", figure: str = "") -> None:
        page.ask(
            ConfirmCondition(
                visit=person.id,
                device=device.id,
                code=code,
                edition=edition,
                met=met,
                told_by=told_by,
                figure=figure,
            )
        )

    kind = KINDS[code]
    if met and kind.unit == CELSIUS:
        _measured(page, code, "Measured now", f"with unit: {', '.join(spellings(code))}", partial(give, ""))
    elif met and code == ActionSort.MR_MODE:
        _measured(page, code, "Setting before", "mode as read before it was changed", partial(give, ""))
    elif met and kind.who is Who.SCAN_SIDE and not _operates(page):
        _operator(page, give)
    else:
        give()


def _operates(page: Page) -> bool:
    view = page.desk.view()
    return view.actor is not None and bool(OPERATORS & roles_of(view.state.staff, view.actor.person))


def _operator(page: Page, give: Callable[[str], None]) -> None:
    def chosen(who: str | None) -> None:
        if who is not None:
            give(who)

    choices = people_with(page.desk.view(), OPERATORS)
    if not choices:
        page.why.refuse(refused("condition-no-operator", roles=", ".join(sorted(OPERATORS))))
        return
    page.app.push_screen(ChoiceDialog(page.desk, "WHO AT THE SCANNER SAYS SO?", choices), chosen)


def _measured(page: Page, code: str, label: str, hint: str, give: Callable[[str], None]) -> None:
    def filled(values: Values | None) -> None:
        if values is not None:
            give(values["figure"])

    field = Field("figure", label, hint, LONGEST_TEXT)
    page.app.push_screen(
        FieldsDialog(page.desk, say("condition", code).upper(), (field,), (needed("figure"),)), filled
    )


def decide(page: Page, person: Visit, known: VisitDevices) -> None:
    """Ask what is decided, why, and whether one of the two decides by a call; then they sign."""
    edition = known.edition

    def chosen(code: str | None) -> None:
        if code is None:
            return
        asked = DecideDevices(visit=person.id, edition=edition, decision=code)
        if code == DecisionKind.MET:
            _present(page, asked)
        else:
            _rationale(page, asked)

    choices = tuple(Choice(code, f"{say('device-decision', code)}: {_who(code)}") for code in DecisionKind)
    hint = "The named people decide, on all devices as they stand here."
    page.app.push_screen(ChoiceDialog(page.desk, "WHAT IS DECIDED?", choices, hint), chosen)


def _who(code: DecisionKind) -> str:
    first, second = ("/".join(sorted(roles)) for roles in (MAY[ACTS[code]][0], WITH[code]))
    return f"{first} and {second}"


def _rationale(page: Page, asked: DecideDevices) -> None:
    def filled(values: Values | None) -> None:
        if values is not None:
            _present(page, replace(asked, rationale=values["rationale"]))

    said = (row("Benefit, risk, alternatives, supervision, and what the patient agreed to."),)
    field = Field("rationale", "Rationale", "in the physician's words", LONGEST_RATIONALE)
    heading = say("device-decision", asked.decision).upper()
    page.app.push_screen(FieldsDialog(page.desk, heading, (field,), (needed("rationale"),), said), filled)


def _present(page: Page, asked: DecideDevices) -> None:
    choices = (Choice(HERE, "Both are here and sign"), Choice(CALLED, "One of them decided by a call"))

    def chosen(where: str | None) -> None:
        if where == HERE:
            page.ask(asked)
        elif where == CALLED:
            _called(page, asked)

    page.app.push_screen(ChoiceDialog(page.desk, "WHO SIGNS?", choices), chosen)


def _called(page: Page, asked: DecideDevices) -> None:
    kind = DecisionKind(asked.decision)
    view = page.desk.view()

    def chosen(who: str | None) -> None:
        if who is not None:
            _call(page, replace(asked, called=who))

    choices = people_with(view, MAY[ACTS[kind]][0] | WITH[kind])
    page.app.push_screen(ChoiceDialog(page.desk, "WHO DECIDED, NOT PRESENT?", choices), chosen)


def _call(page: Page, asked: DecideDevices) -> None:
    def filled(values: Values | None) -> None:
        if values is not None:
            page.ask(
                replace(
                    asked,
                    callback=values["callback"],
                    read_back=values["back"].lower() == "y",
                    decided_utc=today(page.desk.view(), values["at"]),
                )
            )

    checks = (needed("callback", "back"), clock_time, read_back)
    said = (row("A Level 2 person records it and signs, with the other decider."),)
    page.app.push_screen(FieldsDialog(page.desk, "THE CALL", _CALL, checks, said), filled)
