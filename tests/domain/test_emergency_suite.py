"""What the suite makes of an emergency beyond the emergency itself."""

from __future__ import annotations

from support.suite_world import World

from mr_safety_console.domain.emergency import ChooseEmergencyKind, EmergencyKind, OpenEmergency
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
