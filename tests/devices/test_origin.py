"""A line that plays a device is SIMULATED, however its URL is spelled."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from devices.reading import Origin
from devices.transport import origin_of


@pytest.fixture
def terminal() -> Iterator[str]:
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(slave)
    os.close(master)


@pytest.mark.parametrize("url", ["loop://", "LOOP://", "Loop://?logging=debug", "MOCK://x", "SPY://loop://"])
def test_capitals_make_no_scheme_live(url: str) -> None:
    assert origin_of(url) is Origin.SIMULATED


@pytest.mark.pty
@pytest.mark.parametrize("scheme", ["", "alt://", "ALT://", "Spy://"])
def test_a_terminal_behind_a_scheme_is_simulated(terminal: str, scheme: str) -> None:
    assert origin_of(f"{scheme}{terminal}") is Origin.SIMULATED


def test_a_real_path_is_live() -> None:
    assert origin_of("/dev/ttyUSB0") is Origin.LIVE
    assert origin_of("SOCKET://192.0.2.1:4001") is Origin.LIVE
