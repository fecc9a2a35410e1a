"""What may happen to the people beside the patient in Zone III and IV."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from mr_safety_console.domain.codec import Fact, Private, fact
from mr_safety_console.domain.screening_facts import Verdict
from mr_safety_console.domain.visit_facts import CONTRACTOR, RESPONDER


class Category(StrEnum):
    """What somebody was trained and screened for. Anybody outside the staff register is non-MR."""

    LEVEL_2 = "level-2"
    LEVEL_1 = "level-1"
    NON_MR = "non-mr"


class PersonKind(StrEnum):
    """Why somebody is here. Staff come from the register; a companion comes by a visit of their own."""

    STAFF = "staff"
    COMPANION = "companion"
    VISITOR = "visitor"
    WARD_STAFF = "ward-staff"
    ANAESTHESIA = "anaesthesia"
    PORTER = "porter"
    CLEANER = "cleaner"
    ENGINEER = "engineer"
    CONTRACTOR = "contractor"
    SECURITY = "security"
    RESPONDER = "responder"
    STUDENT = "student"


NAMED_AT_THE_DOOR = tuple(kind for kind in PersonKind if kind not in ("staff", "companion"))
"""Kinds that are let into Zone III by name and purpose."""

SCREENED_AS: Mapping[PersonKind, str] = {
    PersonKind.CLEANER: CONTRACTOR,
    PersonKind.ENGINEER: CONTRACTOR,
    PersonKind.CONTRACTOR: CONTRACTOR,
    PersonKind.SECURITY: RESPONDER,
    PersonKind.RESPONDER: RESPONDER,
}
"""With whose form somebody let in by name is screened; whoever is not listed, as a visitor."""

HELD_OUTSIDE = frozenset({PersonKind.RESPONDER, PersonKind.SECURITY})
"""Kinds that stay out of Zone IV while the field is present, whatever their uniform."""


@fact("person-admitted")
class PersonAdmitted(Fact):
    """Somebody was let into Zone III; `no` is what people say aloud (P7).

    `staff` is their place in the register, `visit` the visit they came by: either knows the name.
    `escort` answers for them, by the register. `valid_s` is how long the leave lasts; 0 for staff.
    """

    subject: str
    person: str
    no: int
    kind_of: PersonKind
    category: Category
    name: Private[str] = ""
    purpose: Private[str] = ""
    staff: str = ""
    visit: str = ""
    escort: str = ""
    max_zone: str = "IV"
    valid_s: int = 0


@fact("person-renewed")
class PersonRenewed(Fact):
    """The leave of somebody who is here begins anew, for `valid_s` seconds."""

    person: str
    valid_s: int


@fact("person-overstayed")
class PersonOverstayed(Fact):
    """This person is here longer than they were given leave for."""

    person: str


@fact("person-passed")
class PersonPassed(Fact):
    """Somebody watched this person walk past the detectors, and nothing was raised.

    `wand` names the hand-held one where the pass was made with that.
    """

    person: str
    points: tuple[str, ...]
    wand: str = ""


@fact("person-pass-fell")
class PersonPassFell(Fact):
    """A detector pass stands no longer: it has to be walked anew."""

    person: str
    reason: str


@fact("person-screened")
class PersonScreened(Fact):
    """The interview of somebody here by name came to this; NOT CLEARED once its review fell."""

    person: str
    visit: str
    form: str
    version: str
    verdict: Verdict


@fact("person-entered-zone-iv")
class PersonEnteredZoneIV(Fact):
    """This person is in the magnet room. `against` names what stood against it, if anything did."""

    person: str
    emergency: bool = False
    uncleared: bool = False
    against: tuple[str, ...] = ()


@fact("person-left-zone-iv")
class PersonLeftZoneIV(Fact):
    """This person is out of the magnet room, and in Zone III."""

    person: str


@fact("person-left")
class PersonLeft(Fact):
    """This person is out of Zone III; every leave they had is over."""

    person: str


@fact("person-refused")
class PersonRefused(Fact):
    """Somebody was turned away at the door. The name may be unknown."""

    subject: str
    kind_of: PersonKind
    name: Private[str]
    why: Private[str]


@fact("person-lost")
class PersonLost(Fact):
    """Nobody knows where this person is; the record leaves them where they were last."""

    person: str


@fact("person-found")
class PersonFound(Fact):
    """Somebody saw this person again, where the record has them."""

    person: str


@fact("escort-offered")
class EscortOffered(Fact):
    """The escort of this person is offered to somebody, who has until `due_bt` to accept it."""

    person: str
    escort: str
    to: str
    due_bt: int
    boot: str


@fact("escort-accepted")
class EscortAccepted(Fact):
    """`escort` answers for this person from now on."""

    person: str
    escort: str


@fact("escort-offer-ended")
class EscortOfferEnded(Fact):
    """An offer is over without being accepted: the escort stays whose it was. `reason`: timeout, asked."""

    person: str
    reason: str


@fact("people-reconciled")
class PeopleReconciled(Fact):
    """Everybody in the magnet room was counted by eye: `counted`, where the record had `recorded`."""

    counted: int
    recorded: int


FACTS = (
    PersonAdmitted,
    PersonRenewed,
    PersonOverstayed,
    PersonPassed,
    PersonScreened,
    PersonPassFell,
    PersonEnteredZoneIV,
    PersonLeftZoneIV,
    PersonLeft,
    PersonLost,
    PersonFound,
    EscortOffered,
    EscortAccepted,
    EscortOfferEnded,
    PeopleReconciled,
)
