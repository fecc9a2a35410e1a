"""Items: what is inside and what may go in; digits act on the selected one, `y` and `n` look for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed
from mr_safety_console.console.item_label import ask_label
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import items as present
from mr_safety_console.console.present.rows import row
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import items_inside, zones
from mr_safety_console.domain.items import LONGEST_TAG, LONGEST_TEXT, Item
from mr_safety_console.domain.items_facts import (
    CARRIERS,
    OUT,
    QUARANTINES,
    ItemClass,
    Label,
    MoveItem,
    QuarantineItem,
    RegisterItem,
    SeeItem,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import say

NO_ITEM = Refused(
    "item-unknown",
    "No item is selected.",
    "Whoever holds it.",
    "Choose one with the arrows, or find it with /.",
)
Act = Callable[[Item], None]


class ItemsPage(Page):
    """What is inside is on top, then the register as far as it was asked for."""

    NAME = "items"
    KEYS = (c.ENTER, c.YES, c.NO, c.PICK, c.FIND, *MOVES, c.BACK)
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)
    wanted = ""

    def paint_body(self, view: View) -> None:
        """Paint the list twice over where the cursor has to find its place first."""
        self.sheet.show(present.rows(view, self.sheet.cursor, self.wanted))
        self.sheet.show(present.rows(view, self.sheet.cursor, self.wanted))

    def action_up(self) -> None:
        """Select the item above."""
        super().action_up()
        self.desk.repaint()

    def action_down(self) -> None:
        """Select the item below."""
        super().action_down()
        self.desk.repaint()

    def _chosen(self, then: Act) -> None:
        item = self.desk.view().state.items.register.get(self.sheet.cursor)
        if item is None:
            self.why.refuse(NO_ITEM)
        else:
            then(item)

    # --- keys ---

    def action_pick(self, number: int) -> None:
        """Do the act with this number."""
        label: Act = partial(ask_label, self)
        acts: dict[int, Act] = {1: self._in, 2: self._out, 3: self._quarantine, 4: label}
        if number == 5:
            self._new()
        elif number in acts:
            self._chosen(acts[number])

    def action_propose(self) -> None:
        """Bring the selected item in, or out when it is inside."""
        self._chosen(lambda item: self._out(item) if self._zone(item) != OUT else self._in(item))

    def action_answer_yes(self) -> None:
        """Say that the selected item was seen in the magnet room."""
        self._chosen(lambda item: self.ask(SeeItem(item=item.id, present=True)))

    def action_answer_no(self) -> None:
        """Say that the selected item was looked for in the magnet room and not found."""
        self._chosen(lambda item: self.ask(SeeItem(item=item.id, present=False)))

    def action_find(self) -> None:
        """Ask for a number, a tag or a word of a name; nothing shows the whole register."""

        def filled(values: Values | None) -> None:
            if values is not None:
                self.wanted = values["word"]
                self._select_first()
                self.desk.repaint()

        fields = (Field("word", "Find", "number, tag or name; nothing shows all", 40),)
        self.app.push_screen(FieldsDialog(self.desk, "FIND AN ITEM", fields), filled)

    def _select_first(self) -> None:
        listed = present.found(self.desk.view(), self.wanted)
        self.paint_body(self.desk.view())
        if self.wanted and listed:
            self.sheet.select(listed[0].id)

    def _zone(self, item: Item) -> str:
        return self.desk.view().state.inside.zone(item.id)

    # --- in and out ---

    def _in(self, item: Item) -> None:
        said = f"{item.tag}: {say('mr-label', item.label)}. Read its label now."
        heading = f"I{item.no}: BRING IN"
        into = tuple(Choice(zone, f"Into {self._named_zone(zone)}") for zone in ("IV", "III"))
        is_in = "Is in {} already: record it as NOT CLEARED"
        already = tuple(Choice(f"{z}!", is_in.format(self._named_zone(z))) for z in ("IV", "III"))
        self.app.push_screen(
            ChoiceDialog(self.desk, heading, (*into, *already), said), lambda zone: self._brought(item, zone)
        )

    def _named_zone(self, zone: str) -> str:
        return zones.name(self.desk.parts.profile, zone)

    def _brought(self, item: Item, zone: str | None) -> None:
        if zone is None:
            return
        to, anyway = zone.rstrip("!"), zone.endswith("!")
        kept = to == "IV" and item.label is Label.CONDITIONAL and not anyway
        fields = (
            *((Field("keeper", "Kept by", "initials of who stays with it", 8),) if kept else ()),
            Field("by", "Brought by", f"nothing: you; initials, or {CARRIERS[0]}, {CARRIERS[1]}, …", 20),
            Field("visit", "For visit", "number, or nothing", 6),
        )
        said = (row(("Nobody is asked to wait: it is written down as it is.", Tone.FAINT)),) if anyway else ()
        if kept:
            line = f"Stays outside {items_inside.line(item)}, tether {items_inside.tether(item)}."
            said = (row((line, Tone.CONFIRM)),)

        def filled(values: Values | None) -> None:
            if values is not None:
                self.ask(self._move(item, to, values, anyway=anyway))

        checks = (needed("keeper"),) if kept else ()
        self.app.push_screen(
            FieldsDialog(self.desk, f"I{item.no} INTO {self._named_zone(to).upper()}", fields, checks, said),
            filled,
        )

    def _move(self, item: Item, to: str, values: Values, *, anyway: bool) -> MoveItem:
        return MoveItem(
            item=item.id,
            to=to,
            brought_by=self._person(values["by"]),
            visit=self._visit(values["visit"]),
            supervisor=self._person(values.get("keeper", "")),
            anyway=anyway,
        )

    def _person(self, said: str) -> str:
        """Return the person with these initials; what was said itself for nobody of the register."""
        people = self.desk.view().state.staff.people.values()
        found = (one.id for one in people if one.initials.casefold() == said.casefold())
        return next(found, said.casefold())

    def _visit(self, said: str) -> str:
        """Return the open visit with this number; what was said itself if there is none."""
        number = said.casefold().removeprefix("v")
        visits = self.desk.view().state.visits.open.values()
        return next((one.id for one in visits if str(one.no) == number), said)

    def _out(self, item: Item) -> None:
        if self._zone(item) != "IV":
            self.ask(MoveItem(item=item.id, to=OUT))
            return
        ways = (Choice(OUT, "Out of both zones"), Choice("III", f"To {self._named_zone('III')}"))
        self.app.push_screen(
            ChoiceDialog(self.desk, f"I{item.no}: COMES OUT", ways), lambda to: self._went(item, to)
        )

    def _went(self, item: Item, to: str | None) -> None:
        if to is not None:
            self.ask(MoveItem(item=item.id, to=to))

    # --- the register ---

    def _quarantine(self, item: Item) -> None:
        choices = tuple(Choice(code, say("quarantine", code)) for code in QUARANTINES)

        def chosen(reason: str | None) -> None:
            if reason is not None:
                self.ask(QuarantineItem(item=item.id, reason=reason))

        hint = "Only a new label by two people ends it."
        self.app.push_screen(ChoiceDialog(self.desk, f"I{item.no}: QUARANTINE, WHY?", choices, hint), chosen)

    def _new(self) -> None:
        choices = tuple(Choice(code, code.replace("-", " ")) for code in ItemClass)
        hint = "Not evaluated, and in quarantine at once."
        self.app.push_screen(ChoiceDialog(self.desk, "UNKNOWN ITEM: WHAT IS IT?", choices, hint), self._named)

    def _named(self, sort: str | None) -> None:
        if sort is None:
            return
        fields = (
            Field("tag", "Tag", "what stands on it, or a sticker you put on", LONGEST_TAG),
            Field("name", "Name", "what it is", LONGEST_TEXT),
        )

        def filled(values: Values | None) -> None:
            if values is not None:
                told = RegisterItem(tag=values["tag"], name=values["name"], sort=ItemClass(sort))
                self.ask(told, lambda _: self._show(values["tag"]))

        self.app.push_screen(
            FieldsDialog(self.desk, "UNKNOWN ITEM", fields, (needed("tag", "name"),)), filled
        )

    def _show(self, tag: str) -> None:
        self.wanted = tag
        self._select_first()
