"""The register from the command line: the first person bootstraps it, later ones need an MRSO or MRRP."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mr_safety_console import __version__
from mr_safety_console.domain.codec import Command, Entry
from mr_safety_console.domain.context import US, Who
from mr_safety_console.domain.lifecycle import LogBegun
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import AddStaff, DateCredential, Person, PinFailed, StaffState, may_try
from mr_safety_console.domain.staff_screening import DAY_S, DateScreening
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.text import clean
from mr_safety_console.engine import resume
from mr_safety_console.engine.auth import PepperError, Pins, WeakPinError, load_pepper
from mr_safety_console.engine.clock import SystemClock
from mr_safety_console.engine.decider import Decider, Input
from mr_safety_console.engine.envelope import Envelope
from mr_safety_console.engine.spool import new_id
from mr_safety_console.journal.errors import Absent, JournalBusy, JournalError
from mr_safety_console.journal.store import Journal

_NO_SITE = SiteProfile(site="", use="demo", zone="UTC", b0_mt=0, hazard_contour_ut=500, points=())


class StaffError(Exception):
    """The register cannot be read or changed; `code` is the exit code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def told(
    act: Callable[[], Sequence[str]], say: Callable[[str], None], fail: Callable[[str, int], object]
) -> None:
    """Say what an act on the register returns, line by line, or why it failed."""
    try:
        for line in act():
            say(line)
    except StaffError as error:
        fail(str(error), error.code)


class Register:
    """The record opened for the register alone."""

    def __init__(self, journal: Journal, data: Path) -> None:
        self._journal = journal
        state = resume.resume(journal, data)
        self._decider = Decider(
            _NO_SITE,
            {},
            SystemClock(),
            Envelope(state.run.console, __version__, "UTC", "live", new_id()),
            state,
            journal.head[0],
        )
        self.pins = Pins(load_pepper(data / "pepper", make=not state.staff.people))

    @property
    def staff(self) -> StaffState:
        """Return the register."""
        return self._decider.state.staff

    @property
    def state(self) -> SuiteState:
        """Return everything the record says."""
        return self._decider.state

    def give(self, asked: Command, signers: Sequence[Who] = ()) -> Refused | None:
        """Decide and write; returns why not."""
        made, answer = self._decider.one(Input(asked, signers=tuple(signers)), {})
        self._journal.append(made)
        return answer if isinstance(answer, Refused) else None

    def known(self, initials: str) -> Person:
        """Return the member of staff with these initials. Raises `StaffError`."""
        found = next((p for p in self.staff.people.values() if p.initials == initials), None)
        if found is None:
            raise StaffError(f"Nobody in the register has the initials {clean(initials, cap=12)!r}.")
        return found

    def signer(self, initials: str, pin: str) -> Who:
        """Return who these initials and this PIN are. Raises `StaffError`."""
        known = self.known(initials)
        if why := may_try(self.staff, known.id, SystemClock().now()):
            raise StaffError(f"{why.reason} {why.what_now}")
        if not self.pins.matches(known.pin_hash, pin):
            self.give(PinFailed(person=known.id))
            raise StaffError("The PIN does not match. Type it again.")
        return Who(known.id, known.roles[0])


@contextmanager
def opened(data: Path, *, create: bool) -> Iterator[Register]:
    """Give the register of a data directory; makes the record on first use if `create`."""

    def genesis(public_key: str) -> Entry:
        begun = LogBegun(console=new_id(), public_key=public_key, profile_hash="")
        return Entry(
            seq=1, at=SystemClock().now(), fact=begun, cause="genesis", src="system", app=__version__
        )

    try:
        journal = Journal.open(data, genesis if create else None)
    except JournalBusy as error:
        raise StaffError(f"{str(error).rstrip('.')}. Close the console first.", 3) from None
    except Absent:
        raise StaffError(
            f"{data}: there is no record here yet. Enter the first person with `staff add`."
        ) from None
    except (JournalError, OSError) as error:
        raise StaffError(str(error), 3) from None
    try:
        yield Register(journal, data)
    except (JournalError, PepperError) as error:
        raise StaffError(str(error)) from None
    finally:
        journal.close()


def last_day(written: str) -> int:
    """Return the end of a day as µs, 0 for none. Raises `StaffError`."""
    if not written:
        return 0
    try:
        day = datetime.date.fromisoformat(written)
    except ValueError:
        raise StaffError(f"{clean(written, cap=20)!r} is no day; write it as YYYY-MM-DD.", 2) from None
    after = datetime.datetime.combine(day, datetime.time(), datetime.UTC) + datetime.timedelta(days=1)
    return int(after.timestamp()) * US


def dated(data: Path, initials: str, until: str, by: tuple[str, str]) -> str:
    """Say until when somebody's credential runs and return what to print; `by` is somebody else."""
    with opened(data, create=False) as register:
        known = register.known(initials)
        asked = DateCredential(person=known.id, until_utc=last_day(until))
        if why := register.give(asked, (register.signer(*by),)):
            raise StaffError(f"{why.reason} {why.who_can} {why.what_now}")
        return f"The credential of {known.initials} runs until {until}."


def first_moment(written: str) -> int:
    """Return the beginning of a day as µs, 0 for none. Raises `StaffError`."""
    return last_day(written) - DAY_S * US if written else 0


def screened(data: Path, initials: str, day: str, by: tuple[str, str]) -> str:
    """Say when somebody was screened themselves and return what to print; `by` is somebody else."""
    with opened(data, create=False) as register:
        known = register.known(initials)
        asked = DateScreening(person=known.id, screened_utc=first_moment(day))
        if why := register.give(asked, (register.signer(*by),)):
            raise StaffError(f"{why.reason} {why.who_can} {why.what_now}")
        return f"{known.initials} was screened on {day}, by the paper."


def add(
    data: Path,
    name: str,
    initials: str,
    roles: tuple[str, ...],
    pin: str,
    by: tuple[str, str] | None = None,
    until: str = "",
    screened: str = "",
) -> str:
    """Enter a person and return what to print. `by` is initials and PIN of who entitles them."""
    until_utc, screened_utc = last_day(until), first_moment(screened)
    with opened(data, create=True) as register:
        try:
            pin_hash = register.pins.hash(pin)
        except WeakPinError as error:
            raise StaffError(f"{error}.", 2) from None
        signers = (register.signer(*by),) if by else ()
        asked = AddStaff(
            name=clean(name, cap=80),
            initials=clean(initials, cap=8),
            roles=roles,
            pin_hash=pin_hash,
            until_utc=until_utc,
            screened_utc=screened_utc,
        )
        if why := register.give(asked, signers):
            hint = " Name them with --by." if why.rule == "signature-missing" else ""
            raise StaffError(f"{why.reason} {why.who_can} {why.what_now}{hint}")
        return f"{asked.initials} entered as {', '.join(roles)}."


def listed(data: Path) -> list[str]:
    """Return one line a person. The console may be running: then read the list there."""
    with opened(data, create=False) as register:
        people = sorted(register.staff.people.values(), key=lambda person: person.initials)
        return [
            f"{p.initials:<8} {', '.join(p.roles):<16} {p.name}{_screened(p)}{_until(p.until_utc)}"
            for p in people
        ] or ["Nobody yet."]


def _until(utc: int) -> str:
    if not utc:
        return ""
    last = datetime.datetime.fromtimestamp(utc / US, datetime.UTC) - datetime.timedelta(days=1)
    return f"  until {last:%Y-%m-%d}"


def _screened(person: Person) -> str:
    """Return what the register says of somebody's own screening; nothing where it says nothing."""
    if not person.screened_utc:
        return "  own screening missing"
    on = datetime.datetime.fromtimestamp(person.screened_utc / US, datetime.UTC)
    void = ", void: a change was declared" if person.changed_utc >= person.screened_utc else ""
    return f"  screened {on:%Y-%m-%d}{void}"
