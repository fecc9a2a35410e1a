"""The console's own files: what was missing at a start, emergencies of another record, lost copies.

Also the alarms that came through the emergency lane because the record did not take them.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms
from mr_safety_console.domain.alarm_points import RULES, Priority
from mr_safety_console.domain.codec import Command, Entry, Fact, command, fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.text import clean
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit_facts import VisitHeld

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

PEPPER = "pepper"
ONE_COPY, NO_COPY = "lane-one-copy", "lane-no-copy"
KEPT_NAMES = 256


@fact("file-missed")
class FileMissed(Fact):
    """A file of an existing record was not there, or empty, at a start; `remade` if it is there anew."""

    file: str
    remade: bool


@fact("spool-set-aside")
class SpoolSetAside(Fact):
    """A spool file with emergencies of another record was found: kept under this name, never taken in."""

    file: str
    records: int


@fact("lane-copies-changed")
class LaneCopiesChanged(Fact):
    """How many copies of each emergency record can be written now; `why` names each lost place."""

    kept: int
    of: int
    why: str = ""


@fact("alarm-kept")
class AlarmKept(Fact):
    """An alarm written to the spool while the record failed has been taken in.

    `known` when its own facts had reached the record after all.
    """

    alarm: str
    known: bool


@command("report-spool-set-aside")
class ReportSpoolSetAside(Command):
    """The engine found a file with another record's emergencies."""

    file: str
    records: int


@command("report-lane-copies")
class ReportLaneCopies(Command):
    """The engine saw that a copy of the emergency lane was lost or came back."""

    kept: int
    of: int
    why: str = ""


@command("keep-alarm")
class KeepAlarm(Command):
    """A High alarm the record did not take, as the spool keeps it."""

    alarm: str
    rule: str
    point: str
    priority: Priority
    instance: int = 1
    visits: tuple[str, ...] = ()


@frozen
class UpkeepState:
    """Copies of the emergency lane last told of, and the foreign files told of, oldest first."""

    kept: int = 0
    of: int = 0
    aside: tuple[str, ...] = field(default=())


FACTS = (FileMissed, SpoolSetAside, LaneCopiesChanged, AlarmKept)

Facts = tuple[Fact, ...]


def missed(state: SuiteState, files: tuple[str, ...], made: Facts, ctx: Ctx) -> Facts:
    """Return what a start tells of missing files: one fact each, and one alarm for what it means."""
    facts: list[Fact] = [FileMissed(file=name, remade=name != PEPPER) for name in files]
    rules = {"pepper-missing" if name == PEPPER else "file-missing": None for name in files}
    for token, rule in zip(ctx.tokens[2:], rules, strict=False):
        ahead = alarms.count_raised((*made, *facts))
        facts += alarms.raise_or_repeat(state.alarms, rule, "files", token, ahead=ahead)
    return tuple(facts)


def set_aside(state: SuiteState, asked: ReportSpoolSetAside, ctx: Ctx) -> Facts:
    """Keep and show a foreign file of emergencies, once for each name."""
    if asked.file in state.upkeep.aside:
        return ()
    told = SpoolSetAside(file=asked.file, records=asked.records)
    return (told, *alarms.raise_or_repeat(state.alarms, "spool-foreign", "spool", ctx.tokens[0]))


def lane_copies(state: SuiteState, asked: ReportLaneCopies, ctx: Ctx) -> Facts:
    """Keep and show how many copies the emergency lane has; a full set ends the alarm."""
    if (asked.kept, asked.of) == (state.upkeep.kept, state.upkeep.of):
        return ()
    told = LaneCopiesChanged(kept=asked.kept, of=asked.of, why=asked.why)
    wrong = "" if asked.kept == asked.of else ONE_COPY if asked.kept else NO_COPY
    over = alarms.returned(state.alarms, "lane", tuple({ONE_COPY, NO_COPY} - {wrong}))
    if not wrong:
        return (told, *over)
    return (told, *over, *alarms.raise_or_repeat(state.alarms, wrong, "lane", ctx.tokens[0]))


def keep_alarm(state: SuiteState, asked: KeepAlarm, ctx: Ctx) -> Facts:
    """Take in an alarm from the spool; one the record has by now is only marked as seen.

    Nobody knows whether the condition still holds: the alarm stands as over, wants its answer, and
    holds whom it held. The point itself rings again if it is still so.
    """
    known = state.alarms.open.get(asked.alarm)
    if asked.rule not in RULES or (known is not None and known.instance >= asked.instance):
        return (AlarmKept(alarm=asked.alarm, known=known is not None),)
    rang = _raised(state, asked) if known is None else _rang_again(known, asked)
    waiting = [state.visits.open[name] for name in asked.visits if name in state.visits.open]
    held = [
        VisitHeld(visit=person.id, alarm=asked.alarm)
        for person in waiting
        if not person.inside and asked.alarm not in person.holds
    ]
    return (
        AlarmKept(alarm=asked.alarm, known=False),
        rang,
        alarms.AlarmReturned(alarm=asked.alarm),
        *held,
    )


def _raised(state: SuiteState, asked: KeepAlarm) -> Fact:
    return alarms.AlarmRaised(
        alarm=asked.alarm,
        no=state.alarms.last_no + 1,
        rule=asked.rule,
        point=clean(asked.point, cap=64),
        priority=max(asked.priority, RULES[asked.rule].priority),
        visits=asked.visits,
        momentary=RULES[asked.rule].momentary,
    )


def _rang_again(known: alarms.Alarm, asked: KeepAlarm) -> Fact:
    if asked.priority > known.priority:
        return alarms.AlarmWorsened(alarm=known.id, instance=asked.instance, priority=asked.priority)
    return alarms.AlarmRepeated(alarm=known.id, instance=asked.instance)


def evolve(state: UpkeepState, entry: Entry) -> UpkeepState:
    """Return the state after one fact."""
    match entry.fact:
        case SpoolSetAside(file=file):
            return replace(state, aside=(*state.aside, file)[-KEPT_NAMES:])
        case LaneCopiesChanged(kept=kept, of=of):
            return replace(state, kept=kept, of=of)
        case _:
            return state
