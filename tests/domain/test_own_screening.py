"""Staff and people by name are screened too: yearly, after a change, and before anybody goes in (H40)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.suite_world import World, ready

from mr_safety_console.domain.approval_facts import ScreenEmergent
from mr_safety_console.domain.codec import ERASED, split
from mr_safety_console.domain.context import US
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.interview_facts import DeclineScreening
from mr_safety_console.domain.people_acts import (
    AdmitColleague,
    AdmitPerson,
    OfferEscort,
    PersonEntersZoneIV,
    RecordPersonPass,
    ScreenPerson,
)
from mr_safety_console.domain.people_facts import (
    Category,
    PersonAdmitted,
    PersonEnteredZoneIV,
    PersonScreened,
)
from mr_safety_console.domain.screening_facts import (
    AmendAnswer,
    BeginScreening,
    ResolveItem,
    ReviewScreening,
    SignScreening,
    TakeOverScreening,
    Verdict,
)
from mr_safety_console.domain.staff import AddStaff
from mr_safety_console.domain.staff_screening import (
    CHANGES,
    DateScreening,
    DeclareChange,
    StaffChangeDeclared,
    StaffScreened,
    own_screening,
)
from mr_safety_console.domain.suite_own import category_now
from mr_safety_console.domain.visit import step
from mr_safety_console.domain.visit_facts import CloseVisit, EnterZoneIV, Step

DAY_S = 86_400
SEEN = {"resolution": "excluded-by-evidence", "evidence": "operation-note", "text": "note seen"}


def stands(world: World, initials: str) -> str:
    return own_screening(world.state.staff, world.people[initials], world.ctx())


def newcomer(world: World, initials: str = "NE", *roles: str) -> None:
    """Enter somebody nobody says anything of having been screened."""
    asked = AddStaff(name="Nina Newcomer", initials=initials, roles=roles or ("L2",), pin_hash="h")
    world.do(asked, "SO")
    world.people[initials] = next(reversed(world.state.staff.people))


def opened(world: World, person: str) -> str:
    world.do(ScreenPerson(person=person))
    return next(reversed(world.state.visits.open))


def admitted(world: World, kind: str, max_zone: str = "IV") -> str:
    asked = AdmitPerson(
        name="Vera Visitor", purpose="work", kind_of=kind, escort=world.people["LT"], max_zone=max_zone
    )
    (told,) = world.do(asked)
    assert isinstance(told, PersonAdmitted)
    return told.person


# --- staff ---


def test_h40_a_member_of_staff_is_screened_by_two_others_and_counts_for_a_year() -> None:
    """H40, 2.2: the form for staff, both signatures, the result on the register, and its end by time."""
    world = ready()
    newcomer(world)
    assert stands(world, "NE") == "missing"
    visit = opened(world, world.people["NE"])
    world.screen(visit)
    assert world.state.screening.cases[visit].form == "screening-staff"
    told = world.facts(StaffScreened)[-1]
    assert (told.person, told.verdict, told.form) == (world.people["NE"], Verdict.CLEARED, "screening-staff")
    assert stands(world, "NE") == ""
    assert step(world.visit(visit), world.ctx()) is Step.CLOSE
    world.do(CloseVisit(visit=visit, outcome="completed"))
    assert stands(world, "NE") == ""
    world.clock.utc += 365 * DAY_S * US
    assert stands(world, "NE") == ""
    world.clock.utc += DAY_S * US
    assert stands(world, "NE") == "overdue"


def test_nobody_screens_themselves_or_reviews_their_own() -> None:
    """I5: the reviewer is not the subject, and the subject holds no signature of it."""
    world = ready()
    visit = opened(world, world.people["LT"])
    world.begin(visit)
    world.answer_all(visit)
    assert world.refused(SignScreening(visit=visit), "LT") == "signs-for-self"
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    assert world.refused(TakeOverScreening(visit=visit), "LT") == "signs-for-self"
    assert world.refused(ReviewScreening(visit=visit), "LT") == "signs-for-self"


def test_h40_a_signed_yes_ends_access_before_anybody_reviews_it() -> None:
    """H40, I3: whoever says today that they have a pacemaker goes in on no screening of last year."""
    world = ready()
    visit = opened(world, world.people["LT"])
    world.begin(visit)
    world.answer_all(visit, Q01="yes")
    assert stands(world, "LT") == ""
    world.do(SignScreening(visit=visit), "LO")
    assert stands(world, "LT") == "held"
    world.do(CloseVisit(visit=visit, outcome="not-scanned"))
    assert stands(world, "LT") == "held"


def test_whoever_declines_their_own_screening_has_none() -> None:
    world = ready()
    visit = opened(world, world.people["LT"])
    world.begin(visit)
    world.do(DeclineScreening(visit=visit, reason="private"))
    assert stands(world, "LT") == "held"


def test_no_date_from_paper_lifts_a_hold_behind_a_declared_change() -> None:
    """H40: what held holds until an interview says otherwise."""
    world = ready()
    visit = opened(world, world.people["LT"])
    world.screen(visit, Q01="unsure")
    world.do(CloseVisit(visit=visit, outcome="not-scanned"))
    world.do(DeclareChange(person=world.people["LT"], change="implant"))
    world.advance(1)
    dated = DateScreening(person=world.people["LT"], screened_utc=world.clock.utc)
    assert world.refused(dated, "SO") == "screened-when"
    assert stands(world, "LT") == "changed"


def test_an_own_screening_on_hold_ends_access_until_somebody_entitled_resolves_it() -> None:
    """H40: the result stands on the register whatever it is, also when it is nothing to go in with."""
    world = ready()
    visit = opened(world, world.people["LT"])
    world.screen(visit, Q08="yes")
    assert world.facts(StaffScreened)[-1].verdict is Verdict.HOLD
    assert stands(world, "LT") == "held"
    assert category_now(world.state.staff, world.people["LT"], world.ctx()) is Category.NON_MR
    world.do(ResolveItem(visit=visit, item="Q08", **SEEN), "RA")
    world.do(ReviewScreening(visit=visit), "TE")
    assert world.facts(StaffScreened)[-1].verdict is Verdict.CLEARED_WITH_CONDITIONS
    assert stands(world, "LT") == ""


def test_an_answer_changed_after_the_review_takes_the_result_from_the_register() -> None:
    """I4: what nobody reviewed any more clears nobody."""
    world = ready()
    visit = opened(world, world.people["LT"])
    world.screen(visit)
    told = {"reason": "remembered", "informant": "self"}
    world.do(AmendAnswer(visit=visit, item="Q01", answer="unsure", **told))
    assert world.facts(StaffScreened)[-1].verdict is Verdict.NOT_CLEARED
    assert stands(world, "LT") == "held"


def test_the_emergent_path_clears_no_member_of_staff() -> None:
    """I4: not all asked is not cleared, for staff neither."""
    world = ready()
    visit = opened(world, world.people["LT"])
    world.begin(visit)
    given = {"ordering": "Dr Order", "callback": "1", "read_back": True, "why": "nobody else"}
    world.do(ScreenEmergent(visit=visit, covering=world.people["RA"], **given), "TE")
    assert world.facts(StaffScreened)[-1].verdict is Verdict.EMERGENT
    assert stands(world, "LT") == "held"


@pytest.mark.parametrize("change", CHANGES)
def test_a_declared_change_voids_the_screening_at_once_and_what_it_was_is_private(change: str) -> None:
    """2.2, I14: injury, surgery, implant, pregnancy; anybody of the register says it, of anybody."""
    world = ready()
    assert stands(world, "LT") == ""
    world.do(DeclareChange(person=world.people["LT"], change=change))
    assert stands(world, "LT") == "changed"
    (told,) = world.facts(StaffChangeDeclared)
    assert split(told)[2] == {"change": change}
    gone = replace(told, change=ERASED)
    world.keep(gone, world.ctx())
    assert stands(world, "LT") == "changed"
    world.clock.advance(1)
    world.screen(opened(world, world.people["LT"]))
    assert stands(world, "LT") == ""
    assert world.refused(DeclareChange(person=world.people["LT"], change="cold")) == "person-terms"
    assert world.refused(DeclareChange(person="nobody", change=change)) == "person-unknown"


def test_a_date_from_paper_is_an_officers_about_somebody_else_and_lifts_no_hold() -> None:
    """I5, H40: entered by MRSO or MRRP, never of oneself, never ahead, never over a screening that holds."""
    world = ready()
    newcomer(world)
    now = world.clock.utc
    asked = DateScreening(person=world.people["NE"], screened_utc=now - 30 * DAY_S * US)
    assert world.refused(asked, "TE") == "role-missing"
    world.do(asked, "SO")
    assert stands(world, "NE") == ""
    own = DateScreening(person=world.people["SO"], screened_utc=now)
    assert world.refused(own, "SO") == "signs-for-self"
    ahead = DateScreening(person=world.people["NE"], screened_utc=now + US)
    assert world.refused(ahead, "SO") == "screened-when"
    world.do(DeclareChange(person=world.people["NE"], change="implant"))
    world.do(asked, "SO")
    assert stands(world, "NE") == "changed", "the paper is older than the change"
    world.clock.advance(1)
    world.screen(opened(world, world.people["LT"]), Q02="yes")
    assert world.refused(replace(asked, person=world.people["LT"]), "SO") == "screened-when"


def test_h40_without_an_own_screening_access_stops() -> None:
    """H40: let in as non-MR under an escort, in nowhere alone, nobody's escort, and no crossing announced."""
    world = ready()
    newcomer(world)
    (told,) = world.do(AdmitColleague(staff=world.people["NE"]))
    assert isinstance(told, PersonAdmitted)
    assert (told.category, told.escort) == (Category.NON_MR, world.people["TE"])
    world.do(RecordPersonPass(person=told.person))
    assert world.refused(PersonEntersZoneIV(person=told.person)) == "own-screening"
    visitor = admitted(world, "visitor")
    assert world.refused(OfferEscort(person=visitor, to=world.people["NE"])) == "escort-not-level-2"
    world.sign_on("NE")
    assert world.refused(AnnounceTransit()) == "own-screening"
    world.do(AnnounceTransit(inwards=False))


def test_nobody_unscreened_lets_themselves_in_as_their_own_escort() -> None:
    world = ready()
    newcomer(world)
    world.sign_on("NE")
    assert world.refused(AdmitColleague(staff=world.people["NE"])) == "own-screening"


def test_a_screening_that_ends_while_somebody_is_here_keeps_them_out_of_zone_iv() -> None:
    """H40: leave from before the change is worth nothing."""
    world = ready()
    (told,) = world.do(AdmitColleague(staff=world.people["LT"]))
    assert isinstance(told, PersonAdmitted)
    world.do(RecordPersonPass(person=told.person))
    world.do(DeclareChange(person=world.people["LT"], change="surgery"))
    assert world.refused(PersonEntersZoneIV(person=told.person)) == "own-screening"


def test_in_an_open_emergency_nothing_of_this_keeps_anybody_out() -> None:
    """I2: it is recorded as entered during the emergency."""
    world = ready()
    newcomer(world)
    (told,) = world.do(AdmitColleague(staff=world.people["NE"]))
    assert isinstance(told, PersonAdmitted)
    cleaner = admitted(world, "cleaner")
    world.do(OpenEmergency())
    for name in (told.person, cleaner):
        world.do(PersonEntersZoneIV(person=name))
    assert [fact.emergency for fact in world.facts(PersonEnteredZoneIV)] == [True, True]


def test_staff_of_an_old_record_are_missing_not_cleared() -> None:
    """H40: unknown is not fine; a register of before this has nobody's screening."""
    world = ready()
    newcomer(world)
    known = world.state.staff.people[world.people["NE"]]
    assert (known.screened_utc, known.screened) == (0, "")
    assert stands(world, "NE") == "missing"


# --- people by name ---


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("contractor", "screening-contractor"),
        ("engineer", "screening-contractor"),
        ("cleaner", "screening-contractor"),
        ("visitor", "screening-companion"),
        ("anaesthesia", "screening-companion"),
    ],
)
def test_whoever_goes_in_by_name_is_screened_on_the_form_of_their_kind(kind: str, form: str) -> None:
    """W4: two people screen them, the result is bound to this person of this day."""
    world = ready()
    name = admitted(world, kind)
    world.do(RecordPersonPass(person=name))
    found = world.give(PersonEntersZoneIV(person=name)).refused
    assert found is not None
    visit = opened(world, name)
    world.screen(visit)
    assert world.state.screening.cases[visit].form == form
    told = world.facts(PersonScreened)[-1]
    assert (told.person, told.verdict) == (name, Verdict.CLEARED)
    world.do(CloseVisit(visit=visit, outcome="completed"))
    assert world.refused(PersonEntersZoneIV(person=name)) != "person-unscreened"
    other = admitted(world, kind)
    assert world.state.people.here[other].screened is None, "the next one begins from nothing"


def test_a_responder_is_screened_on_the_short_form_and_held_outside_all_the_same() -> None:
    """W3: a uniform changes nothing, and a screening neither while the field is there."""
    world = ready()
    name = admitted(world, "responder", "III")
    visit = opened(world, name)
    world.screen(visit)
    assert world.state.screening.cases[visit].form == "screening-responder"
    assert world.facts(PersonScreened)[-1].verdict is Verdict.CLEARED
    world.do(RecordPersonPass(person=name))
    assert world.refused(PersonEntersZoneIV(person=name)) == "held-outside"


def test_nobody_goes_in_by_name_unscreened_on_hold_or_on_an_old_interview() -> None:
    """H40: missing, not cleared and too old are each said."""
    world = ready()
    (escort,) = world.do(AdmitColleague(staff=world.people["LT"]))
    assert isinstance(escort, PersonAdmitted)
    world.do(RecordPersonPass(person=escort.person))
    world.do(PersonEntersZoneIV(person=escort.person))
    name = admitted(world, "visitor")
    world.do(RecordPersonPass(person=name))
    assert world.refused(PersonEntersZoneIV(person=name)) == "person-unscreened"
    visit = opened(world, name)
    world.screen(visit, Q08="yes")
    why = world.give(PersonEntersZoneIV(person=name)).refused
    assert why is not None
    assert (why.rule, "not cleared" in why.reason) == ("person-unscreened", True)
    world.do(ResolveItem(visit=visit, item="Q08", **SEEN), "RA")
    world.do(ReviewScreening(visit=visit), "TE")
    twin = world.clone()
    twin.do(PersonEntersZoneIV(person=name))
    known = world.state.people.here[name]
    late = replace(known, screened=replace(world.clock.now(), bt=0, utc=world.clock.utc - 25 * 3600 * US))
    world.state = replace(
        world.state, people=replace(world.state.people, here={**world.state.people.here, name: late})
    )
    assert world.refused(PersonEntersZoneIV(person=name)) == "person-unscreened"


def test_a_visit_that_screens_alone_lets_nobody_in_and_takes_one_form() -> None:
    """I8: the way in is the person's own row, and no other form stands for theirs."""
    world = ready()
    name = admitted(world, "contractor")
    visit = opened(world, name)
    assert world.refused(ScreenPerson(person=name)) == "screening-open"
    assert world.refused(BeginScreening(visit=visit, form="screening-adult")) == "form-no-interview"
    assert world.refused(AnnounceTransit(visit=visit)) == "screening-visit"
    assert world.refused(EnterZoneIV(visit=visit)) == "screening-visit"
    assert world.refused(CloseVisit(visit=visit, outcome="completed")) == "visit-not-scanned"
    world.do(CloseVisit(visit=visit, outcome="not-scanned"))
    assert world.refused(ScreenPerson(person="nobody")) == "person-not-here"
    (told,) = world.do(AdmitColleague(staff=world.people["LT"]))
    assert isinstance(told, PersonAdmitted)
    assert world.refused(ScreenPerson(person=told.person)) == "screened-elsewhere"
