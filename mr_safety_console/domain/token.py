"""A clearance as a token that decays: the legs it stands on, how long each lives, the shortest way back.

Two tokens for each attendance: `entry` into the magnet room and `start` of the scan. Neither is ever
stored: what stands is judged anew each time from the legs on the record and the rules of `clearance`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from mr_safety_console.domain import (
    binding,
    check_rules,
    clearance,
    final_rounds,
    remote_rules,
    screening_sheets,
    visit,
)
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.findings import Case, Finding, Rule, Verdict, assess
from mr_safety_console.domain.hearing_heads import heard_for
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.visit_facts import Leg
from mr_safety_console.domain.words import say

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState


class Standing(StrEnum):
    """How one leg stands. Only STANDS carries; HELD names a rule that speaks against it."""

    STANDS = "stands"
    MISSING = "missing"
    FELL = "fell"
    EXPIRED = "expired"
    HELD = "held"


@frozen
class TokenLeg:
    """One leg: `fallen` is the coded reason it fell, `left_s` the whole seconds it has still to live."""

    id: str
    standing: Standing
    fallen: str = ""
    left_s: int | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def against(self) -> tuple[Finding, ...]:
        """Return what speaks against it beside that it is not there, fell or is too old."""
        return tuple(one for one in self.findings if one.why.rule not in _OF_THE_LEG)


_OF_THE_LEG = frozenset({"leg-missing", "leg-fallen", "leg-expired"})


@frozen
class Token:
    """A token as it stands now. It stands when every leg does, as long as the shortest lives."""

    legs: tuple[TokenLeg, ...]

    @property
    def stands(self) -> bool:
        """Return whether every leg stands."""
        return not self.broken

    @property
    def broken(self) -> tuple[TokenLeg, ...]:
        """Return the legs that do not stand, in the order they are redone."""
        return tuple(leg for leg in self.legs if leg.standing is not Standing.STANDS)

    @property
    def left_s(self) -> int | None:
        """Return the whole seconds until the first leg expires; None when none expires by time."""
        return min((leg.left_s for leg in self.legs if leg.left_s is not None), default=None)


_ROOM: tuple[Rule, ...] = (
    clearance.heads_agree,
    clearance.openings_explained,
    clearance.no_kit_inside,
    clearance.no_item_against,
    clearance.items_agree,
    clearance.people_answered_for,
    clearance.no_permit_open,
)
_INTERVIEW: tuple[Rule, ...] = (
    binding.forms_same,
    clearance.screening_cleared,
    screening_sheets.sheets_settled,
)
_SUITE: tuple[Rule, ...] = (clearance.no_emergency, clearance.field_present, clearance.nothing_broken)

ENTRY: Mapping[str, tuple[Leg | None, tuple[Rule, ...]]] = MappingProxyType(
    {
        "identity": (Leg.IDENTITY, (binding.bound_here,)),
        "screening": (Leg.SCREENING, _INTERVIEW),
        "device-verdict": (None, (binding.devices_judged, binding.devices_decided)),
        "belongings": (Leg.BELONGINGS, ()),
        "detector-healthy": (None, (clearance.detectors_watch, clearance.no_open_ferrous_alarm)),
        "detector-pass": (Leg.DETECTOR_PASS, (clearance.no_hold,)),
        "zone-iii": (Leg.ZONE_III, ()),
        "door-list": (Leg.DOOR_LIST, ()),
        "duty-split": (None, (remote_rules.agreed,)),
        "door-guard": (None, (clearance.door_known,)),
        "final-check": (Leg.FINAL_CHECK, (clearance.final_check_last, final_rounds.read_twice)),
        "room": (
            None,
            (clearance.nobody_else_inside, clearance.companion_escorted, clearance.no_count_alarm, *_ROOM),
        ),
        "suite": (None, (*_SUITE, check_rules.let_in)),
    }
)
"""The legs of going in, in the order they are done: what makes each, and which rules speak against it."""

START: Mapping[str, tuple[Leg | None, tuple[Rule, ...]]] = MappingProxyType(
    {
        "entered-cleared": (None, (clearance.patient_inside, clearance.entered_on_clearance)),
        "identity": (Leg.IDENTITY, (binding.bound_here, binding.identity_stands)),
        "screening": (Leg.SCREENING, _INTERVIEW),
        "device-verdict": (None, (binding.devices_judged, binding.devices_decided)),
        "door-list": (None, (binding.door_list_stands,)),
        "table-list": (Leg.TABLE_LIST, (binding.table_list_stands, clearance.no_answer_holds)),
        "hearing": (None, (heard_for,)),
        "remote-word": (None, (remote_rules.agreed, remote_rules.at_one)),
        "iron": (None, (clearance.no_iron_taken_in, clearance.no_hold)),
        "room": (None, (clearance.nobody_uncounted, *_ROOM, clearance.items_seen)),
        "door-closed": (None, (clearance.door_closed,)),
        "suite": (None, (*_SUITE, check_rules.let_scan)),
    }
)
"""The legs of beginning a scan. Heads are counted by eye, and the observer is bound, by the start check."""


def entry(state: SuiteState, person: Visit, ctx: Ctx) -> Token:
    """Return the token of going into the magnet room, as it stands now."""
    needs = {leg for leg, _ in visit.before_entry(person)}
    return _token(ENTRY, Case(state, person, ctx), needs)


def start(state: SuiteState, person: Visit, ctx: Ctx) -> Token:
    """Return the token of beginning a scan, as it stands now."""
    return _token(START, Case(state, person, ctx), set(Leg))


def _token(legs: Mapping[str, tuple[Leg | None, tuple[Rule, ...]]], case: Case, needs: set[Leg]) -> Token:
    return Token(
        tuple(
            _leg(name, leg, rules, case) for name, (leg, rules) in legs.items() if leg is None or leg in needs
        )
    )


def _leg(name: str, leg: Leg | None, rules: tuple[Rule, ...], case: Case) -> TokenLeg:
    found = assess(rules, case)
    made, fallen = _made(leg, case)
    standing = made if made is not Standing.STANDS else Standing.HELD if found else Standing.STANDS
    left_s = visit.left_s(case.visit, leg, case.ctx) if leg and made is Standing.STANDS else None
    return TokenLeg(name, standing, fallen, left_s, found)


def _made(leg: Leg | None, case: Case) -> tuple[Standing, str]:
    if leg is None:
        return Standing.STANDS, ""
    known = case.visit.legs.get(leg)
    if known is None:
        return Standing.MISSING, ""
    if known.fallen:
        return Standing.FELL, known.fallen
    return (Standing.EXPIRED if visit.expired(case.visit, leg, case.ctx) else Standing.STANDS), ""


def way_back(token: Token) -> tuple[str, ...]:
    """Return the shortest way to a token that stands: one sentence an act, in order, each once."""
    told: list[str] = []
    for leg in token.broken:
        held = leg.standing is Standing.HELD
        if not held:
            told.append(say("way-back", leg.id))
        told += (one.why.what_now for one in leg.against if held or one.verdict is Verdict.STOP)
    return tuple(dict.fromkeys(told))
