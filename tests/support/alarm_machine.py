"""The product's alarm rules on a table of their own, driven by the same words as the model of them."""

from __future__ import annotations

from dataclasses import replace

from support.suite_world import DETECTOR, DOOR, DOOR_III, World, ready

from mr_safety_console.domain import alarm_shelf, alarm_timers, alarms, sound
from mr_safety_console.domain.alarm_facts import ShelveAlarm, UnshelveAlarm
from mr_safety_console.domain.alarms import AcknowledgeAlarm, Alarm, DisposeAlarm, PauseSound, sounding
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.refusal import Refused

PLACES = {
    "iron": (DETECTOR, "ferrous-approach"),
    "open": (DOOR_III, "zone-iii-door-open"),
    "kept": (DOOR, "door-kept-open"),
    "lost": (DOOR, "door-lost"),
}


class Machine:
    """Alarms come and go as told, without devices; people and time act through the suite's own rules."""

    def __init__(self, world: World | None = None) -> None:
        self.world = (world or ready()).clone()
        self.world.state = replace(self.world.state, alarms=alarms.AlarmsState())

    def clone(self) -> Machine:
        twin = Machine.__new__(Machine)
        twin.world = self.world.clone()
        return twin

    def alarm(self, name: str) -> Alarm | None:
        point, rule = PLACES[name]
        return alarms.find(self.world.state.alarms, point, (rule,))

    def sounds(self, name: str) -> bool:
        alarm = self.alarm(name)
        return alarm is not None and sounding(alarm, self.world.clock.now())

    def reminds(self, name: str) -> bool:
        alarm = self.alarm(name)
        return alarm is not None and sound.tone(alarm, self.world.clock.now()) is sound.Tone.REMINDER

    def begin(self, name: str) -> tuple[Fact, ...]:
        point, rule = PLACES[name]
        ctx = self.world.ctx()
        self.world._drawn += 8
        return self._keep(alarms.raise_or_repeat(self.world.state.alarms, rule, point, ctx.tokens[0]))

    def over(self, name: str) -> tuple[Fact, ...]:
        point, rule = PLACES[name]
        return self._keep(alarms.returned(self.world.state.alarms, point, (rule,)))

    def acknowledge(self, name: str, behind: int, who: str) -> bool:
        if (session := self.world.state.staff.session) is None or session.who != self.world.who(who):
            self.world.sign_on(who)
        alarm = self.alarm(name)
        number = alarm.instance - behind if alarm else 1
        return self._give(AcknowledgeAlarm(alarm=self._id(name), instance=number))

    def dispose(self, name: str, what: str) -> bool:
        return self._give(DisposeAlarm(alarm=self._id(name), disposition=what))

    def quieten(self) -> bool:
        return self._give(PauseSound())

    def put_aside(self, name: str, minutes: int, behind: int) -> bool:
        alarm = self.alarm(name)
        number = alarm.instance - behind if alarm else 1
        asked = ShelveAlarm(alarm=self._id(name), instance=number, minutes=minutes, reason="cause-known")
        return self._give(asked)

    def take_back(self, name: str) -> bool:
        return self._give(UnshelveAlarm(alarm=self._id(name)))

    def wait(self, seconds: int) -> tuple[Fact, ...]:
        clock = self.world.clock
        clock.bt += seconds * NS
        clock.utc += seconds * 1_000_000
        return self._keep(alarm_timers.fire(self.world.state.alarms, clock.now()), "timer")

    def restart(self) -> tuple[Fact, ...]:
        return self._keep(alarm_shelf.restarted(self.world.state.alarms))

    def _id(self, name: str) -> str:
        alarm = self.alarm(name)
        return alarm.id if alarm else "none"

    def _give(self, asked: Command) -> bool:
        return not isinstance(self.world.give(asked).refused, Refused)

    def _keep(self, facts: tuple[Fact, ...], src: str = "device") -> tuple[Fact, ...]:
        for fact in facts:
            self.world.keep(fact, self.world.ctx(), src)
        return facts
