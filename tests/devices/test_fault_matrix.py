"""Profiles times faults times seeds, on virtual time: what no fault may bring about, and what shows each."""

from __future__ import annotations

import sys

import minimalmodbus
import pytest
from support.fault_matrix import DANGERS_S, END_S, FAULT_S, PROFILES, Outcome, run
from support.known_tests import rows
from support.source import ROOT

from devices.mock.faults import Fault
from devices.reading import Condition

NORMAL, DANGER, UNKNOWN = Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN
SEEDS, SOAK_SEEDS = 5, 50
SHOWN, BORNE, UNSEEN, ALARMS = "UNKNOWN", "goes on", "cannot", "DANGER"
"""It is shown as UNKNOWN; the line goes on working; this wiring cannot tell; it looks like danger."""

_MASKED = {
    "mrsc1": {Fault.REPETITION: BORNE, Fault.STUCK: UNSEEN},
    "contact-lines": {
        **dict.fromkeys(Fault, UNSEEN),
        Fault.CORRUPTION: ALARMS,
        Fault.BABBLE: ALARMS,
        **dict.fromkeys((Fault.LOSS, Fault.UNPLUG, Fault.POWER_CYCLE, Fault.CLOCK_JUMP), SHOWN),
    },
    "modbus-di": {Fault.MASQUERADE: UNSEEN, Fault.STUCK: UNSEEN},
    "adam-ascii": {Fault.STUCK: UNSEEN},
    "oxygen": {Fault.MASQUERADE: UNSEEN, Fault.STUCK: UNSEEN},
}


@pytest.fixture(autouse=True)
def no_real_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's pause between frames is real time; here time is virtual."""
    monkeypatch.setattr(minimalmodbus, "_calculate_minimum_silent_period", lambda baudrate: 0.0)


def expected(profile: str, fault: Fault) -> str:
    return _MASKED[profile].get(fault, SHOWN)


def shown(outcome: Outcome) -> str:
    """What the fault came to, judged from its onset to three seconds later, and by its two dangers."""
    onset = outcome.conditions(FAULT_S[0], FAULT_S[0] + 3.5)
    if UNKNOWN in onset:
        return SHOWN
    alarmed = [DANGER in outcome.conditions(start, stop + 0.4) for start, stop in DANGERS_S[:2]]
    if NORMAL not in outcome.conditions(FAULT_S[0] + 1, FAULT_S[1]):
        return ALARMS
    return BORNE if all(alarmed) else UNSEEN


def check(profile: str, fault: Fault, seed: int) -> str:
    """Hold one run to the promises; return what it showed."""
    outcome = run(profile, fault, seed)
    assert NORMAL in outcome.conditions(3.5, FAULT_S[0] - 0.2), "it worked before"
    assert not outcome.unearned(), "NORMAL without two fresh valid words of rest"
    assert not outcome.unalarmed(), "a danger arrived whole and did not alarm"
    assert not outcome.overdue(), "not UNKNOWN three seconds after the last valid word"
    assert DANGER in outcome.conditions(DANGERS_S[2][0], DANGERS_S[2][1] + 0.4), "it alarms again afterwards"
    assert outcome.conditions(END_S - 3, END_S - 0.5) == {NORMAL}, "it is believed again afterwards"
    return shown(outcome)


@pytest.mark.parametrize("profile", PROFILES)
def test_no_fault_calms_anybody_and_every_danger_that_arrives_alarms(profile: str) -> None:
    """I3: on every profile, under every fault, for five seeds each."""
    for fault in Fault:
        for seed in range(SEEDS):
            showed = check(profile, fault, seed)
            wanted = expected(profile, fault)
            # A wire that cannot tell may look as if all went on.
            assert showed == wanted or (wanted == UNSEEN and showed == BORNE), (fault, seed, showed)


def table(seeds: int) -> str:
    width = max(map(len, PROFILES)) + 2
    lines = ["fault".ljust(16) + "".join(profile.ljust(width) for profile in PROFILES)]
    for fault in Fault:
        cells = []
        for profile in PROFILES:
            for seed in range(seeds):
                check(profile, fault, seed)
            cells.append(expected(profile, fault).ljust(width))
        lines.append(fault.ljust(16) + "".join(cells))
    return "\n".join(lines)


@pytest.mark.soak
@pytest.mark.timeout(2400)
def test_the_whole_matrix_with_fifty_seeds_is_printed() -> None:
    """P5: P6: profiles times faults times fifty seeds."""
    printed = table(SOAK_SEEDS)
    sys.stdout.write(
        f"\n{printed}\n0 crashes, 0 unearned NORMAL, 0 missed dangers, {SOAK_SEEDS} seeds each\n"
    )
    assert printed.count("\n") == len(Fault)


def test_the_bench_page_tells_the_same_of_every_cell() -> None:
    """Each cell of docs/bench.md says detected or cannot, as the matrix found it."""
    page = (ROOT / "docs/bench.md").read_text(encoding="utf-8")
    found = {
        row[0].strip("`"): row[1:]
        for row in rows(page.split("## Faults and profiles\n", 1)[1].split("\n## ")[0])
    }
    assert set(found) == set(Fault)
    for fault, cells in found.items():
        for profile, cell in zip(PROFILES, cells, strict=True):
            assert cell.startswith("cannot") == (expected(profile, Fault(fault)) == UNSEEN), (fault, profile)
