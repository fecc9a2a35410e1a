"""The Screening screen: the questions a page at a time, then asking again, what holds, and the review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mr_safety_console.console.present import answers
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import HIDDEN, View
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import screening
from mr_safety_console.domain.screening import Case
from screening_forms import answering
from screening_forms.types import Form, Item

PER_PAGE = 7
AGAIN, HOLD, ANSWER = "again:", "hold:", "answer:"


@dataclass(frozen=True)  # without slots, so that what is asked is worked out once
class Interview:
    """One interview as worked on: `pending` are answers given but not yet confirmed by the engine."""

    case: Case
    form: Form
    pending: Mapping[str, str] = field(default_factory=dict)

    @property
    def signed(self) -> bool:
        """Tell whether the first reviewer has signed."""
        return bool(self.case.first)

    @cached_property
    def answers(self) -> dict[str, str]:
        """Return the answers as they stand on the screen."""
        merged = {**self.case.answers, **self.pending}
        return {item: value for item, value in merged.items() if value}

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Return the questions asked now."""
        return answering.asked(self.form, self.answers)

    @cached_property
    def starred(self) -> tuple[Item, ...]:
        """Return the questions asked once more, aloud, by the interactive reviewer."""
        return tuple(item for item in answering.asked(self.form, self.case.answers) if item.ask_again)

    @property
    def heard(self) -> dict[str, str]:
        """Return what was said aloud so far."""
        return {**self.case.again, **self.pending}


def interview(view: View, pending: Mapping[str, str]) -> Interview | None:
    """Return the interview of the selected visit; None when it has not begun or its form is not loaded."""
    case = view.state.screening.cases.get(view.selected)
    form = view.forms.get(case.form) if case else None
    return Interview(case, form, pending) if case and form else None


def keys_of(held: Interview) -> tuple[str, ...]:
    """Return the keys of every row the cursor can stand on, in order."""
    if not held.signed:
        return tuple(item.link_id for item in held.items)
    return (
        *(AGAIN + item.link_id for item in held.starred),
        *(HOLD + item for item in screening.must_resolve(held.case)),
        *(ANSWER + item.link_id for item in held.items),
    )


def first_open(held: Interview) -> str:
    """Return where the work goes on: the first blank question, then what was not asked aloud, then holds."""
    if not held.signed:
        blank = answering.missing(held.form, held.answers)
        return blank[0].link_id if blank else ""
    left = [item for item in held.starred if item.link_id not in held.heard]
    if left:
        return AGAIN + left[0].link_id
    holds = screening.unresolved(held.case)
    return HOLD + holds[0] if holds else ""


def progress(held: Interview) -> str:
    """Return how far the answers are: `12 of 44 answered, 32 blank`; what may stay blank holds nothing up."""
    items = held.items
    blank = sum(answering.is_blank(held.answers.get(item.link_id)) for item in items)
    still = "blank" if first_open(held) or not blank else "may stay blank"
    return f"{len(items) - blank} of {len(items)} answered, {blank} {still}"


def head(view: View, held: Interview | None, cursor: str) -> tuple[Row, ...]:
    """Return whose interview it is and where it stands: always in view, three lines."""
    visit = view.visit
    if visit is None:
        return (title("NO VISIT IS OPEN"), row(("F2", Tone.KEY), " back to the Suite"))
    whose = title(f"V{visit.no} {view.private(visit.name)}  {view.private(visit.birth_date)}")
    if held is None:
        return (whose, row("The interview has not begun."))
    form = row((f"{held.form.title}  {held.form.version}  {held.form.approval}", Tone.FAINT))
    unsaved = view.unsaved(held.case, view.snapshot.state.screening.cases.get(view.selected))
    where = _standing(view, held) if held.signed else _page_of(held, cursor)
    return (whose, form, row(*where, (f"  ■ {unsaved}" if unsaved else "", Tone.STOP)))


def _standing(view: View, held: Interview) -> tuple[Part, ...]:
    case = held.case
    at = view.clock_short(case.first_at) if case.first_at else "?"
    aloud = sum(item.link_id not in held.heard for item in held.starred)
    then = f"; {aloud} to ask aloud" if aloud else "; g signs the review"
    by = f", reviewed by {view.people(case.reviewed)}" if case.reviewed else then
    hurried = (" ▲ IN A HURRY", Tone.HOLD) if case.hurried else ""
    signed = f"Signed by {view.people(case.first)} {at}"
    return (signed, hurried, ". Stands at ", (case.verdict.value, Tone.TITLE), by)


def _page_of(held: Interview, cursor: str) -> tuple[Part, ...]:
    page, pages = place_of(held, cursor)
    sign: tuple[Part, ...] = () if first_open(held) else (("   g", Tone.KEY), " signs the answers")
    return ((f"Page {page + 1} of {pages}   {progress(held)}", Tone.TITLE), *sign)


def place_of(held: Interview, cursor: str) -> tuple[int, int]:
    """Return which page the cursor stands on, counted from 0, and how many there are."""
    ids = [item.link_id for item in held.items]
    place = ids.index(cursor) if cursor in ids else 0
    return place // PER_PAGE, max(1, -(-len(ids) // PER_PAGE))


def rows(view: View, held: Interview | None, cursor: str) -> tuple[Row, ...]:
    """Return the questions, or what the reviewers see."""
    if view.visit is None:
        return ()
    if view.locked:
        return (row((f"{HIDDEN} sign on with ctrl+o", Tone.HOLD)),)
    if held is None:
        return (row(("Enter", Tone.KEY), " begin it, every answer blank"),)
    return _review(view, held, cursor) if held.signed else _questions(held, cursor)


def _questions(held: Interview, cursor: str) -> tuple[Row, ...]:
    items = held.items
    page, _ = place_of(held, cursor)
    out: list[Row] = []
    for item in items[page * PER_PAGE : (page + 1) * PER_PAGE]:
        out += _question(item, held.answers.get(item.link_id), item.link_id, here=item.link_id == cursor)
    if not answering.missing(held.form, held.answers):
        out += [BLANK, row(("g  ", Tone.KEY), "every question has an answer: sign them (1 PIN)")]
    return tuple(out)


def _question(item: Item, value: str | None, key: str, *, here: bool) -> list[Row]:
    star = "★ " if item.ask_again else ""
    name = f"{item.code} " if item.code else ""
    found = [
        row(
            (f"{name}{star}", Tone.KEY),
            item.text,
            "  ",
            answers.shown(item, value),
            key=key,
            indent=4,
            cap=600,
        )
    ]
    if here:
        found.append(row("    ", *answers.keys_line(item), indent=4))
        if item.help:
            found.append(row("    ", (item.help, Tone.FAINT), indent=4))
    return found


def _review(view: View, held: Interview, cursor: str) -> tuple[Row, ...]:
    return (*_again_rows(held, cursor), *_hold_rows(view, held), *_answer_rows(held))


def _again_rows(held: Interview, cursor: str) -> list[Row]:
    left = sum(item.link_id not in held.heard for item in held.starred)
    out = [title(f"★ ASK ALOUD, the form's answer hidden: {left} left")]
    for item in held.starred:
        key = AGAIN + item.link_id
        said = held.heard.get(item.link_id)
        if said is None:
            out += _question(item, None, key, here=key == cursor)
            continue
        agrees = said == held.case.answers.get(item.link_id)
        word = (
            ("agrees with the form", Tone.FAINT) if agrees else ("▲ DIFFERS from the form: holds", Tone.HOLD)
        )
        out.append(
            row((f"{item.code} ★ ", Tone.KEY), item.text, "  aloud ", answers.shown(item, said), "  ", word,
                key=key, indent=4, cap=600)
        )  # fmt: skip
    return out


def _told(held: Interview, item: Item) -> Part:
    """Return an answer, and what it was before it was taken back."""
    told = answers.shown(item, held.case.answers.get(item.link_id))
    was = held.case.corrected.get(item.link_id)
    words = told[0] if isinstance(told, tuple) else told
    return (f"{words} (was {was}: counts as that)", Tone.HOLD) if was else told


def _hold_rows(view: View, held: Interview) -> list[Row]:
    holds = screening.must_resolve(held.case)
    if not holds:
        return [BLANK, title("NOTHING HOLDS by these answers")]
    out = [BLANK, title(f"HOLDS: {len(screening.unresolved(held.case))} to resolve (v)")]
    for link_id, trigger in holds.items():
        item = held.form.item(link_id)
        text = f"{item.code or link_id} {item.text}" if item else link_id
        made = held.case.resolutions.get(link_id)
        end = (
            (f"● {made.resolution}, {made.evidence}, by {view.people(made.by)}", Tone.PLAIN)
            if made
            else (f"▲ {trigger.value}", Tone.HOLD)
        )
        # The answer of a starred question is not shown before the person has said it aloud.
        secret = item is not None and item.ask_again and link_id not in held.heard
        value = _told(held, item) if item and not secret else ("", Tone.PLAIN)
        out.append(row(text, "  ", value, "  ", end, key=HOLD + link_id, indent=4, cap=600))
    return out


def _answer_rows(held: Interview) -> list[Row]:
    out = [BLANK, title("SIGNED ANSWERS (m amends one)")]
    for item in held.items:
        # What a starred question was answered stays hidden until it has been asked aloud.
        told: Part = ""
        if item.ask_again and item.link_id not in held.heard:
            told = ("hidden until asked aloud", Tone.FAINT)
        else:
            told = _told(held, item)
        out.append(
            row(
                (f"{item.code} ", Tone.FAINT),
                item.text,
                "  ",
                told,
                key=ANSWER + item.link_id,
                indent=4,
                cap=600,
            )
        )
    return out
