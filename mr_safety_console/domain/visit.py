"""One attendance of one patient, from arrival to exit, as a rail of steps with legs that can fall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from mr_safety_console.domain import remote, watching
from mr_safety_console.domain.codec import Entry, Fact
from mr_safety_console.domain.context import US, Ctx, Instant, Who, elapsed
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.remote import Session
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit_facts import (
    BESIDE,
    COMPANION,
    PATIENT,
    ClearanceVoided,
    ExamChanged,
    HeadsDiffer,
    HeadsReconciled,
    IdentityAmended,
    Leg,
    LegFell,
    LegMade,
    StaffCounted,
    Step,
    VisitBound,
    VisitClosed,
    VisitHeld,
    VisitOpened,
    VisitReleased,
    ZoneIVEntered,
    ZoneIVHeads,
    ZoneIVLeft,
)
from mr_safety_console.domain.watching import Watched
from mr_safety_console.domain.words import refused

BEFORE_ENTRY: tuple[tuple[Leg, Step], ...] = (
    (Leg.IDENTITY, Step.IDENTIFY),
    (Leg.SCREENING, Step.SCREENING),
    (Leg.BELONGINGS, Step.BELONGINGS),
    (Leg.DETECTOR_PASS, Step.DETECTOR),
    (Leg.ZONE_III, Step.ZONE_III),
    (Leg.DOOR_LIST, Step.DOOR_LIST),
    (Leg.FINAL_CHECK, Step.FINAL_CHECK),
)

COMPANION_BEFORE_ENTRY = tuple(pair for pair in BEFORE_ENTRY if pair[0] is not Leg.DOOR_LIST)
"""A companion has no coil and no room to prepare; everything else is the same."""

SCREENING_ALONE = ((Leg.SCREENING, Step.SCREENING),)
"""Staff and people by name were identified where they stand; nobody goes in by such a visit."""

VALIDITY: Mapping[Leg, tuple[str, int]] = {
    Leg.IDENTITY: ("identity_valid_h", 3600),
    Leg.BELONGINGS: ("belongings_valid_s", 1),
    Leg.DOOR_LIST: ("door_list_valid_s", 1),
    Leg.TABLE_LIST: ("table_list_valid_s", 1),
    Leg.DETECTOR_PASS: ("detector_pass_valid_s", 1),
    Leg.FINAL_CHECK: ("final_check_valid_s", 1),
    Leg.ZONE_III: ("authorisation_valid_s", 1),
    Leg.SCREENING: ("screening_valid_h", 3600),
}
"""How long a leg lasts: the site number, and seconds per its unit. A start check lasts for its scan."""

WATCHED = frozenset({Leg.DETECTOR_PASS, Leg.FINAL_CHECK, Leg.ZONE_III})
"""Legs that lean on somebody's eyes from then on: a reboot ends them. The others go on by the wall clock."""


@frozen
class LegState:
    """When a leg was made, by whom, and why it fell if it did."""

    at: Instant
    by: tuple[Who, ...]
    detail: str = ""
    fallen: str = ""


@frozen
class Visit:
    """One open attendance. `uncleared`: the last way in was on no clearance.

    `spoken` is when somebody last spoke with the patient in the scan, `checkin_s` how soon again; 0
    outside a scan. `observer` watches them there; `watch` is what came of the watching. `remote` is what was
    settled with an operator in another place.
    """

    id: str
    no: int
    subject: str
    name: str
    birth_date: str
    exam: str
    opened: Instant
    legs: Mapping[str, LegState] = field(default_factory=dict)
    holds: tuple[str, ...] = ()
    inside: bool = False
    entered: Instant | None = None
    scan_presumed: bool = False
    left: Instant | None = None
    closed: str = ""
    uncleared: bool = False
    spoken: Instant | None = None
    checkin_s: int = 0
    category: str = PATIENT
    scanner: str = ""
    b0_mt: int = 0
    observer: str = ""
    of: str = ""
    watch: Watched = field(default_factory=Watched)
    remote: Session = field(default_factory=Session)

    @property
    def screening_alone(self) -> bool:
        """Return whether this is the screening of staff or of a person by name, and nothing else."""
        return self.category in BESIDE

    @property
    def companion(self) -> bool:
        """Return whether this is somebody who comes along and is not scanned."""
        return self.category == COMPANION

    def stands(self, leg: Leg) -> bool:
        """Return whether a leg was made and has not fallen (expiry is judged apart)."""
        known = self.legs.get(leg)
        return known is not None and not known.fallen


@frozen
class VisitsState:
    """Open visits by id; closed ones live in the record alone.

    `counted` is how many heads were seen where the record has more, until the two agree again.
    """

    open: Mapping[str, Visit] = field(default_factory=dict)
    last_no: int = 0
    staff_inside: int = 0
    counted: int | None = None

    @property
    def inside(self) -> tuple[Visit, ...]:
        """Return the visits whose patient is in the magnet room."""
        return tuple(visit for visit in self.open.values() if visit.inside)

    @property
    def companions(self) -> tuple[Visit, ...]:
        """Return the visits of companions who are in the magnet room."""
        return tuple(visit for visit in self.inside if visit.companion)

    @property
    def heads(self) -> int:
        """Return how many people the record has in the magnet room."""
        return len(self.inside) + self.staff_inside

    @property
    def scan_presumed(self) -> bool:
        """Return whether a scan must be taken to be running."""
        return any(visit.scan_presumed for visit in self.open.values())


def expired(visit: Visit, leg: Leg, ctx: Ctx) -> bool:
    """Tell whether a leg has outlived its validity; a reboot ends those of `WATCHED`.

    A clock step prolongs nothing.
    """
    known = visit.legs.get(leg)
    if known is None or leg not in VALIDITY:
        return False
    name, unit_s = VALIDITY[leg]
    if known.at.boot != ctx.now.boot and leg in WATCHED:
        return True
    return outlived(known.at, ctx.profile.limit(name) * unit_s, ctx)


def outlived(made: Instant, valid_s: int, ctx: Ctx) -> bool:
    """Tell whether something made then is older than `valid_s` on either clock.

    Across a reboot only the wall clock is left; one that stands before the making says nothing.
    """
    age = elapsed(ctx.now, made)
    wall_s = (ctx.now.utc - made.utc) / US
    return max(age.seconds, wall_s) > valid_s or (not age.continuous and wall_s < 0)


def before_entry(visit: Visit) -> tuple[tuple[Leg, Step], ...]:
    """Return what must stand before this one goes in, in order."""
    if visit.screening_alone:
        return SCREENING_ALONE
    return COMPANION_BEFORE_ENTRY if visit.companion else BEFORE_ENTRY


def step(visit: Visit, ctx: Ctx) -> Step:
    """Return where a visit stands: the first thing not done, or done and fallen since."""
    if visit.closed:
        return Step.CLOSED
    if visit.inside:
        return _step_inside(visit)
    if visit.left is not None:
        over = visit.companion or visit.stands(Leg.COIL_REMOVED)
        return Step.CLOSE if over else Step.COIL_REMOVED
    at = way_in(visit, ctx)
    return Step.CLOSE if at is Step.ENTER and visit.screening_alone else at


def way_in(visit: Visit, ctx: Ctx) -> Step:
    """Return the first thing not done, or done and fallen since, on the way in: the first or one again."""
    for leg, at in before_entry(visit):
        if not visit.stands(leg) or expired(visit, leg, ctx):
            return at
    return Step.ENTER


def _step_inside(visit: Visit) -> Step:
    if visit.scan_presumed:
        return Step.SCAN
    # Who is inside on no clearance comes out: no list at the table makes up for it.
    if visit.stands(Leg.START_CHECK) or visit.uncleared or visit.companion:
        return Step.OUT
    if not visit.stands(Leg.DOOR_LIST):
        return Step.DOOR_LIST  # the coil is another, or no longer as it was when it was chosen
    return Step.START_CHECK if visit.stands(Leg.TABLE_LIST) else Step.TABLE_LIST


def left_s(visit: Visit, leg: Leg, ctx: Ctx) -> int | None:
    """Return the whole seconds a standing leg has still to live; None for one that ends by events alone."""
    known = visit.legs.get(leg)
    if known is None or known.fallen or leg not in VALIDITY:
        return None
    name, unit_s = VALIDITY[leg]
    age = max(elapsed(ctx.now, known.at).seconds, (ctx.now.utc - known.at.utc) / US)
    return max(0, int(ctx.profile.limit(name) * unit_s - age))


def fell(visit: Visit, legs: tuple[Leg, ...], reason: str) -> tuple[Fact, ...]:
    """Return the facts by which those of these legs that stand fall."""
    return tuple(LegFell(visit=visit.id, leg=leg, reason=reason) for leg in legs if visit.stands(leg))


def needed(state: VisitsState, visit: str) -> Visit | Refused:
    """Return an open visit, or the refusal that it is not open."""
    return state.open.get(visit) or refused("visit-not-open")


def evolve(state: VisitsState, entry: Entry) -> VisitsState:
    """Return the visits after one fact."""
    if isinstance(entry.fact, VisitOpened):
        return _opened(state, entry.fact, entry.at)
    if isinstance(entry.fact, StaffCounted | ZoneIVHeads):
        return replace(state, staff_inside=entry.fact.staff_inside)
    if isinstance(entry.fact, HeadsDiffer | HeadsReconciled):
        return replace(state, counted=getattr(entry.fact, "counted", None))
    name = getattr(entry.fact, "visit", "")
    visit = state.open.get(name)
    if visit is None:
        return state
    if isinstance(entry.fact, VisitClosed):
        return replace(state, open={k: v for k, v in state.open.items() if k != name})
    match entry.fact:
        case ZoneIVEntered(staff=staff):
            state = replace(state, staff_inside=state.staff_inside + staff)
        case ZoneIVLeft(staff_inside=left):
            state = replace(state, staff_inside=left)
    return replace(state, open={**state.open, name: _changed(visit, entry)})


def _opened(state: VisitsState, opened: VisitOpened, at: Instant) -> VisitsState:
    visit = Visit(
        id=opened.visit,
        no=opened.no,
        subject=opened.subject,
        name=opened.name,
        birth_date=opened.birth_date,
        exam=opened.exam,
        opened=at,
        category=opened.category,
        scanner=opened.scanner,
        b0_mt=opened.b0_mt,
        of=opened.of,
    )
    return replace(state, open={**state.open, visit.id: visit}, last_no=max(state.last_no, opened.no))


def _changed(visit: Visit, entry: Entry) -> Visit:
    match entry.fact:
        case LegMade(leg=leg, detail=detail):
            made = LegState(entry.at, entry.by, detail)
            visit = replace(visit, legs={**visit.legs, leg: made})
            return replace(visit, scan_presumed=True) if leg is Leg.START_CHECK else visit
        case LegFell(leg=leg, reason=reason) if leg in visit.legs:
            return replace(visit, legs={**visit.legs, leg: replace(visit.legs[leg], fallen=reason)})
        case VisitHeld(alarm=alarm) if alarm not in visit.holds:
            return replace(visit, holds=(*visit.holds, alarm))
        case VisitReleased(alarm=alarm):
            return replace(visit, holds=tuple(held for held in visit.holds if held != alarm))
        case ZoneIVEntered(emergency=emergency, uncleared=other):
            uncleared = emergency or other
            return replace(visit, inside=True, entered=entry.when, left=None, uncleared=uncleared)
        case ZoneIVLeft():
            return replace(visit, inside=False, left=entry.when)
        case ClearanceVoided():
            return replace(visit, uncleared=True)
        case _:
            return watching.evolve(_session(_amended(visit, entry), entry), entry)


def _session(visit: Visit, entry: Entry) -> Visit:
    session = remote.evolve(visit.remote, entry)
    return visit if session is visit.remote else replace(visit, remote=session)


def _amended(visit: Visit, entry: Entry) -> Visit:
    match entry.fact:
        case VisitBound(scanner=scanner, b0_mt=b0_mt):
            return replace(visit, scanner=scanner, b0_mt=b0_mt)
        case IdentityAmended(name=name, birth_date=birth_date):
            return replace(visit, name=name, birth_date=birth_date)
        case ExamChanged(exam=exam):
            return replace(visit, exam=exam)
        case _:
            return visit
