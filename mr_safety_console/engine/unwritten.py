"""What the record does not take: the High alarms of it go to the emergency spool as well."""

from __future__ import annotations

from collections.abc import Callable

from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.alarms import Alarm, AlarmRaised, AlarmRepeated, AlarmWorsened
from mr_safety_console.domain.codec import Command, Entry
from mr_safety_console.domain.context import Instant, elapsed
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.upkeep import KeepAlarm

MOST = 64
"""Alarms one run may write there: the room belongs to emergencies."""
AGAIN_S = 60.0
"""An alarm that goes on ringing while the record fails is written again this often."""

Keep = Callable[[Command, Instant], object]
"""Write a command to the spool with its moment; never waits."""


class Unwritten:
    """Called by the deciding thread, while the record is late or fails, with what waits for it.

    Each record comes back through the engine and leaves a mark beside the alarm's own facts, so
    that a later start knows which of the two it finds.
    """

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._kept: dict[str, Instant] = {}
        self._count = 0
        self._upto = 0

    def __call__(self, pending: tuple[Entry, ...], state: SuiteState) -> None:
        """Write each High alarm that rang among these entries and was not written yet."""
        for entry in pending:
            if entry.seq <= self._upto:
                continue
            self._upto = entry.seq
            told = entry.fact
            if isinstance(told, AlarmRaised | AlarmRepeated | AlarmWorsened):
                alarm = state.alarms.open.get(told.alarm)
                if alarm is not None and self._due(alarm, entry.when):
                    self._write(alarm, entry.when)

    def _due(self, alarm: Alarm, when: Instant) -> bool:
        last = self._kept.get(alarm.id)
        fresh = last is None or elapsed(when, last).seconds >= AGAIN_S
        return alarm.priority >= Priority.HIGH and fresh and self._count < MOST

    def _write(self, alarm: Alarm, when: Instant) -> None:
        self._kept[alarm.id] = when
        self._count += 1
        self._keep(
            KeepAlarm(
                alarm=alarm.id,
                rule=alarm.rule,
                point=alarm.point,
                priority=alarm.priority,
                instance=alarm.instance,
                visits=alarm.visits,
            ),
            when,
        )
