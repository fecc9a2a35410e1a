"""What may be asked about the people beside the patient in Zone III and IV."""

from __future__ import annotations

from mr_safety_console.domain.codec import Command, command


@command("admit-colleague")
class AdmitColleague(Command):
    """Let a member of staff of the register into Zone III."""

    staff: str


@command("admit-person")
class AdmitPerson(Command):
    """Let somebody outside the register into Zone III, by name and purpose, under a named escort."""

    name: str
    purpose: str
    kind_of: str
    escort: str
    max_zone: str = "III"


@command("screen-person")
class ScreenPerson(Command):
    """Open the screening of a member of staff, or of somebody who is here by name."""

    person: str


@command("renew-person")
class RenewPerson(Command):
    """Give somebody whose time is over leave anew."""

    person: str


@command("record-person-pass")
class RecordPersonPass(Command):
    """I watched this person walk past the detector, and it raised nothing."""

    person: str


@command("person-enters-zone-iv")
class PersonEntersZoneIV(Command):
    """This person goes into the magnet room now; it announces the crossing where none is announced.

    `anyway` says that they are inside already, whatever stands against it: never refused.
    """

    person: str
    anyway: bool = False


@command("person-leaves-zone-iv")
class PersonLeavesZoneIV(Command):
    """This person is out of the magnet room. Never refused."""

    person: str


@command("person-leaves")
class PersonLeaves(Command):
    """This person is out of Zone III, and of Zone IV. Never refused."""

    person: str


@command("turn-away")
class TurnAway(Command):
    """Somebody was refused at the door."""

    kind_of: str
    name: str
    why: str


@command("lose-track")
class LoseTrack(Command):
    """Nobody knows where this person is."""

    person: str


@command("find-person")
class FindPerson(Command):
    """This person was seen again where the record has them."""

    person: str


@command("offer-escort")
class OfferEscort(Command):
    """Offer the escort of this person to somebody of the register."""

    person: str
    to: str


@command("accept-escort")
class AcceptEscort(Command):
    """I take this person over; signed by whom it was offered to."""

    person: str


@command("reconcile-heads")
class ReconcileHeads(Command):
    """Everybody in the magnet room, patients and staff, counted by eye.

    `passages` says, where given, what the quiet passages nobody had announced were, all of one cause.
    """

    heads: int
    passages: str = ""
