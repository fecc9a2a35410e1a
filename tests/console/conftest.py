"""A console on a real decision core, a real emergency lane and a clock held by the test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.clocks import HandClock
from support.fake_face import SITE, FakeFace

from mr_safety_console.console.parts import Parts
from mr_safety_console.engine.intake import Intake
from mr_safety_console.engine.spool import Spool
from screening_forms.library import load_library

FORMS = load_library()


@dataclass
class Site:
    """A suite with four people; `console()` builds the app's parts."""

    directory: Path
    clock: HandClock = field(default_factory=HandClock)
    lines: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.face = FakeFace(self.clock, FORMS)
        self.ada = self.face.enrol("AA", "Ada Archer", "MRSO")
        self.ben = self.face.enrol("BB", "Ben Baker", "MRST", "L2")
        self.cleo = self.face.enrol("CC", "Cleo Cook", "L2")
        self.dan = self.face.enrol("DD", "Dan Doctor", "RAD")
        self.face.start()
        spool = Spool((self.directory / "spool",))
        spool.open()
        self.intake = Intake(spool, self.clock, self.face.late)
        self.intake.start()

    def parts(self, **changes: object) -> Parts:
        given: dict[str, object] = {
            "face": self.face,
            "intake": self.intake,
            "profile": SITE,
            "forms": FORMS,
            "clock": self.clock,
            "open_query": self.no_log,
            "data_dir": self.directory,
            "bell": lambda: None,
        }
        return Parts(**{**given, **changes})  # type: ignore[arg-type]

    def no_log(self) -> object:
        raise OSError("no log in this test")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    assert made.intake.close()
