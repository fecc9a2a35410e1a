"""What each package carries for itself is the same in all of them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_package_has_the_same_frozen_values() -> None:
    places = ("mr_safety_console/domain", "devices", "screening_forms")
    assert len({(ROOT / place / "value.py").read_bytes() for place in places}) == 1
