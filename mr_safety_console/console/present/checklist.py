"""The Checklist screen: the lists of one stage, item by item, with what a sensor says beside its item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mr_safety_console.console.present import answers, hearing
from mr_safety_console.console.present.conditions import condition_rows
from mr_safety_console.console.present.list_item import LOOKS, ItemState, by_whom, said, state_of, symbol
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import HIDDEN, View, age
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import checklists, final_rounds
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
                deferred = self.view.state.lists.deferred(self.view.selected, list_id)
                items = checklists.stage_items(form, stage, self.given[list_id], deferred)
                found += [Line(list_id, item) for item in (*items, *self._put_off(form, stage, deferred))]
        return tuple(found)

    def _put_off(self, form: Form, stage: str, deferred: Mapping[str, str]) -> tuple[Item, ...]:
        """Return the items of a stage that wait for a later one; they are shown, and keep nothing open."""
        return tuple(one for one in form.walk() if one.stage == stage and deferred.get(one.link_id))

    def mark(self, line: Line) -> Mark | None:
        """Return what is kept of an item, or None."""
        return self.view.state.lists.marks.get(self.view.selected, {}).get(line.key)

    def waits(self, line: Line) -> bool:
        """Tell whether an item was put off to a later stage than this one."""
        mark = self.mark(line)
        later = mark.deferred if mark is not None else ""
        return bool(later) and (line.list_id, later) not in STAGES[self.leg]

    def count(self, state: ItemState) -> int:
        """Return how many items stand so."""
        return sum(state_of(ln.item, self.value(ln), self.mark(ln)) is state for ln in self.lines)

    def value(self, line: Line) -> str | None:
        """Return the answer of an item, or None."""
        return self.given[line.list_id].get(line.item.link_id)

    @property
    def first_of_two(self) -> bool:
        """Return whether what is read back now is the first of two readings."""
        visit, view = self.view.visit, self.view
        if visit is None or self.leg is not Leg.FINAL_CHECK:
            return False
        return final_rounds.first_due(view.state, visit, view.ctx)

    @property
    def held(self) -> tuple[Line, ...]:
        """Return the items whose answer holds and may be released."""
        return tuple(ln for ln in self.lines if checklists.releasable(ln.item, self.value(ln) or ""))

    @property
    def first_open(self) -> str:
        """Return the first item that is required and blank; empty when none is."""
        blank = (ln for ln in self.lines if ln.item.required and answering.is_blank(self.value(ln)))
        return next((line.key for line in blank if not self.waits(line)), "")

    @property
    def read_out(self) -> bool:
        """Return whether this list is read by one person and answered aloud by another."""
        return any(checklists.read_out(line.item) for line in self.lines)


def head(stage: Stage) -> tuple[Row, ...]:
    """Return whose lists these are and how far they are: always in view, three lines."""
    view, visit = stage.view, stage.view.visit
    if visit is None:
        return (title("NO VISIT IS OPEN"), row(("F2", Tone.KEY), " back to the Suite"))
    far = progress(stage)
    done = stage.lines and not stage.first_open and not visit.stands(stage.leg)
    sign: tuple[Part, ...] = (("   g", Tone.KEY), f" {_end_short(stage)}") if done else ()
    recorded = view.snapshot.state.lists.marks.get(visit.id)
    unsaved = view.unsaved(view.state.lists.marks.get(visit.id), recorded)
    return (
        title(f"V{visit.no} {view.private(visit.name)}"),
        row(*_tabs(view, visit, stage.leg)),
        row(*far, *sign, (f"  ■ {unsaved}" if unsaved else "", Tone.STOP)),
    )


def progress(stage: Stage) -> tuple[Part, ...]:
    """Return how far a stage is, and how much of it is not plainly done."""
    still = stage.count(ItemState.OPEN) + stage.count(ItemState.REOPENED)
    done = f"{len(stage.lines) - still} of {len(stage.lines)} answered"
    told: list[Part] = [(f"{done}, {still} open" if still else done, Tone.TITLE)]
    for state in (ItemState.FAILED, ItemState.OVERRIDDEN, ItemState.DEFERRED, ItemState.REOPENED):
        if count := stage.count(state):
            told.append((f"  {LOOKS[state].symbol} {count} {state.value}", LOOKS[state].tone))
    hurried = sum(mark.hurried for line in stage.lines if (mark := stage.mark(line)) is not None)
    return (*told, *(((f"  ≈ {hurried} HURRIED", Tone.HOLD),) if hurried else ()))


def _end_short(stage: Stage) -> str:
    """Return what `g` does, short enough for the line that is always in view."""
    if stage.leg is Leg.FINAL_CHECK:
        return "first of two, 2 PINs" if stage.first_of_two else "go, 2 PINs"
    return "complete"


def _end_words(stage: Stage) -> str:
    if stage.leg is Leg.FINAL_CHECK:
        once = stage.first_of_two
        return f"signs: {'read back, first of two' if once else 'final check go'} (2 people, 2 PINs)"
    over = stage.count(ItemState.OVERRIDDEN)
    return f"says: this list is complete{' with overrides' if over else ''}"


def rows(stage: Stage, cursor: str, answers_aloud: str = "") -> tuple[Row, ...]:
    """Return the items of the stage's lists; `answers_aloud` is the person read out to."""
    view, visit = stage.view, stage.view.visit
    if visit is None:
        return ()
    if view.locked:
        return (row((f"{HIDDEN} sign on with ctrl+o", Tone.HOLD)),)
    out: list[Row] = [*condition_rows(view, visit)]
    out += _read_rows(stage, visit, answers_aloud)
    for list_id, part in STAGES[stage.leg]:
        out.append(_list_title(view.forms.get(list_id), list_id, part))
        for line in stage.lines:
            if line.list_id == list_id:
                out += _line_rows(stage, visit, line, here=line.key == cursor)
    if stage.leg is Leg.TABLE_LIST:
        out.append(row("Protectors: ", *hearing.far(view), ("   ctrl+y", Tone.KEY), " head by head"))
    return (*out, *_end_rows(stage))


def _read_rows(stage: Stage, visit: Visit, answers_aloud: str) -> tuple[Row, ...]:
    """Return who reads and who answers, and which of two readings this is."""
    if not stage.read_out:
        return ()
    view, told = stage.view, []
    because = final_rounds.reasons(view.state, visit, view.ctx) if stage.leg is Leg.FINAL_CHECK else ()
    if because:
        number = "FIRST" if stage.first_of_two else "SECOND"
        why = ", ".join(say("read-twice", one) for one in because)
        told.append(row((f"▲ {number} READING OF TWO: {why}", Tone.HOLD), indent=4))
    reader = view.person(view.actor) if view.actor else "nobody signed on"
    other = view.person(answers_aloud) if answers_aloud else "nobody yet"
    told.append(row((f"{reader} reads, {other} answers  ", Tone.TITLE), (".", Tone.KEY), " who answers"))
    return tuple(told)


def _tabs(view: View, visit: Visit, leg: Leg) -> list[tuple[str, Tone]]:
    found: list[tuple[str, Tone]] = []
    for one in LEGS:
        done = visit.stands(one) and not expired(visit, one, view.ctx)
        overridden = done and "overridden=" in visit.legs[one].detail
        mark = LOOKS[ItemState.OVERRIDDEN].symbol if overridden else "●" if done else "○"
        tone = Tone.SELECTED if one is leg else Tone.OVERRIDDEN if overridden else Tone.FAINT
        found += [(f" {mark} {TABS[one]} ", tone), (" ", Tone.PLAIN)]
    return [*found, ("Tab", Tone.KEY)]


def _list_title(form: Form | None, list_id: str, stage: str) -> Row:
    if form is None:
        return row((f"■ {list_id} is not loaded: use the paper list", Tone.STOP))
    part = f" at the {stage}" if stage in ("door", "table") else f", {stage}" if stage else ""
    return row((f"{form.title}{part}", Tone.TITLE), (f"  {form.version} {form.approval}", Tone.FAINT))


def _line_rows(stage: Stage, visit: Visit, line: Line, *, here: bool) -> list[Row]:
    view, item, value = stage.view, line.item, stage.value(line)
    mark = stage.mark(line)
    found = [
        row(
            ("▶ " if here else "  ", Tone.KEY),
            symbol(item, value, mark),
            (f"{item.code} " if item.code else "", Tone.KEY),
            item.text,
            "  ",
            said(item, value, mark),
            *by_whom(view, mark, value),
            *_sensor(view, visit, item),
            key=line.key,
            indent=6,
            cap=600,
        )
    ]
    if here:
        found.append(row("      ", *answers.keys_line(item), *_ways(view, visit, item, value), indent=6))
        if item.help:
            found.append(row("      ", (item.help, Tone.FAINT), indent=6))
    return found


def _ways(view: View, visit: Visit, item: Item, value: str | None) -> tuple[Part, ...]:
    """Return what else can be done with a blank item: by eye while its sensor is dead, or put off."""
    found: list[Part] = []
    if item.sensor and reading(view.state, visit, item.sensor, view.ctx).dead:
        found += [("v ", Tone.KEY), ("by eye, two PINs   ", Tone.OVERRIDDEN)]
    if item.defer and not value:
        found += [("j ", Tone.KEY), (f"put off {say('stage', item.defer)}", Tone.DEFERRED)]
    return tuple(found)


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
