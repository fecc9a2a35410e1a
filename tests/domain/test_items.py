"""Objects: the register, labels by two people, ways in and out, and what is inside seen by eye."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.suite_world import World, at_the_door, ready

from mr_safety_console.domain import clearance, occupancy, suite
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.emergency_facts import AskEmergencyEnd, EndEmergency, OpenEmergency
from mr_safety_console.domain.findings import Case
from mr_safety_console.domain.items import today
from mr_safety_console.domain.items_facts import (
    OUT,
    PLACES,
    QUARANTINES,
    Evidence,
    ImportItems,
    ItemClass,
    ItemMoved,
    ItemTold,
    Label,
    LabelItem,
    MoveItem,
    QuarantineItem,
    RegisterItem,
    SeeItem,
)
from mr_safety_console.domain.lifecycle import AttemptRefused
from mr_safety_console.domain.staff import AddStaff
from mr_safety_console.domain.visit_facts import CloseVisit, Leg, StartCheck

NEVER = (Label.UNSAFE, Label.UNLABELLED, Label.NOT_EVALUATED)
TAGS = ("PUMP-1", "O2-1", "CHAIR-1", "GREY-1", "TOOL-1", "STEP-1")


def told(tag: str, day: int, **changes: object) -> ItemTold:
    """Return one made-up item with everything a Conditional label needs."""
    given: dict[str, object] = {
        "tag": tag,
        "name": f"Thing {tag}",
        "sort": ItemClass.PUMP,
        "label": Label.CONDITIONAL,
        "evidence": Evidence.MAKER_INSTRUCTIONS,
        "reference": "manual section 3",
        "limit_ut": 20_000,
        "tether_cm": 150,
        "due_day": day + 30,
    }
    return ItemTold(**{**given, **changes})  # type: ignore[arg-type]


def stock(day: int) -> tuple[ItemTold, ...]:
    """Return one item of each way to be: conditional, cylinder, unsafe, unlabelled, safe, at home inside."""
    safe = {"label": Label.SAFE, "limit_ut": 0, "tether_cm": 0}
    return (
        told("PUMP-1", day),
        told("O2-1", day, sort=ItemClass.OXYGEN_CYLINDER, **safe),
        told("CHAIR-1", day, sort=ItemClass.WHEELCHAIR, label=Label.UNSAFE),
        told("GREY-1", day, sort=ItemClass.OTHER, label=Label.UNLABELLED),
        told("TOOL-1", day, sort=ItemClass.TOOL, **safe),
        told("STEP-1", day, sort=ItemClass.OTHER, home="IV", **safe),
    )


@cache
def _stocked() -> World:
    world = ready()
    asked = AddStaff(name="Mona Expert", initials="SE", roles=("MRSE",), pin_hash="hash-SE")
    world.do(asked, "SO")
    world.people["SE"] = next(reversed(world.state.staff.people))
    world.do(ImportItems(entries=stock(today(world.clock.now()))), "SE", "TE")
    return world


def stocked() -> World:
    """Return a suite at the start of a day with a register of six items, TE signed on."""
    return _stocked().clone()


def item(world: World, tag: str) -> str:
    """Return an item's id by its tag."""
    found = world.state.items.tagged(tag)
    assert found is not None
    return found.id


def bring(world: World, tag: str, to: str = "IV", **more: object) -> MoveItem:
    """Return the command that brings an item somewhere, supervised by LT."""
    given: dict[str, object] = {"brought_by": world.people["LT"], "supervisor": world.people["LT"]}
    return MoveItem(item=item(world, tag), to=to, **{**given, **more})  # type: ignore[arg-type]


def against(world: World, visit: str) -> set[str]:
    """Return the rules that stand against going in."""
    return {f.why.rule for f in clearance.entry(world.state, world.visit(visit), world.ctx())}


def open_alarms(world: World) -> set[str]:
    """Return the rules of present alarms."""
    return {alarm.rule for alarm in world.state.alarms.open.values() if alarm.present}


# --- the register ---


def test_an_import_enters_every_item_under_its_own_number_and_puts_none_inside() -> None:
    world = stocked()
    known = world.state.items.register.values()
    assert [(one.no, one.tag) for one in known] == list(enumerate(TAGS, 1))
    assert len({one.id for one in known}) == len(TAGS)
    assert world.state.inside.places == {}
    assert {one.tag for one in known if one.quarantine} == {"GREY-1"}
    assert world.state.items.register[item(world, "PUMP-1")].by[0].person == world.people["SE"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"tag": " "}, "item-blank"),
        ({"name": "n" * 121}, "item-too-long"),
        ({"home": "V"}, "item-place-unknown"),
        ({"home": "IV", "sort": ItemClass.OXYGEN_CYLINDER}, "item-no-home"),
        ({"home": "III", "label": Label.UNLABELLED}, "item-no-home"),
        ({"evidence": Evidence.NONE}, "item-no-evidence"),
        ({"reference": ""}, "item-no-evidence"),
        ({"reference": "sticker says MR compatible"}, "item-label-wording"),
        ({"reference": "Non-Magnetic steel"}, "item-label-wording"),
        ({"limit_ut": 0}, "item-no-limit"),
        ({"limit_ut": -1}, "item-figure"),
        ({"due_day": 1}, "item-inspection-due"),
        ({"tag": "pump-1"}, "item-tag-taken"),
    ],
)
def test_one_wrong_item_keeps_the_whole_import_out(changes: dict[str, object], rule: str) -> None:
    world = stocked()
    day = today(world.clock.now())
    before = world.state.items
    wrong = replace(told("NEW-2", day), **changes)  # type: ignore[arg-type]
    assert world.refused(ImportItems(entries=(told("NEW-1", day), wrong)), "SE", "TE") == rule
    assert world.state.items == before


def test_an_import_wants_two_people_one_of_them_entitled_to_label() -> None:
    world = stocked()
    asked = ImportItems(entries=(told("NEW-1", today(world.clock.now())),))
    assert world.refused(asked, "SE") == "signature-missing"
    assert world.refused(asked, "SE", "SE") == "signature-missing"
    assert world.refused(asked, "TE", "LT") == "role-missing"
    assert world.refused(ImportItems(entries=()), "SE", "TE") == "import-size"
    twice = ImportItems(entries=(asked.entries[0], asked.entries[0]))
    assert world.refused(twice, "SE", "TE") == "item-tag-taken"
    assert len(world.do(asked, "SE", "LT")) == 1


def test_an_unknown_thing_is_entered_at_once_and_stays_in_quarantine() -> None:
    world = stocked()
    world.do(RegisterItem(tag="DOOR-1", name="Grey box", sort=ItemClass.OTHER))
    known = world.state.items.register[item(world, "DOOR-1")]
    assert (known.label, known.quarantine) == (Label.NOT_EVALUATED, "no-label")
    assert world.refused(bring(world, "DOOR-1")) == "item-unlabelled"
    assert world.refused(RegisterItem(tag="door-1 ", name="Box", sort=ItemClass.OTHER)) == "item-tag-taken"


# --- labels ---


def label(world: World, tag: str, word: str = "mr-conditional", **changes: object) -> LabelItem:
    given: dict[str, object] = {
        "item": item(world, tag),
        "label": word,
        "evidence": "tested-here",
        "reference": "test sheet 12",
        "limit_ut": 9_000,
        "due_day": today(world.clock.now()) + 365,
    }
    return LabelItem(**{**given, **changes})  # type: ignore[arg-type]


def test_a_label_changes_by_two_people_with_evidence_and_ends_the_quarantine() -> None:
    world = stocked()
    for signers in ((), ("SE",), ("SE", "SE")):
        assert world.refused(label(world, "GREY-1"), *signers) == "signature-missing"
    assert world.refused(label(world, "GREY-1"), "TE", "LT") == "role-missing"
    assert world.facts(AttemptRefused)[-1].act == "label-item"
    world.do(label(world, "GREY-1"), "SE", "TE")
    known = world.state.items.register[item(world, "GREY-1")]
    assert (known.label, known.limit_ut, known.quarantine) == (Label.CONDITIONAL, 9_000, "")
    world.do(bring(world, "GREY-1"))
    assert world.state.inside.zone(known.id) == "IV"


@pytest.mark.parametrize(
    "words",
    ["MR compatible", "mri-compatible", "Non-magnetic", "non ferromagnetic", "nonmagnetic", "compatible"],
)
def test_sales_language_is_no_label(words: str) -> None:
    world = stocked()
    assert world.refused(label(world, "GREY-1", words), "SE", "TE") == "item-label-wording"
    assert world.refused(label(world, "GREY-1", reference=words), "SE", "TE") == "item-label-wording"
    assert world.refused(label(world, "GREY-1", "safe as houses"), "SE", "TE") == "item-label-unknown"


def test_quarantine_is_one_person_and_ends_only_by_a_new_label() -> None:
    world = stocked()
    world.do(QuarantineItem(item=item(world, "TOOL-1"), reason="damaged"))
    assert world.refused(bring(world, "TOOL-1")) == "item-quarantined"
    assert world.refused(bring(world, "TOOL-1", "III")) == "item-quarantined"
    wrong = QuarantineItem(item=item(world, "TOOL-1"), reason="ugly")
    assert world.refused(wrong) == "item-quarantine-reason"
    world.do(label(world, "TOOL-1", "mr-safe"), "SE", "TE")
    world.do(bring(world, "TOOL-1"))
    assert open_alarms(world) == set()


# --- ways in ---


@pytest.mark.parametrize(
    ("tag", "zone", "rule"),
    [
        ("O2-1", "IV", "item-oxygen-cylinder"),
        ("CHAIR-1", "IV", "item-unsafe"),
        ("CHAIR-1", "III", "item-unsafe"),
        ("GREY-1", "IV", "item-unlabelled"),
        ("GREY-1", "III", "item-unlabelled"),
    ],
)
def test_what_may_not_go_in_is_refused_whoever_brings_it(tag: str, zone: str, rule: str) -> None:
    """S5, S2: somebody's word brings no cylinder and no unknown thing in."""
    world = stocked()
    assert world.refused(bring(world, tag, zone)) == rule
    assert world.state.inside.places == {}
    assert world.facts(AttemptRefused)[-1].rule == rule


def test_a_cylinder_with_a_label_may_stand_in_zone_iii() -> None:
    world = stocked()
    world.do(bring(world, "O2-1", "III"))
    assert occupancy.objects(world.state) == {"I": (), "II": (), "III": ("I2",), "IV": ()}


def test_a_conditional_item_goes_in_with_its_line_and_somebody_named() -> None:
    world = stocked()
    for nobody in ("", world.people["RA"], "stranger"):
        decision = world.give(bring(world, "PUMP-1", supervisor=nobody))
        assert decision.refused is not None
        assert decision.refused.rule == "item-supervisor"
        assert "20 mT" in decision.refused.reason
        assert "1.5 m" in decision.refused.reason
    world.do(bring(world, "PUMP-1"))
    place = world.state.inside.within("IV")[0]
    assert (place.supervisor, place.brought_by, place.against) == (
        world.people["LT"],
        world.people["LT"],
        (),
    )
    assert world.refused(bring(world, "PUMP-1")) == "item-there-already"


def test_an_overdue_inspection_keeps_an_item_out() -> None:
    world = stocked()
    world.clock.utc += 31 * 86_400 * 1_000_000
    assert world.refused(bring(world, "TOOL-1")) == "item-inspection-due"


def test_nothing_is_brought_inwards_in_an_emergency_or_by_nobody() -> None:
    world = stocked()
    assert world.refused(bring(world, "TOOL-1", brought_by="a man")) == "item-carrier"
    assert world.refused(bring(world, "TOOL-1", visit="nobody")) == "visit-not-open"
    assert world.refused(bring(world, "TOOL-1", "hall")) == "item-place-unknown"
    assert world.refused(MoveItem(item="nothing", to="IV")) == "item-unknown"
    world.do(OpenEmergency())
    assert world.refused(bring(world, "TOOL-1")) == "emergency-open"
    world.sign_off()
    world.do(bring(world, "TOOL-1", anyway=True))
    assert world.state.inside.uncleared("IV")[0].against == ("emergency-open",)


# --- recorded whatever stands against it ---


def test_what_was_carried_in_anyway_is_recorded_and_rings_until_it_is_out() -> None:
    """S5: a cylinder already inside holds everybody out, with nobody signed on to allow it."""
    world, visit = door_with_items()
    world.do(bring(world, "O2-1", anyway=True, brought_by="a ward attendant", visit=visit))
    alarm = world.alarm("item-uncleared")
    assert (alarm.priority, alarm.present, alarm.visits) == (Priority.HIGH, True, (visit,))
    assert world.facts(ItemMoved)[-1].brought_by == "not-known"
    assert "item-inside" in against(world, visit)
    world.acknowledge(alarm.id)
    world.dispose(alarm.id, "item-taken-out")
    assert "item-inside" in against(world, visit)
    world.sign_off()
    world.do(MoveItem(item=item(world, "O2-1"), to=OUT))
    assert "item-uncleared" not in open_alarms(world)
    assert "item-inside" not in against(world, visit)


def test_the_alarm_stays_until_the_last_of_several_is_out() -> None:
    world = stocked()
    world.do(bring(world, "O2-1", anyway=True))
    world.do(bring(world, "CHAIR-1", anyway=True))
    assert world.alarm("item-uncleared").instance == 2
    world.do(MoveItem(item=item(world, "O2-1"), to="III"))
    assert world.alarm("item-uncleared").present
    world.do(MoveItem(item=item(world, "CHAIR-1"), to="III"))
    assert open_alarms(world) == {"item-uncleared-iii"}
    world.do(MoveItem(item=item(world, "CHAIR-1"), to=OUT))
    assert open_alarms(world) == set()


def test_saying_that_a_harmless_thing_is_inside_already_is_an_uncleared_entry_too() -> None:
    world = stocked()
    world.do(bring(world, "TOOL-1", anyway=True))
    assert world.state.inside.uncleared("IV")[0].against == ("item-came-in-unseen",)
    assert open_alarms(world) == {"item-uncleared"}


def test_an_item_inside_gets_no_better_label_and_a_worse_one_rings() -> None:
    world = stocked()
    world.do(bring(world, "TOOL-1"))
    assert world.refused(label(world, "TOOL-1", "mr-safe"), "SE", "TE") == "item-label-inside"
    worse = label(world, "TOOL-1", "mr-unsafe")
    world.do(worse, "SE", "TE")
    assert open_alarms(world) == {"item-uncleared"}
    world.do(MoveItem(item=item(world, "TOOL-1"), to=OUT))
    assert open_alarms(world) == set()
    assert world.refused(bring(world, "TOOL-1")) == "item-unsafe"


def test_quarantine_of_a_thing_inside_rings() -> None:
    world = stocked()
    world.do(bring(world, "PUMP-1"))
    world.do(QuarantineItem(item=item(world, "PUMP-1"), reason="label-doubted"))
    assert open_alarms(world) == {"item-uncleared"}


# --- seen by eye ---


@cache
def _door_with_items() -> tuple[World, str]:
    world, visit = at_the_door()
    asked = AddStaff(name="Mona Expert", initials="SE", roles=("MRSE",), pin_hash="hash-SE")
    world.do(asked, "SO")
    world.people["SE"] = next(reversed(world.state.staff.people))
    world.do(ImportItems(entries=stock(today(world.clock.now()))), "SE", "TE")
    return world, visit


def door_with_items() -> tuple[World, str]:
    """Return a patient about to go in, and a register of six items."""
    world, visit = _door_with_items()
    return world.clone(), visit


def on_the_table(world: World, visit: str) -> None:
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)


def start(world: World, visit: str) -> StartCheck:
    return StartCheck(visit=visit, heads=world.state.visits.heads)


def test_what_came_in_before_the_patient_is_seen_anew_before_the_scan() -> None:
    """A25: nothing is presumed to be where it was, and nothing is presumed out."""
    world, visit = door_with_items()
    world.do(bring(world, "PUMP-1", visit=visit))
    world.do(bring(world, "STEP-1"))
    world.advance(2)
    on_the_table(world, visit)
    assert world.refused(start(world, visit)) == "items-not-seen"
    world.do(SeeItem(item=item(world, "PUMP-1"), present=True))
    world.do(start(world, visit))


def test_what_is_missing_stays_on_the_record_and_holds_until_it_is_found_or_out() -> None:
    world, visit = door_with_items()
    world.do(bring(world, "TOOL-1"))
    on_the_table(world, visit)
    world.do(SeeItem(item=item(world, "TOOL-1"), present=False))
    assert world.state.inside.zone(item(world, "TOOL-1")) == "IV"
    alarm = world.alarm("items-differ")
    assert (alarm.priority, alarm.present) == (Priority.HIGH, True)
    assert world.refused(start(world, visit)) in ("items-differ", "items-not-seen")
    world.do(SeeItem(item=item(world, "TOOL-1"), present=True))
    assert open_alarms(world) == set()
    world.do(start(world, visit))


def test_a_thing_found_inside_that_nobody_brought_in_is_an_uncleared_entry() -> None:
    world = stocked()
    assert world.refused(SeeItem(item=item(world, "TOOL-1"), present=False)) == "item-not-inside"
    world.do(SeeItem(item=item(world, "O2-1"), present=True))
    assert open_alarms(world) == {"item-uncleared"}
    assert world.state.inside.within("IV")[0].brought_by == "not-known"


def test_a_visit_does_not_close_on_what_was_brought_in_for_it() -> None:
    world, visit = door_with_items()
    world.do(bring(world, "PUMP-1", visit=visit))
    assert world.refused(CloseVisit(visit=visit, outcome="not-scanned")) == "visit-items-inside"
    world.do(MoveItem(item=item(world, "PUMP-1"), to=OUT))
    world.do(CloseVisit(visit=visit, outcome="not-scanned"))


def test_fewer_pieces_than_recorded_after_an_emergency_is_an_alarm_until_each_is_looked_for() -> None:
    world, visit = door_with_items()
    world.do(bring(world, "PUMP-1"))
    world.do(bring(world, "TOOL-1"))
    world.do(bring(world, "STEP-1"))
    world.do(OpenEmergency())
    world.do(AskEmergencyEnd(emergency=""))
    world.do(EndEmergency(emergency="", head_count=0, kit_count=1, by_eye=True))
    assert {"items-differ", "kit-inside"} <= open_alarms(world) | {
        a.rule for a in world.state.alarms.open.values()
    }
    assert "items-differ" in against(world, visit)
    numbers = [alarm.no for alarm in world.state.alarms.open.values()]
    assert len(set(numbers)) == len(numbers)
    world.do(SeeItem(item=item(world, "TOOL-1"), present=True))
    world.do(SeeItem(item=item(world, "STEP-1"), present=True))
    assert "items-differ" in open_alarms(world)
    world.do(MoveItem(item=item(world, "PUMP-1"), to=OUT))
    assert "items-differ" not in open_alarms(world)


def test_a_whole_count_after_an_emergency_still_asks_to_see_each_item() -> None:
    """I10: a number of pieces answers for none of them."""
    world = stocked()
    world.do(bring(world, "STEP-1"))
    world.do(OpenEmergency())
    world.do(AskEmergencyEnd(emergency=""))
    world.do(EndEmergency(emergency="", head_count=0, kit_count=0, by_eye=True))
    assert "items-differ" not in open_alarms(world)
    assert world.state.inside.within("IV")[0].seen is None


def test_what_lives_inside_counts_as_seen_for_one_shift_and_no_longer() -> None:
    world, visit = door_with_items()
    world.do(bring(world, "STEP-1"))
    case = Case(world.state, world.visit(visit), world.ctx())
    assert list(clearance.items_seen(case)) == []
    world.clock.bt += 13 * 3600 * 10**9
    world.clock.utc += 13 * 3600 * 10**6
    case = Case(world.state, world.visit(visit), world.ctx())
    assert [f.why.rule for f in clearance.items_seen(case)] == ["items-not-seen"]


def test_a_register_that_broke_lets_nothing_in() -> None:
    world = stocked()
    world.state = replace(world.state, broken=("inside",))
    assert world.refused(bring(world, "TOOL-1")) == "state-broken"
    assert occupancy.objects(world.state) is None


# --- every path ---

_STEP = st.tuples(
    st.sampled_from(("in", "anyway", "out", "see", "gone", "label", "hold", "emergency")),
    st.sampled_from(TAGS),
    st.sampled_from(PLACES),
    st.sampled_from(tuple(Label)),
)


def _take(world: World, what: str, tag: str, zone: str, word: Label) -> None:
    match what:
        case "in":
            world.give(bring(world, tag, zone))
        case "anyway":
            world.give(bring(world, tag, zone, anyway=True))
        case "out":
            world.give(MoveItem(item=item(world, tag), to=OUT))
        case "see" | "gone":
            world.give(SeeItem(item=item(world, tag), present=what == "see"))
        case "label":
            world.give(label(world, tag, word), "SE", "TE")
        case "hold":
            world.give(QuarantineItem(item=item(world, tag), reason=QUARANTINES[0]))
        case "emergency":
            world.give(OpenEmergency())
            world.give(AskEmergencyEnd(emergency=""))
            world.give(EndEmergency(emergency="", head_count=0, kit_count=1, by_eye=True))


def _adds_up(steps: list[tuple[str, str, str, Label]]) -> None:
    world = stocked()
    for step in steps:
        _take(world, *step)
        inside = world.state.inside
        for place in inside.within("IV"):
            known = world.state.items.register[place.item]
            if known.sort is ItemClass.OXYGEN_CYLINDER or known.label in NEVER or known.quarantine:
                assert place.against
                assert "item-uncleared" in open_alarms(world)
        assert ("item-uncleared" in open_alarms(world)) == bool(inside.uncleared("IV"))
        assert ("items-differ" in open_alarms(world)) == inside.differs
        moves = world.facts(ItemMoved)
        for zone in ("III", "IV"):
            came = sum(m.to == zone for m in moves) - sum(m.was == zone for m in moves)
            assert came == len(inside.within(zone))
    again = suite.SuiteState()
    for entry in world.entries:
        again = suite.evolve(again, entry)
    assert again.inside == world.state.inside
    assert again.items == world.state.items


@given(st.lists(_STEP, max_size=14))
def test_nothing_forbidden_is_inside_without_its_alarm_and_inside_is_in_minus_out(
    steps: list[tuple[str, str, str, Label]],
) -> None:
    """No path brings a cylinder or an unlabelled thing in without its alarm; the ledger adds up."""
    _adds_up(steps)


@pytest.mark.soak
@pytest.mark.timeout(1_200)
@settings(max_examples=5_000, database=None)
@given(st.lists(_STEP, max_size=40))
def test_nothing_forbidden_is_inside_without_its_alarm_in_five_thousand_days(
    steps: list[tuple[str, str, str, Label]],
) -> None:
    """The same, long."""
    _adds_up(steps)
