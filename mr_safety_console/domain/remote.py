"""A session with a remote operator as it stands for one visit: who, consents, duties, time-out, link."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import US, Ctx, Instant, elapsed
from mr_safety_console.domain.remote_facts import (
    PROMPTS_S,
    Consent,
    DutiesAccepted,
    LinkPrompted,
    LinkSaidBack,
    LinkSaidLost,
    OperatorNamed,
    RemoteConsentRecorded,
    TimeOutHeld,
)
from mr_safety_console.domain.value import frozen

if TYPE_CHECKING:
    from mr_safety_console.domain.visit import Visit


@frozen
class Session:
    """What both ends have settled for one patient. `operator` is empty where somebody on site scans.

    `duties` is the version read back; `time_out` when both held one, for `valid_s` seconds. `lost`: since
    when the link is gone, `prompted` the prompts given since; `regained` that it is back and no time-out
    was held since.
    """

    operator: str = ""
    number: str = ""
    operation: Consent = Consent.NOT_ASKED
    visual: Consent = Consent.NOT_ASKED
    duties: str = ""
    time_out: Instant | None = None
    valid_s: int = 0
    lost: Instant | None = None
    prompted: tuple[int, ...] = ()
    regained: bool = False

    @property
    def remote(self) -> bool:
        """Return whether somebody in another place scans."""
        return bool(self.operator)

    @property
    def restricted(self) -> bool:
        """Return whether the patient may not be seen from there: people on site look for both."""
        return self.remote and self.visual is not Consent.GIVEN

    @property
    def live(self) -> bool:
        """Return whether the remote operator's word counts now: linked, and a time-out since."""
        return self.remote and self.lost is None and not self.regained


def time_out_over(session: Session, ctx: Ctx) -> bool:
    """Tell whether no joint time-out stands to begin on; a clock step or a reboot prolongs none."""
    if session.time_out is None:
        return True
    gone, wall_s = elapsed(ctx.now, session.time_out), (ctx.now.utc - session.time_out.utc) / US
    return not gone.continuous or max(gone.seconds, wall_s) > session.valid_s


def prompt_left_s(session: Session, now: Instant) -> tuple[int, float] | None:
    """Return the next prompt of a lost link, and the seconds until it is due."""
    left = [after for after in PROMPTS_S if after not in session.prompted]
    if session.lost is None or not left:
        return None
    return left[0], left[0] - elapsed(now, session.lost).seconds


def evolve(session: Session, entry: Entry) -> Session:
    """Return the session after one fact."""
    match entry.fact:
        case OperatorNamed(operator=operator, number=number):
            kept = replace(session, duties="", time_out=None, lost=None, prompted=(), regained=False)
            return replace(kept, operator=operator, number=number)
        case RemoteConsentRecorded(operation=operation, visual=visual):
            return replace(session, operation=operation, visual=visual)
        case DutiesAccepted(version=version):
            return replace(session, duties=version)
        case TimeOutHeld(valid_s=valid_s):
            return replace(session, time_out=entry.at, valid_s=valid_s, regained=False)
        case LinkSaidLost():
            return replace(session, lost=entry.at, prompted=(), time_out=None)
        case LinkPrompted(after_s=after_s):
            return replace(session, prompted=(*session.prompted, after_s))
        case LinkSaidBack():
            return replace(session, lost=None, regained=True)
        case _:
            return session


def withheld(person: Visit) -> bool:
    """Tell whether nothing new begins for a patient: the link is lost, or back without a time-out."""
    return person.remote.remote and not person.remote.live
