"""Alarms put aside and points out of service, by their keys, on a wide and on the smallest terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.console_site import NARROW, WIDE, Site, console

from mr_safety_console.console.present import alarms, devices, header, suite
from mr_safety_console.console.present.rows import Row
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.alarm_facts import ShelveAlarm
from mr_safety_console.domain.alarm_points import RULES, Priority
from mr_safety_console.domain.alarms import AcknowledgeAlarm, sounding
from mr_safety_console.domain.bypass import BypassPoint
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.detectors import Condition, NoteDevice, StartWalkTest
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.lifecycle import StartConsole, Tick
from mr_safety_console.domain.profile import PointKind
from mr_safety_console.domain.words import say
from mr_safety_console.engine.face import Line

BOTH = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])


def text(rows: tuple[Row, ...]) -> str:
    return "\n".join(row.plain for row in rows)


def last(site: Site, kind: type[Command]) -> Command:
    return [command for command in site.face.commands if isinstance(command, kind)][-1]


def kept_open(site: Site) -> str:
    """Let the door stand open under its keeper's eyes for a minute: a Medium alarm."""
    site.face.sign_on(site.ben)
    site.do(KeepDoor())
    site.face.hear(site.face.profile.door_iv.id, Condition.DANGER)
    for _ in range(61):
        site.face.beat(1)
    site.do(Tick())
    return next(iter(site.face.working.alarms.open))


@BOTH
async def test_a_medium_alarm_is_put_aside_shown_with_its_end_and_taken_back(
    site: Site, size: tuple[int, int]
) -> None:
    """I9: reason, minutes, name; never out of sight."""
    alarm = kept_open(site)
    async with console(site, size) as hand:
        await hand.press("f6")
        assert "PUT ASIDE, WHY?" in await hand.press("j")
        assert "FOR HOW LONG?" in await hand.press("2")
        await hand.press("1")
        await hand.recorded()
        told = await hand.look()
        assert "PUT ASIDE, 5:00 left" in told
        assert "by BB: work going on there" in told
        assert "j take it back" in told
        assert "ASIDE 1" in told
        assert last(site, ShelveAlarm) == ShelveAlarm(
            alarm=alarm, instance=1, minutes=5, reason="work-going-on"
        )
        await hand.press("j")
        await hand.recorded()
        assert "left" not in (await hand.look()).split("OPEN ALARMS")[1].split("BY DESIGN")[0]


@BOTH
async def test_a_high_alarm_says_why_it_is_not_put_aside(site: Site, size: tuple[int, int]) -> None:
    """I9: on the screen that asks for it."""
    site.face.sign_on(site.ben)
    site.face.hear(site.face.profile.door_iv.id, Condition.UNKNOWN, reason="unplugged")
    async with console(site, size) as hand:
        await hand.press("f6")
        await hand.press("j", "1")
        assert "nothing puts it aside" in await hand.press("1")


@BOTH
async def test_a_detector_goes_out_of_service_with_a_guard_and_a_pin(
    site: Site, size: tuple[int, int]
) -> None:
    """I3, I5: listed with its countdown on Alarms and in the header; UNKNOWN on Devices."""
    site.face.sign_on(site.ben)
    site.do(KeepDoor())
    detector = site.face.profile.of_kind(PointKind.DETECTOR)[0]
    async with console(site, size) as hand:
        await hand.press("ctrl+d")
        for _ in range(len(site.face.profile.points)):
            if hand.app.screen.sheet.cursor == detector.id:  # type: ignore[attr-defined]
                break
            await hand.press("down")
        assert "OUT OF SERVICE, WHY?" in await hand.press("j")
        await hand.press("1")
        await hand.type("10", "enter")
        await hand.type("bb", "enter")
        await hand.sign("BB")
        await hand.recorded()
        assert last(site, BypassPoint) == BypassPoint(
            point=detector.id, reason="device-defect", guard=site.ben, minutes=10
        )
        told = await hand.press("f6")
        assert "OUT OF SERVICE: 1" in told
        assert "10:00 left" in told
        assert "guard BB" in told
        assert "OUT" in told.split("\n")[1]


def test_a_point_out_of_service_is_unknown_wherever_it_is_shown(site: Site) -> None:
    """I3: whatever it goes on saying."""
    site.face.sign_on(site.ben)
    site.do(KeepDoor())
    detector = site.face.profile.of_kind(PointKind.DETECTOR)[0]
    asked = BypassPoint(point=detector.id, reason="maintenance", guard=site.ben, minutes=5)
    site.do(asked, site.ben)
    belief = site.view().believe(detector)
    assert (belief.condition, belief.reason) == (Condition.UNKNOWN, "out of service")
    told = text(devices.rows(site.view()))
    assert "OUT OF SERVICE" in told
    assert "5:00 left" in told
    assert f"{detector.name} 0 min" in told


def test_devices_show_the_last_test_its_tester_and_the_counts(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.do(StartWalkTest(point="fmd-iv"))
    site.do(AnnounceTransit(visit="", inwards=False))
    told = text(devices.rows(site.view()))
    assert "by BB: a crossing was announced" in told
    assert "DETECTOR CONSCIENCE" in told
    assert "door openings 0" in told
    site.face.hear(site.face.profile.door_iv.id, Condition.DANGER)
    site.face.hear(site.face.profile.door_iv.id, Condition.NORMAL)
    site.face.hear(site.face.profile.door_iv.id, Condition.DANGER)
    told = text(devices.rows(site.view()))
    assert "door openings 2" in told
    assert "without a recorded crossing 1" in told


def test_the_suite_says_when_a_detector_was_proved_and_when_it_was_not(site: Site) -> None:
    """I4: beside the points, on the first screen."""
    site.face.sign_on(site.ben)
    assert "▲ FMD-1 not this shift" in text(suite.point_rows(site.view()))
    site.do(StartWalkTest(point="fmd-iv"))
    site.face.hear("fmd-iv", Condition.DANGER)
    site.face.hear("fmd-iv", Condition.NORMAL)
    site.face.beat(130)
    assert "FMD-1 22:26, 2 min ago" in text(suite.point_rows(site.view()))


def test_flood_chatter_and_what_is_held_back_are_named(site: Site) -> None:
    """I9: and the High one still stands first, by itself."""
    site.face.sign_on(site.ben)
    for number in range(11):
        site.do(NoteDevice(port=f"port-{number}", what="wrong-identity", text="?"))
    door = site.face.profile.door_iv.id
    for _ in range(3):
        site.face.hear(door, Condition.UNKNOWN, reason="unplugged")
        site.face.hear(door, Condition.NORMAL)
    site.do(KeepDoor())
    view = site.view()
    told = text(alarms.rows(view, ""))
    assert "FLOOD: 12 new alarms" in told
    assert "CHATTER ×3" in told
    assert told.index("Door contact UNKNOWN") < told.index("Another device answers")
    assert "A12 Door contact UNKNOWN" in header.alarm_bar(view)[0].plain
    assert "rule door-unannounced: kept by BB, 15:00 left" in told
    assert "FLOOD 12" in header.alarm_bar(view)[0].plain


def test_after_a_minute_without_an_answer_the_numbers_of_the_site_stand_there(site: Site) -> None:
    """I9: whom to call, and only until somebody answers."""
    site.face.sign_on(site.ben)
    site.face.hear(site.face.profile.door_iv.id, Condition.UNKNOWN, reason="unplugged")
    alarm = next(iter(site.face.working.alarms.open.values()))
    profile = replace(site.face.profile, call={"Safety officer": "0000"})
    assert "CALL" not in text(alarms.rows(site.view(profile=profile), alarm.id))
    site.face.beat(61)
    site.do(Tick())
    view = site.view(profile=profile)
    assert "NOBODY ANSWERED: CALL  Safety officer 0000" in text(alarms.rows(view, alarm.id))
    assert "CALL SOMEBODY" in header.alarm_bar(view)[0].plain
    assert "names nobody" in text(alarms.rows(replace(view, profile=replace(profile, call={})), alarm.id))
    site.do(AcknowledgeAlarm(alarm=alarm.id, instance=1))
    assert "CALL" not in text(alarms.rows(site.view(profile=profile), alarm.id))


def test_advice_stands_in_lines_of_eight_words() -> None:
    assert alarms.advice("ferrous-entry") == ("Stop. Hold everybody outside. Find the object.",)
    assert len(alarms.advice("ferrous-approach")) == 2
    for rule in RULES:
        lines = alarms.advice(rule)
        assert all(len(line.split()) <= 8 for line in lines), rule
        assert " ".join(lines) == say("advice", rule)


def test_after_a_restart_what_was_present_reads_unknown(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.face.hear(site.face.profile.door_iv.id, Condition.UNKNOWN, reason="unplugged")
    alarm = next(iter(site.face.working.alarms.open.values()))
    site.do(AcknowledgeAlarm(alarm=alarm.id, instance=1))
    assert "PRESENT" in text(alarms.rows(site.view(), ""))
    site.do(StartConsole(app="0", profile_hash="", forms_hash="", use="demo", points=3))
    told = text(alarms.rows(site.view(), "")).split("Door contact UNKNOWN")[1]
    assert "UNKNOWN" in told
    assert "NOT ACKNOWLEDGED" in told


@BOTH
async def test_devices_show_how_each_line_is_doing_and_its_age_goes_on(
    site: Site, size: tuple[int, int]
) -> None:
    heard = site.clock.bt
    site.face.lines = {"p1": Line(1234, 5, 2, heard, 1), "p2": Line()}
    async with console(site, size) as hand:
        await hand.press("ctrl+d")
        told = await hand.press("pagedown") if size == NARROW else await hand.look()
        assert "LINES since this start" in told
        assert "p1  frames 1234  rejected 5  gaps 2  reconnects 1  last 0.0 s ago" in told
        assert "p2  frames 0  rejected 0  gaps 0  reconnects 0  never heard" in told
        site.face.beat(7)
        assert "reconnects 1  last 7.0 s ago" in await hand.look()


def test_the_alarm_line_tells_of_what_was_answered_and_goes_on_and_the_bell_with_it(site: Site) -> None:
    """I9: never silent for ever; ten seconds on the line, one ring of the bell where nothing else sounds."""
    site.face.sign_on(site.ben)
    door = site.face.profile.door_iv.id
    site.face.hear(door, Condition.UNKNOWN, reason="unplugged")
    alarm = next(iter(site.face.working.alarms.open))
    site.do(AcknowledgeAlarm(alarm=alarm, instance=1))
    assert "reminds again in 2:00" in text(alarms.rows(site.view(), alarm))
    assert not site.view().loud
    site.face.beat(120)
    site.do(Tick())
    assert "A1 STILL THERE" in header.alarm_bar(site.view())[0].plain
    assert site.view().loud
    site.face.beat(2)
    assert "STILL THERE" in header.alarm_bar(site.view())[0].plain
    assert not site.view().loud
    site.face.beat(8)
    assert "STILL THERE" not in header.alarm_bar(site.view())[0].plain


def flooded(site: Site) -> str:
    """Let nine lines answer with another device, one of them with a detector that is lost too: ten alarms."""
    site.face.sign_on(site.ben)
    detector = site.face.profile.of_kind(PointKind.DETECTOR)[0]
    site.face.hear(detector.id, Condition.UNKNOWN, reason="unplugged")
    for number in range(9):
        port = detector.port if number == 3 else f"port-{number}"
        site.do(NoteDevice(port=port, what="wrong-identity", text="?"))
    return detector.port


def test_in_a_flood_what_hangs_on_one_line_stands_under_one_line_and_opens_there(site: Site) -> None:
    """I9: nothing is left out: its numbers stand there, and every name as soon as the cursor does."""
    port = flooded(site)
    folded = text(alarms.rows(site.view(), ""))
    assert "Detector UNKNOWN" in folded
    assert " at " not in folded.split("OPEN ALARMS")[1].split("A10")[0]
    site.do(NoteDevice(port="port-x", what="wrong-identity", text="?"))
    folded = text(alarms.rows(site.view(), ""))
    assert f"2 at {port}, 2 NOT ACKNOWLEDGED  A1, A5" in folded
    assert "Detector UNKNOWN" not in folded
    opened = text(alarms.rows(site.view(), alarms.SEVERAL + port))
    assert "A1 Detector UNKNOWN" in opened
    assert "A5 Another device" in opened
    site.face.hear(site.face.profile.door_iv.id, Condition.UNKNOWN, reason="unplugged")
    bar, tone = header.alarm_bar(site.view())
    assert bar.plain.startswith("[!!] A12 Door contact UNKNOWN")
    assert tone is Tone.HIGH


def test_the_alarm_line_names_every_high_alarm_that_waits(site: Site) -> None:
    """I9: one stands there in words, the others by number; an answered one gives way."""
    flooded(site)
    site.do(NoteDevice(port="port-x", what="wrong-identity", text="?"))
    door = site.face.profile.door_iv.id
    site.face.hear(door, Condition.UNKNOWN, reason="unplugged")
    site.face.hear(door, Condition.NORMAL)
    site.face.hear(door, Condition.DANGER)
    site.face.beat(16)
    site.do(Tick())
    high = {a.no for a in site.face.working.alarms.open.values() if a.priority is Priority.HIGH}
    assert len(high) == 2
    first, other = sorted(high, reverse=True)
    line = header.alarm_bar(site.view())[0].plain
    assert line.startswith(f"[!!] A{first} (and A{other}) "), "in front, where no narrow terminal cuts it"
    told = text(alarms.rows(site.view(), ""))
    assert all(f"[!!] A{number} " in told for number in high)


async def test_answering_a_line_of_several_answers_none_of_them_but_goes_to_the_first(site: Site) -> None:
    """I9: no key answers several alarms."""
    flooded(site)
    site.do(NoteDevice(port="port-x", what="wrong-identity", text="?"))
    async with console(site, WIDE) as hand:
        assert "A1 Detector UNKNOWN" in await hand.press("f6")
        before = len(site.face.commands)
        await hand.press("a")
        assert not [one for one in site.face.commands[before:] if isinstance(one, AcknowledgeAlarm)]
        await hand.press("a")
        await hand.recorded()
        assert len([one for one in site.face.commands if isinstance(one, AcknowledgeAlarm)]) == 1


def answered(site: Site) -> list[tuple[str, int]]:
    return [(one.alarm, one.instance) for one in site.face.commands if isinstance(one, AcknowledgeAlarm)]


async def test_the_key_answers_for_the_alarm_that_was_drawn_not_for_one_that_came_since(site: Site) -> None:
    """I9: the key was on its way when a High one came; that one has been seen by nobody."""
    site.face.sign_on(site.ben)
    async with console(site, WIDE) as hand:
        site.do(NoteDevice(port="port-x", what="wrong-identity", text="?"))
        drawn = next(iter(site.face.working.alarms.open))
        assert "A1 Another device" in await hand.look()
        site.face.hear(site.face.profile.door_iv.id, Condition.UNKNOWN, reason="unplugged")
        hand.app.screen.action_acknowledge()  # type: ignore[attr-defined]
        assert answered(site) == [(drawn, 1)]


async def test_the_sound_of_an_alarm_nobody_has_seen_goes_on(site: Site) -> None:
    """I9: the key was on its way when it came; its one rest is not used up."""
    door = site.face.profile.door_iv.id
    async with console(site, WIDE) as hand:
        site.face.hear(door, Condition.UNKNOWN, reason="unplugged")
        await hand.look()
        site.face.hear("fmd-iv", Condition.DANGER)
        hand.app.screen.action_silence()  # type: ignore[attr-defined]
        open_ = site.face.working.alarms.open.values()
        rested = [a.point == door for a in open_ if not sounding(a, site.clock.now())]
        assert rested == [True]


async def test_an_alarm_that_nobody_has_seen_yet_is_not_answered_and_the_key_says_so(site: Site) -> None:
    site.face.sign_on(site.ben)
    async with console(site, WIDE) as hand:
        assert "no open alarm" in await hand.look()
        site.do(NoteDevice(port="port-x", what="wrong-identity", text="?"))
        hand.app.screen.action_acknowledge()  # type: ignore[attr-defined]
        assert answered(site) == []
        assert "Another alarm came up as you pressed." in await hand.look()


async def test_an_alarm_that_rang_again_since_it_was_drawn_is_looked_at_once_more(site: Site) -> None:
    """I9: on the Alarms screen, by the guard of the rules."""
    site.face.sign_on(site.ben)
    site.face.hear("fmd-iv", Condition.DANGER)
    alarm = next(iter(site.face.working.alarms.open))
    async with console(site, WIDE) as hand:
        await hand.press("f6")
        site.face.hear("fmd-iv", Condition.NORMAL)
        site.face.hear("fmd-iv", Condition.DANGER)
        hand.app.screen.action_acknowledge()  # type: ignore[attr-defined]
        assert answered(site) == [(alarm, 1)]
        assert "rang since you looked" in await hand.look()
        await hand.press("a")
        assert answered(site)[1:] == [(alarm, 2)]


async def test_who_comes_back_begins_with_the_alarm_on_top_and_is_told_of_one_answered_already(
    site: Site,
) -> None:
    """Not with the one chosen the last time: `a` is for what rings now."""
    site.face.sign_on(site.ben)
    site.do(NoteDevice(port="port-x", what="wrong-identity", text="?"))
    async with console(site, WIDE) as hand:
        await hand.press("f6", "a")
        (first,) = answered(site)
        assert "This alarm is acknowledged already." in await hand.press("a")
        assert answered(site) == [first]
        await hand.press("f2")
        site.face.hear("fmd-iv", Condition.DANGER)
        site.face.beat(1)
        await hand.look()
        await hand.press("f6", "a")
        assert len(answered(site)) == 2
        assert site.face.working.alarms.open[answered(site)[1][0]].rule.startswith("ferrous")


async def test_the_row_that_takes_the_place_of_one_that_is_gone_is_not_answered_unseen(site: Site) -> None:
    site.face.sign_on(site.ben)
    for port in ("port-x", "port-y"):
        site.do(NoteDevice(port=port, what="wrong-identity", text="?"))
    async with console(site, WIDE) as hand:
        await hand.press("f6")
        page = hand.app.screen
        drawn = page.sheet.cursor  # type: ignore[attr-defined]
        rows = page.sheet.rows  # type: ignore[attr-defined]
        page.sheet.show([one for one in rows if one.key != drawn])  # type: ignore[attr-defined]
        assert page.sheet.cursor != drawn  # type: ignore[attr-defined]
        page.action_acknowledge()  # type: ignore[attr-defined]
        assert answered(site) == [(drawn, 1)]


async def test_a_double_press_answers_one_alarm_and_the_next_one_waits_to_be_read(site: Site) -> None:
    """I9: half a second later the key answers again."""
    site.face.sign_on(site.ben)
    site.do(NoteDevice(port="port-x", what="wrong-identity", text="?"))
    site.face.hear(site.face.profile.door_iv.id, Condition.UNKNOWN, reason="unplugged")
    async with console(site, WIDE) as hand:
        await hand.press("a")
        assert "Another alarm came up as you pressed." in await hand.press("a")
        assert len(answered(site)) == 1
        site.face.beat(1)
        assert "as you pressed" not in await hand.press("a")
        assert len({alarm for alarm, _ in answered(site)}) == 2


def test_whom_to_call_stands_where_the_smallest_terminal_shows_it(site: Site) -> None:
    """I9: whatever the length of the alarm's name."""
    site.face.sign_on(site.ben)
    site.face.hear(site.face.profile.door_iv.id, Condition.UNKNOWN, reason="unplugged")
    site.face.beat(61)
    site.do(Tick())
    alarm = next(iter(site.face.working.alarms.open.values()))
    longest = max((rule for rule in RULES), key=lambda rule: len(say("alarm", rule)))
    view = site.view()
    assert "CALL SOMEBODY" in header.alarm_bar(view)[0].plain[: NARROW[0]]
    open_ = {str(no): replace(alarm, id=str(no), no=no, rule=longest) for no in range(11, 19)}
    alarms_ = replace(view.state.alarms, open=open_)
    line = header.alarm_bar(
        replace(view, snapshot=replace(view.snapshot, shown=replace(view.state, alarms=alarms_)))
    )
    assert "(and A17, A16, A15, +4) CALL SOMEBODY" in line[0].plain[: NARROW[0]]
