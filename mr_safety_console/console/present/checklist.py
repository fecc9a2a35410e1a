"""The Checklist screen: the lists of one stage, item by item, with what a sensor says beside its item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mr_safety_console.console.present import answers
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import HIDDEN, View, age
from mr_safety_console.console.present.words import leg as leg_name
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import checklists, suite_lists
from mr_safety_console.domain.checklists import STAGES, Mark
from mr_safety_console.domain.visit import Visit, expired
from mr_safety_console.domain.visit_facts import Leg
from screening_forms import answering
from screening_forms.types import Form, Item

LEGS = tuple(STAGES)


@dataclass(frozen=True, slots=True)
class Line:
    """One item of one list."""

    list_id: str
    item: Item

    @property
    def key(self) -> str:
        """Return the name of the item across lists."""
        return f"{self.list_id}:{self.item.link_id}"


def due_leg(view: View, visit: Visit) -> Leg:
    """Return the stage whose lists are done now."""
    if visit.inside:
        return Leg.TABLE_LIST
    if visit.left is not None:
        return Leg.COIL_REMOVED
    door_done = visit.stands(Leg.DOOR_LIST) and not expired(visit, Leg.DOOR_LIST, view.ctx)
    return Leg.FINAL_CHECK if door_done else Leg.DOOR_LIST


def given(view: View, list_id: str, pending: Mapping[str, str]) -> dict[str, str]:
    """Return the answers of a list as they stand on the screen."""
    known = view.state.lists.answers(view.selected, list_id)
    prefix = f"{list_id}:"
    new = {k.removeprefix(prefix): v for k, v in pending.items() if k.startswith(prefix)}
    return {item: value for item, value in {**known, **new}.items() if value}


def lines(view: View, leg: Leg, pending: Mapping[str, str]) -> tuple[Line, ...]:
    """Return the items of a stage in order; a list that is not loaded has none."""
    found: list[Line] = []
    for list_id, stage in STAGES[leg]:
        form = view.forms.get(list_id)
        if form is not None:
            items = checklists.stage_items(form, stage, given(view, list_id, pending))
            found += [Line(list_id, item) for item in items]
    return tuple(found)


def first_open(view: View, leg: Leg, pending: Mapping[str, str]) -> str:
    """Return the first item that is required and blank."""
    for line in lines(view, leg, pending):
        value = given(view, line.list_id, pending).get(line.item.link_id)
        if line.item.required and answering.is_blank(value):
            return line.key
    return ""


def head(view: View, leg: Leg, pending: Mapping[str, str]) -> tuple[Row, ...]:
    """Return whose lists these are and how far they are: always in view, three lines."""
    visit = view.visit
    if visit is None:
        return (title("NO VISIT IS OPEN"), row(("F2", Tone.KEY), " back to the Suite"))
    listed = lines(view, leg, pending)
    blank = sum(_blank(view, line, pending) for line in listed)
    far = f"{len(listed) - blank} of {len(listed)} answered, {blank} blank"
    recorded = view.snapshot.state.lists.marks.get(visit.id)
    unsaved = view.unsaved(view.state.lists.marks.get(visit.id), recorded)
    return (
        title(f"V{visit.no} {view.private(visit.name)}"),
        row(*_tabs(view, visit, leg)),
        row((far, Tone.TITLE), (f"  ■ {unsaved}" if unsaved else "", Tone.STOP)),
    )


def rows(view: View, leg: Leg, cursor: str, pending: Mapping[str, str]) -> tuple[Row, ...]:
    """Return the items of the stage's lists."""
    visit = view.visit
    if visit is None:
        return ()
    if view.locked:
        return (row((f"{HIDDEN} sign on with ctrl+o", Tone.HOLD)),)
    listed = lines(view, leg, pending)
    out: list[Row] = []
    for list_id, stage in STAGES[leg]:
        out.append(_list_title(view.forms.get(list_id), list_id, stage))
        for line in listed:
            if line.list_id == list_id:
                out += _line_rows(view, visit, line, pending, here=line.key == cursor)
    return (*out, *_end_rows(view, leg, pending))


def _blank(view: View, line: Line, pending: Mapping[str, str]) -> bool:
    return answering.is_blank(given(view, line.list_id, pending).get(line.item.link_id))


def _tabs(view: View, visit: Visit, leg: Leg) -> list[tuple[str, Tone]]:
    found: list[tuple[str, Tone]] = []
    for one in LEGS:
        done = visit.stands(one) and not expired(visit, one, view.ctx)
        tone = Tone.SELECTED if one is leg else Tone.FAINT
        found += [(f" {'●' if done else '○'} {leg_name(one)} ", tone), (" ", Tone.PLAIN)]
    return [*found, ("Tab", Tone.KEY), (" next list", Tone.FAINT)]


def _list_title(form: Form | None, list_id: str, stage: str) -> Row:
    if form is None:
        return row((f"■ {list_id} is not loaded: use the paper list", Tone.STOP))
    part = f" at the {stage}" if stage in ("door", "table") else f", {stage}" if stage else ""
    return row((f"{form.title}{part}", Tone.TITLE), (f"  {form.version} {form.approval}", Tone.FAINT))


def _line_rows(view: View, visit: Visit, line: Line, pending: Mapping[str, str], *, here: bool) -> list[Row]:
    item = line.item
    value = given(view, line.list_id, pending).get(item.link_id)
    mark = view.state.lists.marks.get(visit.id, {}).get(line.key)
    found = [
        row(
            (f"{item.code} " if item.code else "", Tone.KEY),
            item.text,
            "  ",
            answers.shown(item, value),
            *_by(view, mark, value),
            *_sensor(view, visit, item),
            key=line.key,
            indent=4,
            cap=600,
        )
    ]
    if here:
        found.append(row("    ", *answers.keys_line(item), indent=4))
        if item.help:
            found.append(row("    ", (item.help, Tone.FAINT), indent=4))
    return found


def _by(view: View, mark: Mark | None, value: str | None) -> tuple[tuple[str, Tone], ...]:
    if mark is None or mark.answer != value:
        return ()
    why = f" ({mark.reason})" if mark.reason else ""
    return ((f"  {view.people(mark.by)} {view.clock_short(mark.at)}{why}", Tone.FAINT),)


def _sensor(view: View, visit: Visit, item: Item) -> tuple[tuple[str, Tone], ...]:
    if not item.sensor:
        return ()
    if view.stopped or not view.snapshot.ready:
        return (("  sensor: ▒ UNKNOWN", Tone.UNKNOWN),)
    word, age_ms, agrees = suite_lists.sensor_reading(view.state, visit, item.sensor, view.ctx)
    tone = Tone.CONFIRM if agrees else Tone.HOLD
    return ((f"  sensor: {word} {age(age_ms / 1000)}", tone),)


def _end_rows(view: View, leg: Leg, pending: Mapping[str, str]) -> tuple[Row, ...]:
    if first_open(view, leg, pending):
        return ()
    words = "sign: final check go (2 people, 2 PINs)" if leg is Leg.FINAL_CHECK else "this list is complete"
    return (BLANK, row(("g  ", Tone.KEY), words))
