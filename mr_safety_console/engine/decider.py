"""One input after the other: decide on the evolved state, seal the facts, survive our own bugs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass

from mr_safety_console.domain import suite
from mr_safety_console.domain.alarms import raise_or_repeat
from mr_safety_console.domain.codec import Command, Entry, Fact
from mr_safety_console.domain.context import NS, Ctx, Instant, Who
from mr_safety_console.domain.crossings import ObservePassages
from mr_safety_console.domain.detectors import Level, NoteDevice, ObservePoint
from mr_safety_console.domain.lifecycle import (
    DecisionFailed,
    LoseSession,
    ReportSpoolDamage,
    StartConsole,
    StepClock,
    StopConsole,
    Tick,
)
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.sound import ReportSound
from mr_safety_console.domain.suite import Decision, SuiteState
from mr_safety_console.domain.upkeep import KeepAlarm, ReportLaneCopies, ReportSpoolSetAside
from mr_safety_console.domain.words import refused
from mr_safety_console.engine.clock import Clock
from mr_safety_console.engine.envelope import Envelope
from mr_safety_console.engine.face import Accepted
from mr_safety_console.engine.folding import check_storable, take_in
from screening_forms.types import Form

Answer = Future[Accepted | Refused]
LANE = "spool:"
SAME_FAILURE_NS = 60 * NS
"""A rule that breaks on time or on readings does so at every turn; it is written this often."""
_SOURCES: dict[type[Command], str] = {
    ObservePoint: "device",
    NoteDevice: "device",
    ObservePassages: "device",
    Tick: "timer",
    **dict.fromkeys((StartConsole, StopConsole, LoseSession, StepClock, ReportSpoolDamage), "system"),
    **dict.fromkeys((ReportSpoolSetAside, ReportLaneCopies, KeepAlarm, ReportSound), "system"),
}


def tell(answer: Answer, said: Accepted | Refused) -> None:
    """Answer once; a second answer, or one to somebody who no longer waits, is dropped."""
    try:  # noqa: SIM105  -- on the way of every fact, and a context manager costs as much as the answer
        answer.set_result(said)
    except InvalidStateError:
        pass


@dataclass(slots=True)
class Input:
    """One thing to decide on, with who signed it, when it happened, and who waits for the answer."""

    command: Command
    answer: Answer | None = None
    signers: tuple[Who, ...] = ()
    occ: Instant | None = None
    cause: str = ""

    @property
    def source(self) -> str:
        """Return what it came from: person, device, timer or system."""
        return _SOURCES.get(type(self.command), "person")

    def tell(self, answer: Accepted | Refused) -> None:
        """Answer whoever waits, if anybody does."""
        if self.answer is not None:
            tell(self.answer, answer)


class Decider:
    """Holds the working state, ahead of the disk. Used by one thread only."""

    def __init__(
        self,
        profile: SiteProfile,
        forms: Mapping[str, Form],
        clock: Clock,
        envelope: Envelope,
        state: SuiteState,
        seq: int,
    ) -> None:
        self._profile, self._forms, self._clock, self._envelope = profile, forms, clock, envelope
        self.state = state
        self.seq = seq
        self._failures: dict[tuple[str, str, int], int] = {}

    def one(self, item: Input, live: Mapping[str, Level]) -> tuple[list[Entry], Accepted | Refused]:
        """Decide on one input and take its facts in; a lane record already taken in gives none.

        Whatever it raises, state and number are then as before: no number is ever left out.
        """
        if item.cause and item.cause in self.state.lane:
            return [], Accepted()
        before = self.state, self.seq
        try:
            now = self._clock.now()
            item.cause = item.cause or self._envelope.next_cause(item.source)
            decision = self._decide(item, now, live)
            made = [self._enter(fact, item, now) for fact in decision.facts]
        except BaseException:
            self.state, self.seq = before
            raise
        return made, decision.refused or Accepted(tuple([entry.seq for entry in made]))

    def bug(self, act: str, error: Exception) -> list[Entry]:
        """Return the entries of a failure outside any one decision; none if it was told just now."""
        item, now = Input(Tick(), cause=self._envelope.next_cause("system")), self._clock.now()
        return [self._enter(fact, item, now) for fact in self._failed(act, error, now)]

    def next_due(self, now: Instant) -> int | None:
        """Return the boot-time ns at which time alone brings something, or None."""
        return suite.next_due(self.state, now)

    def _decide(self, item: Input, now: Instant, live: Mapping[str, Level]) -> Decision:
        session = self.state.staff.session
        ctx = Ctx(
            now=now,
            profile=self._profile,
            forms=self._forms,
            live=live,
            actor=session.who if session and not item.cause.startswith(LANE) else None,
            signers=item.signers,
            tokens=self._envelope.tokens(),
            occ=item.occ,
            cause=item.cause,
        )
        try:
            decision = suite.decide(self.state, item.command, ctx)
            for fact in decision.facts:
                check_storable(fact)
        except Exception as error:  # noqa: BLE001  -- one broken rule must not stop the others
            asked_at = None if item.source == "person" else now
            if item.cause.startswith(LANE):
                # The emergency record is not taken in; a later run may know better.
                item.cause = self._envelope.next_cause("system")
            return Decision(self._failed(item.command.kind, error, asked_at), refused("decision-failed"))
        return decision

    def _failed(self, act: str, error: Exception, now: Instant | None) -> tuple[Fact, ...]:
        """Return the facts of a failure; with `now`, none if the same was told within the minute."""
        module, line = _place(error)
        if now is not None and self._told(act, module, line, now):
            return ()
        failed = DecisionFailed(act=act, error=type(error).__name__, module=module, line=line)
        token = self._envelope.tokens()[0]
        try:
            return (failed, *raise_or_repeat(self.state.alarms, "decision-failed", "console", token))
        except Exception:  # noqa: BLE001  -- the alarms themselves are what broke; the fact still stands
            return (failed,)

    def _told(self, act: str, module: str, line: int, now: Instant) -> bool:
        last = self._failures.get((act, module, line))
        if last is not None and 0 <= now.bt - last < SAME_FAILURE_NS:
            return True
        self._failures[act, module, line] = now.bt
        return False

    def _enter(self, fact: Fact, item: Input, now: Instant) -> Entry:
        session = self.state.staff.session
        self.seq += 1
        entry = self._envelope.seal(
            fact,
            seq=self.seq,
            now=now,
            src=item.source,
            by=self._people(item),
            occ=item.occ,
            cause=item.cause,
            session=session,
        )
        self.state = take_in(self.state, entry)
        return entry

    def _people(self, item: Input) -> tuple[Who, ...]:
        # What came through the emergency lane is attributed by a fact of its own, afterwards.
        if item.signers:
            return item.signers
        session = self.state.staff.session
        if session is None or item.source != "person" or item.cause.startswith(LANE):
            return ()
        return (session.who,)


def _place(error: Exception) -> tuple[str, int]:
    """Return module and line where an exception came from; never a value of it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown", 0
    return str(trace.tb_frame.f_globals.get("__name__", "unknown")), trace.tb_lineno


LateRecords = Callable[[SuiteState], list[Input]]
"""Return the emergency records that are not facts yet, given the state that knows which are."""
