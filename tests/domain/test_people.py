"""The people beside the patient: how far they may come, who answers for them; nobody is presumed out."""

from __future__ import annotations

import pytest
from support.suite_world import DETECTOR, DOOR, WAND, World, at_the_door, raised, ready

from mr_safety_console.domain import clearance, occupancy, people, suite
from mr_safety_console.domain.alarms import DisposeAlarm
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.people import Person, category_of
from mr_safety_console.domain.people_acts import (
    AcceptEscort,
    AdmitColleague,
    AdmitPerson,
    FindPerson,
    LoseTrack,
    OfferEscort,
    PersonEntersZoneIV,
    PersonLeaves,
    PersonLeavesZoneIV,
    ReconcileHeads,
    RecordPersonPass,
    RenewPerson,
    TurnAway,
)
from mr_safety_console.domain.people_facts import (
    Category,
    EscortAccepted,
    EscortOfferEnded,
    PeopleReconciled,
    PersonAdmitted,
    PersonEnteredZoneIV,
    PersonLeft,
    PersonPassFell,
    PersonRefused,
)
from mr_safety_console.domain.visit_facts import CountStaff, HeadsDiffer, LeaveZoneIV


def colleague(world: World, initials: str) -> str:
    """Let somebody of the register into Zone III; return their id there."""
    (told,) = world.do(AdmitColleague(staff=world.people[initials]))
    assert isinstance(told, PersonAdmitted)
    return told.person


def stranger(
    world: World, kind: str = "visitor", escort: str = "LT", max_zone: str = "IV", *, screened: bool = True
) -> str:
    """Let somebody by name into Zone III, screened for Zone IV; return their id there."""
    asked = AdmitPerson(
        name="Vera Visitor",
        purpose="to interpret",
        kind_of=kind,
        escort=world.people[escort],
        max_zone=max_zone,
    )
    (told,) = world.do(asked)
    assert isinstance(told, PersonAdmitted)
    if max_zone == "IV" and screened:
        world.screen_by_name(told.person)
    return told.person


def enter(world: World, person: str) -> tuple[Fact, ...]:
    world.do(RecordPersonPass(person=person))
    return world.do(PersonEntersZoneIV(person=person))


def person(world: World, name: str) -> Person:
    return world.state.people.here[name]


def escorted() -> tuple[World, str, str]:
    """Return a suite with a visitor in the magnet room and LT, who answers for them."""
    world = ready()
    escort, visitor = colleague(world, "LT"), stranger(world)
    enter(world, escort)
    enter(world, visitor)
    return world, escort, visitor


def test_a_level_2_colleague_is_in_the_room_after_three_acts_and_one_pass() -> None:
    """I12: the short way is short in keys; the pass by the detector is still somebody's word."""
    world = ready()
    name = colleague(world, "LT")
    assert person(world, name).category is Category.LEVEL_2
    assert world.refused(PersonEntersZoneIV(person=name)) == "leg-missing"
    facts = enter(world, name)
    assert [fact.kind for fact in facts] == ["transit-announced", "person-entered-zone-iv", "zone-iv-heads"]
    assert raised(world.observe(DOOR, Condition.DANGER)) == []
    assert world.state.visits.heads == 1
    assert occupancy.heads(world.state)["IV"] == ("P1",)


def test_nobody_is_let_in_twice_or_watches_themselves_past_the_detector() -> None:
    """I5: one person, one entry on the record, and another pair of eyes."""
    world = ready()
    name = colleague(world, "TE")
    assert world.refused(AdmitColleague(staff=world.people["TE"])) == "person-here-already"
    assert world.refused(AdmitColleague(staff="nobody")) == "person-unknown"
    assert world.refused(RecordPersonPass(person=name)) == "signs-for-self"
    world.sign_on("LO")
    enter_ = world.give(RecordPersonPass(person=name))
    assert enter_.refused is None
    assert world.refused(RecordPersonPass(person="nobody")) == "person-not-here"


@pytest.mark.parametrize(
    ("initials", "category"), [("LT", "level-2"), ("TE", "level-2"), ("LO", "level-1"), ("RA", "non-mr")]
)
def test_what_somebody_counts_as_is_a_matter_of_their_roles(initials: str, category: str) -> None:
    world = ready()
    assert category_of(world.state.staff, world.people[initials]) == category
    assert category_of(world.state.staff, "stranger") is Category.NON_MR


def test_staff_who_are_not_trained_come_under_an_escort_and_for_a_time() -> None:
    """I5: a title makes nobody Level 2."""
    world = ready()
    name = colleague(world, "RA")
    assert person(world, name).escort == world.people["TE"]
    assert person(world, name).valid_s == 3600
    world.do(RecordPersonPass(person=name))
    assert world.refused(PersonEntersZoneIV(person=name)) == "escort-not-inside"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"kind_of": "companion"}, "companion-own-visit"),
        ({"kind_of": "staff"}, "person-terms"),
        ({"max_zone": "V"}, "person-terms"),
        ({"kind_of": "responder"}, "held-outside"),
        ({"kind_of": "security"}, "held-outside"),
        ({"name": " "}, "person-needs-name"),
        ({"purpose": ""}, "person-needs-name"),
        ({"escort": "LO"}, "escort-not-level-2"),
        ({"escort": "nobody"}, "escort-not-level-2"),
    ],
)
def test_nobody_comes_by_name_on_less(changes: dict[str, str], rule: str) -> None:
    """I5: name, purpose, an escort of Level 2; a companion has a visit of their own."""
    world = ready()
    given = {"name": "N", "purpose": "p", "kind_of": "visitor", "escort": "LT", "max_zone": "IV", **changes}
    given["escort"] = world.people.get(given["escort"], given["escort"])
    assert world.refused(AdmitPerson(**given)) == rule
    world.sign_on("LO")
    fit = {"name": "N", "purpose": "p", "kind_of": "visitor", "escort": world.people["LT"], "max_zone": "IV"}
    assert world.refused(AdmitPerson(**fit)) == "role-missing"


def test_a_visitor_goes_in_only_where_the_escort_is_recorded_inside() -> None:
    """I5: never somebody untrained in the magnet room without a Level 2 who is in there."""
    world = ready()
    escort, visitor = colleague(world, "LT"), stranger(world)
    world.do(RecordPersonPass(person=visitor))
    assert world.refused(PersonEntersZoneIV(person=visitor)) == "escort-not-inside"
    enter(world, escort)
    world.do(PersonEntersZoneIV(person=visitor))
    assert world.state.visits.heads == 2
    assert person(world, visitor).inside
    assert world.refused(PersonEntersZoneIV(person=visitor)) == "person-inside-already"
    assert world.refused(RecordPersonPass(person=visitor)) == "person-inside-already"


def test_leave_as_far_as_zone_iii_is_no_leave_for_zone_iv() -> None:
    world = ready()
    enter(world, colleague(world, "LT"))
    visitor = stranger(world, max_zone="III")
    world.do(RecordPersonPass(person=visitor))
    assert world.refused(PersonEntersZoneIV(person=visitor)) == "zone-not-allowed"


def test_a8_an_escort_leaves_a_visitor_inside_and_is_not_released() -> None:
    """A8, I2: the way out is recorded, the alarm is High, and they still answer for the visitor."""
    world, escort, visitor = escorted()
    facts = world.do(PersonLeavesZoneIV(person=escort))
    assert raised(facts) == ["escort-missing"]
    assert world.alarm("escort-missing").detail == "P2"
    assert person(world, visitor).escort == world.people["LT"]
    assert world.refused(PersonLeavesZoneIV(person=escort)) == "person-not-inside"
    back = enter(world, escort)
    assert "alarm-returned" in [fact.kind for fact in back]


def test_an_escort_who_goes_home_is_still_the_one_who_answers() -> None:
    """I2: nobody is kept in, and nothing is handed over by leaving."""
    world, escort, visitor = escorted()
    facts = world.do(PersonLeaves(person=escort))
    assert raised(facts) == ["escort-missing"]
    assert person(world, visitor).escort == world.people["LT"]
    world.do(PersonLeaves(person=visitor))
    assert world.alarm("escort-missing").present is False
    assert world.state.visits.heads == 0
    assert world.state.people.here == {}


def test_an_escort_nobody_can_find_answers_for_nobody() -> None:
    """H21: lost is where nobody knows; whoever they watched is alone until they are seen again."""
    world, escort, _ = escorted()
    assert set(raised(world.do(LoseTrack(person=escort)))) == {"escort-missing", "person-lost"}
    world.do(FindPerson(person=escort))
    assert not world.alarm("escort-missing").present


def test_an_escort_who_goes_leaves_nobody_untrained_in_zone_iii_unsaid() -> None:
    """W2: out is out, and whoever stays behind untrained is an alarm until somebody answers for them."""
    world = ready()
    escort, visitor = colleague(world, "LT"), stranger(world)
    facts = world.do(PersonLeaves(person=escort))
    assert raised(facts) == ["escort-gone"]
    assert world.alarm("escort-gone").detail == f"P{person(world, visitor).no}"
    world.do(AdmitColleague(staff=world.people["LT"]))
    assert not world.alarm("escort-gone").present
    again = people.of_staff(world.state.people, world.people["LT"])
    assert again is not None
    assert raised(world.do(PersonLeaves(person=again.id))) == ["again"]
    world.do(OfferEscort(person=visitor, to=world.people["TE"]))
    world.do(AcceptEscort(person=visitor), "TE")
    assert not world.alarm("escort-gone").present


def test_an_escort_who_goes_with_everybody_leaves_nothing_to_say() -> None:
    world = ready()
    escort, visitor = colleague(world, "LT"), stranger(world)
    world.do(PersonLeaves(person=visitor))
    assert raised(world.do(PersonLeaves(person=escort))) == []
    assert people.left_alone(world.state.people) == ()


def test_the_way_out_is_never_refused_whoever_says_it_and_whatever_stands() -> None:
    """I2: also with nobody signed on, in an emergency, with a detector in alarm."""
    world, escort, visitor = escorted()
    world.sign_off()
    world.observe(DETECTOR, Condition.DANGER)
    world.do(OpenEmergency())
    world.do(PersonLeavesZoneIV(person=visitor))
    world.do(PersonLeaves(person=visitor))
    world.do(PersonLeaves(person=escort))
    assert world.state.visits.heads == 0


def test_an_escort_is_handed_over_by_offer_and_by_the_pin_of_who_takes_over() -> None:
    """H22: two sides, and the one who takes over is where the visitor is."""
    world, _, visitor = escorted()
    te = world.people["TE"]
    assert world.refused(AcceptEscort(person=visitor), "TE") == "no-offer"
    assert world.refused(OfferEscort(person=visitor, to=world.people["LO"])) == "escort-not-level-2"
    assert world.refused(OfferEscort(person=visitor, to=world.people["LT"])) == "escort-already"
    world.do(OfferEscort(person=visitor, to=te))
    assert person(world, visitor).escort == world.people["LT"]
    assert world.refused(AcceptEscort(person=visitor)) == "signature-missing"
    assert world.refused(AcceptEscort(person=visitor), "LT") == "signature-missing"
    assert world.refused(AcceptEscort(person=visitor), "TE") == "escort-not-inside"
    name = colleague(world, "TE")
    world.sign_on("LO")
    world.do(RecordPersonPass(person=name))
    world.sign_on("TE")
    world.do(PersonEntersZoneIV(person=name))
    (told,) = world.do(AcceptEscort(person=visitor), "TE")
    assert isinstance(told, EscortAccepted)
    assert person(world, visitor).escort == te
    assert person(world, visitor).offer is None


def test_an_escort_nobody_accepts_within_a_minute_stays_whose_it_was() -> None:
    """H22: silence hands nothing over; a reboot ends the offer as well."""
    world, _, visitor = escorted()
    world.do(OfferEscort(person=visitor, to=world.people["TE"]))
    assert not [fact for fact in world.advance(59) if isinstance(fact, EscortOfferEnded)]
    assert [fact.reason for fact in world.advance(2) if isinstance(fact, EscortOfferEnded)] == ["timeout"]
    assert world.refused(AcceptEscort(person=visitor), "TE") == "no-offer"
    assert person(world, visitor).escort == world.people["LT"]
    world.do(OfferEscort(person=visitor, to=world.people["TE"]))
    world.clock.reboot()
    assert any(isinstance(fact, EscortOfferEnded) for fact in world.tick())


def test_an_offer_is_over_at_its_minute_and_leave_with_a_reboot_though_nothing_has_fired_yet() -> None:
    """D42: what loosens ends at its instant, not when somebody gets to it."""
    world, _, visitor = escorted()
    world.do(OfferEscort(person=visitor, to=world.people["TE"]))
    world.clock.bt += 60 * NS - 1
    assert world.refused(AcceptEscort(person=visitor), "TE") == "escort-not-inside"
    world.clock.bt += 1
    assert world.refused(AcceptEscort(person=visitor), "TE") == "no-offer"
    assert not people.expired(person(world, visitor), world.ctx())
    world.clock.reboot(1)
    assert people.expired(person(world, visitor), world.ctx())


def test_leave_runs_out_with_an_alarm_and_begins_anew_by_level_2() -> None:
    """I15: an hour on either clock; nobody goes in on leave that is over."""
    world = ready()
    enter(world, colleague(world, "LT"))
    visitor = stranger(world)
    assert raised(world.advance(3599)) == []
    assert raised(world.advance(2)) == ["authorisation-over"]
    assert raised(world.advance(5)) == []
    world.do(RecordPersonPass(person=visitor))
    assert world.refused(PersonEntersZoneIV(person=visitor)) == "authorisation-over"
    world.sign_on("LO")
    assert world.refused(RenewPerson(person=visitor)) == "role-missing"
    world.sign_on("LT")
    world.do(RenewPerson(person=visitor))
    assert not world.alarm("authorisation-over").present
    world.do(PersonEntersZoneIV(person=visitor))


def test_leave_dies_with_the_way_out() -> None:
    """I8: who comes again is let in anew, under another number."""
    world, _, visitor = escorted()
    facts = world.do(PersonLeaves(person=visitor))
    assert isinstance(facts[-1], PersonLeft)
    assert world.refused(PersonEntersZoneIV(person=visitor)) == "person-not-here"
    assert person(world, stranger(world)).no == 3


@pytest.mark.parametrize("point", [DETECTOR, WAND])
@pytest.mark.parametrize("word", [Condition.DANGER, Condition.UNKNOWN])
def test_a_detector_that_rings_or_is_lost_takes_the_pass_of_everybody_waiting(
    point: str, word: Condition
) -> None:
    """I12, H3: a device takes leave away and gives none."""
    world, _, inside = escorted()
    waiting = stranger(world)
    world.do(RecordPersonPass(person=waiting))
    fell = [fact.person for fact in world.observe(point, word, "test") if isinstance(fact, PersonPassFell)]
    assert fell == [waiting]
    assert person(world, inside).inside
    found = world.refused(PersonEntersZoneIV(person=waiting))
    assert found in ("detector-in-alarm", "detector-unknown", "ferrous-alarm-open")


def test_a_pass_is_used_up_by_one_way_in_and_too_old_after_ten_minutes() -> None:
    world, escort, _ = escorted()
    world.do(PersonLeavesZoneIV(person=escort))
    assert world.refused(PersonEntersZoneIV(person=escort)) == "leg-missing"
    world.do(RecordPersonPass(person=escort))
    world.advance(601)
    assert world.refused(PersonEntersZoneIV(person=escort)) == "leg-expired"


def test_trained_staff_fetch_somebody_past_a_dead_detector_and_nobody_else_does() -> None:
    """I2, I3: a detector that is lost keeps nobody from being brought out."""
    world, _, _ = escorted()
    helper, waiting = colleague(world, "LO"), stranger(world)
    world.observe(DETECTOR, Condition.UNKNOWN, "silent")
    assert world.refused(PersonEntersZoneIV(person=waiting)) == "detector-unknown"
    world.do(PersonEntersZoneIV(person=helper))
    assert person(world, helper).inside


def test_who_is_inside_already_is_written_down_never_refused() -> None:
    """I2, I7: with nobody signed on, as not cleared, and with the alarms that say so."""
    world = ready()
    visitor = stranger(world)
    world.sign_off()
    facts = world.do(PersonEntersZoneIV(person=visitor, anyway=True))
    assert sorted(raised(facts)) == ["entered-uncleared", "escort-missing"]
    entered = world.facts(PersonEnteredZoneIV)[-1]
    assert entered.uncleared
    assert "escort-not-inside" in entered.against
    assert world.state.visits.heads == 1


def test_a_responder_is_named_on_arrival_and_held_outside_also_in_an_emergency() -> None:
    """D29, H3: the uniform opens nothing; one who runs in is recorded."""
    world = ready()
    enter(world, colleague(world, "LT"))
    responder = stranger(world, "responder", max_zone="III")
    world.do(RecordPersonPass(person=responder))
    assert world.refused(PersonEntersZoneIV(person=responder)) == "held-outside"
    world.do(OpenEmergency())
    facts = world.do(PersonEntersZoneIV(person=responder))
    assert raised(facts) == ["entered-in-emergency"]
    assert person(world, responder).uncleared


def test_somebody_turned_away_is_on_the_record() -> None:
    world = ready()
    world.do(TurnAway(kind_of="visitor", name="Vera Visitor", why="keeps the chain on"))
    assert world.facts(PersonRefused)[0].kind_of == "visitor"
    assert world.refused(TurnAway(kind_of="ghost", name="", why="")) == "person-terms"
    assert world.state.people.here == {}


# --- heads ---


def test_nobody_with_a_name_inside_is_presumed_out_by_a_count() -> None:
    """H21: fewer heads seen than recorded is an alarm, and takes nobody out of the record."""
    world, escort, visitor = escorted()
    facts = world.do(CountStaff(staff_inside=1))
    assert raised(facts) == ["heads-differ"]
    assert world.state.visits.heads == 2
    alarm = world.alarm("heads-differ").id
    world.acknowledge(alarm)
    assert world.refused(DisposeAlarm(alarm=alarm, disposition="left-unrecorded")) == "heads-named-first"
    world.do(PersonLeavesZoneIV(person=visitor))
    assert world.state.visits.counted is None
    assert not any(one.rule == "heads-differ" and one.present for one in world.state.alarms.open.values())
    assert person(world, escort).inside


def test_a_patient_who_comes_out_takes_nobody_with_them() -> None:
    """H21: the count of who stays is held against those who have a name."""
    world, visit = at_the_door()
    enter(world, colleague(world, "LT"))
    world.go_in(visit, staff=0)
    assert world.state.visits.heads == 2
    facts = world.do(LeaveZoneIV(visit=visit, staff_inside=0))
    assert raised(facts) == ["heads-differ"]
    assert world.state.visits.heads == 1
    assert [(fact.counted, fact.recorded) for fact in world.facts(HeadsDiffer)] == [(0, 1)]


def test_more_heads_than_recorded_are_people_without_a_name() -> None:
    world, _, _ = escorted()
    facts = world.do(ReconcileHeads(heads=3))
    assert isinstance(facts[0], PeopleReconciled)
    assert world.state.visits.heads == 3
    assert occupancy.heads(world.state)["IV"] == ("P1", "P2", "staff")
    assert world.state.people.reconciled == world.clock.now()
    world.sign_off()
    assert world.refused(ReconcileHeads(heads=3)) == "nobody-signed-on"


@pytest.mark.parametrize("rule", ["person-lost", "person-uncleared", "escort-not-inside"])
def test_no_scan_begins_and_no_patient_goes_in_while_somebody_is_not_answered_for(rule: str) -> None:
    """H21, H22: lost, inside on no clearance, or without their escort."""
    world, visit = at_the_door()
    escort, visitor = colleague(world, "LT"), stranger(world)
    enter(world, escort)
    enter(world, visitor)
    if rule == "person-lost":
        assert raised(world.do(LoseTrack(person=visitor))) == ["person-lost"]
    elif rule == "escort-not-inside":
        world.do(PersonLeavesZoneIV(person=escort))
    else:
        world.do(PersonLeavesZoneIV(person=visitor))
        world.do(PersonEntersZoneIV(person=visitor, anyway=True))
    assert rule in {finding.why.rule for finding in suite.entry_findings(world.state, visit, world.ctx())}
    found = clearance.start(world.state, world.visit(visit), world.ctx())
    assert rule in {finding.why.rule for finding in found}


def test_somebody_lost_stays_where_the_record_has_them_until_seen() -> None:
    """H21: nobody is presumed out."""
    world, _, visitor = escorted()
    world.do(LoseTrack(person=visitor))
    assert world.state.visits.heads == 2
    assert world.do(LoseTrack(person=visitor)) == ()
    world.do(FindPerson(person=visitor))
    assert not world.alarm("person-lost").present
