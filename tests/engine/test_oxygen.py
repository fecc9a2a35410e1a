"""The device watch of an oxygen monitor: the site's levels count, and a fall to the alarm level is told."""

from __future__ import annotations

from rigging import running
from support.suite_world import POINTS, site

from devices import ChannelReading, Origin, Reading
from devices import Condition as Heard
from mr_safety_console.domain.alarms import AlarmRaised, Priority
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition, ObservePoint, PointChanged
from mr_safety_console.domain.oxygen import OxygenFell
from mr_safety_console.domain.profile import Point, PointKind
from mr_safety_console.engine.watch import Watch

O2 = Point("o2-iv", "Oxygen in the magnet room", PointKind.OXYGEN, "IV", "o2", "O2-METER")
T0 = 1_000 * NS


class Meter:
    """A watch that hears one meter, a reading a second."""

    def __init__(self) -> None:
        self.watch = Watch(site(points=(*POINTS, O2)), lambda: None)
        self.now = T0

    def reads(self, letter: str, tenths: int | None) -> list[tuple[str, int | None]]:
        """Hear one reading; return condition and value of what is to be decided on."""
        self.now += NS
        channel = ChannelReading(0, "O2", Heard(letter), value=tenths)
        self.watch.hear(Reading("o2", "O2-METER", Origin.LIVE, self.now, 1, 1, 0, 0, (channel,)))
        return [(str(o.condition), o.value) for o in self.watch.take() if isinstance(o, ObservePoint)]


def test_a_value_at_the_sites_level_is_danger_though_the_monitor_says_normal() -> None:
    meter = Meter()
    assert meter.reads("NORMAL", 208) == [("NORMAL", 208)]
    assert meter.reads("NORMAL", 196) == []
    assert meter.watch.levels[O2.id].value == 196
    assert meter.reads("NORMAL", 195) == [("DANGER", 195)]
    assert meter.watch.levels[O2.id].condition is Condition.DANGER


def test_a_fall_to_the_alarm_level_is_told_once_though_it_was_danger_before() -> None:
    meter = Meter()
    meter.reads("NORMAL", 208)
    assert meter.reads("DANGER", 190) == [("DANGER", 190)]
    assert meter.reads("DANGER", 181) == []
    assert meter.reads("DANGER", 180) == [("DANGER", 180)]
    assert [meter.reads("DANGER", tenths) for tenths in (181, 180, 170, 185, 179)] == [[]] * 5
    assert meter.reads("NORMAL", 208) == [("NORMAL", 208)]
    assert meter.reads("DANGER", 179) == [("DANGER", 179)], "one word, and the next fall is told again"


def test_after_silence_the_same_level_is_told_anew() -> None:
    meter = Meter()
    meter.reads("DANGER", 175)
    (silent,) = meter.watch.expire(meter.now + 3 * NS)
    assert isinstance(silent, ObservePoint)
    assert (silent.condition, silent.value) == (Condition.UNKNOWN, None)
    meter.now += 3 * NS
    assert meter.reads("DANGER", 190) == [("DANGER", 190)]
    assert meter.reads("DANGER", 175) == [("DANGER", 175)]


def test_a_fall_is_told_at_once_while_the_value_flickers_about_the_warning() -> None:
    meter = Meter()
    for _ in range(12):
        meter.now -= NS * 9 // 10
        meter.reads("NORMAL", 208)
        meter.now -= NS * 9 // 10
        meter.reads("DANGER", 195)
    assert meter.reads("DANGER", 178) == [("DANGER", 178)]


def test_a_relay_without_a_value_is_taken_at_its_word() -> None:
    meter = Meter()
    assert meter.reads("NORMAL", None) == [("NORMAL", None)]
    assert meter.reads("DANGER", None) == [("DANGER", None)]
    assert meter.reads("DANGER", None) == []


def test_a_fall_heard_on_a_line_is_on_the_record_with_its_values_and_a_silent_meter_is_high() -> None:
    """I3: from the reading to the record, in order: warning, alarm level, silence."""
    with running(profile=site(points=(*POINTS, O2))) as table:

        def told(letter: str, tenths: int, rule: str) -> None:
            channel = ChannelReading(0, "O2", Heard(letter), value=tenths)
            at = table.clock.bt
            table.engine.hear(Reading("o2", "O2-METER", Origin.LIVE, at, 1, 1, 0, 0, (channel,)))
            table.until(lambda: not rule or rule in rung(), rule)

        def rung() -> list[str]:
            return [raised.rule for raised in table.record.facts(AlarmRaised)]

        told("NORMAL", 208, "")
        table.until(lambda: table.record.facts(PointChanged), "the first word")
        told("NORMAL", 194, "oxygen-low")
        told("DANGER", 177, "oxygen-alarm")
        table.clock.advance(3)
        table.until(lambda: "oxygen-lost" in rung(), "the silence")
        assert rung() == ["oxygen-low", "oxygen-alarm", "oxygen-lost"]
        assert [(str(seen.now), seen.value) for seen in table.record.facts(PointChanged)] == [
            ("NORMAL", 208),
            ("DANGER", 194),
            ("UNKNOWN", None),
        ]
        assert [fell.tenths for fell in table.record.facts(OxygenFell)] == [177]


def test_a_monitor_never_heard_is_a_high_alarm() -> None:
    """I3: a sensor that was dead before the start is told of like one that dies."""
    with running(profile=site(points=(*POINTS, O2))) as table:

        def rung() -> list[AlarmRaised]:
            return [told for told in table.record.facts(AlarmRaised) if told.point == O2.id]

        table.turn_over()
        table.clock.advance(8)
        table.until(rung, "the monitor that says nothing")
        assert [(told.rule, told.priority) for told in rung()] == [("oxygen-lost", Priority.HIGH)]
