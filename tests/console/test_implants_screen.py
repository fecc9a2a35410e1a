"""The Implants screen by its keys: written down, compared, confirmed, decided, set back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.console_site import NARROW, WIDE, Hand, Site, console
from support.fake_face import SITE
from support.implant_site import begun, stocked
from support.waiting import becomes
from textual.widgets import Input

from mr_safety_console.console.dialogs.choice import ChoiceDialog
from mr_safety_console.console.present import implants as present
from mr_safety_console.console.present.rows import plain
from mr_safety_console.console.present.told import numbers, told
from mr_safety_console.console.screens.implants import ImplantsPage
from mr_safety_console.domain.device_actions import OpenDeviceAction
from mr_safety_console.domain.implant_acts import (
    ConfirmCondition,
    DecideDevices,
    PlanScan,
    RecordDevice,
    TranscribeLabel,
    WriteCondition,
)
from mr_safety_console.engine.labels import Labels

BOTH = pytest.mark.parametrize("size", [WIDE, NARROW])


def flat(told: str) -> str:
    """Return the glass as one line, so that a wrapped row reads on."""
    return " ".join(told.split())


async def down(hand: Hand, times: int) -> str:
    return await hand.press(*["down"] * times)


@BOTH
async def test_a_device_is_written_down_labelled_and_held_against_the_scanner(
    site: Site, size: tuple[int, int]
) -> None:
    begun(site)
    async with console(site, size) as hand:
        told = await hand.press("ctrl+k")
        assert "no device written down" in told
        await hand.press("1", "1")
        for said in ("pacemaker", "Examplemed", "Pace 1", "S-100", "2020-01-02", "left chest", "card"):
            told = await hand.type(said, "enter")
        assert "▒ CANNOT VERIFY" in told
        assert "what the labelling says is not written down" in told
        await hand.press("2", "2")
        for said in ("manual EX-77", "C", "2025-04-01"):
            told = await hand.type(said, "enter")
        assert "the label does not state what it must state here" in told
        assert "spatial gradient: not stated by the label" in told
        await hand.press("3", "2")
        told = await hand.type("720 G/cm", "enter")
        assert "spatial gradient: 720 G/cm = 7.2 T/m" in told
        assert "here: not known" in told
    (written,) = [one for one in site.face.commands if isinstance(one, WriteCondition)]
    assert (written.code, written.printed) == ("spatial-gradient", "720 G/cm")


@BOTH
async def test_conditions_are_confirmed_by_eye_and_by_the_operator_and_two_sign(
    site: Site, size: tuple[int, int]
) -> None:
    """Every row: as printed, converted, here, met or not, who said so; the console decides nothing."""
    figured = replace(SITE, scanner_figures={"spatial-gradient": "5600 mT/m"})
    site.face.profile = figured
    stocked(site)
    async with console(site, size, profile=figured) as hand:
        told = await hand.press("ctrl+k")
        assert "worst: ▒ CANNOT VERIFY" in told
        assert "whole-body SAR: 2 W/kg here: 0.9 W/lb ≈ 1.984 W/kg" in flat(told)
        told = await down(hand, 3)
        await hand.press("y")
        told = await hand.press("1")
        assert "RR, recorded by BB" in flat(told)
        await hand.press("down")
        await hand.press("enter")
        told = await hand.type("DDD 60", "enter")
        assert "worst: = MET" in told
        assert "D1 MR mode not set back" in told
        assert "not decided. The console compares and records" in told
        await hand.press("5", "1", "1")
        told = await hand.sign("EE", "RR")
        assert "conditions met: EE+RR" in told
        await down(hand, 1)
        await hand.press("7")
        await hand.type("DDD 60", "enter")
        told = await hand.sign("CC")
        assert "not set back" not in told
        assert "VOID: a device or its label changed" in told
    kinds = [type(one) for one in site.face.commands if isinstance(one, ConfirmCondition | DecideDevices)]
    assert kinds == [ConfirmCondition, ConfirmCondition, DecideDevices]


async def test_a_no_to_a_condition_is_shown_and_labelling_without_information_is_never_fine(
    site: Site,
) -> None:
    visit, device = stocked(site)
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+k")
        await down(hand, 3)
        told = await hand.press("n")
        assert "worst: ■ NOT MET" in told
        assert "not met: BB" in flat(told)
    stands = {"document": "EX-77", "revision": "C", "dated": "2025-04"}
    site.do(TranscribeLabel(visit=visit, device=device, labelling="mr-unlabelled", **stands))
    view = site.view()
    said = "\n".join(plain(present.rows(view, device)))
    assert "▲ RISK-BENEFIT" in said
    assert "Labelling does not contain MRI safety information" in said
    assert "MET" not in said.replace("RISK-BENEFIT", "")


async def test_a_scan_that_is_planned_anew_voids_what_was_confirmed(site: Site) -> None:
    stocked(site)
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+k")
        await down(hand, 4)
        await hand.press("y")
        await hand.type("DDD 60", "enter")
        told = await hand.press("4", "1", "1", "1", "1")
        assert "WHAT THE SCANNER SHOWS FOR IT" in told
        await hand.press("enter")
        told = await hand.type("1.1 W/kg", *["enter"] * 7)
        assert "PLAN 2" in told
        assert "VOID: another plan" in told


async def test_a_decision_by_a_call_names_both(site: Site) -> None:
    visit, device = stocked(site)
    stands = {"document": "EX-77", "revision": "C", "dated": "2025-04"}
    site.do(TranscribeLabel(visit=visit, device=device, labelling="unknown", **stands))
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+k", "5", "2")
        await hand.type("bleeding, no other way", "enter")
        await hand.press("2", "1")
        at = site.view().clock_short(site.clock.now()).replace(":", "")
        for said in ("555 1234", at, "y"):
            await hand.type(said, "enter")
        told = await hand.sign("CC", "EE")
        assert "risk-benefit decision: DD+EE" in told
        assert "decided by DD by a call, recorded by CC+EE; 8 signs" in flat(told)
        await hand.press("8")
        told = await hand.sign("DD")
        assert "8 signs" not in told


async def test_a_bar_code_begins_a_device_with_what_it_says(site: Site) -> None:
    """Its number and serial are taken as read; everything else is asked."""
    begun(site)
    labels = Labels()
    async with console(site, NARROW, read_label=labels.read) as hand:
        await hand.press("ctrl+k")
        page = hand.app.screen
        assert isinstance(page, ImplantsPage)
        page.scanned("010950600013435210L2\x1d21SN7")
        await becomes(lambda: isinstance(hand.app.screen, ChoiceDialog), 5, "the label")
        told = await hand.press("1")
        assert "Bar code: DI 09506000134352, serial SN7, lot L2" in told
        for said in ("clip", "Examplemed", "Clip 2", "", "", "label"):
            told = await hand.type(said, "enter")
        assert "serial SN7, lot L2" in told
        assert "DI 09506000134352" in told


async def test_names_and_papers_are_hidden_while_the_console_is_locked(site: Site) -> None:
    _, device = stocked(site)
    view = site.view()
    object.__setattr__(view, "locked", True)
    said = "\n".join(plain(present.rows(view, device)))
    assert "Pace 1" not in said
    assert "S-1" not in said
    assert "EX-77" not in said


async def test_every_key_says_what_is_missing(site: Site) -> None:
    begun(site)
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+k")
        for key in ("2", "3", "6", "7", "8", "9", "y", "n"):
            assert "WHY NOT" in await hand.press(key), key
            await hand.press("escape")


async def test_what_is_not_set_back_stands_on_suite_visit_and_implants(site: Site) -> None:
    """H34: wherever somebody looks, until it is closed."""
    visit, device = stocked(site)
    site.do(OpenDeviceAction(visit=visit, device=device, sort="shunt-setting", before="level 2.0"))
    async with console(site, NARROW) as hand:
        assert "▲ D1 shunt setting" in flat(await hand.look())
        assert "D1 shunt setting not set back" in flat(await hand.press("f3"))
        told = flat(await hand.press("ctrl+k"))
        assert "D1 shunt setting not set back" in told
        assert "before: level 2.0" in told


def test_the_log_tells_what_was_written_and_decided_in_words(site: Site) -> None:
    stocked(site)
    view, entries = site.view(), site.face.entries
    known = numbers(entries)
    said = {}
    for entry in entries:
        said[entry.fact.kind] = {one.label: one.text for one in told(view, entry, known)}
    assert said["label-transcribed"]["labelling"] == "MR Conditional"
    assert said["label-transcribed"]["device"] == "D1"
    assert said["condition-written"]["code"] == "MR mode"
    assert said["scan-planned"]["figures"] == "whole-body SAR 0.9 W/lb"
    assert said["device-recorded"]["part"] == "device"


async def test_a_plan_that_is_refused_leaves_every_line_as_it_was_written(site: Site) -> None:
    """A figure without its unit costs one line, not four choices and eight lines."""
    stocked(site)
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+k", "4", "1", "1", "1", "1")
        await hand.type("flex coil", "enter")
        await hand.type("2", "enter")
        told = await hand.press(*["enter"] * 6)
        assert "The figure of whole-body-sar cannot be" in told
        lines = [field.value for field in hand.app.screen.query(Input)]
        assert lines[:3] == ["flex coil", "2", ""]
        hand.app.screen.query(Input)[1].value = "2 W/kg"
        await hand.press("enter")
    plans = [one for one in site.face.commands if isinstance(one, PlanScan)]
    assert [dict(one.figures) for one in plans][-1] == {"whole-body-sar": "2 W/kg"}


async def test_a_day_of_implant_that_is_no_day_is_refused_beside_the_line(site: Site) -> None:
    begun(site)
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+k", "1", "1")
        for said in ("pacemaker", "Examplemed", "Pace 1", "S-1", "02.01.2020", "chest"):
            await hand.type(said, "enter")
        told = await hand.type("card", "enter")
        assert "Implanted is no day written as YYYY-MM-DD" in flat(told)
        hand.app.screen.query(Input)[4].value = "2020-01-02"
        told = await hand.press("enter")
        assert "implanted 2020-01-02" in told
    assert [one.implanted for one in site.face.commands if isinstance(one, RecordDevice)] == ["2020-01-02"]


async def test_a_call_that_was_not_read_back_is_refused_before_anybody_signs(site: Site) -> None:
    stocked(site)
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+k", "5", "2")
        await hand.type("benefit outweighs", "enter")
        await hand.press("2", "1")
        await hand.type("4711", "enter")
        await hand.type("0001", "enter")
        told = await hand.type("n", "enter")
        assert "was not read back word for word" in told
        assert "SIGN" not in told
        told = await hand.type("y", "enter")
        assert "SIGN" in told


async def test_where_nobody_is_an_operator_no_empty_list_is_shown(site: Site) -> None:
    """An empty box says neither what is missing nor who can supply it."""
    stocked(site, operator=False)
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+k")
        await down(hand, 3)
        told = await hand.press("y")
        assert "Nobody in the register is an operator of this scanner: OPR, REM." in flat(told)
        assert not isinstance(hand.app.screen, ChoiceDialog)


@BOTH
async def test_what_the_digits_do_stays_in_view_however_long_the_label_is(
    site: Site, size: tuple[int, int]
) -> None:
    stocked(site, monitoring="ECG", defibrillator="outside", isocentre="above the clavicle", slew="200 T/m/s")
    async with console(site, size) as hand:
        told = await hand.press("ctrl+k")
        for _ in range(12):
            assert "5 decide" in told
            assert "9 written in error" in told
            told = await hand.press("down")


async def test_a_locked_console_shows_no_figure_of_a_label_and_no_plan(site: Site) -> None:
    """What is printed is personal, and so is its converted twin; what is still open stays to be seen."""
    visit, device = stocked(site)
    site.do(OpenDeviceAction(visit=visit, device=device, sort="mr-mode", before="DDD 60"))
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+k", "ctrl+l")
        told = await hand.press("ctrl+k")
        assert "hidden: locked" in told
        assert "not set back" in told
        assert not [text for text in ("7.2", "1.984", "0.9 W", "DDD", "knee", "Examplemed") if text in told]
