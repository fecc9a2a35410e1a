"""What happens to the checks of the suite, and what people ask for: facts and commands.

A check is recorded now or not at all: there is no telling it for another time.
"""

from __future__ import annotations

from enum import StrEnum

from mr_safety_console.domain.codec import Command, Fact, Private, command, fact


class Result(StrEnum):
    """What came of a check. Only a pass, and what does not apply here, answers it."""

    PASS = "pass"  # noqa: S105  -- no secret
    FAIL = "fail"
    NOT_DONE = "not-done"
    NOT_APPLICABLE = "not-applicable"


@fact("checks-called")
class ChecksCalled(Fact):
    """A shift began: these checks are asked for, and overdue after `within_s` seconds."""

    checks: tuple[str, ...]
    within_s: int


@fact("check-recorded")
class CheckRecorded(Fact):
    """A check was made now. `value` is what was read, `parts` what was not as expected of its parts.

    `reading` says which reading of the suite spoke for it, empty where eyes alone did. It is asked
    for again after `due_s` seconds and overdue after `late_s`.
    """

    check: str
    asset: str
    result: Result
    value: str = ""
    parts: tuple[str, ...] = ()
    fault: str = ""
    reading: str = ""
    due_s: int
    late_s: int


@fact("check-overdue")
class CheckOverdue(Fact):
    """A check was not made in its time."""

    check: str
    asset: str


@fact("check-waived")
class CheckWaived(Fact):
    """Two people bear it that this check is failed or not made, until `until_utc` at the latest."""

    subject: str
    check: str
    asset: str
    grounds: Private[str]
    measure: Private[str]
    valid_s: int
    until_utc: int


@fact("waiver-ended")
class WaiverEnded(Fact):
    """A waiver is over; `reason` is time, answered or withdrawn."""

    check: str
    asset: str
    reason: str


@fact("use-stopped")
class UseStopped(Fact):
    """STOP USE: nobody is taken in and nothing is scanned until the suite is returned to use."""

    check: str
    asset: str


@fact("use-resumed")
class UseResumed(Fact):
    """Returned to use after the engineer's work; who that was is kept."""

    subject: str
    check: str
    asset: str
    engineer: Private[str]


@fact("door-test-started")
class DoorTestStarted(Fact):
    """A watched door is about to be opened and closed by hand; ends by itself."""

    point: str
    due_bt: int
    boot: str


@fact("door-test-opened")
class DoorTestOpened(Fact):
    """The contact of the door under test spoke: open."""

    point: str


@fact("door-test-ended")
class DoorTestEnded(Fact):
    """The test of a door is over; `reason` is passed, no-opening, no-closing, lost or restart."""

    point: str
    reason: str


@command("record-check")
class RecordCheck(Command):
    """Record one check as made now. `lit` and `unlit` name its parts, each once."""

    check: str
    asset: str = ""
    result: str = Result.PASS
    value: str = ""
    lit: tuple[str, ...] = ()
    unlit: tuple[str, ...] = ()
    fault: str = ""


@command("start-door-test")
class StartDoorTest(Command):
    """Begin to open and close a watched door under the eyes of its contact."""

    point: str


@command("waive-check")
class WaiveCheck(Command):
    """Bear for some hours that a check is failed or not made, and say what is done instead."""

    check: str
    asset: str = ""
    grounds: str = ""
    measure: str = ""
    hours: int = 0


@command("end-waiver")
class EndWaiver(Command):
    """Take a waiver back before its time."""

    check: str
    asset: str = ""


@command("resume-use")
class ResumeUse(Command):
    """Return the suite to use after the engineer's work, whose name and company are written down."""

    check: str
    asset: str = ""
    engineer: str = ""
