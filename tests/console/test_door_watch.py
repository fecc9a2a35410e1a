"""The watch over the doors on the Suite: in words, with names; and the shift that is closed by its keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support import stages
from support.console_site import NARROW, WIDE, Site, console

from mr_safety_console.console import commands as c
from mr_safety_console.console.present import doors, header, log, suite, zone_map
from mr_safety_console.console.present.glance import glance
from mr_safety_console.console.present.rows import plain
from mr_safety_console.console.present.told import numbers
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.detectors import Condition, StartWalkTest
from mr_safety_console.domain.door_watch import Watch
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.roster import CloseShift
from mr_safety_console.domain.visit_facts import CountStaff, EnterZoneIV, Leg, StartCheck
from mr_safety_console.journal.query import LogLine

BOTH = pytest.mark.parametrize("size", [WIDE, NARROW])
OPEN, CLOSED = Condition.DANGER, Condition.NORMAL


def closed(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.do(CloseShift(heads=0), site.ben)


def announced(site: Site) -> None:
    stages.in_transit(site)


def entered(site: Site) -> None:
    visit = stages.at_work(site)
    site.do(AnnounceTransit(visit=visit))
    site.face.hear("door-iv", OPEN)
    site.do(EnterZoneIV(visit=visit, staff=1))


def held(site: Site) -> None:
    announced(site)
    site.face.hear("door-iv", OPEN)
    site.face.beat(25)
    site.face.hear("door-iv", OPEN)


def kept(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.do(KeepDoor())


def kept_long(site: Site) -> None:
    kept(site)
    site.face.hear("door-iv", OPEN)
    site.face.beat(61)


def scanning(site: Site) -> None:
    stages.inside(site)
    visit = next(one.id for one in site.face.working.visits.inside)
    site.listed(visit, Leg.TABLE_LIST)
    site.do(StartCheck(visit=visit, heads=2))


def nothing(_site: Site) -> None:
    pass


STATES: dict[Watch, tuple[Callable[[Site], object], str, str, str]] = {
    Watch.UNATTENDED: (nothing, "▲ OPEN, unattended", "▲ OPEN", "▲ DOOR OPEN"),
    Watch.ANNOUNCED: (announced, "◇ OPEN, for V1", "◇ OPEN V1", "→ GOING IN"),
    Watch.KEPT: (kept, "◇ OPEN, kept by BB", "◇ KEPT BB", "◇ DOOR KEPT"),
    Watch.HELD: (held, "▲ HELD OPEN, for V1", "▲ HELD OPEN", "▲ DOOR HELD OPEN"),
    Watch.SCAN: (scanning, "■ OPEN IN A SCAN", "■ IN A SCAN", "■ DOOR OPEN IN A SCAN"),
    Watch.FORCED: (closed, "■ FORCED, nobody rostered", "■ FORCED", "■ DOOR FORCED"),
}


@pytest.mark.parametrize("state", STATES)
def test_an_open_door_is_told_in_words_on_row_map_and_glance(site: Site, state: Watch) -> None:
    prepare, row, gate, word = STATES[state]
    prepare(site)
    site.face.hear("door-iv", OPEN)
    view = site.view()
    assert row in "\n".join(plain(suite.point_rows(view)))
    assert gate in "\n".join(plain(zone_map.picture(view, 65)))
    assert glance(view).word == word
    assert f"─{gate[0]}" in zone_map.strip(view).plain
    assert row in header.header(view, 120).plain
    assert "OPEN" in header.header(view, 80).plain or "FORCED" in header.header(view, 80).plain


def test_no_two_of_these_words_are_alike() -> None:
    for said in zip(*(words[1:] for words in STATES.values()), strict=True):
        assert len(set(said)) == len(STATES)
    assert all(len(doors._WORDS[one][1]) + 2 <= doors.CELLS for one in Watch if one is not Watch.UNKNOWN)


def test_a_door_still_open_behind_somebody_recorded_inside_is_never_quiet(site: Site) -> None:
    entered(site)
    told = glance(site.view())
    assert (told.word, told.tone) == ("◇ DOOR OPEN", Tone.CONFIRM)
    assert told.told == "for V1: close it behind them"


def test_a_keeper_in_front_of_a_door_held_open_is_named(site: Site) -> None:
    kept_long(site)
    site.face.hear("door-iv", OPEN)
    assert glance(site.view()).told == "kept by BB: close it"


def test_a_lost_contact_takes_every_word_with_it(site: Site) -> None:
    """I3."""
    kept(site)
    site.face.hear("door-iv", OPEN)
    site.face.hear("door-iv", Condition.UNKNOWN, reason="silent")
    told = "\n".join(plain(suite.point_rows(site.view())))
    assert "▒ UNKNOWN" in told
    assert "OPEN" not in told.replace("OPEN VISITS", "")


@BOTH
async def test_the_door_is_kept_by_one_key_from_the_suite_and_by_two_from_anywhere(
    site: Site, size: tuple[int, int]
) -> None:
    site.face.sign_on(site.ben)
    async with console(site, size) as hand:
        await hand.press("f7")
        keys = ("f2", c.KEEP_DOOR.keys[0])
        assert len(keys) <= 2
        told = await hand.press(*keys)
        assert "Zone IV door kept by BB, 15 min left" in told
        assert site.face.working.doors.keeper is not None
        await hand.press(*keys[1:])
        assert site.face.working.doors.keeper is None


@BOTH
async def test_a_shift_is_closed_by_count_and_pin_and_the_screen_says_so(
    site: Site, size: tuple[int, int]
) -> None:
    site.face.sign_on(site.ben)
    async with console(site, size) as hand:
        assert "Close the shift, if nobody follows" in await hand.look()
        assert "CLOSE THE SHIFT, NOBODY FOLLOWS" in await hand.press("ctrl+r")
        assert "wants a whole number" in await hand.press("enter")
        assert "You counted 2; the record has 0" in await hand.type("2", "enter")
        assert not site.face.working.roster.unrostered
        await hand.press("escape", "ctrl+r")
        assert "SIGN: the shift closed, nobody follows" in await hand.type("0", "enter")
        told = await hand.sign("BB")
        assert "▲ NOBODY ROSTERED" in told
        assert "Nobody is rostered: sign on" in told
        assert "◌ NOBODY ROSTERED" in told
        assert site.face.working.staff.session is None


@BOTH
async def test_what_keeps_a_shift_open_is_told_before_anything_is_asked(
    site: Site, size: tuple[int, int]
) -> None:
    """A25: what is missing, who can supply it, what to do now."""
    site.face.sign_on(site.ben)
    site.do(CountStaff(staff_inside=1))
    async with console(site, size) as hand:
        told = " ".join((await hand.press("ctrl+r")).split())
        assert "On the record in Zone IV: staff." in told
        assert "Whoever sees them come out." in told
        assert "Record each way out: F3, or People (ctrl+g)." in told
        assert "CLOSE THE SHIFT, NOBODY" not in told


def test_a_locked_console_says_both(site: Site) -> None:
    closed(site)
    locked = replace(site.view(), locked=True)
    assert "LOCKED ▲ NOBODY ROSTERED" in header.header(locked, 120).plain
    assert "NOBODY ROSTERED" in header.header(locked, 80).plain
    since = locked.clock_short(locked.now)
    assert glance(locked).told == f"since {since}, any opening of the Zone IV door is an alarm"


def test_the_suite_says_how_long_until_nobody_is_rostered(site: Site) -> None:
    told = "\n".join(plain(suite.next_rows(site.view())))
    assert "Nobody is signed on: sign on; nobody is rostered in 30 min" in told
    site.face.beat(61)
    assert "nobody is rostered in 28 min" in "\n".join(plain(suite.next_rows(site.view())))


def test_readiness_names_what_restricts_the_suite_and_promises_nothing(site: Site) -> None:
    """A10: nothing found says no more than that."""

    def told() -> str:
        return next(line for line in plain(suite.point_rows(site.view())) if "readiness" in line)

    site.face.sign_on(site.ben)
    assert "▲ RESTRICTED" in told(), "no walk test this shift"
    site.do(StartWalkTest(point="fmd-iv"))
    site.face.hear("fmd-iv", OPEN)
    site.face.hear("fmd-iv", CLOSED)
    assert told() == "readiness  nothing found by these checks"
    site.face.hear("fmd-iv", Condition.UNKNOWN, reason="silent")
    assert "▲ RESTRICTED" in told()
    assert "UNKNOWN" in told()
    site.face.beat_bt -= 3_000_000_000
    assert told() == "readiness ▒ UNKNOWN"


def test_the_log_says_how_it_began(site: Site) -> None:
    closed(site)
    lines = [LogLine(e.seq, "0" * 12, e.fact.kind, e) for e in site.face.entries[-3:]]
    known = numbers(site.face.entries)
    told = "\n".join(log.line(site.view(), one, known).plain for one in lines)
    assert "NOBODY ROSTERED" in told
    assert "the shift was closed, nobody follows" in told
