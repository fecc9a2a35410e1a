"""Sound as the screens show it: what plays, who heard it, and the key that has it played."""

from __future__ import annotations

import pytest
from support.console_site import NARROW, WIDE, Site, console

from mr_safety_console.console.present import log
from mr_safety_console.domain.sound import AnswerSounderTest, ReportSound, TrySounder
from mr_safety_console.journal.query import LogLine

HOUR_S = 3600


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_sound_test_asks_who_heard_it(site: Site, size: tuple[int, int]) -> None:
    site.face.sign_on(site.ben)
    async with console(site, size) as hand:
        assert "no test of it on the record" in await hand.press("ctrl+d")
        assert "DID YOU HEAR THEM?" in await hand.press("c")
        assert TrySounder() in site.face.commands
        told = await hand.press("1")
        assert site.face.commands[-1] == AnswerSounderTest(heard=True)
        assert "heard by BB" in told
        assert "no test of it" not in told


async def test_a_test_nobody_heard_is_an_alarm(site: Site) -> None:
    site.face.sign_on(site.ben)
    async with console(site) as hand:
        await hand.press("ctrl+d", "c")
        told = await hand.press("2")
        assert "NO SOUND: nobody heard the last test" in told
        assert "A1 NO SOUND - watch the screen · NOT ACKNOWLEDGED" in told
        assert "NOT HEARD by BB" in told


async def test_leaving_the_question_answers_nothing(site: Site) -> None:
    site.face.sign_on(site.ben)
    async with console(site) as hand:
        await hand.press("ctrl+d", "c")
        told = await hand.press("escape")
        assert "no test of it on the record" in told
        assert not [asked for asked in site.face.commands if isinstance(asked, AnswerSounderTest)]


async def test_nobody_signed_on_is_told_why_not(site: Site) -> None:
    async with console(site) as hand:
        await hand.press("ctrl+d")
        assert "Nobody is signed on." in await hand.press("c")


async def test_what_plays_and_what_does_not_stands_on_devices(site: Site) -> None:
    site.face.do(ReportSound(player="aplay"))
    async with console(site) as hand:
        assert "alarms are played through aplay" in await hand.press("ctrl+d")
        site.face.do(ReportSound(player="aplay", why="player-hung"))
        told = await hand.look()
        assert "NO SOUND: the player hangs" in told


async def test_a_test_of_another_shift_is_marked_as_old(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.do(TrySounder())
    site.do(AnswerSounderTest(heard=True))
    site.clock.advance(13 * HOUR_S)
    site.face.beat_bt = site.clock.now().bt
    async with console(site) as hand:
        assert "▲ heard by BB" in await hand.press("ctrl+d")


def test_the_log_says_why_in_words(site: Site) -> None:
    site.face.do(ReportSound(player="aplay", why="player-hung"))
    entry = next(entry for entry in site.face.entries if entry.fact.kind == "sound-lost")
    line = log.line(site.view(), LogLine(entry.seq, "abc", "sound-lost", entry), {}).plain
    assert "SOUND LOST" in line
    assert "the player hangs" in line
    assert "aplay" in line
