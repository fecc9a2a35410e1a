"""A power cut at any moment of the emergency lane: every record said is read back, torn ones are counted."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from support.power import Recording, record

from mr_safety_console.domain.context import Instant
from mr_safety_console.engine.spool import Spool, SpoolReader

LATER = Instant(1_790_000_000_000_000, 5, "boot-2")
PRESSER = Path(__file__).with_name("pressing.py")


def recorded(tmp_path: Path, lines: int) -> Recording:
    root = tmp_path / "data"
    (root / "spool").mkdir(parents=True, mode=0o700)
    return record(tmp_path, [sys.executable, str(PRESSER), str(root)], root, lines)


def check(did: Recording, upto: int, to: Path, draw: random.Random) -> None:
    did.image(upto, to, draw)
    place = to / "spool"
    given = [item.cause for item in SpoolReader((place,), "CON1").poll()]
    said = did.said(upto)
    assert given[: len(said)] == said
    assert len(given) <= len(said) + 1
    spool = Spool((place,), con="CON1")
    try:
        assert spool.open() == ()
        after = spool.prepare("open-emergency", {"emergency": "after"}, LATER)
        assert spool.write(after) == 1
    finally:
        spool.close()
    assert after.cause in [item.cause for item in SpoolReader((place,), "CON1").poll()]


@pytest.mark.pty
def test_sixty_power_cuts_lose_no_press_that_was_said(tmp_path: Path) -> None:
    """An emergency that reads RECORDED is on the disk, whatever else a cut tears."""
    did, draw = recorded(tmp_path, 120), random.Random(4)
    points = did.points()
    assert len(points) > 200
    for upto in sorted(draw.choices(points, k=60)):
        check(did, upto, tmp_path / "image", draw)


@pytest.mark.soak
@pytest.mark.pty
@pytest.mark.timeout(600)
def test_a_thousand_power_cuts_lose_no_press_that_was_said(tmp_path: Path) -> None:
    did, draw = recorded(tmp_path, 600), random.Random(5)
    for upto in sorted(draw.choices(did.points(), k=1000)):
        check(did, upto, tmp_path / "image", draw)
