"""The Visit screen: what to do next, what else could be done, and everything forbidden with its why."""

from __future__ import annotations

from mr_safety_console.console.present.crossings import wanted
from mr_safety_console.console.present.not_set_back import action_rows
from mr_safety_console.console.present.remote import link_rows, remote_rows
from mr_safety_console.console.present.rows import BLANK, Row, row, title, why_rows
from mr_safety_console.console.present.token import token_rows
from mr_safety_console.console.present.view import View
from mr_safety_console.console.present.watched import watch_head, watch_rows
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import suite_observer, suite_offers, token, zones
from mr_safety_console.domain.checklists import CompleteStage
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.doors import AnnounceTransit, in_transit
from mr_safety_console.domain.refusal import Offer, Refused
from mr_safety_console.domain.screening import unresolved
from mr_safety_console.domain.screening_facts import ReviewScreening, SignScreening
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit, step
from mr_safety_console.domain.visit_facts import RecordDetectorPass, ReleaseHold, StartCheck, Step
from mr_safety_console.domain.wands import RecordHandPass, proved
from mr_safety_console.domain.watching_facts import ChangeObserver
from mr_safety_console.domain.words import say
from mr_safety_console.engine.face import Recording

LISTS = frozenset({Step.DOOR_LIST, Step.FINAL_CHECK, Step.TABLE_LIST, Step.COIL_REMOVED})


@frozen
class Act:
    """One thing that could be done: its key, its words, the offer, and where the work is, if elsewhere."""

    key: str
    label: str
    offer: Offer
    page: str = ""

    @property
    def refused(self) -> Refused | None:
        """Return why not; nothing when it may be done, or its work waits on another screen."""
        return None if self.page else self.offer.refused


def acts(view: View, visit: Visit) -> tuple[Act, ...]:
    """Return the acts of a visit: the proposed one (Enter), the others by digit, then `t` and `p`."""
    offers = suite_offers.for_visit(view.state, visit.id, view.ctx)
    found = [
        Act(
            "Enter" if n == 0 else str(n + 1),
            _label(one),
            one,
            _elsewhere(view, visit, one) if n == 0 else "",
        )
        for n, one in enumerate(offers)
    ]
    given = {one.command for one in offers}
    also = (
        ("t", _transit_label(visit), AnnounceTransit(visit=visit.id, inwards=not visit.inside)),
        ("p", *_pass(view, visit)),
        *((">", "Hand the watching over", one) for one in _hand_over(view, visit)),
        *(("v", "A physician lets them go", ReleaseHold(visit=visit.id, alarm=a)) for a in visit.holds[:1]),
    )
    for key, label, asked in also:
        if asked in given or (key == "p" and visit.inside):
            continue
        one = suite_offers.offer(view.state, label, asked, view.ctx)
        found.append(Act(key, _label(one), one))
    return tuple(found)


def _hand_over(view: View, visit: Visit) -> tuple[Command, ...]:
    """Return the handing over of the watching to somebody who could; nothing outside a scan."""
    next_ones = suite_observer.successors(view.state, visit.observer) if visit.scan_presumed else ()
    return tuple(ChangeObserver(visit=visit.id, to=one.id) for one in next_ones[:1])


def _pass(view: View, visit: Visit) -> tuple[str, Command]:
    """Return the detector pass as it can be made now: by the portal, or by hand while that is UNKNOWN."""
    if not wanted(view):
        return "I watched the pass: nothing raised", RecordDetectorPass(visit=visit.id)
    wand = next((one for one in view.profile.wands if proved(view.state.wands, one.id, view.ctx)), None)
    asked = RecordHandPass(visit=visit.id, wand=(wand or view.profile.wands[0]).id, found=False)
    return "Gone over with a wand: MANUAL", asked


def _label(one: Offer) -> str:
    signed = f" ({one.signatures} PIN{'s' if one.signatures > 1 else ''})" if one.signatures else ""
    return one.label + signed


def _transit_label(visit: Visit) -> str:
    return "Announce the way out" if visit.inside else "Announce a crossing inwards"


def _elsewhere(view: View, visit: Visit, one: Offer) -> str:
    """Return the screen where the work of a step is done while the step itself still waits for it."""
    case = view.state.screening.cases.get(visit.id)
    if isinstance(one.command, ReviewScreening) and case is not None and unresolved(case):
        return "screening"
    if one.refused is None:
        return ""
    if isinstance(one.command, SignScreening | ReviewScreening):
        return "screening"
    if isinstance(one.command, CompleteStage) and one.refused.rule in ("items-open", "item-negative"):
        return "checklist"
    if isinstance(one.command, StartCheck) and one.refused.rule == "hearing-missing":
        return "hearing"
    return ""


PAGE_WORDS = {
    "screening": "Go on with the interview (F4)",
    "checklist": "Go on with the list (F5)",
    "hearing": "Fit the heads that are left (ctrl+y)",
}


def act_rows(view: View, visit: Visit, *, brief: bool = False) -> tuple[Row, ...]:
    """Return what could be done, and under each forbidden act its why-not in three parts.

    `brief` leaves the reason alone, for a small terminal: pressing the key tells the rest.
    """
    rows: list[Row] = [title("NEXT"), row((say("step", step(visit, view.ctx)), Tone.CONFIRM))]
    rows += (*link_rows(view, visit.remote), *watch_head(view, visit))
    found = acts(view, visit)
    if not found:
        rows.append(row(("Nothing is proposed at this step.", Tone.FAINT)))
    for one in found:
        rows += _act_rows(one, brief)
    rows += action_rows(view, visit)
    rows += (*watch_rows(view, visit), *remote_rows(view, visit))
    rows += _transit_rows(view)
    rows += _finding_rows(view, visit)
    return tuple(rows)


def _act_rows(one: Act, brief: bool) -> tuple[Row, ...]:
    if one.refused is None:
        label = PAGE_WORDS.get(one.page, one.label)
        return (row((f"{one.key:<5} ", Tone.KEY), (label, Tone.TITLE), indent=6),)
    head = row((f"{one.key:<5} ", Tone.FAINT), (one.label, Tone.FAINT), ("  ■ refused", Tone.HOLD), indent=6)
    if brief:
        return (head, row("  ", (one.refused.reason, Tone.HOLD), indent=6))
    return (head, *why_rows(one.refused))


def _transit_rows(view: View) -> tuple[Row, ...]:
    transit = in_transit(view.state.doors, view.now)
    if transit is None:
        return ()
    left = max(0, (transit.due_bt - view.now.bt) // 1_000_000_000)
    person = view.state.visits.open.get(transit.visit)
    who = f"V{person.no}" if person else "staff"
    way = "inwards" if transit.inwards else "outwards"
    return (BLANK, row((f"? Crossing {way} announced for {who}, {left} s left", Tone.CONFIRM)))


def _finding_rows(view: View, visit: Visit) -> tuple[Row, ...]:
    """Return the token of the next gate: what fell or speaks against it, and the shortest way back."""
    if visit.screening_alone or (visit.left is not None and not visit.inside):
        return ()
    if visit.inside and (visit.companion or visit.scan_presumed or visit.uncleared):
        return ()
    gate = "THE SCAN" if visit.inside else zones.name(view.profile, "IV").upper()
    head = title(f"BEFORE {gate}")
    blind = _blind_rows(view)
    if blind:
        return (BLANK, head, *blind)
    judge = token.start if visit.inside else token.entry
    return (BLANK, head, *token_rows(judge(view.state, visit, view.ctx)))


def _blind_rows(view: View) -> tuple[Row, ...]:
    """Return why nothing may be concluded at all: no engine, or no record."""
    if view.blind:
        return (row(("▲ HOLD ", Tone.HOLD), "The engine does not answer: trust doors and eyes.", indent=7),)
    if view.snapshot.recording is Recording.FAILED:
        return (row(("▲ HOLD ", Tone.HOLD), f"{Recording.FAILED.value}.", indent=7),)
    return ()


NO_VISIT = (
    title("NO VISIT IS OPEN"),
    row(("o     ", Tone.KEY), "New visit: name, birth date, exam"),
)
