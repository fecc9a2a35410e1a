"""Everything a screen is painted from, at one instant: the engine's snapshot, the time, the site."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import field
from functools import cache
from zoneinfo import ZoneInfo

from mr_safety_console.console.lane import LaneStatus
from mr_safety_console.domain import bypass, detectors
from mr_safety_console.domain.alarm_reminder import reminding
from mr_safety_console.domain.alarms import Alarm, sounding
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import NS, US, Ctx, Instant, Who, elapsed
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.emergency import EmergencyState
from mr_safety_console.domain.profile import Point, SiteProfile
from mr_safety_console.domain.quench import QuenchState
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import say
from mr_safety_console.engine.face import DEAD_S, Recording, Snapshot, trial_context
from screening_forms.types import Form

HIDDEN = "(hidden: locked)"
SIMULATED = "SIMULATED"
REMINDER_BELL_S = 1.0
"""For how long a reminder asks for the terminal's bell, which rings once a second."""
_STRICT = (Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN)


@frozen
class Belief:
    """What may be said of a point now, why, and how many seconds ago it was last heard, None: never."""

    condition: Condition
    reason: str
    age_s: float | None
    origin: str

    @property
    def why(self) -> str:
        """Return the reason in words."""
        return say("why-unknown", self.reason)


@frozen
class View:
    """One instant of the console. `emergency` and `quench` hold what the lane knows beyond the engine.

    `selected` is the visit being worked on, `fault` our own last fault in one line, `notes` the
    newest device notes, `log_loading` whether history is being read.
    """

    snapshot: Snapshot
    now: Instant
    profile: SiteProfile
    forms: Mapping[str, Form]
    beat_bt: int
    emergency: EmergencyState = field(default_factory=EmergencyState)
    quench: QuenchState = field(default_factory=QuenchState)
    lane: LaneStatus = field(default_factory=LaneStatus)
    selected: str = ""
    locked: bool = False
    forced_simulated: bool = False
    banner: str = ""
    fault: str = ""
    notes: tuple[Entry, ...] = ()

    @property
    def state(self) -> SuiteState:
        """Return what is shown: everything decided, marked where it is not on the disk yet."""
        return self.snapshot.shown

    @property
    def started(self) -> bool:
        """Tell whether the engine has spoken at all."""
        return self.beat_bt > 0

    @property
    def stopped(self) -> bool:
        """Tell whether the engine has been without a beat for two seconds."""
        return self.started and self.now.bt - self.beat_bt >= DEAD_S * NS

    @property
    def blind(self) -> bool:
        """Tell whether nothing may be said of the suite: not started, not ready, or stopped."""
        return not self.started or not self.snapshot.ready or self.stopped

    @property
    def loud(self) -> bool:
        """Tell whether an alarm sounds now, or has just been told of again."""
        open_ = self.state.alarms.open.values()
        return any(sounding(one, self.now) or self._just_reminded(one) for one in open_)

    def _just_reminded(self, alarm: Alarm) -> bool:
        at = alarm.reminded_at
        return at is not None and reminding(alarm, self.now) and self.since(at) < REMINDER_BELL_S

    @property
    def simulated(self) -> bool:
        """Tell whether anything here comes from a mock, a replay or a pty."""
        levels = self.snapshot.live.values()
        return self.forced_simulated or any(level.origin == SIMULATED for level in levels)

    @property
    def ctx(self) -> Ctx:
        """Return the context in which offers are tried."""
        return trial_context(self.snapshot, self.profile, self.forms, self.now)

    @property
    def visit(self) -> Visit | None:
        """Return the selected visit if it is open."""
        return self.state.visits.open.get(self.selected)

    @property
    def actor(self) -> Who | None:
        """Return who is signed on."""
        session = self.state.staff.session
        return session.who if session else None

    @property
    def moment(self) -> tuple[object, ...]:
        """Return what tells one picture from the next: the second, the state, and each point's word."""
        points = tuple(self.believe(point).condition for point in self.profile.points)
        shown = (id(self.state), id(self.snapshot.state), self.emergency, self.quench)
        kept = (self.lane, self.selected, self.locked, self.fault, len(self.notes), self.blind)
        return (self.now.bt // NS, self.snapshot.recording, self.snapshot.seq, points, shown, kept)

    def unsaved(self, shown: object, recorded: object) -> str:
        """Return the mark of something shown that is not on the disk in this form, else nothing."""
        if shown == recorded:
            return ""
        if self.snapshot.recording is Recording.FAILED:
            return Recording.FAILED.value
        return "not yet recorded"

    def believe(self, point: Point) -> Belief:
        """Return what may be believed of a point: the stricter of its live level and the record."""
        level = self.snapshot.live.get(point.id)
        heard = level.heard_bt if level else 0
        age_s = max(0, self.now.bt - heard) / NS if heard else None
        origin = level.origin if level else ""
        if not self.snapshot.ready or not self.started:
            return Belief(Condition.UNKNOWN, "starting", age_s, origin)
        if self.stopped:
            return Belief(Condition.UNKNOWN, "engine stopped", age_s, origin)
        if "points" in self.state.broken:
            return Belief(Condition.UNKNOWN, "state broken", age_s, origin)
        if point.id in self.state.bypass.open:
            return Belief(Condition.UNKNOWN, bypass.OUT, age_s, origin)
        live, why = detectors.believed(level, self.now.bt, self.profile.limit("silence_ms"))
        known = self.state.points.points.get(point.id)
        recorded = known.condition if known else Condition.UNKNOWN
        if _STRICT.index(recorded) > _STRICT.index(live):
            return Belief(recorded, known.reason if known else "not recorded yet", age_s, origin)
        return Belief(live, why, age_s, origin)

    def clock(self, at: Instant) -> str:
        """Return HH:MM:SS of an instant in the site's zone."""
        return local(at.utc, self.profile.zone).strftime("%H:%M:%S")

    def clock_short(self, at: Instant) -> str:
        """Return HH:MM of an instant in the site's zone."""
        return local(at.utc, self.profile.zone).strftime("%H:%M")

    def since(self, at: Instant) -> float:
        """Return the seconds from an instant to now."""
        return elapsed(self.now, at).seconds

    def person(self, who: Who | str) -> str:
        """Return the initials of a member of staff, `?` for somebody not in the register."""
        name = who.person if isinstance(who, Who) else who
        known = self.state.staff.people.get(name)
        return known.initials if known else "?"

    def people(self, by: tuple[Who, ...]) -> str:
        """Return the initials of those who did something, `unattributed` for nobody."""
        return "+".join(self.person(who) for who in by) if by else "unattributed"

    def private(self, text: str) -> str:
        """Return personal text, or a sign that it is hidden while the console is locked."""
        return HIDDEN if self.locked else text


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(utc_us: int, zone: str) -> datetime.datetime:
    """Return wall time of `utc_us` (µs since 1970) in a zone of the time-zone database."""
    at = datetime.datetime.fromtimestamp(utc_us // US, tz=datetime.UTC)
    return at.astimezone(_zone(zone))


def age(seconds: float | None) -> str:
    """Return an age as people read it: `0.4 s`, `45 s`, `12 min`, `3 h`; `never` for none."""
    if seconds is None:
        return "never heard"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{int(seconds)} s"
    return f"{int(seconds // 60)} min" if seconds < 7200 else f"{int(seconds // 3600)} h"


def stopwatch(seconds: int) -> str:
    """Return m:ss, or h:mm:ss from an hour on."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"
