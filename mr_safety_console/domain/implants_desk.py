"""The devices of one visit with everything a decision about them looks at."""

from __future__ import annotations

from mr_safety_console.domain import implant_verdict
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.implant_facts import (
    ConfirmationsVoided,
)
from mr_safety_console.domain.implants import Implant, VisitDevices
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import StaffState, may
from mr_safety_console.domain.text import same_name
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import refused

Facts = tuple[Fact, ...]

OPERATORS = frozenset({"REM", "OPR"})
"""Who says what the scanner is set to: the remote operator, or the one at the scanner."""
LONGEST_TEXT = 120


@frozen
class DevicesDesk:
    """The devices of one visit with everything a decision about them looks at."""

    known: VisitDevices
    person: Visit
    ctx: Ctx
    staff: StaffState

    @property
    def place(self) -> implant_verdict.Place:
        """Return what the devices are judged against."""
        return implant_verdict.Place(self.ctx.profile, self.person, self.ctx.now)

    def is_self(self, person: str) -> bool:
        """Tell whether a member of staff is the patient, or bears the same name."""
        known = self.staff.people.get(person)
        return person == self.person.subject or (
            known is not None and same_name(known.name, self.person.name)
        )

    def may(self, act: str) -> Refused | None:
        """Return why the people here may not do the act, or None; nobody decides on themselves (I5)."""
        if why := may(self.staff, act, self.ctx):
            return why
        deciding = {who.person for who in self.ctx.signers}
        if not deciding and self.ctx.actor is not None:
            deciding = {self.ctx.actor.person}
        return refused("signs-for-self") if any(self.is_self(one) for one in deciding) else None

    def device(self, name: str) -> Implant | Refused:
        """Return a device of this visit."""
        return self.known.devices.get(name) or refused("device-unknown")

    def next(self) -> int:
        """Return the number of the edition that a change begins."""
        return self.known.edition + 1

    def voided(self, reason: str, of: str = "") -> Facts:
        """Return the fall of whatever was confirmed and decided, if anything was."""
        if not self.known.said and self.known.decision is None:
            return ()
        told = ConfirmationsVoided(visit=self.person.id, edition=self.next(), reason=reason, of=of)
        return (told,)


def too_long(*texts: str) -> Refused | None:
    """Return the refusal of a text that is longer than what is kept."""
    longest = max(map(len, texts), default=0)
    return refused("device-text", longest=LONGEST_TEXT) if longest > LONGEST_TEXT else None
