"""Alarms: raised, answered, disposed of, and closed only when all three have happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field

from mr_safety_console.domain.alarm_facts import (
    AlarmShelved,
    AlarmsReminded,
    AlarmUnproven,
    AlarmUnshelved,
    SoundPauseEnded,
)
from mr_safety_console.domain.alarm_points import IRON, RULES, SOUND_PAUSE_S, Priority
from mr_safety_console.domain.codec import Command, Fact, Private, command, fact
from mr_safety_console.domain.context import NS, Ctx, Instant, Who
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import StaffState, may
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import refused


@fact("alarm-raised")
class AlarmRaised(Fact):
    """A condition that wants an answer began. `point` is a supervised point or the console itself.

    `detail` is coded: figures or rules, never prose.
    """

    alarm: str
    no: int
    rule: str
    point: str
    priority: Priority
    visits: tuple[str, ...] = ()
    momentary: bool = False
    detail: str = ""


@fact("alarm-repeated")
class AlarmRepeated(Fact):
    """The same condition came again, or goes on, while its alarm was open; it wants a new answer.

    `visits` are those it may be about this time; the alarm stays about those before.
    """

    alarm: str
    instance: int
    detail: str = ""
    visits: tuple[str, ...] = ()


@fact("alarm-worsened")
class AlarmWorsened(Fact):
    """An open alarm rose in priority; an earlier answer does not cover that."""

    alarm: str
    instance: int
    priority: Priority


@fact("alarm-returned")
class AlarmReturned(Fact):
    """The condition is over. The alarm stays until it is acknowledged and disposed of."""

    alarm: str


@fact("alarm-acknowledged")
class AlarmAcknowledged(Fact):
    """Somebody answers for this instance of the alarm; told of again every `remind_s` while it goes on."""

    alarm: str
    instance: int
    remind_s: int = 0


@fact("alarm-unanswered")
class AlarmUnanswered(Fact):
    """Nobody acknowledged within `after_s` seconds."""

    alarm: str
    instance: int
    after_s: int


@fact("sound-paused")
class SoundPaused(Fact):
    """The sound of one alarm instance rests until `until_bt`; everything visible goes on."""

    alarm: str
    instance: int
    until_bt: int
    boot: str


@fact("alarm-disposed")
class AlarmDisposed(Fact):
    """Somebody says what it was. `subject` is the alarm itself, whose key keeps the note."""

    subject: str
    disposition: str
    note: Private[str]


@fact("alarm-closed")
class AlarmClosed(Fact):
    """Over, acknowledged and disposed of."""

    alarm: str


@command("acknowledge-alarm")
class AcknowledgeAlarm(Command):
    """Answer for the instance that was seen; a newer one stays unanswered."""

    alarm: str
    instance: int


@command("pause-sound")
class PauseSound(Command):
    """Rest the sound of everything now sounding for half a minute. Anyone may.

    `rings` are the ones that were seen, as `ring` names them; None: all are meant.
    """

    rings: tuple[str, ...] | None = None


@command("dispose-alarm")
class DisposeAlarm(Command):
    """Say what an alarm was."""

    alarm: str
    disposition: str
    note: str = ""


@frozen
class Shelf:
    """Who put an alarm aside, why, from when, and until when: boot-time ns of one boot."""

    by: Who | None
    reason: str
    since: Instant
    until_bt: int
    boot: str


@frozen
class Alarm:
    """One open alarm. Three columns that never stand for one another: present, answered, disposed.

    `unproven`: it was present before a restart and its point has not spoken since. `rings` are its
    last few instances. `waits`: since when nobody has answered, however often it rang meanwhile.
    """

    id: str
    no: int
    rule: str
    point: str
    priority: Priority
    since: Instant
    rang: Instant
    instance: int = 1
    present: bool = True
    momentary: bool = False
    acknowledged: Who | None = None
    answered_at: Instant | None = None
    remind_s: int = 0
    reminded_at: Instant | None = None
    disposition: str = ""
    visits: tuple[str, ...] = ()
    unanswered_s: int = 0
    paused_until_bt: int = 0
    paused_boot: str = ""
    paused_instance: int = 0
    detail: str = ""
    unproven: bool = False
    rings: tuple[Instant, ...] = ()
    shelf: Shelf | None = None
    waits: Instant | None = None

    @property
    def answered(self) -> bool:
        """Return whether somebody acknowledged the present instance."""
        return self.acknowledged is not None


@frozen
class AlarmsState:
    """Open alarms by id, the counter people say aloud, and when the newest were raised."""

    open: Mapping[str, Alarm] = field(default_factory=dict)
    last_no: int = 0
    raised: tuple[Instant, ...] = ()


FACTS = (
    AlarmRaised,
    AlarmRepeated,
    AlarmWorsened,
    AlarmReturned,
    AlarmAcknowledged,
    AlarmUnanswered,
    SoundPaused,
    AlarmDisposed,
    AlarmClosed,
    SoundPauseEnded,
    AlarmShelved,
    AlarmUnshelved,
    AlarmUnproven,
    AlarmsReminded,
)


def ranked(state: AlarmsState) -> tuple[Alarm, ...]:
    """Return open alarms, the one to look at first in front."""
    return tuple(sorted(state.open.values(), key=_rank))


def _rank(alarm: Alarm) -> tuple[bool, int, bool, bool, bool, bool, int, int]:
    # One about the equipment that somebody has answered may stand for months, as lost sound may:
    # it comes before Low ones, and hides nothing above. Unanswered it comes after its equals about
    # people: iron passes in a second, and what is lost stays. So iron comes first among its equals,
    # over as it may be: somebody walks on with it meanwhile.
    technical = RULES[alarm.rule].technical
    standing = alarm.answered and technical
    weight = min(2 * alarm.priority, 2 * Priority.LOW + 1) if standing else 2 * alarm.priority
    iron = alarm.rule in IRON and not alarm.answered
    rest = (alarm.answered, technical, not iron, not alarm.present, -alarm.since.utc, -alarm.no)
    return (alarm.shelf is not None, -weight, *rest)


def shelved(alarm: Alarm, now: Instant) -> bool:
    """Tell whether an alarm is put aside now; a reboot or its time ends it."""
    shelf = alarm.shelf
    return shelf is not None and shelf.boot == now.boot and now.bt < shelf.until_bt


def sounding(alarm: Alarm, now: Instant) -> bool:
    """Tell whether an alarm sounds now: unanswered, at least Medium, not resting and not put aside."""
    if alarm.answered or alarm.priority < Priority.MEDIUM or shelved(alarm, now):
        return False
    resting = alarm.paused_instance == alarm.instance and alarm.paused_boot == now.boot
    return not (resting and now.bt < alarm.paused_until_bt)


def find(state: AlarmsState, point: str, rules: tuple[str, ...]) -> Alarm | None:
    """Return the open alarm of a point under one of these rules, the newest first."""
    found = [a for a in state.open.values() if a.point == point and a.rule in rules]
    return max(found, key=lambda a: a.no, default=None)


def raise_or_repeat(
    state: AlarmsState,
    rule: str,
    point: str,
    token: str,
    visits: tuple[str, ...] = (),
    ahead: int = 0,
    detail: str = "",
) -> tuple[Fact, ...]:
    """Return the facts of a condition that began: a new alarm, or a new instance of an open one.

    `ahead` is how many alarms the same decision has raised before this one.
    """
    known = find(state, point, (rule,))
    if known is None:
        return (
            AlarmRaised(
                alarm=token,
                no=state.last_no + 1 + ahead,
                rule=rule,
                point=point,
                priority=RULES[rule].priority,
                visits=visits,
                momentary=RULES[rule].momentary,
                detail=detail,
            ),
        )
    return (AlarmRepeated(alarm=known.id, instance=known.instance + 1, detail=detail, visits=visits),)


def count_raised(facts: tuple[Fact, ...]) -> int:
    """Return how many new alarms are among some facts."""
    return sum(isinstance(fact, AlarmRaised) for fact in facts)


def worsened(state: AlarmsState, rules: tuple[str, ...]) -> tuple[Fact, ...]:
    """Return the facts by which present alarms of these rules, whatever their point, become High."""
    return tuple(
        AlarmWorsened(alarm=alarm.id, instance=alarm.instance + 1, priority=Priority.HIGH)
        for alarm in state.open.values()
        if alarm.rule in rules and alarm.present and alarm.priority < Priority.HIGH
    )


def returned(
    state: AlarmsState, point: str, rules: tuple[str, ...], but: Collection[str] = ()
) -> tuple[Fact, ...]:
    """Return the facts of a condition that is over, closing what is answered and disposed of."""
    facts: list[Fact] = []
    for alarm in state.open.values():
        if alarm.point == point and alarm.rule in rules and alarm.present and alarm.id not in but:
            facts.append(AlarmReturned(alarm=alarm.id))
            if alarm.answered and alarm.disposition:
                facts.append(AlarmClosed(alarm=alarm.id))
    return tuple(facts)


def decide(state: AlarmsState, asked: Command, ctx: Ctx, staff: StaffState) -> tuple[Fact, ...] | Refused:
    """Decide on what people do about alarms."""
    match asked:
        case PauseSound():
            return _pause(state, asked, ctx.now)
        case AcknowledgeAlarm():
            return _acknowledge(state, asked, ctx, staff)
        case DisposeAlarm():
            return _dispose(state, asked, ctx, staff)
        case _:
            return ()


def ring(alarm: Alarm) -> str:
    """Return the name of one ring of an alarm."""
    return f"{alarm.id}/{alarm.instance}"


def _pause(state: AlarmsState, asked: PauseSound, now: Instant) -> tuple[Fact, ...] | Refused:
    sound = [a for a in state.open.values() if sounding(a, now)]
    loud = [a for a in sound if asked.rings is None or ring(a) in asked.rings]
    if sound and not loud:
        return refused("alarm-newer", no=sound[0].no)
    fresh = [a for a in loud if a.paused_instance != a.instance]
    if not fresh:
        return refused("sound-paused-before" if loud else "nothing-sounds")
    until = now.bt + SOUND_PAUSE_S * NS
    return tuple(SoundPaused(alarm=a.id, instance=a.instance, until_bt=until, boot=now.boot) for a in fresh)


def _acknowledge(
    state: AlarmsState, asked: AcknowledgeAlarm, ctx: Ctx, staff: StaffState
) -> tuple[Fact, ...] | Refused:
    alarm = state.open.get(asked.alarm)
    if alarm is None:
        return refused("alarm-gone")
    if why := may(staff, "alarm-acknowledge", ctx):
        return why
    if asked.instance != alarm.instance:
        return refused("alarm-newer", no=alarm.no)
    if alarm.answered:
        return ()
    remind_s = ctx.profile.limit("alarm_reminder_s")
    facts: list[Fact] = [AlarmAcknowledged(alarm=alarm.id, instance=alarm.instance, remind_s=remind_s)]
    if alarm.disposition and not alarm.present:
        facts.append(AlarmClosed(alarm=alarm.id))
    return tuple(facts)


def _dispose(
    state: AlarmsState, asked: DisposeAlarm, ctx: Ctx, staff: StaffState
) -> tuple[Fact, ...] | Refused:
    alarm = state.open.get(asked.alarm)
    if alarm is None:
        return refused("alarm-gone")
    if why := may(staff, "alarm-dispose", ctx):
        return why
    if not alarm.answered:
        return refused("alarm-not-acknowledged", no=alarm.no)
    choices = RULES[alarm.rule].dispositions
    if asked.disposition not in choices:
        return refused("disposition-unknown", given=asked.disposition, choices=", ".join(choices))
    facts: list[Fact] = [AlarmDisposed(subject=alarm.id, disposition=asked.disposition, note=asked.note)]
    if not alarm.present:
        facts.append(AlarmClosed(alarm=alarm.id))
    return tuple(facts)
