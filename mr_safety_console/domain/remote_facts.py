"""What may happen in a session with a remote operator, kept by hand on site: facts and commands only."""

from __future__ import annotations

from enum import StrEnum

from mr_safety_console.domain.codec import Command, Fact, Private, command, fact


class Consent(StrEnum):
    """What the patient said to one thing. A refusal has no reason: nobody is asked for one."""

    NOT_ASKED = "not-asked"
    GIVEN = "given"
    REFUSED = "refused"


PROMPTS_S = (10, 30, 120)
"""Seconds after a link was said to be lost at which the next prompt comes."""
READ_BACK = ("identity", "implant-conditions", "contrast", "hearing", "duties")
"""What both ends say aloud in a joint time-out, each of them."""


@fact("operator-named")
class OperatorNamed(Fact):
    """Who scans this patient: `operator` is a person of the register elsewhere, empty for somebody on site.

    `number` is where they are called back. What was read back with somebody else counts no more.
    """

    subject: str
    visit: str
    operator: str
    number: Private[str]


@fact("remote-consent-recorded")
class RemoteConsentRecorded(Fact):
    """What the patient said to being scanned from another place, and apart from it to being seen there."""

    visit: str
    operation: Consent
    visual: Consent


@fact("duties-accepted")
class DutiesAccepted(Fact):
    """Both ends read the duty list back: who signs here, and `operator` by word over the line."""

    visit: str
    version: str
    operator: str


@fact("time-out-held")
class TimeOutHeld(Fact):
    """Both ends said aloud what a joint time-out asks for; `valid_s` seconds are left to begin."""

    visit: str
    operator: str
    valid_s: int


@fact("link-said-lost")
class LinkSaidLost(Fact):
    """Somebody on site says that the remote operator cannot be heard or seen. The time-out is over."""

    visit: str


@fact("link-prompted")
class LinkPrompted(Fact):
    """The link is still lost `after_s` seconds on: the prompt for it came. `due_*` is its moment."""

    visit: str
    after_s: int
    due_utc: int
    due_bt: int


@fact("link-said-back")
class LinkSaidBack(Fact):
    """The remote operator is heard again; nothing is live before a new joint time-out."""

    visit: str


@command("name-operator")
class NameOperator(Command):
    """Name who scans this patient; nobody named: somebody on site."""

    visit: str
    operator: str = ""
    number: str = ""


@command("record-remote-consent")
class RecordRemoteConsent(Command):
    """Record what the patient says, also that they change their mind."""

    visit: str
    operation: Consent
    visual: Consent


@command("accept-duties")
class AcceptDuties(Command):
    """I read the list of this version back with the remote operator, every row with its one owner."""

    visit: str
    version: str


@command("hold-time-out")
class HoldTimeOut(Command):
    """We said each of these aloud, both ends."""

    visit: str
    said: tuple[str, ...]


@command("lose-link")
class LoseLink(Command):
    """The remote operator cannot be heard or seen, now. Anybody says so."""

    visit: str


@command("regain-link")
class RegainLink(Command):
    """The remote operator is heard again, now."""

    visit: str


FACTS = (
    OperatorNamed,
    RemoteConsentRecorded,
    DutiesAccepted,
    TimeOutHeld,
    LinkSaidLost,
    LinkPrompted,
    LinkSaidBack,
)
