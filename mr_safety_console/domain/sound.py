"""Sound: which burst is called for now, whether bursts are played, and whether somebody heard them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING

from mr_safety_console.domain import alarm_load, alarm_reminder, alarms, staff
from mr_safety_console.domain.alarm_points import UNANSWERED_S, Priority
from mr_safety_console.domain.alarms import Alarm, AlarmsState
from mr_safety_console.domain.codec import Command, Entry, Fact, command, fact
from mr_safety_console.domain.context import Ctx, Instant, Who, elapsed
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.text import clean
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import refused, say

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

LOST = "sound-lost"
POINT = "sound"
NOT_HEARD = "not-heard"
MANY = "flood"
ANSWER_S = 120
"""How long after a sounder test somebody may still say whether it was heard."""


class Tone(IntEnum):
    """The bursts, the more pressing the higher. `AGAIN`: nobody acknowledged in time, the second tone.

    `REMINDER` is soft: what was acknowledged goes on.
    """

    REMINDER = 0
    LOW = 1
    MEDIUM = 2
    MEDIUM_AGAIN = 3
    HIGH = 4
    HIGH_AGAIN = 5

    @property
    def priority(self) -> Priority:
        """Return the priority it stands for."""
        return Priority(self // 2 + 1)


Ring = tuple[str, int]
"""One instance of one alarm; in a flood, one tone of everything that shares a sound."""


def tone(alarm: Alarm, now: Instant) -> Tone | None:
    """Return the burst one alarm calls for now; None for one that is answered, rests or is put aside."""
    if alarm_reminder.reminding(alarm, now):
        return Tone.REMINDER
    if alarm.priority < Priority.MEDIUM:
        return None if alarm.answered or alarms.shelved(alarm, now) else Tone.LOW
    if not alarms.sounding(alarm, now):
        return None
    again = alarm.unanswered_s >= UNANSWERED_S[0]
    if alarm.priority < Priority.HIGH:
        return Tone.MEDIUM_AGAIN if again else Tone.MEDIUM
    return Tone.HIGH_AGAIN if again else Tone.HIGH


def rings(state: AlarmsState, now: Instant) -> Mapping[Ring, Tone]:
    """Return everything that calls for a burst now: each alarm instance, but in a flood one for many.

    A High alarm and one of a detector always call by themselves, and so does a reminder.
    """
    flooding = alarm_load.flood(state, now) > 0
    alone: dict[Ring, Tone] = {}
    many: list[Tone] = []
    for alarm in state.open.values():
        wanted = tone(alarm, now)
        if wanted is None:
            continue
        if flooding and wanted > Tone.REMINDER and alarm_load.merges(alarm):
            many.append(wanted)
        else:
            alone[alarm.id, alarm.instance] = wanted
    most = max(many, default=None)
    return alone if most is None else {**alone, (MANY, most): most}


@fact("sound-came")
class SoundCame(Fact):
    """Bursts are played, again or for the first time."""

    player: str


@fact("sound-lost")
class SoundLost(Fact):
    """Bursts are not played.

    `why` is no-player, player-missing, player-failed, player-hung, no-files or sounder-ended.
    """

    why: str
    player: str = ""


@fact("sounder-test-begun")
class SounderTestBegun(Fact):
    """Every burst is played once, the lowest first."""


@fact("sounder-tested")
class SounderTested(Fact):
    """Somebody says whether the test was heard."""

    heard: bool


@command("report-sound")
class ReportSound(Command):
    """The engine's player plays, or does not: then `why` says so."""

    player: str
    why: str = ""


@command("try-sounder")
class TrySounder(Command):
    """Play every burst once, for somebody to hear."""


@command("answer-sounder-test")
class AnswerSounderTest(Command):
    """Say whether the test just played was heard."""

    heard: bool


@frozen
class SoundState:
    """What is known of the sound. `lost` is why no burst is played; `unheard`: played, and not heard.

    `began` is a test nobody has answered for yet; `tests` counts them.
    """

    player: str = ""
    lost: str = ""
    unheard: bool = False
    tests: int = 0
    began: Instant | None = None
    tested: Instant | None = None
    heard: bool = False
    tester: Who | None = None


FACTS = (SoundCame, SoundLost, SounderTestBegun, SounderTested)

Facts = tuple[Fact, ...]


def report(state: SuiteState, asked: ReportSound, ctx: Ctx) -> Facts:
    """Keep and show that the player works or does not, once for each change."""
    known = state.sound
    if (asked.player, asked.why) == (known.player, known.lost):
        return ()
    player, why = clean(asked.player, cap=64), clean(asked.why, cap=64)
    if not why:
        over = () if known.unheard else alarms.returned(state.alarms, POINT, (LOST,))
        return (SoundCame(player=player), *over)
    told = SoundLost(why=why, player=player)
    return (told,) if known.lost else (told, *_ring(state, why, ctx))


def try_out(state: SuiteState, _asked: TrySounder, ctx: Ctx) -> Facts | Refused:
    """Begin a sounder test: not where nothing can be played, and over nothing that sounds for a reason."""
    if why := staff.may(state.staff, "sounder-test", ctx):
        return why
    if state.sound.lost:
        return refused("no-sound", why=say("sound", state.sound.lost))
    loud = [a for a in alarms.ranked(state.alarms) if alarms.sounding(a, ctx.now)]
    if loud:
        return refused("sounder-busy", no=loud[0].no)
    return (SounderTestBegun(),)


def answer(state: SuiteState, asked: AnswerSounderTest, ctx: Ctx) -> Facts | Refused:
    """Keep who heard the test; a test nobody heard is lost sound, whatever the player says."""
    if why := staff.may(state.staff, "sounder-test", ctx):
        return why
    known = state.sound
    if known.began is None or elapsed(ctx.now, known.began).seconds > ANSWER_S:
        return refused("no-sounder-test")
    told = SounderTested(heard=asked.heard)
    if asked.heard:
        over = () if known.lost else alarms.returned(state.alarms, POINT, (LOST,))
        return (told, *over)
    return (told, *_ring(state, NOT_HEARD, ctx))


def _ring(state: SuiteState, why: str, ctx: Ctx) -> Facts:
    return alarms.raise_or_repeat(state.alarms, LOST, POINT, ctx.tokens[0], detail=why)


def evolve(state: SoundState, entry: Entry) -> SoundState:
    """Return the sound after one fact."""
    match entry.fact:
        case SoundCame(player=player):
            return replace(state, player=player, lost="")
        case SoundLost(player=player, why=why):
            return replace(state, player=player, lost=why)
        case SounderTestBegun():
            return replace(state, began=entry.at, tests=state.tests + 1)
        case SounderTested(heard=heard):
            tester = entry.by[0] if entry.by else None
            return replace(state, began=None, tested=entry.at, heard=heard, tester=tester, unheard=not heard)
        case _:
            return state
