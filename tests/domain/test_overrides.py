"""A dead door contact: two people say by eye that the door is shut, for a short time, and only then."""

from __future__ import annotations

import pytest
from support.suite_world import DOOR, World, at_the_door, site

from mr_safety_console.domain import suite
from mr_safety_console.domain.alarms import AcknowledgeAlarm
from mr_safety_console.domain.bypass import BypassPoint
from mr_safety_console.domain.checklists import CompleteStage
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor, LeaveDoor
from mr_safety_console.domain.lists_facts import ItemOverridden, ItemReopened, OverrideItem
from mr_safety_console.domain.profile import ProfileError
from mr_safety_console.domain.visit_facts import EnterZoneIV, Leg, LegFell, StartCheck

FINAL, ITEM = "final-check", "FC11"


def by_eye(visit: str, reason: str = "cable torn", item: str = ITEM, list_id: str = FINAL) -> OverrideItem:
    return OverrideItem(visit=visit, list_id=list_id, item=item, reason=reason)


def dead_door() -> tuple[World, str]:
    """A visit ready at the door, whose contact then falls silent; somebody keeps the door."""
    world, visit = at_the_door()
    world.silence(DOOR)
    world.observe(DOOR, Condition.UNKNOWN, "silent")
    world.do(KeepDoor())
    return world, visit


def read_back(world: World, visit: str) -> None:
    """Everything of the final check read back anew, the door by eye, and signed."""
    world.do(by_eye(visit), "TE", "LO")
    world.mark(visit, Leg.FINAL_CHECK)
    world.do(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO")


def enter(world: World, visit: str) -> None:
    world.do(AnnounceTransit(visit=visit))
    world.do(EnterZoneIV(visit=visit))


def at_the_table() -> tuple[World, str]:
    """Inside past a dead door contact, and the table list done."""
    world, visit = dead_door()
    read_back(world, visit)
    enter(world, visit)
    world.advance(1)
    world.stage(visit, Leg.TABLE_LIST)
    return world, visit


def test_a_dead_door_contact_holds_entry_and_scan_and_by_eye_is_the_way_out() -> None:
    """C20, I3: two people, somebody at the door; the list is complete with overrides and says so."""
    world, visit = dead_door()
    assert world.refused(AnnounceTransit(visit=visit)) == "door-unknown"
    read_back(world, visit)
    made = world.visit(visit).legs[Leg.FINAL_CHECK]
    assert "overridden=final-check:FC11" in made.detail.split()
    enter(world, visit)
    world.stage(visit, Leg.TABLE_LIST)
    assert world.visit(visit).inside
    # What was said before the way in says nothing of the door behind it.
    world.advance(1)
    assert world.refused(StartCheck(visit=visit, heads=2)) == "door-not-closed"
    world.do(by_eye(visit), "TE", "LO")
    world.do(StartCheck(visit=visit, heads=2))
    assert world.visit(visit).scan_presumed


def test_the_fact_holds_who_why_the_keeper_and_until_when() -> None:
    world, visit = dead_door()
    (told, *_) = world.do(by_eye(visit, "cable torn"), "TE", "LO")
    assert isinstance(told, ItemOverridden)
    assert (told.answer, told.reason, told.sensor, told.why) == ("go", "cable torn", "door-zone-iv", "silent")
    assert told.keeper == world.people["TE"]
    assert told.due_bt - world.clock.bt == 600 * 1_000_000_000
    mark = world.state.lists.marks[visit][f"{FINAL}:{ITEM}"]
    assert [who.person for who in mark.by] == [world.people["TE"], world.people["LO"]]
    assert [one.item for one in world.state.lists.overrides] == [f"{FINAL}:{ITEM}"]


@pytest.mark.parametrize(
    ("signers", "rule"),
    [((), "signature-missing"), (("TE",), "signature-missing"), (("LT", "LO"), "role-missing")],
)
def test_two_people_sign_one_of_them_a_technologist_or_officer(signers: tuple[str, ...], rule: str) -> None:
    """I5: the row of a bypassed detector is the model."""
    world, visit = dead_door()
    assert world.refused(by_eye(visit), *signers) == rule
    assert world.facts(ItemOverridden) == []


def test_without_a_reason_or_somebody_at_the_door_nobody_does_it_by_eye() -> None:
    world, visit = dead_door()
    assert world.refused(by_eye(visit, " "), "TE", "LO") == "override-needs-reason"
    world.do(LeaveDoor())
    assert world.refused(by_eye(visit), "TE", "LO") == "by-eye-keeper"


@pytest.mark.parametrize("condition", [Condition.NORMAL, Condition.DANGER])
def test_a_sensor_that_speaks_is_never_overridden(condition: Condition) -> None:
    """I12: open is open, and closed is answered like any item."""
    world, visit = dead_door()
    world.silent.discard(DOOR)
    world.observe(DOOR, condition)
    assert world.refused(by_eye(visit), "TE", "LO") == "nothing-to-override"


@pytest.mark.parametrize(
    ("list_id", "item"), [(FINAL, "FC08"), (FINAL, "FC01"), ("coil-and-positioning", "K02")]
)
def test_an_item_without_a_dead_sensor_is_not_overridden(list_id: str, item: str) -> None:
    """A detector pass is a person's act and never dead; a plain item is answered."""
    world, visit = dead_door()
    assert world.refused(by_eye(visit, item=item, list_id=list_id), "TE", "LO") == "nothing-to-override"


def test_a_contact_whose_last_word_was_open_is_not_overridden() -> None:
    """I12: silence after open is no reason to believe that it shut."""
    world, visit = at_the_door()
    world.do(KeepDoor())
    world.observe(DOOR, Condition.DANGER)
    world.silence(DOOR)
    world.advance(2.4)
    world.clock.advance(0.2)
    assert world.refused(by_eye(visit), "TE", "LO") == "nothing-to-override"


@pytest.mark.parametrize("condition", [Condition.NORMAL, Condition.DANGER])
def test_it_ends_as_soon_as_the_sensor_speaks_again(condition: Condition) -> None:
    """C20, I12: with it the go falls; the item is answered anew, beside what the sensor says."""
    world, visit = dead_door()
    read_back(world, visit)
    world.silent.discard(DOOR)
    world.observe(DOOR, condition)
    world.tick()
    assert not world.visit(visit).stands(Leg.FINAL_CHECK)
    assert ITEM not in world.state.lists.answers(visit, FINAL)
    assert world.facts(ItemReopened)[-1].reason == ("spoke" if condition is Condition.NORMAL else "")


@pytest.mark.parametrize("end", ["time", "keeper", "reboot"])
def test_it_ends_by_time_with_the_keeper_and_with_a_reboot(end: str) -> None:
    """I15: it is never longer than the site's limit, and never without somebody at the door."""
    world, visit = dead_door()
    world.profile = site(limits={"by_eye_valid_s": 60})
    read_back(world, visit)
    world.advance(59)
    assert world.visit(visit).stands(Leg.FINAL_CHECK)
    if end == "time":
        world.advance(1)
    elif end == "keeper":
        world.do(LeaveDoor())
        assert world.refused(AnnounceTransit(visit=visit)) == "door-unknown"
        world.tick()
    else:
        world.clock.reboot(1)
        world.start()
        world.tick()
    assert not world.visit(visit).stands(Leg.FINAL_CHECK)
    assert ITEM not in world.state.lists.answers(visit, FINAL)
    if end != "reboot":
        assert world.facts(LegFell)[-1].reason == "by-eye-over"


def test_somebody_else_at_the_door_is_not_the_one_who_answered_for_it() -> None:
    world, visit = dead_door()
    read_back(world, visit)
    world.sign_on("LT")
    world.do(KeepDoor())
    assert world.refused(AnnounceTransit(visit=visit)) == "door-unknown"


def test_an_override_after_the_go_takes_the_go_away() -> None:
    """I10: two people signed another list than the one that stands now."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.silence(DOOR)
    world.observe(DOOR, Condition.UNKNOWN, "silent")
    world.do(KeepDoor())
    assert world.visit(visit).stands(Leg.FINAL_CHECK)
    world.do(by_eye(visit), "TE", "LO")
    assert not world.visit(visit).stands(Leg.FINAL_CHECK)
    assert world.refused(AnnounceTransit(visit=visit)) == "leg-fallen"


def test_a_door_out_of_service_is_done_by_eye_unless_it_says_open() -> None:
    """Out of service quietens nothing: what the contact still says counts against it."""
    world, visit = at_the_door()
    guard = world.people["TE"]
    asked = BypassPoint(point=DOOR, reason="maintenance", guard=guard, minutes=20)
    world.do(asked, "SO", "TE")
    world.do(KeepDoor())
    world.do(by_eye(visit), "TE", "LO")
    world.observe(DOOR, Condition.DANGER)
    world.tick()
    assert world.refused(by_eye(visit), "TE", "LO") == "nothing-to-override"
    for alarm in tuple(world.state.alarms.open.values()):
        world.give(AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance))
    assert world.refused(AnnounceTransit(visit=visit)) != ""


def test_at_the_table_it_wants_a_keeper_too_and_ends_with_them() -> None:
    world, visit = at_the_table()
    world.do(by_eye(visit), "TE", "LO")
    world.do(LeaveDoor())
    assert world.refused(StartCheck(visit=visit, heads=2)) == "door-not-closed"
    world.tick()
    world.do(KeepDoor())
    assert world.refused(StartCheck(visit=visit, heads=2)) == "door-not-closed"
    world.do(by_eye(visit), "TE", "LO")
    world.silent.discard(DOOR)
    world.observe(DOOR, Condition.DANGER)
    assert world.refused(StartCheck(visit=visit, heads=2)) == "door-not-closed"


def test_one_visits_word_about_the_door_is_not_anothers() -> None:
    """I8: it belongs to the attendance it was said for."""
    world, visit = dead_door()
    other = world.arrive("Una Other", "1980-02-02")
    world.do(by_eye(visit), "TE", "LO")
    world.to_the_detector(other)
    assert f"{FINAL}:{ITEM}" not in world.state.lists.marks.get(other, {})
    found = suite.entry_findings(world.state, other, world.ctx())
    assert "door-unknown" in {finding.why.rule for finding in found}


def test_the_limit_has_a_ceiling_no_site_lifts() -> None:
    with pytest.raises(ProfileError, match="by_eye_valid_s"):
        site(limits={"by_eye_valid_s": 901})
