"""What may happen in a visit and what may be asked of it: facts and commands, nothing else."""

from __future__ import annotations

from enum import StrEnum

from mr_safety_console.domain.codec import Command, Fact, Private, command, fact


class Leg(StrEnum):
    """One thing that must stand before the next may happen. It falls by name and reason."""

    IDENTITY = "identity"
    SCREENING = "screening"
    BELONGINGS = "belongings"
    DETECTOR_PASS = "detector-pass"  # noqa: S105  -- a walk past the detector, not a password
    ZONE_III = "zone-iii"
    DOOR_LIST = "door-list"
    FINAL_CHECK = "final-check"
    TABLE_LIST = "table-list"
    START_CHECK = "start-check"
    COIL_REMOVED = "coil-removed"


class Step(StrEnum):
    """Where the visit stands on the rail."""

    IDENTIFY = "identify"
    SCREENING = "screening"
    BELONGINGS = "belongings"
    DETECTOR = "detector"
    ZONE_III = "zone-iii"
    DOOR_LIST = "door-list"
    FINAL_CHECK = "final-check"
    ENTER = "enter"
    TABLE_LIST = "table-list"
    START_CHECK = "start-check"
    SCAN = "scan"
    OUT = "out"
    COIL_REMOVED = "coil-removed"
    CLOSE = "close"
    CLOSED = "closed"


IDENTIFIERS = ("name", "birth-date", "wristband", "address", "hospital-number")


PATIENT, COMPANION = "patient", "companion"
CATEGORIES = (PATIENT, COMPANION)
"""Whom a visit is of: a companion has an interview and a detector pass of their own, and no scan."""
STAFF, VISITOR, CONTRACTOR, RESPONDER = "staff", "visitor", "contractor", "responder"
BESIDE = frozenset({STAFF, VISITOR, CONTRACTOR, RESPONDER})
"""Whom a visit only screens: they go in as people by name, and what it came to is told there."""


@fact("visit-opened")
class VisitOpened(Fact):
    """Somebody arrived. `no` is what people say aloud (V12); `subject` is random, never reused.

    `scanner` and `b0_mt` (millitesla) are the magnet this attendance is cleared for; 0 mT: nobody knows.
    `of` is whom it screens alone: a member of staff, or a person who is here by name.
    """

    subject: str
    visit: str
    no: int
    name: Private[str]
    birth_date: Private[str]
    exam: Private[str]
    category: str = PATIENT
    scanner: str = ""
    b0_mt: int = 0
    of: str = ""


@fact("visit-bound")
class VisitBound(Fact):
    """The attendance is for another magnet from now on; what was cleared for the one before has fallen."""

    visit: str
    scanner: str
    b0_mt: int


@fact("identity-amended")
class IdentityAmended(Fact):
    """The person is somebody else than was written: both stand in the record, and nothing is cleared."""

    subject: str
    visit: str
    name: Private[str]
    birth_date: Private[str]


@fact("exam-changed")
class ExamChanged(Fact):
    """Another examination or body region is planned: coil and device conditions are judged anew."""

    subject: str
    visit: str
    exam: Private[str]


@fact("clearance-voided")
class ClearanceVoided(Fact):
    """Somebody is inside whose clearance does not count any more: they come out. `reason` is coded."""

    visit: str
    reason: str


@fact("leg-made")
class LegMade(Fact):
    """One leg stands now, made by the people of this entry. `detail` is coded, never prose."""

    visit: str
    leg: Leg
    detail: str = ""


@fact("leg-fell")
class LegFell(Fact):
    """A leg no longer stands, and stays fallen until it is redone."""

    visit: str
    leg: Leg
    reason: str


@fact("visit-held")
class VisitHeld(Fact):
    """Nobody of this visit goes further in until the alarm has been answered for."""

    visit: str
    alarm: str


@fact("visit-released")
class VisitReleased(Fact):
    """The hold of one alarm is over."""

    visit: str
    alarm: str
    reason: str


@fact("zone-iv-entered")
class ZoneIVEntered(Fact):
    """The patient is in the magnet room, with `staff` members of staff.

    `emergency` tells that it happened while an emergency stood, `uncleared` that something else
    stood against it: either way on no clearance at all. `against` names the rules that did.
    """

    visit: str
    staff: int
    emergency: bool = False
    uncleared: bool = False
    against: tuple[str, ...] = ()


@fact("check-ins-begun")
class CheckInsBegun(Fact):
    """A scan is presumed from now: the patient is spoken with at least every `within_s` seconds.

    `observer` is the person on site who watches this patient from now on; empty in old rows. A check-in
    is late `late_s` seconds after it fell due, and missed `missed_s` after. `reasons` are why it is due
    sooner than for others.
    """

    visit: str
    within_s: int
    observer: str = ""
    late_s: int = 15
    missed_s: int = 45
    reasons: tuple[str, ...] = ()


@fact("checked-in")
class CheckedIn(Fact):
    """Somebody saw the patient and spoke with them; the next time is within `within_s` seconds.

    `contact` says by what, `patient` what they said; both empty in old rows.
    """

    visit: str
    within_s: int
    contact: str = ""
    patient: str = ""


@fact("scan-ended")
class ScanEnded(Fact):
    """The remote or local operator says the scan is over; until then one is presumed to run."""

    visit: str


@fact("zone-iv-left")
class ZoneIVLeft(Fact):
    """The patient is out of the magnet room."""

    visit: str
    staff_inside: int


@fact("staff-counted")
class StaffCounted(Fact):
    """Somebody counted the members of staff in the magnet room by eye."""

    staff_inside: int


@fact("zone-iv-heads")
class ZoneIVHeads(Fact):
    """Somebody with a name went in or came out: `staff_inside` people beside the patients are inside."""

    person: str
    staff_inside: int
    inwards: bool


@fact("heads-differ")
class HeadsDiffer(Fact):
    """Fewer people were counted by eye in the magnet room than the record has there."""

    counted: int
    recorded: int


@fact("heads-reconciled")
class HeadsReconciled(Fact):
    """Count and record agree again, `heads` people: `how` is counted-again, left-unrecorded or recorded."""

    heads: int
    how: str


@fact("visit-closed")
class VisitClosed(Fact):
    """The attendance is over: completed, not-scanned or refused."""

    visit: str
    outcome: str


@command("open-visit")
class OpenVisit(Command):
    """A patient arrives, or a companion."""

    name: str
    birth_date: str
    exam: str
    category: str = PATIENT


@command("amend-visit")
class AmendVisit(Command):
    """Put right who this is, or what is to be examined; whatever leaned on the former falls."""

    visit: str
    name: str
    birth_date: str
    exam: str


@command("identify-visit")
class IdentifyVisit(Command):
    """Two identifiers were asked and agree with the request."""

    visit: str
    identifiers: tuple[str, ...]


@command("record-belongings")
class RecordBelongings(Command):
    """Locker, gown, pockets, hair, body: done and looked at."""

    visit: str


@command("record-detector-pass")
class RecordDetectorPass(Command):
    """I watched this person walk past the detector, and it raised nothing."""

    visit: str


@command("start-check")
class StartCheck(Command):
    """Everything is ready; `heads` people are in the magnet room, counted by eye."""

    visit: str
    heads: int


@command("authorise-zone-iii")
class AuthoriseZoneIII(Command):
    """Level 2 staff let this person into Zone III, under a named escort: the one who signs."""

    visit: str


@command("enter-zone-iv")
class EnterZoneIV(Command):
    """The patient goes in now, with this many members of staff.

    `anyway` says that they are inside already, whatever stands against it: that is written down as
    uncleared and never refused.
    """

    visit: str
    staff: int = 1
    anyway: bool = False


@command("check-in")
class CheckIn(Command):
    """I saw the patient and spoke with them, now; never at some other time.

    `patient` may also be that no answer came: then nobody has spoken with them.
    """

    visit: str
    contact: str = "verbal"
    patient: str = "no-complaint"


@command("end-scan")
class EndScan(Command):
    """The operator says the scan is over."""

    visit: str


@command("leave-zone-iv")
class LeaveZoneIV(Command):
    """The patient is out; `staff_inside` is who remains, counted by eye."""

    visit: str
    staff_inside: int = 0


@command("count-staff")
class CountStaff(Command):
    """Staff went in or came out on their own: `staff_inside` are in the room, counted by eye."""

    staff_inside: int


@command("release-hold")
class ReleaseHold(Command):
    """A physician decides on a person whose alarm was not explained."""

    visit: str
    alarm: str


@command("close-visit")
class CloseVisit(Command):
    """End the attendance: completed, not-scanned or refused."""

    visit: str
    outcome: str


FACTS = (
    VisitOpened,
    VisitBound,
    IdentityAmended,
    ExamChanged,
    ClearanceVoided,
    LegMade,
    LegFell,
    VisitHeld,
    VisitReleased,
    ZoneIVEntered,
    CheckInsBegun,
    CheckedIn,
    ScanEnded,
    ZoneIVLeft,
    StaffCounted,
    ZoneIVHeads,
    HeadsDiffer,
    HeadsReconciled,
    VisitClosed,
)
