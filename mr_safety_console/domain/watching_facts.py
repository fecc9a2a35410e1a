"""What may happen while a patient is watched in the scan, and after it: facts and commands only."""

from __future__ import annotations

from mr_safety_console.domain.codec import Command, Fact, Private, command, fact

NO_COMPLAINT, NO_ANSWER = "no-complaint", "no-answer"
HEAT = frozenset({"warm", "pain"})
"""Words of a patient after which the scan is stopped and the skin is looked at."""
PATIENT = (NO_COMPLAINT, "warm", "pain", "anxious", NO_ANSWER)
CONTACTS = ("verbal", "visual", "bulb")
CLOSE, WIDE = "close", "wide"
INTERVALS = (CLOSE, WIDE)
INTERVENTIONS = ("medication", "moved", "monitoring", "calmed", "line-or-pump", "other")
SKIN = ("nothing-seen", "redness", "blister", "burn", "other")
OBSERVED = (NO_COMPLAINT, "reaction", "left-before")


@fact("check-in-fell-due")
class CheckInFellDue(Fact):
    """The patient is to be spoken with now. `due_utc` (µs) and `due_bt` (ns, this boot) are the moment."""

    visit: str
    due_utc: int
    due_bt: int


@fact("check-in-late")
class CheckInLate(Fact):
    """Nobody recorded the check-in that fell due at that moment, so many seconds of the site later."""

    visit: str
    due_utc: int
    due_bt: int


@fact("check-in-missed")
class CheckInMissed(Fact):
    """A check-in that fell due then was not made; no later word makes it a check-in.

    `intervals` is more than one when the console itself did not run meanwhile: that many passed over.
    """

    visit: str
    due_utc: int
    due_bt: int
    intervals: int = 1


@fact("patient-silent")
class PatientSilent(Fact):
    """The patient was spoken to and gave no answer, the `times`-th time in a row.

    Asked again within `again_s` seconds; it counts as no check-in.
    """

    visit: str
    times: int
    again_s: int
    contact: str = ""


@fact("watch-chosen")
class WatchChosen(Fact):
    """Somebody chose the closer check-ins, or a Level 2 the wider ones against `reasons` of the interview.

    `within_s` is the interval from now on; 0 outside a scan.
    """

    subject: str
    visit: str
    interval: str
    reasons: tuple[str, ...]
    reason: Private[str]
    within_s: int = 0


@fact("observer-changed")
class ObserverChanged(Fact):
    """Another person on site watches this patient from now on; `was` did until then.

    `taken` tells that whoever watched before did not say so: the check-in was late.
    """

    visit: str
    was: str
    observer: str
    taken: bool = False


@fact("intervention-recorded")
class InterventionRecorded(Fact):
    """Something was done to or for the patient in the scan, the `no`-th time in this visit."""

    subject: str
    visit: str
    what: str
    no: int
    note: Private[str]


@fact("skin-checked")
class SkinChecked(Fact):
    """The skin was looked at after heat or pain; `found` is coded."""

    subject: str
    visit: str
    found: str
    note: Private[str]


@fact("injection-recorded")
class InjectionRecorded(Fact):
    """A contrast medium was given now; the patient is looked at after each of `observe_s` seconds."""

    visit: str
    observe_s: tuple[int, ...]


@fact("observation-fell-due")
class ObservationFellDue(Fact):
    """The patient is to be looked at now, `after_s` seconds after the injection."""

    visit: str
    after_s: int
    due_utc: int
    due_bt: int


@fact("observation-made")
class ObservationMade(Fact):
    """The patient was looked at for the observation after `after_s` seconds, or had left before it."""

    visit: str
    after_s: int
    patient: str


@command("choose-watch")
class ChooseWatch(Command):
    """Choose closer check-ins; wider ones than the interview asks for take a Level 2 and a reason."""

    visit: str
    interval: str
    reason: str = ""


@command("change-observer")
class ChangeObserver(Command):
    """I give the observing of this patient to `to`, who accepts with their PIN."""

    visit: str
    to: str


@command("record-intervention")
class RecordIntervention(Command):
    """Something was done to or for the patient in the scan."""

    visit: str
    what: str
    note: str = ""


@command("check-skin")
class CheckSkin(Command):
    """I looked at the skin after heat or pain."""

    visit: str
    found: str
    note: str = ""


@command("record-injection")
class RecordInjection(Command):
    """A contrast medium is being given, now."""

    visit: str


@command("observe-patient")
class ObservePatient(Command):
    """I looked at the patient after the injection, now, for the first observation that is left."""

    visit: str
    patient: str = NO_COMPLAINT


FACTS = (
    CheckInFellDue,
    CheckInLate,
    CheckInMissed,
    PatientSilent,
    WatchChosen,
    ObserverChanged,
    InterventionRecorded,
    SkinChecked,
    InjectionRecorded,
    ObservationFellDue,
    ObservationMade,
)
