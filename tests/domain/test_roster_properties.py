"""What no sequence of inputs may reach at the magnet room's door, at night or in a scan, by the facts."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from support.suite_inputs import ALL, Input, Step, at_the_beginning
from support.suite_world import DETECTOR, DOOR, DOOR_III, World

from mr_safety_console.domain import codec, suite
from mr_safety_console.domain.alarm_points import RULES, Priority
from mr_safety_console.domain.alarms import AlarmRaised, AlarmRepeated
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit, DoorOpened, KeepDoor
from mr_safety_console.domain.permits import OpenPermit
from mr_safety_console.domain.roster import CloseShift, NobodyRostered, ShiftClosed
from mr_safety_console.domain.staff import SignedOn
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.visit_facts import CloseVisit, EndScan, LeaveZoneIV, StartCheck

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SOAK = settings(QUICK, max_examples=5_000)
CLOSED_RULES = ("door-unrostered", "door-during-scan")


def go_home(world: World, visit: str, n: int) -> None:
    """Clear the suite and close the shift; each bit of n leaves something out."""
    world.observe(DOOR, Condition.NORMAL)
    if not n & 1:
        see_off(world, visit)
    world.give(CloseShift(heads=(n >> 1) % 2), ("TE", "LO")[n % 5 == 4])


def see_off(world: World, visit: str) -> None:
    """Have the patient out and the visit closed, if anybody may."""
    for one in tuple(world.state.visits.open):
        world.give(EndScan(visit=one))
        world.give(LeaveZoneIV(visit=one))
        for outcome in ("not-scanned", "completed"):
            world.give(CloseVisit(visit=one, outcome=outcome))


def night(world: World, visit: str, n: int) -> None:
    if n % 2:
        see_off(world, visit)
    world.sign_off()
    world.advance((1801, 900)[n % 3 == 0])


def restart(world: World, visit: str, n: int) -> None:
    if n % 2:
        world.clock.reboot(30)
        world.hear()
    world.start()


def door(world: World, visit: str, n: int) -> None:
    point = DOOR_III if n % 6 == 5 else DOOR
    world.silent.discard(point)
    for condition in (list(Condition)[n // 2 % 3], Condition.DANGER)[n % 2 :]:
        world.observe(point, condition, "test")


def excuse(world: World, visit: str, n: int) -> None:
    for asked in (
        KeepDoor(),
        AnnounceTransit(inwards=n % 2 == 0),
        AnnounceTransit(visit=visit, inwards=False),
    ):
        world.give(asked)


def scan(world: World, visit: str, n: int) -> None:
    if visit not in world.state.visits.open:
        return
    ALL["push"](world, visit, 0)
    ALL["go"](world, visit, 0)
    world.observe(DOOR, Condition.NORMAL)
    ALL["mark table"](world, visit, 1)
    ALL["table list"](world, visit, 0)
    world.fit()
    world.give(StartCheck(visit=visit, heads=world.state.visits.heads))


def work(world: World, visit: str, n: int) -> None:
    terms = {"kind_of": "cleaning", "holder": "C", "tools_told": "mop", "zone": ("III", "IV")[n % 2]}
    world.give(OpenPermit(tools=1, minutes=(10, 60)[n % 3 == 0], **terms), "TE")


OWN: Mapping[str, Input] = {
    "go home": go_home,
    "night": night,
    "restart": restart,
    "door": door,
    "door again": door,
    "excuse": excuse,
    "scan": scan,
    "work": work,
    "iron": lambda w, v, n: w.observe(DETECTOR, (Condition.DANGER, Condition.NORMAL)[n % 2]),
    "sign on": lambda w, v, n: w.sign_on(("TE", "LO", "LT")[n % 3]),
    "by eye": ALL["count"],
    "emergency": ALL["emergency"],
    "wait": ALL["wait"],
    "clock": ALL["clock"],
    "acknowledge": ALL["acknowledge"],
    "dispose": ALL["dispose"],
}
ONE = st.tuples(st.sampled_from(sorted(OWN)), st.integers(0, 23))
LEADS = st.sampled_from(
    [(), (("go home", 0),), (("night", 1),), (("scan", 0),), (("scan", 0), ("excuse", 0), ("door", 1))]
)
STEPS = st.tuples(LEADS, st.lists(ONE, min_size=3, max_size=14)).map(lambda both: [*both[0], *both[1]])


def play(steps: list[Step]) -> tuple[SuiteState, list[Entry]]:
    """Return the state at the beginning, and what happened since."""
    begun, visit = at_the_beginning()
    world = begun.clone()
    for name, n in steps:
        OWN[name](world, visit, n)
    return begun.state, world.entries[len(begun.entries) :]


def held(state: SuiteState, entries: list[Entry]) -> dict[str, int]:
    """Hold every opening and every close of a shift against what stood before; return how many of each."""
    found = dict.fromkeys(("nobody", "scan", "closed"), 0)
    nobody = state.roster.unrostered is not None
    rules: dict[str, str] = {alarm.id: alarm.rule for alarm in state.alarms.open.values()}
    for number, entry in enumerate(entries):
        match entry.fact:
            case AlarmRaised(alarm=name, rule=rule):
                rules[name] = rule
            case NobodyRostered():
                nobody = True
            case SignedOn():
                nobody = False
            case DoorOpened(zone="IV") as opened if nobody or state.visits.scan_presumed:
                found["nobody" if nobody else "scan"] += 1
                assert {"door-unrostered" if nobody else "door-during-scan"} <= told(entries, number, rules)
                assert not (nobody and (opened.announced or opened.kept))
            case DoorOpened(zone="III") if nobody:
                assert {"zone-iii-unrostered"} <= told(entries, number, rules)
            case ShiftClosed():
                found["closed"] += 1
                assert_over(state)
        state = suite.evolve(state, entry)
    assert codec.decode(SuiteState, json.loads(json.dumps(codec.encode(state)))) == state
    return found


def told(entries: list[Entry], number: int, rules: dict[str, str]) -> set[str]:
    """Return the rules of the alarms that the decision of this entry raised or rang again."""
    mine = [entry.fact for entry in entries[number:] if entry.cause == entries[number].cause]
    raised = {fact.rule for fact in mine if isinstance(fact, AlarmRaised)}
    return raised | {
        rules[fact.alarm] for fact in mine if isinstance(fact, AlarmRepeated) and fact.alarm in rules
    }


def assert_over(state: SuiteState) -> None:
    assert state.visits.heads == 0
    assert not state.visits.open
    assert not state.people.here
    assert not state.permits.open
    assert not state.bypass.open
    assert state.emergency.current is None
    assert state.points.condition(DOOR) is Condition.NORMAL


@QUICK
@given(steps=STEPS)
def test_no_opening_at_night_or_in_a_scan_is_without_a_high_alarm(steps: list[Step]) -> None:
    """I2, I12, I15: whatever was announced, kept, restarted or stepped before."""
    for name, count in held(*play(steps)).items():
        event(f"{name}: {min(count, 1)}")


@pytest.mark.soak
@pytest.mark.timeout(900)
@SOAK
@given(steps=STEPS)
def test_no_opening_at_night_or_in_a_scan_is_without_a_high_alarm_at_length(steps: list[Step]) -> None:
    """I2, I12, I15."""
    held(*play(steps))


def test_the_oracle_sees_nights_scans_and_closed_shifts() -> None:
    """Without this the statement above would prove nothing."""
    assert held(*play([("go home", 0), ("door", 1)])) == {"nobody": 1, "scan": 0, "closed": 1}
    assert held(*play([("scan", 0), ("excuse", 0), ("door", 1)])) == {"nobody": 0, "scan": 1, "closed": 0}
    assert {RULES[rule].priority for rule in CLOSED_RULES} == {Priority.HIGH}
    state, entries = play([("go home", 0), ("door", 1)])
    quiet = [entry for entry in entries if not isinstance(entry.fact, AlarmRaised)]
    with pytest.raises(AssertionError):
        held(state, quiet)
