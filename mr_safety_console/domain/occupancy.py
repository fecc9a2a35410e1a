"""Who and what is in which zone, by the record: the one place that adds the ledgers up.

Each ledger adds its own heads or objects here, under what people call them aloud: never a name.
Nobody and nothing is presumed out: somebody let into Zone III stays there until the record says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mr_safety_console.domain.profile import ZONES
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.visit_facts import Leg

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

STAFF = "staff"
COUNTED_FROM = ("visits", "people")
"""The slices heads come from; while one of them is broken nobody knows who is where."""
OBJECTS_FROM = ("items", "inside")


def known(state: SuiteState) -> bool:
    """Tell whether heads can be told at all."""
    return not any(name in state.broken for name in COUNTED_FROM)


def heads(state: SuiteState) -> Mapping[str, tuple[str, ...]]:
    """Return the people of each zone, `I` to `IV`, one word each: `V12` a visit's patient, `P7` a
    person by name, `staff` a head without one.

    As many words as the record has heads; a zone nobody is counted in is empty, never missing. Zone I
    is public, and of Zone II only arrived patients are known.
    """
    found: dict[str, list[str]] = {zone: [] for zone in ZONES}
    for one in state.visits.open.values():
        found[_zone_of(one)].append(f"V{one.no}")
    for person in state.people.here.values():
        if not person.visit:
            found["IV" if person.inside else "III"].append(f"P{person.no}")
    found["IV"] += [STAFF] * (state.visits.staff_inside - state.people.named_inside)
    return {zone: tuple(who) for zone, who in found.items()}


def _zone_of(one: Visit) -> str:
    """Return the innermost zone a patient must be taken to be in: a fallen leg takes nobody out."""
    if one.inside:
        return "IV"
    return "III" if one.left is not None or Leg.ZONE_III in one.legs else "II"


def objects(state: SuiteState) -> Mapping[str, tuple[str, ...]] | None:
    """Return the objects recorded in each zone, `I12` an item of the register; None while nobody knows."""
    if any(name in state.broken for name in OBJECTS_FROM):
        return None
    return {zone: tuple(f"I{one.no}" for one in state.inside.within(zone)) for zone in ZONES}
