"""The safety documents name tests that exist, and leave no hazard and no invariant without an owner."""

from __future__ import annotations

import re

import pytest
from support.known_tests import TEST_ID, known_tests, rows
from support.source import ROOT

SAFETY = ROOT / "docs/safety"
HAZARDS = [f"H{n}" for n in range(1, 49)]
INVARIANTS = [f"I{n}" for n in range(1, 16)]
MARK = re.compile(r"\bI(\d{1,2}):")
AWAITS = re.compile(r"awaits (tests/[\w/]+\.py)")
PLANNED = re.compile(r"planned: ([a-z][a-z, -]+)")
FEATURES = {
    "site detectors and alarm handling",
    "zone access and objects",
    "questionnaire engine",
    "guided screening",
    "implants and devices",
    "set-up lists and patient watch",
    "guided emergencies",
    "evidence record",
    "log review",
    "handover and learning",
    "people and credentials",
}


def read(name: str) -> str:
    return (SAFETY / name).read_text(encoding="utf-8")


def hazards() -> dict[str, list[str]]:
    return {row[0]: row for row in rows(read("hazard-log.md")) if row[0] in HAZARDS}


def invariants() -> dict[str, list[str]]:
    return {row[0]: row for row in rows(read("invariants.md")) if row[0] in INVARIANTS}


def test_every_hazard_has_one_whole_row() -> None:
    found = [row for row in rows(read("hazard-log.md")) if row[0].startswith("H")]
    assert [row[0] for row in found] == HAZARDS
    assert {len(row) for row in found} == {7}
    assert not [row[0] for row in found if not all(row)]


@pytest.mark.parametrize("hazard", HAZARDS)
def test_every_hazard_is_controlled_by_a_test_or_owned_by_a_planned_feature(hazard: str) -> None:
    shown_by = hazards()[hazard][5]
    named, planned = TEST_ID.findall(shown_by), set(PLANNED.findall(shown_by))
    assert named or planned
    assert not [test for test in named if test not in known_tests()]
    assert planned <= FEATURES


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_every_invariant_is_held_by_a_test_as_soon_as_its_room_has_any(invariant: str) -> None:
    held_by = invariants()[invariant][2]
    named, awaited = TEST_ID.findall(held_by), AWAITS.search(held_by)
    assert named or awaited
    assert not [test for test in named if test not in known_tests()]
    assert not (awaited and (ROOT / awaited.group(1)).exists()), (
        f"{invariant}: name its tests in invariants.md"
    )


def test_a_test_marks_only_statements_that_exist() -> None:
    """A docstring holding a statement's number and a colon marks it."""
    marks = {f"I{n}" for doc in known_tests().values() for n in MARK.findall(doc)}
    assert marks
    assert marks <= set(INVARIANTS)


def test_third_party_table_holds_every_direct_dependency_at_its_pinned_version() -> None:
    pins = dict(
        line.lower().split("==")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    )
    table = {row[0].lower(): row[1] for row in rows(read("third-party.md"))}
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    direct = {name.lower() for name in re.findall(r'^  "([A-Za-z0-9_-]+)[<>=]', pyproject, re.MULTILINE)}
    assert len(direct) > 15
    assert {name: table.get(name) for name in direct} == {name: pins[name] for name in direct}
