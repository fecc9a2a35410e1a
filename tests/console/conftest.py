"""A console on a real decision core, a real emergency lane and a clock held by the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.console_site import Site
from support.pilots import hurry

hurry()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    assert made.intake.close()
