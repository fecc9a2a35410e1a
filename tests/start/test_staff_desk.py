"""The register from the command line: until when a credential runs, and who may say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from mr_safety_console.start.staff_desk import StaffError, add, dated, last_day, listed, screened, told

ADA = ("AE", "74185296")


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A record with an officer, and a Level 2 person whose credential has a last day."""
    add(tmp_path, "Ada Example", "AE", ("MRSO",), ADA[1])
    add(tmp_path, "Ben Sample", "BS", ("L2",), "96385274", ADA, "2027-03-31")
    return tmp_path


def test_the_last_day_stands_in_the_list_and_is_changed_by_somebody_else(register: Path) -> None:
    """I5: entered with the person, changed by the officer, never by oneself."""
    assert any("BS" in line and line.endswith("until 2027-03-31") for line in listed(register))
    assert dated(register, "BS", "2028-03-31", ADA) == "The credential of BS runs until 2028-03-31."
    assert any(line.endswith("until 2028-03-31") for line in listed(register))
    with pytest.raises(StaffError, match="Nobody signs for themselves"):
        dated(register, "AE", "2028-03-31", ADA)
    with pytest.raises(StaffError, match="role"):
        dated(register, "AE", "2028-03-31", ("BS", "96385274"))


@pytest.mark.parametrize("written", ["2027-02-30", "tomorrow", "31.03.2027"])
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(StaffError, match="is no day"):
        last_day(written)


def test_a_credential_runs_to_the_end_of_its_last_day() -> None:
    assert last_day("") == 0
    assert last_day("1970-01-01") == 86_400_000_000


def test_a_failure_is_told_with_its_code() -> None:
    said: list[object] = []

    def fails() -> list[str]:
        raise StaffError("no such person", 2)

    told(fails, said.append, lambda text, code: said.append((text, code)))
    told(lambda: ["one", "two"], said.append, lambda text, code: said.append((text, code)))
    assert said == [("no such person", 2), "one", "two"]


def test_an_own_screening_is_dated_from_paper_by_an_officer_about_somebody_else(tmp_path: Path) -> None:
    """H40: missing until somebody entitled says when; the list says which."""
    add(tmp_path, "Ada Example", "AE", ("MRSO",), ADA[1], screened="2026-01-31")
    add(tmp_path, "Ben Sample", "BS", ("L2",), "96385274", ADA)
    lines = {line[:2]: line for line in listed(tmp_path)}
    assert "screened 2026-01-31" in lines["AE"]
    assert "own screening missing" in lines["BS"]
    assert screened(tmp_path, "BS", "2026-02-01", ADA) == "BS was screened on 2026-02-01, by the paper."
    assert "screened 2026-02-01" in {line[:2]: line for line in listed(tmp_path)}["BS"]
    with pytest.raises(StaffError, match="Nobody signs for themselves"):
        screened(tmp_path, "AE", "2026-02-01", ADA)
    with pytest.raises(StaffError, match="No past moment"):
        screened(tmp_path, "BS", "2999-01-01", ADA)
