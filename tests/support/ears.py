"""What somebody says who fits every head in the room, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from mr_safety_console.domain.hearing import ChooseHearing, Fit
from mr_safety_console.domain.hearing_heads import inside
from mr_safety_console.domain.hearing_protection import Method, Protector, RoomNoise, Sort
from mr_safety_console.domain.suite import SuiteState

ROOM = RoomNoise(Decimal(115), Decimal("116.5"), Decimal(125), "declaration, page 31")
FOAM, MUFFS = Protector("Foam plug", Sort.PLUG, nrr=32, snr=36), Protector("Ear muff", Sort.MUFF, snr=30)
STOCK = (FOAM, MUFFS)
"""The noise and the protectors of the made-up sites."""


def fitted(state: SuiteState) -> Iterator[ChooseHearing]:
    """Yield plugs with their fit seen, for each head that nothing is recorded of."""
    for head in inside(state):
        if head.key not in state.hearing.heads:
            yield ChooseHearing(
                visit=head.visit,
                person=head.person,
                nameless=head.nameless,
                method=Method.PLUG,
                fit=Fit.ROLL_DOWN,
            )
