"""The console's own life: first start, starts, stops, refused attempts, and our own bugs."""

from __future__ import annotations

from dataclasses import replace

from mr_safety_console.domain.codec import Command, Entry, Fact, command, fact
from mr_safety_console.domain.value import frozen


@fact("log-begun")
class LogBegun(Fact):
    """Row 1: which console this record belongs to, and the key it signs with (hex)."""

    console: str
    public_key: str
    profile_hash: str
    format: int = 1


@fact("console-started")
class ConsoleStarted(Fact):
    """The console began to watch. `unclean` when the run before did not stop in order.

    `fallback` when the site file could not be read and the last good one serves, at its strictest.
    """

    app: str
    profile_hash: str
    forms_hash: str
    use: str
    points: int
    unclean: bool
    fallback: bool = False


@fact("console-stopped")
class ConsoleStopped(Fact):
    """The console stopped in order; `reason` is quit, signal or session-lost."""

    reason: str


@fact("session-lost")
class SessionLost(Fact):
    """The terminal went away under the console."""

    signal: str


@fact("clock-stepped")
class ClockStepped(Fact):
    """Wall clock and boot-time clock parted by `delta_ms` between two looks; no interval moves."""

    delta_ms: int


@fact("attempt-refused")
class AttemptRefused(Fact):
    """Somebody asked for something a rule refuses; the asking is kept."""

    act: str
    rule: str
    visit: str = ""


@fact("decision-failed")
class DecisionFailed(Fact):
    """A rule of ours broke on an input; nothing of that input was kept. Carries no values."""

    act: str
    error: str
    module: str
    line: int


@fact("spool-damaged")
class SpoolDamaged(Fact):
    """Part of the emergency spool could not be read back: `slots` of a file, or a record by its cause."""

    file: str
    slots: int


@command("start-console")
class StartConsole(Command):
    """Given once by the engine when it begins. `missing` names files of the record that were not there."""

    app: str
    profile_hash: str
    forms_hash: str
    use: str
    points: int
    fallback: bool = False
    missing: tuple[str, ...] = ()


@command("stop-console")
class StopConsole(Command):
    """Stop in order."""

    reason: str


@command("lose-session")
class LoseSession(Command):
    """The terminal hung up."""

    signal: str


@command("step-clock")
class StepClock(Command):
    """The engine saw the two clocks part."""

    delta_ms: int


@command("report-spool-damage")
class ReportSpoolDamage(Command):
    """The engine found emergency records that it cannot read."""

    file: str
    slots: int


@command("tick")
class Tick(Command):
    """Time has passed; whatever is due fires."""


@frozen
class RunState:
    """Who we are and whether the present run began after an orderly stop."""

    console: str = ""
    profile_hash: str = ""
    boot: str = ""
    running: bool = False
    unclean: bool = False
    starts: int = 0
    failures: int = 0
    clock_steps: int = 0
    forms_hash: str = ""


FACTS = (
    LogBegun,
    ConsoleStarted,
    ConsoleStopped,
    SessionLost,
    ClockStepped,
    AttemptRefused,
    DecisionFailed,
    SpoolDamaged,
)


def decide(state: RunState, asked: Command) -> tuple[Fact, ...]:
    """Return the facts of the console's own life; nothing here is ever refused."""
    match asked:
        case StartConsole():
            return (
                ConsoleStarted(
                    app=asked.app,
                    profile_hash=asked.profile_hash,
                    forms_hash=asked.forms_hash,
                    use=asked.use,
                    points=asked.points,
                    unclean=state.running,
                    fallback=asked.fallback,
                ),
            )
        case StopConsole():
            return (ConsoleStopped(reason=asked.reason),) if state.running else ()
        case LoseSession():
            return (SessionLost(signal=asked.signal),)
        case StepClock():
            return (ClockStepped(delta_ms=asked.delta_ms),)
        case ReportSpoolDamage():
            return (SpoolDamaged(file=asked.file, slots=asked.slots),)
        case _:
            return ()


def evolve(state: RunState, entry: Entry) -> RunState:
    """Return the run after one fact."""
    match entry.fact:
        case LogBegun(console=console):
            return replace(state, console=console)
        case ConsoleStarted(profile_hash=profile_hash, unclean=unclean, forms_hash=forms_hash):
            return replace(
                state,
                profile_hash=profile_hash,
                boot=entry.at.boot,
                running=True,
                unclean=unclean,
                starts=state.starts + 1,
                forms_hash=forms_hash,
            )
        case ConsoleStopped():
            return replace(state, running=False)
        case DecisionFailed():
            return replace(state, failures=state.failures + 1)
        case ClockStepped():
            return replace(state, clock_steps=state.clock_steps + 1)
        case _:
            return state
