"""A remote operator, by hand: consent, one owner for each duty, the time-out, and the link that is lost."""

from __future__ import annotations

import pytest
from support.suite_world import World, at_the_door

from mr_safety_console.domain import duties, remote, suite, token
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.remote_facts import (
    READ_BACK,
    AcceptDuties,
    Consent,
    HoldTimeOut,
    LinkPrompted,
    LinkSaidBack,
    LinkSaidLost,
    LoseLink,
    NameOperator,
    RecordRemoteConsent,
    RegainLink,
    RemoteConsentRecorded,
)
from mr_safety_console.domain.staff import AddStaff
from mr_safety_console.domain.visit_facts import CheckIn, EndScan, Leg, StartCheck
from mr_safety_console.domain.watching_facts import RecordInjection
from mr_safety_console.domain.words import table

LINK = "link-lost"


def hub(world: World) -> str:
    """Enter a remote operator in the register; return the person."""
    asked = AddStaff(name="Remy Remote", initials="RE", roles=("REM",), pin_hash="h")
    world.do(asked, "SO")
    return next(reversed(world.state.staff.people))


def named() -> tuple[World, str]:
    """Return a suite with a patient at the door whom somebody in another place is to scan."""
    world, visit = at_the_door()
    world.do(NameOperator(visit=visit, operator=hub(world), number="555 0100"))
    return world, visit


def agree(world: World, visit: str, visual: Consent = Consent.GIVEN) -> None:
    world.do(RecordRemoteConsent(visit=visit, operation=Consent.GIVEN, visual=visual))


def read_back(world: World, visit: str) -> None:
    world.do(AcceptDuties(visit=visit, version=duties.VERSION), "TE")


def hold(world: World, visit: str) -> None:
    world.do(HoldTimeOut(visit=visit, said=READ_BACK), "TE")


def on_the_table() -> tuple[World, str]:
    world, visit = named()
    agree(world, visit)
    read_back(world, visit)
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)
    return world, visit


def against(world: World, visit: str) -> set[str]:
    return {found.why.rule for found in suite.entry_findings(world.state, visit, world.ctx())}


def start(world: World, visit: str) -> StartCheck:
    return StartCheck(visit=visit, heads=world.state.visits.heads)


# --- before ---


def test_who_scans_on_site_needs_nothing_of_this() -> None:
    world, visit = at_the_door()
    assert against(world, visit) == set()
    assert world.refused(HoldTimeOut(visit=visit, said=READ_BACK), "TE") == "operator-on-site"
    assert world.refused(LoseLink(visit=visit)) == "operator-on-site"


def test_a_remote_operator_is_of_the_register_and_can_be_called() -> None:
    world, visit = at_the_door()
    person = hub(world)
    assert (
        world.refused(NameOperator(visit=visit, operator=world.people["LO"], number="1")) == "operator-terms"
    )
    assert world.refused(NameOperator(visit=visit, operator=person)) == "operator-number"
    world.do(NameOperator(visit=visit, operator=person, number="555 0100"))
    assert world.visit(visit).remote.number == "555 0100"


def test_consent_is_asked_for_both_and_one_never_stands_for_the_other() -> None:
    world, visit = named()
    assert {"remote-not-asked", "duties-not-read"} <= against(world, visit)
    world.do(RecordRemoteConsent(visit=visit, operation=Consent.GIVEN, visual=Consent.NOT_ASKED))
    assert "remote-not-asked" in against(world, visit)
    agree(world, visit)
    assert against(world, visit) == {"duties-not-read"}
    read_back(world, visit)
    assert against(world, visit) == set()


def test_a32_refusing_the_camera_restricts_and_holds_nothing_up_and_has_no_reason() -> None:
    world, visit = named()
    agree(world, visit, Consent.REFUSED)
    read_back(world, visit)
    assert against(world, visit) == set()
    assert world.visit(visit).remote.restricted
    assert set(RemoteConsentRecorded.__dataclass_fields__) == {"visit", "operation", "visual"}


def test_refusing_remote_operation_leaves_the_way_with_somebody_on_site() -> None:
    world, visit = named()
    world.do(RecordRemoteConsent(visit=visit, operation=Consent.REFUSED, visual=Consent.REFUSED))
    assert "remote-refused" in against(world, visit)
    world.do(NameOperator(visit=visit))
    assert against(world, visit) == set()


def test_every_duty_has_one_owner_and_its_words() -> None:
    assert len(duties.DUTIES) == len({duty.code for duty in duties.DUTIES}) == 24
    assert {duty.owner for duty in duties.DUTIES} <= set(duties.OWNERS)
    assert [duty.owner for duty in duties.DUTIES if duty.code in ("R19", "R20")] == ["REM", "MRST"]
    assert set(table()["duty"]) == {duty.code for duty in duties.DUTIES}


def test_the_list_is_read_back_in_its_version_and_anew_with_somebody_else() -> None:
    world, visit = named()
    agree(world, visit)
    assert world.refused(AcceptDuties(visit=visit, version="another"), "TE") == "duties-not-read"
    assert world.refused(AcceptDuties(visit=visit, version=duties.VERSION)) == "signature-missing"
    read_back(world, visit)
    other = AddStaff(name="Rita Remote", initials="RI", roles=("REM",), pin_hash="h")
    world.do(other, "SO")
    world.do(NameOperator(visit=visit, operator=next(reversed(world.state.staff.people)), number="2"))
    assert "duties-not-read" in against(world, visit)


# --- the start ---


def test_no_scan_begins_without_a_joint_time_out_within_five_minutes() -> None:
    world, visit = on_the_table()
    assert world.refused(start(world, visit)) == "time-out-missing"
    assert not token.start(world.state, world.visit(visit), world.ctx()).stands
    assert world.refused(HoldTimeOut(visit=visit, said=READ_BACK[:-1]), "TE") == "time-out-items"
    hold(world, visit)
    world.advance(301)
    assert world.refused(start(world, visit)) == "time-out-missing"
    hold(world, visit)
    world.clock.step_wall(-600)
    world.advance(299)
    world.do(start(world, visit))


# --- the link ---


def scanning() -> tuple[World, str]:
    world, visit = on_the_table()
    hold(world, visit)
    world.do(start(world, visit))
    return world, visit


def test_a7_a_lost_link_prompts_at_ten_thirty_and_a_hundred_and_twenty_seconds() -> None:
    """I15: by the boot-time clock and the timer, with nobody signed on as well."""
    world, visit = scanning()
    world.sign_off()
    lost = world.clock.bt
    world.do(LoseLink(visit=visit))
    assert world.alarm(LINK).priority is Priority.HIGH
    rings = [world.alarm(LINK).instance]
    world.clock.step_wall(3600)
    for seconds in (10, 20, 90):
        world.advance(seconds)
        rings.append(world.alarm(LINK).instance)
    told = [entry for entry in world.entries if isinstance(entry.fact, LinkPrompted)]
    assert [entry.fact.after_s for entry in told] == [10, 30, 120]
    assert [round((entry.at.bt - lost) / NS) for entry in told] == [10, 30, 120]
    assert {entry.src for entry in told} == {"timer"}
    assert rings == sorted(set(rings))
    assert set(table()["link-prompt"]) == {"10", "30", "120"}


@pytest.mark.parametrize("back", [False, True])
def test_s9_with_the_link_gone_or_just_back_nothing_new_begins(*, back: bool) -> None:
    """I1: the scan goes on being presumed; the console only holds what would be new."""
    world, visit = scanning()
    world.do(LoseLink(visit=visit))
    if back:
        world.do(RegainLink(visit=visit))
    rule = "time-out-missing" if back else "link-is-lost"
    assert world.visit(visit).scan_presumed
    assert world.refused(RecordInjection(visit=visit)) == rule
    world.do(CheckIn(visit=visit))
    world.do(EndScan(visit=visit))
    assert world.refused(start(world, visit)) == rule
    assert not world.visit(visit).remote.live


def test_a7_back_again_is_not_live_until_a_new_time_out() -> None:
    world, visit = scanning()
    world.do(LoseLink(visit=visit))
    assert world.refused(HoldTimeOut(visit=visit, said=READ_BACK), "TE") == "link-is-lost"
    world.do(RegainLink(visit=visit))
    assert [type(e.fact) for e in world.entries if isinstance(e.fact, LinkSaidLost | LinkSaidBack)] == [
        LinkSaidLost,
        LinkSaidBack,
    ]
    assert not world.alarm(LINK).present
    assert remote.withheld(world.visit(visit))
    hold(world, visit)
    assert world.visit(visit).remote.live
    world.do(RecordInjection(visit=visit))


def test_a_link_lost_is_written_down_once_and_its_prompts_end_with_it() -> None:
    world, visit = scanning()
    world.do(LoseLink(visit=visit))
    assert world.do(LoseLink(visit=visit)) == ()
    world.do(RegainLink(visit=visit))
    assert world.do(RegainLink(visit=visit)) == ()
    world.advance(120)
    assert world.facts(LinkPrompted) == []


def test_nobody_remote_is_named_in_a_running_scan() -> None:
    world, visit = scanning()
    who = world.visit(visit).remote.operator
    assert world.refused(NameOperator(visit=visit, operator=who, number="3")) == "operator-in-scan"
    world.do(LoseLink(visit=visit))
    world.do(NameOperator(visit=visit))
    assert not world.alarm(LINK).present
