"""Signals: one orderly close, a deadline for it, and no way back to a stopped console."""

from __future__ import annotations

import asyncio
import os
import signal
import termios
import threading
import tty
from collections.abc import Iterator

import pytest
from support.waiting import becomes, wait_until

from mr_safety_console.console.signals import CLOSING, IGNORED, Signals, TerminalState, exit_code


@pytest.fixture(autouse=True)
def handlers_as_before() -> Iterator[None]:
    before = {signum: signal.getsignal(signum) for signum in (*CLOSING, *IGNORED)}
    yield
    for signum, handler in before.items():
        signal.signal(signum, handler)


def names_of_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize("signum", CLOSING)
async def test_a_closing_signal_calls_once_on_the_loop(signum: signal.Signals) -> None:
    seen: list[tuple[int, str]] = []
    guard = Signals(
        lambda number: seen.append((number, threading.current_thread().name)), leave=lambda _: None
    )
    guard.install(asyncio.get_running_loop())
    os.kill(os.getpid(), signum)
    await becomes(lambda: seen, 5, "the signal")
    guard.remove()
    assert seen == [(int(signum), "MainThread")]
    assert guard.received == signum


async def test_stopping_signals_are_ignored() -> None:
    guard = Signals(lambda _: None)
    guard.install(asyncio.get_running_loop())
    assert [signal.getsignal(signum) for signum in IGNORED] == [signal.SIG_IGN] * len(IGNORED)
    guard.remove()


async def test_a_close_that_hangs_is_cut_short() -> None:
    left: list[int] = []
    guard = Signals(lambda _: None, deadline_s=0.05, leave=left.append)
    guard.install(asyncio.get_running_loop())
    os.kill(os.getpid(), signal.SIGTERM)
    await becomes(lambda: left, 5, "the signal")
    guard.remove()
    assert left == [143]


async def test_a_second_signal_does_not_wait() -> None:
    left: list[int] = []
    guard = Signals(lambda _: None, deadline_s=60, leave=left.append)
    guard.install(asyncio.get_running_loop())
    os.kill(os.getpid(), signal.SIGHUP)
    await becomes(lambda: guard.received, 5, "the signal")
    os.kill(os.getpid(), signal.SIGTERM)
    await becomes(lambda: left, 5, "the signal")
    guard.remove()
    assert left == [129]


async def test_removed_in_time_the_deadline_never_comes() -> None:
    left: list[int] = []
    guard = Signals(lambda _: None, deadline_s=60, leave=left.append)
    guard.install(asyncio.get_running_loop())
    os.kill(os.getpid(), signal.SIGTERM)
    await becomes(lambda: guard.received, 5, "the signal")
    guard.remove()
    await becomes(lambda: "close-deadline" not in names_of_threads(), 5, "the deadline forgotten")
    assert left == []


def test_exit_codes() -> None:
    assert [exit_code(signum) for signum in (signal.SIGHUP, signal.SIGTERM)] == [129, 143]


@pytest.mark.pty
def test_a_terminal_gets_its_modes_and_screen_back() -> None:
    master, slave = os.openpty()
    try:
        before = termios.tcgetattr(slave)
        state = TerminalState(slave)
        tty.setraw(slave)
        assert termios.tcgetattr(slave) != before
        state.restore()
        assert termios.tcgetattr(slave) == before
        got = bytearray()
        wait_until(
            lambda: (got.extend(os.read(master, 4_096)), b"\x1b[?1049l" in got)[1], 2, "left the screen"
        )
        assert got.endswith(b"\x1b[?25h")
    finally:
        os.close(master)
        os.close(slave)


def test_no_terminal_is_no_error() -> None:
    reader, writer = os.pipe()
    try:
        TerminalState(reader).restore()
        assert os.get_blocking(reader)
    finally:
        os.close(reader)
        os.close(writer)
