"""Pictures of the console in its meaningful states, at both sizes; look at a difference before taking it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.stages import STAGES, app_at, led_to

SIZES = {"120x40": (120, 40), "80x24": (80, 24)}


@pytest.mark.parametrize(("name", "size"), [(name, size) for name in STAGES for size in STAGES[name].sizes])
def test_the_screen_looks_as_it_was_approved(
    name: str, size: str, snap_compare: Callable[..., bool], tmp_path: Path
) -> None:
    """Every state says what it is in words, symbols and position before colour."""
    stage = STAGES[name]
    app, site = app_at(stage, tmp_path)
    lead: Any = led_to(app, stage)
    try:
        assert snap_compare(app, terminal_size=SIZES[size], run_before=lead)
    finally:
        assert site.intake.close()
