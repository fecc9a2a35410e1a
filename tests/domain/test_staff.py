"""People: the register, signing on, wrong PINs, and who may do what against a table typed by hand."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from support.suite_world import World, ready

from mr_safety_console.domain import staff
from mr_safety_console.domain.authority import MAY, ROLES
from mr_safety_console.domain.context import Who
from mr_safety_console.domain.notes import NoteWritten, WriteNote
from mr_safety_console.domain.staff import AddStaff, PinFailed, SignedOff, SignOff, SignOn, may_try

S, L = {"MRST", "MRSO"}, {"L2", "L2T", "OPR"}
ONE = S | L | {"L1"}
BY_HAND: dict[str, tuple[Collection[str], int]] = {
    "staff-add": ({"MRSO", "MRRP"}, 1),
    "visit-open": (ONE, 0),
    "visit-identify": (ONE, 0),
    "visit-close": (S | L, 0),
    "answer": (ONE, 0),
    "screening-take-over": (ONE, 0),
    "screening-first": (ONE, 1),
    "screening-aloud": (L, 0),
    "screening-interactive": (L, 1),
    "resolve-clinical": ({"RAD", "MRMD"}, 1),
    "resolve-device": (L | {"MRSE", "RAD", "MRMD"}, 1),
    "resolve-removed": (L, 0),
    "screening-approve": (L | {"RAD", "MRMD"}, 1),
    "remote-approval": (L, 1),
    "record-decision": (L, 1),
    "sign-decision": (L | {"MRSE", "RAD", "MRMD"}, 1),
    "screening-emergent": (L, 1),
    "line-state": (ONE, 0),
    "visit-link": (S | L, 0),
    "belongings": (ONE, 0),
    "detector-pass": (ONE, 0),
    "detector-pass-witness": (ONE, 2),
    "hand-pass": (S | L, 1),
    "wand-test": (ONE, 0),
    "release-unexplained": ({"RAD", "MRMD"}, 2),
    "authorise-zone-iii": (L, 0),
    "list-item": (ONE, 0),
    "release-item": ({"RAD", "MRMD"}, 2),
    "override-item": (S, 2),
    "final-check": (L, 2),
    "transit": (S | L, 0),
    "keep-door": (S | L, 0),
    "enter-zone-iv": (L, 0),
    "admit-colleague": (S | L, 0),
    "people-track": (S | L | {"L1"}, 0),
    "device-record": (ONE | {"MRSE"}, 0),
    "device-withdraw": ({"L2T", "MRSE"}, 1),
    "scan-plan": (S | L | {"REM"}, 0),
    "condition-confirm": (S | L | {"REM", "MRSE"}, 0),
    "devices-met": ({"L2T", "MRSE"}, 2),
    "devices-risk-benefit": ({"RAD"}, 2),
    "devices-exception": ({"MRMD"}, 2),
    "device-decision-sign": ({"L2T", "OPR", "MRSE", "RAD", "MRMD", "REM"}, 1),
    "device-action": (ONE | {"MRSE"}, 0),
    "device-restored": (S | L | {"MRSE"}, 1),
    "permit-open": (S, 1),
    "permit-close": (S, 1),
    "escort-offer": (L, 0),
    "escort-accept": (L, 1),
    "start-check": (S | L, 0),
    "check-in": (ONE, 0),
    "operator-name": (S | L, 0),
    "duties-accept": (S | L, 1),
    "time-out": (S | L, 1),
    "observe-accept": (ONE, 1),
    "watch-wider": (L, 1),
    "skin-check": (S | L, 0),
    "injection": (S | L, 0),
    "scan-end": (ONE | {"REM"}, 0),
    "leave-zone-iv": (ONE, 0),
    "alarm-acknowledge": (ONE | {"RAD", "MRMD", "MRSE"}, 0),
    "alarm-dispose": (S | L, 0),
    "alarm-shelve": (S | {"MRSE"}, 0),
    "bypass-briefly": (S, 1),
    "bypass-high": ({"MRSO"}, 2),
    "bypass-end": (ONE, 0),
    "item-register": (ONE | {"MRSE"}, 0),
    "item-import": ({"MRSE", "MRRP"}, 2),
    "item-label": ({"MRSE", "MRRP"}, 2),
    "item-quarantine": (ONE | {"MRSE"}, 0),
    "item-move": (S | L, 0),
    "item-see": (ONE, 0),
    "walk-test": (ONE, 0),
    "door-test": (ONE, 0),
    "check-record": (ONE, 0),
    "check-witnessed": (ONE, 2),
    "check-waive": ({"MRSO", "MRRP"}, 2),
    "use-resume": ({"MRRP", "MRMD"}, 2),
    "sounder-test": (ONE, 0),
    "shift-close": ({"MRST", "L2T"}, 1),
    "declare-change": (set(ROLES), 0),
    "device-snapshot": (set(ROLES), 0),
    "note": (set(ROLES), 0),
}


def test_who_may_do_what_is_what_was_written_down_by_hand() -> None:
    """I5: every act has a row, and no row has grown."""
    assert {act: (set(roles), count) for act, (roles, count) in MAY.items()} == {
        act: (set(roles), count) for act, (roles, count) in BY_HAND.items()
    }


@pytest.mark.parametrize("act", BY_HAND)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_alone_decides(act: str, role: str) -> None:
    """I5: the role somebody holds counts, not the one they say."""
    world = World()
    world.start()
    world.do(AddStaff(name="Al Example", initials="AL", roles=(role,), pin_hash="h"))
    (name,) = world.state.staff.people
    world.people["AL"] = name
    roles, count = BY_HAND[act]
    why = staff.may(world.state.staff, act, world.ctx(("AL",), actor=Who(name, "MRMD")))
    if count > 1:
        assert why is not None
        assert why.rule == "signature-missing"
    else:
        assert (why is None) is (role in roles)


def test_the_first_person_begins_the_register_and_nobody_after_enters_themselves() -> None:
    world = World()
    first = AddStaff(name="Olga Officer", initials="OO", roles=("MRSO",), pin_hash="h")
    world.do(first)
    assert world.refused(first) == "signature-missing"
    world.people["OO"] = next(iter(world.state.staff.people))
    assert world.refused(first, "OO") == "initials-taken"
    for roles in ((), ("MRST", "WIZARD")):
        wrong = AddStaff(name="X", initials="XX", roles=roles, pin_hash="h")
        assert world.refused(wrong, "OO") == "role-unknown"


@pytest.mark.parametrize("blank", ["name", "initials", "pin_hash"])
@pytest.mark.parametrize("said", ["", " \t"])
def test_nobody_is_entered_without_name_initials_and_pin(blank: str, said: str) -> None:
    """I5: a signature belongs to somebody who can be named; a blank PIN is nobody's."""
    given = {"name": "Al Example", "initials": "AL", "pin_hash": "h", blank: said}
    world = World()
    assert world.refused(AddStaff(roles=("MRSO",), **given)) == "staff-blank"
    assert world.state.staff.people == {}


def test_signing_on_wants_that_persons_own_pin() -> None:
    world = ready()
    lena = world.people["LT"]
    assert world.refused(SignOn(person=lena)) == "signature-missing"
    assert world.refused(SignOn(person=lena), "LO") == "signature-missing"
    assert world.refused(SignOn(person="nobody"), "LO") == "person-unknown"
    world.sign_on("LT")
    assert world.facts(SignedOff)[-1] == SignedOff(person=world.people["TE"], reason="replaced")
    world.do(SignOff(reason="locked"))
    assert world.do(SignOff()) == ()


def test_wrong_pins_rest_longer_each_time_and_a_right_one_begins_anew() -> None:
    """I15: the waiting time stands on the boot-time clock."""
    world = ready()
    lena = world.people["LT"]
    waits = []
    for _ in range(9):
        world.do(PinFailed(person=lena))
        why = may_try(world.state.staff, lena, world.clock.now())
        until = world.state.staff.tries[lena].until_bt
        waits.append((until - world.clock.bt) // 10**9)
        assert (why is None) is (waits[-1] == 0)
    assert waits == [0, 0, 0, 0, 30, 60, 300, 900, 900]
    world.clock.step_wall(3600)
    assert may_try(world.state.staff, lena, world.clock.now())
    world.clock.advance(899.9)
    assert may_try(world.state.staff, lena, world.clock.now())
    world.clock.advance(0.1)
    assert may_try(world.state.staff, lena, world.clock.now()) is None
    world.sign_on("LT")
    assert lena not in world.state.staff.tries


def test_a_reboot_shortens_no_waiting_time() -> None:
    """I15: fifteen minutes stay fifteen minutes; a clock set back adds to them."""
    world = ready()
    lena = world.people["LT"]
    for _ in range(8):
        world.do(PinFailed(person=lena))
    world.clock.reboot(60)
    world.clock.bt += 3600 * 10**9
    why = may_try(world.state.staff, lena, world.clock.now())
    assert why is not None
    assert "841 s" in why.reason
    world.clock.step_wall(-86_400)
    assert may_try(world.state.staff, lena, world.clock.now())
    world.clock.step_wall(86_400 + 840)
    assert may_try(world.state.staff, lena, world.clock.now()) is None


def test_nobody_else_waits_for_somebodys_wrong_pins() -> None:
    world = ready()
    for _ in range(8):
        world.do(PinFailed(person=world.people["LT"]))
    assert may_try(world.state.staff, world.people["LO"], world.clock.now()) is None


def test_a_note_has_words_and_an_author() -> None:
    world = ready()
    assert world.refused(WriteNote(text="  ")) == "note-empty"
    world.do(WriteNote(text="chair squeaks", about="A1"))
    assert world.facts(NoteWritten)[0].about == "A1"
    assert world.entries[-1].by[0].person == world.people["TE"]
    world.sign_off()
    assert world.refused(WriteNote(text="x")) == "nobody-signed-on"


def test_nobody_stands_in_the_register_twice() -> None:
    """2.5: one person under two initials would sign as two."""
    world = ready()
    again = AddStaff(name="technologist, TERRY", initials="T2", roles=("L2",), pin_hash="h")
    assert world.refused(again, "SO") == "name-taken"
    world.do(AddStaff(name="Terry B. Technologist", initials="T2", roles=("L2",), pin_hash="h"), "SO")
