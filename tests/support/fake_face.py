"""An engine without threads: the real decisions and folds, at once, on a clock held by the test.

What an engine does about disks is played on demand: `late`, `failed`, `silent`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace

from support.clocks import HandClock
from support.ears import ROOM, STOCK

from mr_safety_console.domain import suite
from mr_safety_console.domain.codec import Command, Entry, Fact
from mr_safety_console.domain.context import Ctx, Instant, Who
from mr_safety_console.domain.detectors import Condition, Level, ObservePoint
from mr_safety_console.domain.lifecycle import StartConsole
from mr_safety_console.domain.profile import Point, PointKind, SiteProfile, check
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import AddStaff, PinFailed, SignOn, may_try
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.words import refused
from mr_safety_console.engine.face import (
    Accepted,
    Credential,
    Line,
    Listener,
    Published,
    Recording,
    Snapshot,
)
from screening_forms.types import Form

Answered = Future[Accepted | Refused]

SITE = check(
    SiteProfile(
        site="Example suite",
        use="demo",
        zone="Europe/Zurich",
        b0_mt=3000,
        hazard_contour_ut=900,
        points=(
            Point("door-iv", "Zone IV door", PointKind.DOOR, "IV", "p2", "ILK01"),
            Point("fmd-iv", "FMD-1", PointKind.DETECTOR, "IV", "p1", "FMD01", door="door-iv"),
        ),
        call={"Arrest": "2222"},
        room=ROOM,
        protectors=STOCK,
        checks=(),
    )
)


class FakeFace:
    """Implements the engine's face; `state`, `beat_bt` and the answers follow from real decisions."""

    def __init__(self, clock: HandClock, forms: Mapping[str, Form], profile: SiteProfile = SITE) -> None:
        self.clock, self.forms, self.profile = clock, forms, profile
        self.entries: list[Entry] = []
        self.commands: list[Command] = []
        self.working = SuiteState()
        self.disk = SuiteState()
        self.live: dict[str, Level] = {}
        self.lines: dict[str, Line] = {}
        self.beat_bt = clock.now().bt
        self.recording = Recording.WRITING
        self.ready = True
        self.silent = False
        self.sound = True
        self.closed = False
        self.extra_rows = 0
        self.unanswered: list[Answered] = []
        self._listeners: list[Listener] = []
        self._tokens = 0

    # --- the face ---

    @property
    def state(self) -> Snapshot:
        return Snapshot(
            state=self.disk,
            shown=self.working,
            live=dict(self.live),
            seq=len(self.entries) + self.extra_rows,
            at=self.clock.now(),
            recording=self.recording,
            sound=self.sound,
            ready=self.ready,
            lines=dict(self.lines),
        )

    def submit(self, command: Command, credentials: tuple[Credential, ...] = ()) -> Answered:
        future: Answered = Future()
        if self.silent:
            self.unanswered.append(future)
        else:
            future.set_result(self.do(command, credentials))
        return future

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def close(self) -> None:
        self.closed = True

    # --- deciding ---

    def late(self, command: Command, occ: Instant, cause: str) -> Answered:
        """Take a command of the emergency lane."""
        future: Answered = Future()
        if self.silent:
            self.unanswered.append(future)
        else:
            future.set_result(self.do(command, occ=occ, cause=cause))
        return future

    def do(
        self,
        command: Command,
        credentials: tuple[Credential, ...] = (),
        *,
        occ: Instant | None = None,
        cause: str = "test",
    ) -> Accepted | Refused:
        """Decide now; credentials with a wrong PIN are refused as the engine refuses them."""
        self.commands.append(command)
        for given in credentials:
            if why := self._pin(given):
                return why
        signers = tuple(Who(c.person, self._role(c.person)) for c in credentials)
        session = self.working.staff.session
        actor = session.who if session else None
        ctx = Ctx(
            now=self.clock.now(),
            profile=self.profile,
            forms=self.forms,
            live=self.live,
            actor=actor,
            signers=signers,
            tokens=tuple(self._token() for _ in range(8)),
            occ=occ,
            cause=cause,
        )
        decision = suite.decide(self.working, command, ctx)
        by = signers or ((actor,) if actor else ())
        if isinstance(command, SignOn) and not decision.refused:
            by = signers
        self._publish(decision.facts, by, occ, cause)
        return decision.refused or Accepted(tuple(range(len(self.entries), len(self.entries) + 1)))

    def _pin(self, given: Credential) -> Refused | None:
        known = self.working.staff.people.get(given.person)
        if known is None:
            return refused("person-unknown")
        if why := may_try(self.working.staff, given.person, self.clock.now()):
            return why
        if known.pin_hash != f"plain:{given.pin}":
            self.do(PinFailed(person=given.person))
            return refused("pin-wrong")
        return None

    def _role(self, person: str) -> str:
        known = self.working.staff.people.get(person)
        return known.roles[0] if known else ""

    def _token(self) -> str:
        self._tokens += 1
        return f"T{self._tokens:04d}"

    def _publish(self, facts: tuple[Fact, ...], by: tuple[Who, ...], occ: Instant | None, cause: str) -> None:
        made = tuple(
            Entry(
                seq=len(self.entries) + n + 1,
                at=self.clock.now(),
                fact=fact,
                cause=cause,
                src="person",
                by=by,
                occ=occ,
            )
            for n, fact in enumerate(facts)
        )
        self.entries += made
        for entry in made:
            self.working = suite.evolve(self.working, entry)
        if self.recording is Recording.WRITING:
            self.disk = self.working
            for listener in tuple(self._listeners):
                listener(Published(made))

    # --- the world ---

    def beat(self, seconds: float = 0.0) -> None:
        """Let time pass with everything heard and beating at its end."""
        self.clock.advance(seconds)
        self.beat_bt = self.clock.now().bt
        self.live = {name: replace(known, heard_bt=self.beat_bt) for name, known in self.live.items()}

    def hear(
        self, point: str, condition: Condition, *, origin: str = "LIVE", edges: int = 0, reason: str = ""
    ) -> None:
        """Have a point say something, as the device watch would."""
        self.live[point] = Level(point, condition, reason, self.clock.now().bt, origin)
        self.do(ObservePoint(point=point, condition=condition, reason=reason, origin=origin, edges=edges))

    def start(self) -> None:
        """Begin a run with everything heard and normal."""
        self.do(
            StartConsole(
                app="0", profile_hash="", forms_hash="", use=self.profile.use, points=len(self.profile.points)
            )
        )
        for point in self.profile.points:
            self.hear(point.id, Condition.NORMAL)

    def enrol(self, initials: str, name: str, *roles: str) -> str:
        """Enter a member of staff whose PIN is their initials in lower case; return their id."""
        before = tuple(self.working.staff.people)
        boss = next(iter(before), "")
        given = (Credential(boss, self.pin(boss)),) if boss else ()
        pin = f"plain:{initials.lower()}"
        screened = self.clock.now().utc
        asked = AddStaff(name=name, initials=initials, roles=roles, pin_hash=pin, screened_utc=screened)
        answer = self.do(asked, given)
        assert isinstance(answer, Accepted), answer
        return next(name for name in self.working.staff.people if name not in before)

    def pin(self, person: str) -> str:
        return self.working.staff.people[person].initials.lower()

    def sign_on(self, person: str) -> None:
        answer = self.do(SignOn(person=person), (Credential(person, self.pin(person)),))
        assert isinstance(answer, Accepted), answer
