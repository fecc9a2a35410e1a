"""The console killed at any moment: what the screen had shown is in the record, and is shown again."""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.console import ENTER, F9, KEYS, Console
from support.glimpses import CLAIMS, UNRECORDED, Claim, Record, claims, clock
from support.waiting import wait_until

from mr_safety_console.journal.verify import verify

pytestmark = [pytest.mark.pty]

LOOK = "look"
"""Not a key: the eyes rest on the screen."""
OPEN_VISIT = ("f2", LOOK, "o", "P E", "enter", "1970-01-01", "enter", "knee", "enter", LOOK)
ACTS: tuple[tuple[str, ...], ...] = (
    ("f3", LOOK, "enter", LOOK),
    ("f3", LOOK, "enter", LOOK),
    ("f4", LOOK, "1", "y", "n", "u", "n", LOOK),
    ("f4", LOOK, "y", "n", LOOK),
    ("f7", LOOK, LOOK),
    ("f7", LOOK, LOOK),
    ("f2",),
    ("f6", LOOK, "a"),
    ("ctrl+d", "w"),
    ("ctrl+b",),
    ("f9", LOOK),
    ("f9", LOOK, "c", LOOK, "enter", LOOK),
    ("f9", LOOK, "1", "2", LOOK),
)
KILLS_A_RECORD = 8
MOMENT_S = 0.4
READ_S = 0.04
"""Between the writes of one frame lie a few milliseconds; nobody reads faster than this."""


@dataclass
class Toll:
    """What the kills of a run came to."""

    kills: int = 0
    starting: int = 0
    claims: Counter[str] = field(default_factory=Counter)
    back_s: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        shown = ", ".join(f"{what} {count}" for what, count in sorted(self.claims.items()))
        return (
            f"kills {self.kills}, {self.starting} of them during a start; facts shown "
            f"{self.claims.total()} ({shown}), lost 0; back on screen in "
            f"{statistics.median(self.back_s):.2f} s (median), {max(self.back_s):.2f} s (longest)"
        )


class Victim:
    """One record under a console that is started, driven and killed again and again."""

    def __init__(self, data: Path, seed: int, toll: Toll) -> None:
        self.data, self.dice, self.toll = data, random.Random(seed), toll
        self.shown: set[Claim] = set()
        self.fresh: dict[Claim, float] = {}
        self.visit = ""

    def first_life(self) -> None:
        """Start on nothing, wait for the staff, work and be killed."""
        with Console(self.data) as console:
            console.started()
            self._work_and_die(console)

    def next_life(self) -> None:
        """Start again, hold screen and record to what was shown before, work and be killed."""
        if self.dice.random() < 0.1:
            with Console(self.data) as console:
                self._die(console, 1.2)
            self.toll.starting += 1
        self.last_look(then=self._work_and_die)

    def last_look(self, then: Callable[[Console], None] = lambda _console: None) -> None:
        """Start, compare, then do as told."""
        began, before = time.monotonic(), len(Record.read(self.data).of("console-started"))
        with Console(self.data) as console:
            console.see("  recording", 20)
            wait_until(lambda: len(console.rows("console-started")) > before, 20, "the start in the record")
            record = Record.read(self.data)
            no, stamps = record.open_emergency()
            if no:
                console.see(f"EMERGENCY E{no}", 10)
                console.see("next stamp", 5)
            self.toll.back_s.append(time.monotonic() - began)
            self._nothing_lost(record)
            for at in stamps:
                console.see(at, 5)
            self._same_visit(console, record)
            then(console)

    def _nothing_lost(self, record: Record) -> None:
        verdict = verify(self.data)
        assert verdict.ok, verdict
        lost = self.shown - record.proven
        assert not lost, f"shown before a kill, and not in the record: {sorted(lost)}"

    def _same_visit(self, console: Console, record: Record) -> None:
        visits = record.open_visits()
        if not visits:
            return
        console.keys("f3")
        no = self.visit if self.visit in visits else max(visits, key=int)
        console.see(f"V{no} ", 10)
        console.see("Screening           NOW" if visits[no] else "Identify            NOW", 5)

    def _work_and_die(self, console: Console) -> None:
        if self.dice.random() < 0.7:
            console.sign_on()
        acts = self.dice.choices(ACTS, k=4)
        if not any(what == "visit" for what, _ in self.shown) and self.dice.random() < 0.7:
            acts.insert(0, OPEN_VISIT)
        keys = [key for act in acts for name in act for key in singly(name)]
        for key in keys[: self.dice.randint(2, len(keys))]:
            if key == LOOK:
                self._look_for(console, MOMENT_S)
            else:
                console.key(key)
                self._look(console)
        self._die(console, MOMENT_S)

    def _die(self, console: Console, within_s: float) -> None:
        self._look_for(console, self.dice.uniform(0, within_s))
        console.process.kill()
        console.process.wait(5)
        self._look(console)
        self.fresh = {}
        self.toll.kills += 1

    def _look_for(self, console: Console, seconds: float) -> None:
        end = time.monotonic() + seconds

        def now() -> bool:
            self._look(console)
            return time.monotonic() >= end

        wait_until(now, 5, "the next moment")

    def _look(self, console: Console) -> None:
        """Take in what stands there long enough to be read; a picture half painted claims nothing."""
        now = time.monotonic()
        self.fresh = {claim: self.fresh.get(claim, now) for claim in claims(console.text())}
        stood = {claim for claim, since in self.fresh.items() if now - since >= READ_S} - self.shown
        self.shown |= stood
        self.toll.claims.update(what for what, _ in stood)


def singly(name: str) -> list[str]:
    """Return the one key of that name, or the letters of a text."""
    return [name] if name in KEYS or name == LOOK else list(name)


def kill_many(place: Path, kills: int, seed: int) -> Toll:
    """Kill consoles so many times, some times on each record."""
    toll, record = Toll(), 0
    while toll.kills < kills:
        record += 1
        home = place / str(record)
        home.mkdir()
        victim = Victim(home / "data", seed + record, toll)
        victim.first_life()
        for _ in range(min(KILLS_A_RECORD, kills - toll.kills)):
            victim.next_life()
        victim.last_look()
    return toll


@pytest.mark.timeout(150)
def test_six_killed_consoles_lost_nothing_they_had_shown(tmp_path: Path) -> None:
    """I6: kill -9 in the middle of work; the same visit, step and open emergency come back."""
    toll = kill_many(tmp_path, 6, 0)
    assert toll.kills >= 6
    assert toll.claims.total() > 4


def test_what_a_picture_claims_is_missed_in_a_record_that_lacks_it() -> None:
    """The comparison bites: each kind of claim is read off a picture and proven by its row alone."""
    at = {"utc": 1_900_000_000_000_000, "off": 60, "seq": 9, "occ": None}
    now = clock(at, at)
    pictures = {
        "visit": ("V3 Pat Example", {"kind": "visit-opened", "data": {"no": 3, "visit": "v"}}),
        "emergency": ("!!! EMERGENCY E2 FIRE", {"kind": "emergency-opened", "data": {"no": 2}}),
        "alarm": ("[!!] A7 NO SOUND", {"kind": "alarm-raised", "data": {"no": 7}}),
        "identified at": (
            f"● Identify      AE {now[:5]}",
            {"kind": "leg-made", "data": {"leg": "identity", "visit": "v"}},
        ),
        "answers": ("1 of 46 answered", {"kind": "answer-given", "data": {}}),
        "signed on": ("AE MRST signed on", {"kind": "signed-on", "data": {}}),
        "stamped at": (f"● 1  Stop the scan  {now}", {"kind": "emergency-step-stamped", "data": {"at": at}}),
        "lane at": (f"● RECORDED {now}", {"kind": "emergency-key-again", "data": {}}),
        "row": (f"{now} #9  AE  Note", {"kind": "note", "data": {}}),
    }
    assert set(pictures) == set(CLAIMS)
    for what, (picture, row) in pictures.items():
        (claim,) = claims(picture)
        assert claim[0] == what
        assert claim in Record([at | row]).proven
        assert claim not in Record([]).proven
        assert not claims(f"{picture} {UNRECORDED[0]}")


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_hundred_killed_consoles_lost_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """I6: the long form; every kind of claim a screen makes was made and held."""
    toll = kill_many(tmp_path, 200, 1000)
    with capsys.disabled():
        print(f"\n{toll}")
    assert toll.kills >= 200
    assert set(toll.claims) == set(CLAIMS)


@pytest.mark.timeout(120)
def test_a_console_killed_in_the_middle_of_a_quench_comes_back_to_it(tmp_path: Path) -> None:
    """I13: the field stays in doubt over a kill, and the step stamped before it stands."""
    data = tmp_path / "data"
    with Console(data) as console:
        console.started()
        console.type(F9)
        console.see("press a letter")
        end = time.monotonic() + 0.5  # letters count only after 400 ms
        wait_until(lambda: time.monotonic() > end, 2, "letters to count")
        console.keys("q")
        console.see("QUENCH")
        console.type(ENTER)
        wait_until(lambda: console.rows("emergency-step-stamped"), 5, "a step in the record")
        console.process.kill()
        console.process.wait(5)
        steps = [row["data"]["step"] for row in console.rows("emergency-step-stamped")]
    with Console(data) as again:
        again.see("next stamp", 15)
        assert "QUENCH" in again.text()
        assert again.rows("quench-reported")
        assert [row["data"]["step"] for row in again.rows("emergency-step-stamped")] == steps
        again.keys("f2")
        again.see("FIELD", 5)
        assert "FIELD PRESENT" not in again.text()
