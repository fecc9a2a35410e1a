"""The Checklist screen: the lists of one stage, item by item, with what a sensor says beside its item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mr_safety_console.console.present import answers
from mr_safety_console.console.present.conditions import condition_rows
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import HIDDEN, View, age
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import checklists
from mr_safety_console.domain.checklists import STAGES, Mark
from mr_safety_console.domain.list_sensors import reading
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit, expired
from mr_safety_console.domain.visit_facts import Leg
from mr_safety_console.domain.words import say
from screening_forms import answering
from screening_forms.types import Form, Item

LEGS = tuple(STAGES)
TABS = {
    Leg.DOOR_LIST: "Door list",
    Leg.FINAL_CHECK: "Final check",
    Leg.TABLE_LIST: "Table list",
    Leg.COIL_REMOVED: "Coil off",
}


@frozen
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


@dataclass(frozen=True)  # without slots, so that what is asked is worked out once
class Stage:
    """The lists of one stage as worked on: `pending` are answers not yet confirmed by the engine."""

    view: View
    leg: Leg
    pending: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def given(self) -> dict[str, dict[str, str]]:
        """Return the answers as they stand on the screen, by list and item."""
        return {list_id: self._given(list_id) for list_id, _ in STAGES[self.leg]}

    def _given(self, list_id: str) -> dict[str, str]:
        known = self.view.state.lists.answers(self.view.selected, list_id)
        prefix = f"{list_id}:"
        new = {k.removeprefix(prefix): v for k, v in self.pending.items() if k.startswith(prefix)}
        return {item: value for item, value in {**known, **new}.items() if value}

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Return the items asked now, in order; a list that is not loaded has none."""
        found: list[Line] = []
        for list_id, stage in STAGES[self.leg]:
            form = self.view.forms.get(list_id)
            if form is not None:
                items = checklists.stage_items(form, stage, self.given[list_id])
                found += [Line(list_id, item) for item in items]
        return tuple(found)

    def value(self, line: Line) -> str | None:
        """Return the answer of an item, or None."""
        return self.given[line.list_id].get(line.item.link_id)

    @property
    def held(self) -> tuple[Line, ...]:
        """Return the items whose answer holds and may be released."""
        return tuple(ln for ln in self.lines if checklists.releasable(ln.item, self.value(ln) or ""))

    @property
    def first_open(self) -> str:
        """Return the first item that is required and blank; empty when none is."""
        blank = (ln for ln in self.lines if ln.item.required and answering.is_blank(self.value(ln)))
        return next((line.key for line in blank), "")


def head(stage: Stage) -> tuple[Row, ...]:
    """Return whose lists these are and how far they are: always in view, three lines."""
    view, visit = stage.view, stage.view.visit
    if visit is None:
        return (title("NO VISIT IS OPEN"), row(("F2", Tone.KEY), " back to the Suite"))
    blank = sum(answering.is_blank(stage.value(line)) for line in stage.lines)
    far = f"{len(stage.lines) - blank} of {len(stage.lines)} answered, {blank} blank"
    done = stage.lines and not stage.first_open and not visit.stands(stage.leg)
    sign: tuple[Part, ...] = (("   g", Tone.KEY), f" {_end_words(stage)}") if done else ()
    recorded = view.snapshot.state.lists.marks.get(visit.id)
    unsaved = view.unsaved(view.state.lists.marks.get(visit.id), recorded)
    return (
        title(f"V{visit.no} {view.private(visit.name)}"),
        row(*_tabs(view, visit, stage.leg)),
        row((far, Tone.TITLE), *sign, (f"  ■ {unsaved}" if unsaved else "", Tone.STOP)),
    )


def _end_words(stage: Stage) -> str:
    final = stage.leg is Leg.FINAL_CHECK
    return "signs: final check go (2 people, 2 PINs)" if final else "says: this list is complete"


def rows(stage: Stage, cursor: str) -> tuple[Row, ...]:
    """Return the items of the stage's lists."""
    view, visit = stage.view, stage.view.visit
    if visit is None:
        return ()
    if view.locked:
        return (row((f"{HIDDEN} sign on with ctrl+o", Tone.HOLD)),)
    out: list[Row] = [*condition_rows(view, visit)]
    for list_id, part in STAGES[stage.leg]:
        out.append(_list_title(view.forms.get(list_id), list_id, part))
        for line in stage.lines:
            if line.list_id == list_id:
                out += _line_rows(stage, visit, line, here=line.key == cursor)
    return (*out, *_end_rows(stage))


def _tabs(view: View, visit: Visit, leg: Leg) -> list[tuple[str, Tone]]:
    found: list[tuple[str, Tone]] = []
    for one in LEGS:
        done = visit.stands(one) and not expired(visit, one, view.ctx)
        tone = Tone.SELECTED if one is leg else Tone.FAINT
        found += [(f" {'●' if done else '○'} {TABS[one]} ", tone), (" ", Tone.PLAIN)]
    return [*found, ("Tab", Tone.KEY)]


def _list_title(form: Form | None, list_id: str, stage: str) -> Row:
    if form is None:
        return row((f"■ {list_id} is not loaded: use the paper list", Tone.STOP))
    part = f" at the {stage}" if stage in ("door", "table") else f", {stage}" if stage else ""
    return row((f"{form.title}{part}", Tone.TITLE), (f"  {form.version} {form.approval}", Tone.FAINT))


def _line_rows(stage: Stage, visit: Visit, line: Line, *, here: bool) -> list[Row]:
    view, item, value = stage.view, line.item, stage.value(line)
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
    told = (f"  {view.people(mark.by)} {view.clock_short(mark.at)}{why}", Tone.FAINT)
    if not mark.released:
        return (told,)
    return (told, (f"  ▲ CONDITION by {view.people(mark.released)}: {mark.condition}", Tone.HOLD))


def _sensor(view: View, visit: Visit, item: Item) -> tuple[tuple[str, Tone], ...]:
    if not item.sensor:
        return ()
    if view.stopped or not view.snapshot.ready:
        return (("  sensor: ▒ UNKNOWN", Tone.UNKNOWN),)
    found = reading(view.state, visit, item.sensor, view.ctx)
    said, _, why = found.word.partition(", ")
    told = f"{said}, {say('why-unknown', why)}" if why else said
    tone = Tone.CONFIRM if found.agrees else Tone.HOLD
    return ((f"  sensor: {told} {age(found.age_ms / 1000)}", tone),)


def _end_rows(stage: Stage) -> tuple[Row, ...]:
    if stage.first_open:
        return ()
    return (BLANK, row(("g  ", Tone.KEY), _end_words(stage)))
