"""A scanner types into whatever is in front: no key binding of any screen, dialog or field may see it."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from importlib import import_module

import pytest
from support.console_site import Hand, Site, console
from support.waiting import becomes
from textual import events
from textual.widgets import Input

import mr_safety_console.console
from mr_safety_console.console.desk import FAILED, Desk
from mr_safety_console.console.dialogs.cause import CauseDialog
from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog
from mr_safety_console.console.dialogs.help import HelpDialog
from mr_safety_console.console.dialogs.modal import Dialog
from mr_safety_console.console.dialogs.person import PersonDialog
from mr_safety_console.console.dialogs.quit import QuitDialog
from mr_safety_console.console.dialogs.sign_on import SignOnDialog
from mr_safety_console.console.dialogs.signature import SignatureDialog
from mr_safety_console.console.dialogs.sure import SureDialog
from mr_safety_console.console.driver import HardenedDriver
from mr_safety_console.console.page import Page
from mr_safety_console.console.remoting import DutyDialog
from mr_safety_console.console.screens import NAMES
from mr_safety_console.console.screens.suite import SuitePage
from mr_safety_console.console.widgets.pin import PinField
from mr_safety_console.domain.alarm_points import DOOR_KEYS
from mr_safety_console.domain.crossings import PASSAGES
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_facts import SignScreening
from mr_safety_console.domain.udi import Udi
from mr_safety_console.domain.words import refused
from mr_safety_console.engine.labels import Labels

GAP_S = 0.003
CODE = b"0109521101530001172712311" + b"0ynuasdtpkhjmbx/?.,-1234567890"
"""Letters, digits and signs that mean something on one screen or another."""
SUFFIXES = (b"", b"\n", b"\r\n", b"\t")
F8 = b"\x1b[19~"

DIALOGS: dict[type[Dialog], Callable[[Desk], Dialog]] = {
    CauseDialog: lambda desk: CauseDialog(desk, "WHAT WAS IT?", PASSAGES, DOOR_KEYS),
    ChoiceDialog: lambda desk: ChoiceDialog(desk, "WHICH?", (Choice("a", "One"), Choice("b", "Two"))),
    FieldsDialog: lambda desk: FieldsDialog(desk, "WRITE", (Field("one", "One"), Field("two", "Two"))),
    DutyDialog: lambda desk: DutyDialog(desk, "READ BACK", ("One", "Two"), "all said"),
    HelpDialog: lambda desk: HelpDialog(desk, ()),
    QuitDialog: QuitDialog,
    SignOnDialog: SignOnDialog,
    SignatureDialog: lambda desk: SignatureDialog(desk, SignScreening(visit="v"), 1),
    SureDialog: lambda desk: SureDialog(desk, "SURE?", ("It is.",), "does it"),
}
"""One of each dialog there is; a new one is added here."""
ABSTRACT = {Dialog, PersonDialog}


def every(kind: type) -> Iterator[type]:
    for found in kind.__subclasses__():
        yield found
        yield from every(found)


def load_all() -> None:
    for module in pkgutil.walk_packages(mr_safety_console.console.__path__, "mr_safety_console.console."):
        import_module(module.name)


def test_every_screen_and_every_dialog_is_tried_here() -> None:
    load_all()
    ours = {found for found in every(Dialog) if found.__module__.startswith("mr_safety_console.")}
    assert ours - ABSTRACT == set(DIALOGS)
    pages = {found for found in every(Page) if found.__module__.startswith("mr_safety_console.")}
    assert {page.__name__.removesuffix("Page").lower() for page in pages} == {
        *NAMES,
        "emergency",
        "interview",
    }


class Wedge:
    """A scanner on the console's own driver: bytes at its pace, on a clock of the test."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.now = 1_000.0
        self.keys: list[str] = []
        self.driver = HardenedDriver(hand.app)
        app = hand.app
        before = app.on_event

        async def watched(event: events.Event) -> None:
            if isinstance(event, events.Key) and not event.is_forwarded:
                self.keys.append(event.key)
            await before(event)

        vars(app)["on_event"] = watched

    async def sends(self, code: bytes, suffix: bytes = b"\r", lag_s: float = GAP_S) -> str:
        pieces = [*(code[n : n + 1] for n in range(len(code))), b""]
        for piece in pieces:
            self.driver._take(piece, self.now)
            self.now += GAP_S
        self.now += lag_s
        self.driver._take(suffix, self.now)
        for _ in range(60):
            self.now += 0.005
            self.driver._take(b"", self.now)
        return await self.hand.look()


def prepared(site: Site) -> str:
    site.face.sign_on(site.ben)
    return site.arrive()


def commands(site: Site) -> list[object]:
    return list(site.face.commands)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [*((name, b"\r") for name in (*NAMES, "emergency")), *(("visit", s) for s in SUFFIXES)],
)
async def test_a_scan_presses_no_key_on_any_screen(site: Site, name: str, suffix: bytes) -> None:
    prepared(site)
    async with console(site) as hand:
        if name == "emergency":
            await hand.press("f9")
        else:
            hand.app.go(name)
        await hand.look()
        wedge, before, stack = Wedge(hand), commands(site), hand.stack
        told = await wedge.sends(CODE, suffix)
        assert wedge.keys == []
        assert (commands(site), hand.stack) == (before, stack)
        assert isinstance(hand.app.screen, Page)
        # Implants takes bar codes; this console has nothing to read them with, and says so.
        why = refused("label-unread" if name == "implants" else "scan-not-here")
        assert hand.app.screen.why.why == why
        assert why.reason in " ".join(told.split())
        assert await hand.press("escape")
        assert hand.app.screen.why.why is None
        await hand.recorded()


@pytest.mark.parametrize(
    ("kind", "suffix", "lag_s"),
    [*((kind, b"\r", 0.15) for kind in DIALOGS), (FieldsDialog, b"\r\n", GAP_S), (FieldsDialog, b"\t", 0.1)],
)
async def test_a_scan_answers_no_dialog(site: Site, kind: type[Dialog], suffix: bytes, lag_s: float) -> None:
    prepared(site)
    async with console(site) as hand:
        answers: list[object] = []
        dialog = DIALOGS[kind](hand.app.desk)
        hand.app.push_screen(dialog, answers.append)
        await hand.look()
        wedge, before = Wedge(hand), commands(site)
        field = dialog.focused
        code = CODE[:12] if isinstance(field, Input) else CODE
        await wedge.sends(code, suffix, lag_s)
        assert wedge.keys == []
        assert (commands(site), answers, hand.app.screen) == (before, [], dialog)
        if isinstance(field, Input):
            assert (field.value, dialog.focused) == (code.decode(), field)
        else:
            assert dialog.why.why == refused("scan-not-here")


async def test_the_enter_of_a_hand_still_sends_a_field_off(site: Site) -> None:
    async with console(site) as hand:
        given: list[object] = []
        dialog = FieldsDialog(hand.app.desk, "WRITE", (Field("one", "One"),))
        hand.app.push_screen(dialog, given.append)
        await hand.look()
        wedge = Wedge(hand)
        await wedge.sends(b"LOT12345", b"\r")
        assert given == []
        wedge.driver._take(b"\r", wedge.now + 1)
        await hand.look()
        assert (given, wedge.keys) == ([{"one": "LOT12345"}], ["enter"])


async def test_separators_stay_readable_in_a_field_and_what_does_not_fit_is_refused_whole(site: Site) -> None:
    async with console(site) as hand:
        fields = (Field("one", "One", longest=30),)
        dialog = FieldsDialog(hand.app.desk, "WRITE", fields)
        hand.app.push_screen(dialog)
        await hand.look()
        wedge, field = Wedge(hand), dialog.query_one(Input)
        await wedge.sends(b"10ABC123\x1d21SN77")
        assert field.value == "10ABC123<GS>21SN77"
        await wedge.sends(b"0109521101530001")
        assert field.value == "10ABC123<GS>21SN77"
        assert dialog.why.why == refused("scan-cut")


async def test_a_pin_is_never_scanned(site: Site) -> None:
    site.face.sign_on(site.ben)
    async with console(site) as hand:
        await hand.press("ctrl+o")
        pin = hand.app.screen.query_one(PinField)
        pin.focus()
        await hand.look()
        wedge = Wedge(hand)
        await wedge.sends(b"24681012")
        assert pin.empty
        assert wedge.keys == []


async def test_a_code_with_the_key_f8_for_its_separator_silences_nothing(site: Site) -> None:
    taken: list[str] = []
    async with console(site) as hand:
        wedge, before = Wedge(hand), commands(site)
        vars(hand.app.screen)["scanned"] = taken.append
        for piece in (b"0109521101530001", b"10ABC", F8, b"21SN77"):
            wedge.driver._take(piece, wedge.now)
            wedge.now += GAP_S
        await wedge.sends(b"")
        assert wedge.keys == []
        assert commands(site) == before
        assert taken == ["010952110153000110ABC\x1d21SN77"]


async def test_a_code_too_long_to_be_one_reaches_no_page(site: Site) -> None:
    async with console(site) as hand:
        wedge, taken = Wedge(hand), []
        vars(hand.app.screen)["scanned"] = taken.append
        await wedge.sends(b"9" * 600)
        assert taken == []
        assert hand.app.screen.why.why == refused("scan-cut")


async def test_a_page_that_takes_codes_gets_what_the_label_says(site: Site) -> None:
    labels, said = Labels(), []
    async with console(site, read_label=labels.read) as hand:
        page = hand.app.screen
        assert isinstance(page, SuitePage)
        vars(page)["scanned"] = lambda text: page.desk.read_label(text, said.append)
        wedge = Wedge(hand)
        await wedge.sends(b"0109521101530001" + b"10ABC\x1d21SN77")
        await wedge.sends(b"+A123BJC5D6E71H")
        await becomes(lambda: len(said) == 2, 5.0, "two labels read")
    assert said[0] == Udi("gs1", "09521101530001", lot="ABC", serial="SN77")
    assert isinstance(said[1], Refused)
    assert said[1].rule == "label-check"


async def test_a_fault_of_the_reader_is_told_and_without_one_it_is_said(site: Site) -> None:
    broken: Future[Udi | Refused] = Future()
    broken.set_exception(RuntimeError("999"))
    said: list[Udi | Refused] = []
    async with console(site, read_label=lambda _: broken) as hand:
        hand.app.desk.read_label("x", said.append)
        await hand.look()
    async with console(site) as hand:
        hand.app.desk.read_label("x", said.append)
    assert said == [FAILED, refused("label-unread")]
