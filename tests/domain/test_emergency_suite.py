"""What the suite makes of an emergency beyond the emergency itself."""

from __future__ import annotations

import pytest
from support.suite_world import World, at_the_door

from mr_safety_console.domain.emergency import (
    AskEmergencyEnd,
    ChooseEmergencyKind,
    EmergencyKind,
    EndEmergency,
    OpenEmergency,
)
from mr_safety_console.domain.quench import FieldState


def test_naming_the_kind_quench_puts_the_field_in_doubt() -> None:
    """I13: after a quench, or the word of one, the field is not what it was until measured."""
    world = World()
    world.do(OpenEmergency())
    world.do(ChooseEmergencyKind(emergency="", about=EmergencyKind.QUENCH))
    assert world.state.quench.field is FieldState.UNKNOWN
    assert world.state.quench.barred


def test_another_kind_leaves_the_field_alone() -> None:
    world = World()
    world.do(OpenEmergency())
    world.do(ChooseEmergencyKind(emergency="", about=EmergencyKind.ARREST))
    assert world.state.quench.field is FieldState.PRESENT


@pytest.mark.parametrize(("counted", "recorded"), [(0, 2), (1, 2), (2, 2), (5, 5)])
def test_more_heads_counted_at_the_end_stand_in_the_record_and_fewer_take_nobody_out(
    counted: int, recorded: int
) -> None:
    """A count may only tighten: an opening with somebody inside must stay a High alarm."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.do(OpenEmergency())
    world.do(AskEmergencyEnd(emergency=""))
    world.do(EndEmergency(emergency="", head_count=counted, kit_count=0, by_eye=True))
    assert world.state.emergency.current is None
    assert world.state.visits.heads == recorded
    assert world.visit(visit).inside
