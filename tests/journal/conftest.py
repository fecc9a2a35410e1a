"""A record in a temporary directory, and facts with and without personal data to put into it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # `from samples import ...`

from samples import SMALL_BALLAST, genesis

from mr_safety_console.journal.store import Journal


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def journal(place: Path) -> Iterator[Journal]:
    made = Journal.create(place, genesis, ballast_bytes=SMALL_BALLAST)
    yield made
    made.close()
