"""Resolving an item that holds, and changing an answer already signed: a few questions, then the act."""

from __future__ import annotations

from collections.abc import Callable

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed
from mr_safety_console.console.page import Page
from mr_safety_console.console.present import answers
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening import EVIDENCE, RESOLUTIONS
from mr_safety_console.domain.screening_facts import AmendAnswer, ResolveItem
from mr_safety_console.domain.words import say
from screening_forms import answering
from screening_forms.types import Item


def write(page: Page, item: Item, give: Callable[[str], None], of: Item | None = None) -> None:
    """Ask for an answer in words or figures; what does not fit is told beside the line.

    `of` is the question a detail belongs to: the box hides it.
    """

    def fits(values: Values) -> Refused | None:
        wrong = answering.check(item, values["answer"])
        what_now = "Write it that way, or leave with Esc."
        return Refused("answer-wrong", wrong, "Whoever answers.", what_now) if wrong else None

    def written(values: Values | None) -> None:
        if values is not None:
            give(values["answer"])

    hint = answers.HINTS.get(item.type, "")
    field = Field("answer", "Answer", hint, item.max_length or answering.MAX_TEXT)
    heading = f"{of.code or of.link_id}: {item.text}" if of is not None else item.text
    page.app.push_screen(FieldsDialog(page.desk, heading, (field,), (fits,)), written)


def resolve(page: Page, visit: str, item: str, name: str) -> None:
    """Ask how, on which evidence, and what it says; then give the resolution, signed where it must be.

    `name` is what people call the item: every box says which one it is about.
    """

    def how(resolution: str | None) -> None:
        if resolution is not None:
            choices = tuple(Choice(code, say("evidence", code)) for code in EVIDENCE)
            dialog = ChoiceDialog(page.desk, f"{name}: ON WHICH EVIDENCE?", choices)
            page.app.push_screen(dialog, lambda found: _words(page, visit, item, resolution, found))

    choices = tuple(Choice(code, say("resolution", code)) for code in RESOLUTIONS)
    page.app.push_screen(ChoiceDialog(page.desk, f"{name}: HOW IS IT RESOLVED?", choices), how)


def _words(page: Page, visit: str, item: str, resolution: str, evidence: str | None) -> None:
    if evidence is None:
        return

    def written(values: Values | None) -> None:
        if values is not None:
            asked = ResolveItem(
                visit=visit, item=item, resolution=resolution, evidence=evidence, text=values["text"]
            )
            page.ask(asked)

    field = Field("text", "What it says", "document, date, finding", 1_000)
    page.app.push_screen(FieldsDialog(page.desk, "THE EVIDENCE IN WORDS", (field,)), written)


def amend(page: Page, visit: str, item: Item) -> None:
    """Ask for the new answer, the reason and who said so; the signature falls."""

    def changed(answer: str | None) -> None:
        if answer is not None:
            _reason(page, visit, item, answer)

    if answers.is_chosen(item):
        choices = tuple(Choice(option.code, option.display) for option in answers.options(item))
        page.app.push_screen(ChoiceDialog(page.desk, f"NEW ANSWER: {item.text}", choices), changed)
        return

    def fits(values: Values) -> Refused | None:
        wrong = answering.check(item, values["answer"])
        return Refused("answer-wrong", wrong, "Whoever answers.", "Write it that way.") if wrong else None

    field = Field("answer", "New answer", answers.HINTS.get(item.type, ""), 1_000)
    page.app.push_screen(
        FieldsDialog(page.desk, item.text, (field,), (fits,)),
        lambda values: changed(values["answer"] if values else None),
    )


def correct(page: Page, visit: str, item: Item, answer: str) -> None:
    """Ask why a draft answer that weighed is taken back, and who said so; it goes on counting."""
    _reason(page, visit, item, answer, "AN ANSWER IS TAKEN BACK: it still counts for the reviewers")


def _reason(
    page: Page, visit: str, item: Item, answer: str, heading: str = "A RECORDED ANSWER CHANGES"
) -> None:
    def written(values: Values | None) -> None:
        if values is not None:
            asked = AmendAnswer(
                visit=visit,
                item=item.link_id,
                answer=answer,
                reason=values["reason"],
                informant=values["informant"],
            )
            page.ask(asked)

    fields = (Field("reason", "Why it changes"), Field("informant", "Who said so"))
    checks = (needed("reason", "informant"),)
    page.app.push_screen(FieldsDialog(page.desk, heading, fields, checks), written)
