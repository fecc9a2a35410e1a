"""What rests an alarm for a while, and what ends the rest: every one of them ends by itself."""

from __future__ import annotations

from mr_safety_console.domain.codec import Command, Fact, command, fact


@fact("sound-pause-ended")
class SoundPauseEnded(Fact):
    """A pause of the sound ended before its time: `reason` is restart."""

    alarm: str
    reason: str


@fact("alarm-shelved")
class AlarmShelved(Fact):
    """Somebody put a Low or Medium alarm aside until `until_bt`: no sound, never out of sight."""

    alarm: str
    instance: int
    reason: str
    until_bt: int
    boot: str


@fact("alarm-unshelved")
class AlarmUnshelved(Fact):
    """An alarm is back in its place: `reason` is asked, expired or restart.

    One that becomes High is back without this.
    """

    alarm: str
    reason: str


@fact("alarm-unproven")
class AlarmUnproven(Fact):
    """The console started while this alarm was present: nobody knows whether it is still so.

    It counts as present and wants a new answer until its point speaks.
    """

    alarm: str
    instance: int


@fact("alarms-reminded")
class AlarmsReminded(Fact):
    """These alarms were answered for and go on: one soft burst and the alarm line told of them again."""

    alarms: tuple[str, ...]


@command("put-alarm-aside")
class ShelveAlarm(Command):
    """Put the instance that was seen aside for some minutes, for a coded reason."""

    alarm: str
    instance: int
    minutes: int
    reason: str


@command("take-alarm-back")
class UnshelveAlarm(Command):
    """Take an alarm back into its place. Never refused to anybody signed on."""

    alarm: str
