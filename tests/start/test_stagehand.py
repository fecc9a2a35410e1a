"""The demonstration's stagehand: what it does in answer to the record, on a clock held by the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mr_safety_console.domain.codec import Entry, Fact
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.detectors import WalkTestStarted
from mr_safety_console.domain.doors import TransitAnnounced, TransitEnded
from mr_safety_console.domain.visit_facts import (
    Leg,
    LegMade,
    StaffCounted,
    ZoneIVEntered,
    ZoneIVHeads,
    ZoneIVLeft,
)
from mr_safety_console.engine.face import Published
from mr_safety_console.start.stagehand import MAILBOX, Stagehand


@dataclass
class Played:
    """A rig that keeps what was done to it."""

    done: list[str] = field(default_factory=list)

    @property
    def detector(self) -> Any:
        return self

    @property
    def door(self) -> Any:
        return self

    def alarm(self) -> None:
        self.done.append("alarm")

    def passage(self, direction: str) -> None:
        self.done.append(f"passage {direction}")

    def open(self) -> None:
        self.done.append("open")

    def close(self) -> None:
        self.done.append("close")


class Stage:
    """A stagehand whose time is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.rig = Played()
        rig: Any = self.rig
        self.hand = Stagehand(rig, lambda: self.now_s)

    def after(self, fact: Fact, seconds: float) -> list[str]:
        self.hand.answer(fact)
        before = len(self.rig.done)
        self.hand._act()
        assert len(self.rig.done) == before, "nothing happens at once"
        self.now_s += seconds
        self.hand._act()
        return self.rig.done[before:]


def test_it_carries_the_test_piece_and_moves_the_door() -> None:
    stage = Stage()
    assert stage.after(WalkTestStarted(point="fmd-iv", due_bt=1, boot="b"), 3) == ["alarm"]
    announced = TransitAnnounced(visit="v", inwards=True, due_bt=1, boot="b")
    assert stage.after(announced, 2) == ["open"]
    assert stage.after(ZoneIVEntered(visit="v", staff=1), 2) == ["passage I", "passage I", "close"]
    assert stage.after(TransitEnded(reason="timeout"), 2) == ["close"]


def test_as_many_pass_the_detector_as_the_record_has_more_or_fewer() -> None:
    stage = Stage()
    stage.after(ZoneIVEntered(visit="v", staff=1), 2)
    assert stage.after(ZoneIVHeads(person="p", staff_inside=2, inwards=True), 2) == ["passage I"]
    assert stage.after(StaffCounted(staff_inside=0), 2) == ["passage O", "passage O"]
    assert stage.after(ZoneIVLeft(visit="v", staff_inside=0), 2) == ["passage O", "close"]


def test_one_patient_forgets_something_once() -> None:
    stage = Stage()
    made = LegMade(visit="v", leg=Leg.BELONGINGS)
    assert stage.after(made, 4) == ["alarm"]
    stage.hand.answer(made)
    stage.now_s += 10
    stage.hand._act()
    assert stage.rig.done == ["alarm"]


def test_it_never_holds_the_engine_up() -> None:
    stage = Stage()
    at = Instant(0, 0, "b")
    entry = Entry(seq=1, at=at, fact=TransitEnded(reason="timeout"), cause="t", src="timer")
    for _ in range(2 * MAILBOX):
        stage.hand.hear(Published((entry,)))
    assert stage.hand._heard.full()
