"""Around the answers: who answers, paper, another source, declining, a former visit, and what else there is.

Each asks a few questions and gives one command; the rules say whether it counts.
"""

from __future__ import annotations

from collections.abc import Callable

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed, whole
from mr_safety_console.console.page import Page
from mr_safety_console.console.present import answers
from mr_safety_console.console.present.view import View, local
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import US
from mr_safety_console.domain.interview_facts import (
    CAPACITIES,
    FAMILY,
    FORMER,
    INFORMANTS,
    PATIENT,
    PROFESSIONAL,
    SOURCES,
    DeclineScreening,
    LinkVisit,
    RecordInformant,
    TellSource,
    TranscribePaper,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import say
from screening_forms.types import Item

DAY_MIN = 24 * 60


def informant(page: Page, visit: str) -> None:
    """Ask who answers; the ordinary case is one key."""
    helped = (
        Choice(PROFESSIONAL, f"the patient, {say('interpreter', PROFESSIONAL)}"),
        Choice(FAMILY, f"the patient, {say('interpreter', FAMILY)}"),
    )
    plain = tuple(Choice(who, say("informant", who)) for who in INFORMANTS)

    def chosen(who: str | None) -> None:
        if who == PATIENT:
            page.ask(RecordInformant(visit=visit))
        elif who is not None:
            _informant_words(page, visit, who)

    page.app.push_screen(ChoiceDialog(page.desk, "WHO ANSWERS?", (*plain, *helped)), chosen)


def _informant_words(page: Page, visit: str, who: str) -> None:
    speaks = Field("language", "Language", "as the interpreter names it", 40)
    number = Field("interpreter", "Interpreter", "their number", 60)
    if who in INFORMANTS:
        fields: tuple[Field, ...] = (Field("relation", "Relation"), Field("why", "Why not the patient"))
    else:
        fields = (speaks, number) if who == PROFESSIONAL else (speaks,)

    def written(values: Values | None) -> None:
        if values is None:
            return
        if who in INFORMANTS:
            _capacity(page, visit, who, values)
            return
        page.ask(
            RecordInformant(
                visit=visit,
                interpreter=who,
                interpreter_id=values.get("interpreter", ""),
                language=values["language"],
            )
        )

    checks = (needed(*(field.name for field in fields)),)
    page.app.push_screen(FieldsDialog(page.desk, "WHO ANSWERS?", fields, checks), written)


def _capacity(page: Page, visit: str, who: str, told: Values) -> None:
    """Ask whether the patient could decide for themselves: judged by somebody, never taken for granted."""

    def judged(capacity: str | None) -> None:
        if capacity is not None:
            page.ask(
                RecordInformant(
                    visit=visit, who=who, relation=told["relation"], why=told["why"], capacity=capacity
                )
            )

    choices = tuple(Choice(one, say("capacity", one)) for one in CAPACITIES)
    page.app.push_screen(ChoiceDialog(page.desk, "DOES THE PATIENT HAVE CAPACITY?", choices), judged)


def paper(page: Page, visit: str) -> None:
    """Ask who filled the paper in, and when today; then its answers are copied."""

    def by(who: str | None) -> None:
        if who is not None:
            page.app.push_screen(
                FieldsDialog(page.desk, "FILLED IN WHEN?", (_AT,), (clock_time,)), _written(who)
            )

    def _written(who: str) -> Callable[[Values | None], None]:
        def given(values: Values | None) -> None:
            if values is not None:
                at = today(page.desk.view(), values["at"])
                page.ask(TranscribePaper(visit=visit, filled_by=say("informant", who), filled_utc=at))

        return given

    choices = tuple(Choice(who, say("informant", who)) for who in INFORMANTS)
    page.app.push_screen(ChoiceDialog(page.desk, "WHO FILLED THE PAPER IN?", choices), by)


_AT = Field("at", "Time", "HHMM, today or last night", 4)


def clock_time(values: Values) -> Refused | None:
    """Return what is wrong with a time of day written as four digits, if anything is."""
    typed = values["at"]
    fits = len(typed) == 4 and typed.isdecimal() and int(typed[:2]) < 24 and int(typed[2:]) < 60
    what_now = "Write four digits: 0815."
    return None if fits else Refused("time-wanted", "That is no time of day.", "Whoever knows.", what_now)


def today(view: View, typed: str) -> int:
    """Return the last moment with this time of day, in µs."""
    now = local(view.now.utc, view.profile.zone)
    minutes = (now.hour * 60 + now.minute - int(typed[:2]) * 60 - int(typed[2:])) % DAY_MIN
    return view.now.utc - (minutes * 60 + now.second) * US


def another_source(page: Page, visit: str, item: Item) -> None:
    """Ask what else speaks to the question under the cursor, what it says, and where that stands."""

    def says(source: str | None) -> None:
        if source is not None:
            options = tuple(Choice(one.code, one.display) for one in answers.options(item))
            dialog = ChoiceDialog(page.desk, f"WHAT DOES IT SAY? {item.text}", options)
            page.app.push_screen(dialog, lambda said: _where(page, visit, item, source, said))

    choices = tuple(Choice(source, say("source", source)) for source in SOURCES if source != FORMER)
    page.app.push_screen(
        ChoiceDialog(page.desk, f"WHAT ELSE SPEAKS TO {item.code or item.link_id}? {item.text}", choices),
        says,
    )


def _where(page: Page, visit: str, item: Item, source: str, said: str | None) -> None:
    def written(values: Values | None) -> None:
        if values is not None:
            page.ask(
                TellSource(
                    visit=visit, item=item.link_id, source=source, says=said or "", text=values["text"]
                )
            )

    if said is not None:
        fields = (Field("text", "Where it stands", "document, date, place on the body", 300),)
        page.app.push_screen(FieldsDialog(page.desk, "WHERE?", fields, (needed("text"),)), written)


def decline(page: Page, visit: str) -> None:
    """Ask what the patient declines, in their words; nothing but the close follows."""
    _one_line(
        page,
        "THE PATIENT DECLINES: nothing but the close of the visit follows",
        Field("reason", "In their words", "", 300),
        lambda text: DeclineScreening(visit=visit, reason=text),
    )


def was_here(page: Page, visit: str) -> None:
    """Ask for the number of the former visit."""

    def written(values: Values | None) -> None:
        if values is not None:
            page.ask(LinkVisit(visit=visit, no=int(values["no"])))

    fields = (Field("no", "As V", "number of the former visit", 5),)
    page.app.push_screen(
        FieldsDialog(page.desk, "WAS HERE BEFORE", fields, (whole("no", 1, 99_999),)), written
    )


def _one_line(page: Page, heading: str, field: Field, made: Callable[[str], Command]) -> None:
    def written(values: Values | None) -> None:
        if values is not None:
            page.ask(made(values[field.name]))

    page.app.push_screen(FieldsDialog(page.desk, heading, (field,), (needed(field.name),)), written)
