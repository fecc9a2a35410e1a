"""What an item of a list may want beside its answer: a release, eyes for a dead sensor, a later stage."""

from __future__ import annotations

from collections.abc import Callable

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed
from mr_safety_console.console.page import Answered, Page
from mr_safety_console.console.present import answers, staff
from mr_safety_console.console.present.checklist import Line
from mr_safety_console.domain import suite_offers
from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.checklists import DeferItem, OverrideItem, ReleaseItem
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.list_sensors import reading
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import say
from screening_forms import answering

Reasoned = Callable[[str], Command]
"""Makes a command of the reason somebody wrote."""


def reasoned(page: Page, line: Line, then: Callable[[str], None]) -> None:
    """Ask what was found, or why an item does not apply."""

    def written(values: Values | None) -> None:
        if values is not None:
            then(values["reason"])

    fields = (Field("reason", "Why", "what was found, or why it does not apply", 500),)
    heading = f"{line.item.code} {line.item.text}"
    page.app.push_screen(FieldsDialog(page.desk, heading, fields, (needed("reason"),)), written)


def write(page: Page, line: Line, then: Callable[[str], None]) -> None:
    """Ask for an answer in words or figures."""

    def fits(values: Values) -> Refused | None:
        wrong = answering.check(line.item, values["answer"])
        if not wrong:
            return None
        return Refused("answer-wrong", wrong, "Whoever does the list.", "Write it that way.")

    def written(values: Values | None) -> None:
        if values is not None:
            then(values["answer"])

    longest = line.item.max_length or answering.MAX_TEXT
    field = Field("answer", "Answer", answers.HINTS.get(line.item.type, ""), longest)
    page.app.push_screen(FieldsDialog(page.desk, line.item.text, (field,), (fits,)), written)


def settle(page: Page, line: Line, then: Answered) -> None:
    """Do an item by eye whose sensor is dead, or have an answer released that holds clinically."""
    visit, view = page.desk.selected, page.desk.view()
    item, person = line.item, view.visit
    if person is not None and item.sensor and reading(view.state, person, item.sensor, view.ctx).dead:
        heading = f"BY EYE {item.code} {item.text}"
        hint = "what is wrong with the sensor, and who looked"
        _with_reason(
            page,
            heading,
            hint,
            lambda why: OverrideItem(visit=visit, list_id=line.list_id, item=item.link_id, reason=why),
            then,
        )
        return
    heading, hint = f"RELEASE {item.code} {item.text}", "on which condition: it stands beside the item"
    _with_reason(
        page,
        heading,
        hint,
        lambda why: ReleaseItem(visit=visit, list_id=line.list_id, item=item.link_id, reason=why),
        then,
    )


def put_off(page: Page, line: Line, then: Answered) -> None:
    """Put an item off to the stage its list names."""
    visit, item = page.desk.selected, line.item
    _with_reason(
        page,
        f"PUT OFF {say('stage', item.defer)} {item.code}",
        "why it has to wait",
        lambda why: DeferItem(visit=visit, list_id=line.list_id, item=item.link_id, reason=why),
        then,
    )


def _with_reason(page: Page, heading: str, hint: str, make: Reasoned, then: Answered) -> None:
    """Ask for the reason and give the command; refuse at once what no reason would change."""
    view = page.desk.view()
    why = suite_offers.offer(view.state, "", make("?"), view.ctx).refused
    if why is not None:
        page.why.refuse(why)
        return

    def written(values: Values | None) -> None:
        if values is not None:
            page.ask(make(values["reason"]), then)

    fields = (Field("reason", "Why", hint, 500),)
    page.app.push_screen(FieldsDialog(page.desk, heading, fields, (needed("reason"),)), written)


def who_answers(page: Page, then: Callable[[str], None]) -> None:
    """Ask who answers what is read out: somebody of the register, and not the one who reads."""
    view = page.desk.view()
    reader = view.actor.person if view.actor else ""
    roles, _ = MAY["list-item"]
    others = [one for one in staff.listed(view) if one.id != reader and roles & set(one.roles)]
    choices = tuple(Choice(one.id, f"{one.initials} {one.name}") for one in others)

    def chosen(person: str | None) -> None:
        if person is not None:
            then(person)

    hint = "You read each line aloud; they answer. Both sign at the end."
    page.app.push_screen(ChoiceDialog(page.desk, "WHO ANSWERS?", choices, hint), chosen)
