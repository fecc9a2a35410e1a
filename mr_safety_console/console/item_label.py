"""Give an item another label: which, on what evidence, with which figures; then two people sign."""

from __future__ import annotations

from collections.abc import Callable

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Check, Field, FieldsDialog, Values, needed
from mr_safety_console.console.page import Page
from mr_safety_console.console.present.rows import row
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.items import LONGEST_TEXT, Item
from mr_safety_console.domain.items_facts import POSITIVE, Evidence, LabelItem
from mr_safety_console.domain.items_facts import Label as MrLabel
from mr_safety_console.domain.items_said import CM_PER_M, MOST_M, MOST_MT, UT_PER_MT, day_of, scaled
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import say

READ_IT = (
    "Read it off the item or its instructions. A brand is no label, nor is the memory that it went well."
)
LIMIT, TETHER, DUE = "limit", "tether", "due"
_HINTS = {LIMIT: "mT, like 20 or 0.5", TETHER: "m, like 1.5; nothing: none", DUE: "YYYY-MM-DD"}


def ask_label(page: Page, item: Item) -> None:
    """Ask for the label, then for what it needs."""
    choices = tuple(Choice(code, say("mr-label", code)) for code in MrLabel)
    heading = f"I{item.no} {item.tag}: WHAT DOES ITS LABEL SAY?"

    def chosen(code: str | None) -> None:
        if code is not None:
            _evidence(page, item, MrLabel(code))

    page.app.push_screen(ChoiceDialog(page.desk, heading, choices, READ_IT), chosen)


def _evidence(page: Page, item: Item, label: MrLabel) -> None:
    if label not in POSITIVE:
        _figures(page, item, label, Evidence.NONE)
        return
    choices = tuple(Choice(code, say("proof", code)) for code in Evidence if code is not Evidence.NONE)

    def chosen(code: str | None) -> None:
        if code is not None:
            _figures(page, item, label, Evidence(code))

    heading = f"I{item.no} {say('mr-label', label)}: WHERE IS THAT WRITTEN?"
    page.app.push_screen(ChoiceDialog(page.desk, heading, choices), chosen)


def _figures(page: Page, item: Item, label: MrLabel, evidence: Evidence) -> None:
    fields = [Field("reference", "Document", "which, and where in it; or what you saw", LONGEST_TEXT)]
    if label is MrLabel.CONDITIONAL:
        fields += [Field(LIMIT, "Outside", _HINTS[LIMIT], 10), Field(TETHER, "Tether", _HINTS[TETHER], 10)]
    if label in POSITIVE:
        fields.append(Field(DUE, "Inspection", _HINTS[DUE], 10))

    def filled(values: Values | None) -> None:
        if values is not None:
            page.ask(_asked(item, label, evidence, values))

    said = (row(("Two people sign, one of them an MR safety expert.", Tone.FAINT)),)
    lines = tuple(field.name for field in fields if field.name != TETHER)
    checks = (needed(*lines), _reads(LIMIT, _limit), _reads(TETHER, _tether), _reads(DUE, day_of))
    heading = f"I{item.no}: {say('mr-label', label)}"
    page.app.push_screen(FieldsDialog(page.desk, heading, tuple(fields), checks, said), filled)


def _limit(said: str) -> int:
    return scaled(said, UT_PER_MT, MOST_MT)


def _tether(said: str) -> int:
    return scaled(said, CM_PER_M, MOST_M)


def _asked(item: Item, label: MrLabel, evidence: Evidence, values: Values) -> LabelItem:
    def figure(name: str, parse: Callable[[str], int]) -> int:
        return parse(values[name]) if values.get(name) else 0

    return LabelItem(
        item=item.id,
        label=label,
        evidence=evidence,
        reference=values["reference"],
        limit_ut=figure(LIMIT, _limit),
        tether_cm=figure(TETHER, _tether),
        due_day=figure(DUE, day_of),
    )


def _reads(name: str, parse: Callable[[str], int]) -> Check:
    """Return a check that a line, where it is filled in, can be read."""

    def check(values: Values) -> Refused | None:
        try:
            if values.get(name):
                parse(values[name])
        except ValueError:
            return Refused(
                "line-unreadable",
                f"What stands after {name} cannot be read.",
                "Whoever fills this in.",
                f"Write it so: {_HINTS[name]}.",
            )
        return None

    return check
