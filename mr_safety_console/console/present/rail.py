"""One visit as a rail: each step with its word, its symbol, who did it and when, or why it fell."""

from __future__ import annotations

from enum import StrEnum

from mr_safety_console.console.present.beside import wanted_rows
from mr_safety_console.console.present.conditions import condition_rows, rushed_rows
from mr_safety_console.console.present.interview import owner_of
from mr_safety_console.console.present.rows import Row, row, title
from mr_safety_console.console.present.view import View
from mr_safety_console.console.present.words import fell
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import zones
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.profile import ZONES
from mr_safety_console.domain.suite_entry import release_act
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import LegState, Visit, expired, step
from mr_safety_console.domain.visit_facts import Leg, Step
from mr_safety_console.domain.wands import MANUAL
from mr_safety_console.domain.words import say


class Mark(StrEnum):
    """Where a step stands; the symbol is half of what is shown, the word the other half."""

    DONE = "●"
    NOW = "▶"
    TODO = "○"
    FELL = "✗"
    EXPIRED = "⧗"


_TONE = {
    Mark.DONE: Tone.PLAIN,
    Mark.NOW: Tone.TITLE,
    Mark.TODO: Tone.FAINT,
    Mark.FELL: Tone.HOLD,
    Mark.EXPIRED: Tone.HOLD,
}

RAIL: tuple[tuple[Step, str, Leg | None], ...] = (
    (Step.IDENTIFY, "Identify", Leg.IDENTITY),
    (Step.SCREENING, "Screening", Leg.SCREENING),
    (Step.BELONGINGS, "Belongings, gown", Leg.BELONGINGS),
    (Step.DETECTOR, "Detector pass", Leg.DETECTOR_PASS),
    (Step.ZONE_III, "Into {III}", Leg.ZONE_III),
    (Step.DOOR_LIST, "Door list", Leg.DOOR_LIST),
    (Step.FINAL_CHECK, "Final check", Leg.FINAL_CHECK),
    (Step.ENTER, "Into {IV}", None),
    (Step.TABLE_LIST, "Table list", Leg.TABLE_LIST),
    (Step.START_CHECK, "Start check", Leg.START_CHECK),
    (Step.SCAN, "Scan", None),
    (Step.OUT, "Out of {IV}", None),
    (Step.COIL_REMOVED, "Coil off, inspected", Leg.COIL_REMOVED),
    (Step.CLOSE, "Close", None),
)
"""Steps in order, their short names with the zones the site names, and the leg each makes."""
NOT_FOR_COMPANIONS = frozenset(
    {Step.DOOR_LIST, Step.TABLE_LIST, Step.START_CHECK, Step.SCAN, Step.COIL_REMOVED}
)
OF_A_SCREENING = frozenset({Step.SCREENING, Step.CLOSE})
"""What there is where a visit screens somebody and nothing else."""
_NOT_PLAIN = (
    ("released=", " ▲ condition"),
    ("overridden=", " ≠ with overrides"),
    ("deferred=", " » one put off"),
)
"""What a list that is complete is not plainly, by the codes of its leg."""
NAMES = {at: name for at, name, _ in RAIL}
_ORDER = [at for at, _, _ in RAIL]


@frozen
class RailStep:
    """One step as shown."""

    step: Step
    name: str
    mark: Mark
    told: str


def rail(view: View, visit: Visit) -> tuple[RailStep, ...]:
    """Return the steps of a visit; the one under way is NOW, whatever else it may be."""
    at = step(visit, view.ctx)
    return tuple(
        _step(view, visit, one, named(view, name), leg, at)
        for one, name, leg in RAIL
        if not (visit.companion and one in NOT_FOR_COMPANIONS)
        and (one in OF_A_SCREENING or not visit.screening_alone)
    )


def named(view: View, text: str) -> str:
    """Return a text with the zones in it as this site calls them."""
    if "{" not in text:
        return text
    return text.format(**{zone: zones.label(view.profile, zone) for zone in ZONES})


def _step(view: View, visit: Visit, one: Step, name: str, leg: Leg | None, at: Step) -> RailStep:
    known = visit.legs.get(leg) if leg else None
    mark, told = _judged(view, visit, one, leg, known)
    if one is at and mark is Mark.TODO:
        mark = Mark.NOW
    elif one is at and mark in (Mark.FELL, Mark.EXPIRED):
        told = f"{told}: redo"
    if one is Step.SCREENING and mark is not Mark.DONE:
        told = " ".join(part for part in (told, _in_hand(view, visit)) if part)
    return RailStep(one, name, mark, told)


def _in_hand(view: View, visit: Visit) -> str:
    """Return who has the interview in hand that is not over yet; once reviewed the step names them."""
    case = view.state.screening.cases.get(visit.id)
    return f"in hand: {owner_of(view, case)}" if case is not None and not case.declined else ""


def _judged(view: View, visit: Visit, one: Step, leg: Leg | None, known: LegState | None) -> tuple[Mark, str]:
    if leg is None:
        return _moment(view, visit, one)
    if known is None:
        return Mark.TODO, ""
    if known.fallen == "used":
        return Mark.DONE, f"{view.people(known.by)} {view.clock_short(known.at)}"
    if known.fallen:
        return Mark.FELL, f"fell: {fell(known.fallen)}"
    if expired(visit, leg, view.ctx) and not visit.inside:
        return Mark.EXPIRED, f"expired, was {view.clock_short(known.at)}"
    condition = "".join(words for code, words in _NOT_PLAIN if code in known.detail)
    by_hand = "MANUAL " if known.detail.startswith(MANUAL) else ""
    return Mark.DONE, f"{by_hand}{view.people(known.by)} {view.clock_short(known.at)}{condition}"


def _moment(view: View, visit: Visit, one: Step) -> tuple[Mark, str]:
    at: Instant | None = None
    if one is Step.ENTER:
        at = visit.entered
    elif one is Step.OUT:
        at = visit.left
    elif one is Step.SCAN:
        if visit.scan_presumed:
            watched = f", {view.person(visit.observer)} watches" if visit.observer else ""
            return Mark.NOW, f"presumed running{watched}"
        started = visit.legs.get(Leg.START_CHECK)
        at = (
            started.at if started and not started.fallen else (started.at if visit.left and started else None)
        )
    return (Mark.DONE, view.clock_short(at)) if at is not None else (Mark.TODO, "")


def _whose(visit: Visit) -> str:
    """Return of whom a visit is that is not a patient's."""
    if visit.screening_alone:
        return f" · SCREENING: {say('person-kind', visit.category).upper()}"
    return " · COMPANION" if visit.companion else ""


def rail_rows(view: View, visit: Visit) -> tuple[Row, ...]:
    """Return the rail, a row a step, under who it is about."""
    recorded = view.snapshot.state.visits.open.get(visit.id)
    unsaved = view.unsaved(visit, recorded)
    rows = [
        title(f"V{visit.no} {view.private(visit.name)}{_whose(visit)}"),
        row((f"{view.private(visit.birth_date)}  {view.private(visit.exam)}", Tone.FAINT)),
    ]
    if unsaved:
        rows.append(row((f"■ {unsaved}", Tone.STOP)))
    if visit.inside and visit.uncleared:
        rows.append(row(("■ INSIDE, NOT CLEARED: bring the patient out", Tone.STOP)))
    if visit.holds:
        alarms = view.state.alarms.open
        names = ", ".join(f"A{alarms[held].no}" if held in alarms else "an alarm" for held in visit.holds)
        rows.append(row((f"▲ HELD by {names}: nobody goes further in", Tone.HOLD)))
        if release_act(view.state, visit.id) == "release-unexplained":
            rows.append(row(("■ NOT ADMITTED: two alarms nobody could explain", Tone.STOP)))
    rows += wanted_rows(view, visit)
    rows += condition_rows(view, visit)
    rows += rushed_rows(view, visit)
    rows += [_rail_row(one) for one in rail(view, visit)]
    return tuple(rows)


def _rail_row(one: RailStep) -> Row:
    words = {Mark.NOW: "NOW ", Mark.FELL: "FELL ", Mark.EXPIRED: "", Mark.TODO: "", Mark.DONE: ""}[one.mark]
    told = one.told.removeprefix("fell: ") if one.mark is Mark.FELL else one.told
    return row((f"{one.mark.value} {one.name:<19} {words}{told}", _TONE[one.mark]), indent=22)


def short_step(view: View, visit: Visit) -> str:
    """Return the step a visit stands at, in two words."""
    return named(view, NAMES.get(step(visit, view.ctx), "Closed"))
