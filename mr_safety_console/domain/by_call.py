"""A decision of somebody who is not here: who may give one, and what makes a call count."""

from __future__ import annotations

from mr_safety_console.domain.context import US, Ctx
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import StaffState, credential_over, roles_of
from mr_safety_console.domain.words import refused

CALLED_S = 24 * 3600
"""How long ago a call may be that is written down only now."""


def elsewhere(
    staff: StaffState, decider: str, roles: frozenset[str], ctx: Ctx, *, is_self: bool
) -> Refused | None:
    """Return why this person may not decide from elsewhere: unknown, out of role, expired, or here."""
    if not roles & roles_of(staff, decider):
        return refused("decider-role", roles=", ".join(sorted(roles)))
    if credential_over(staff, decider, ctx):
        return refused("credential-expired")
    if is_self:
        return refused("signs-for-self")
    if any(who.person == decider for who in ctx.signers):
        return refused("decider-here")
    return None


def unheard(callback: str, read_back: bool, decided_utc: int, ctx: Ctx) -> Refused | None:
    """Return why a call does not count: no number, not read back, or not of the last 24 hours."""
    if not callback.strip() or not read_back:
        return refused("call-unread")
    age_s = (ctx.now.utc - decided_utc) / US
    return None if 0 <= age_s <= CALLED_S else refused("call-when")
