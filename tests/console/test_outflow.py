"""The bounded writer: everything arrives while it is read, nothing waits while it is not."""

from __future__ import annotations

import os
import threading
import time
import tty
from collections.abc import Iterator

import pytest
from support.waiting import wait_until

from mr_safety_console.console.outflow import RESUME, Outflow


class Pty:
    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        self.got = bytearray()

    def read(self) -> bytes:
        try:
            data = os.read(self.master, 65_536)
        except BlockingIOError:
            data = b""
        self.got += data
        return data


@pytest.fixture
def pty() -> Iterator[Pty]:
    ends = Pty()
    yield ends
    os.close(ends.master)
    os.close(ends.slave)


@pytest.mark.pty
def test_all_text_arrives_in_order_while_the_terminal_reads(pty: Pty) -> None:
    out = Outflow(pty.slave, lambda: None)
    out.start()
    text = "".join(f"{n:06d}é" for n in range(5_000))
    for at in range(0, len(text), 700):
        out.write(text[at : at + 700])
        pty.read()
    wait_until(lambda: (pty.read(), len(pty.got) >= len(text.encode()))[1], 10, "all bytes")
    out.stop()
    assert pty.got.decode() == text
    assert not out.is_alive()


@pytest.mark.pty
def test_a_terminal_that_does_not_read_makes_nobody_wait_and_gets_one_repaint(pty: Pty) -> None:
    resumed = threading.Event()
    out = Outflow(pty.slave, resumed.set, max_bytes=10_000)
    out.start()
    slowest = 0.0
    for _ in range(500):
        before = time.monotonic()
        out.write("x" * 1_000)
        slowest = max(slowest, time.monotonic() - before)
    assert out.overflowed
    assert slowest < 0.5
    assert out.dropped_bytes > 400_000
    assert not resumed.is_set()
    wait_until(lambda: (pty.read(), resumed.is_set())[1], 5, "resume")
    out.write("after")
    wait_until(lambda: (pty.read(), pty.got.endswith(b"after"))[1], 5, "text after the resume")
    assert RESUME in pty.got
    out.stop()


@pytest.mark.pty
def test_one_frame_larger_than_the_bound_is_not_refused(pty: Pty) -> None:
    out = Outflow(pty.slave, lambda: None, max_bytes=100)
    out.start()
    out.write("y" * 50_000)
    wait_until(lambda: (pty.read(), len(pty.got) >= 50_000)[1], 5, "the whole frame")
    assert not out.overflowed
    out.stop()


@pytest.mark.pty
def test_closing_drops_frames_but_writes_what_restores(pty: Pty) -> None:
    out = Outflow(pty.slave, lambda: None, max_bytes=10_000)
    out.start()
    for _ in range(50):
        out.write("z" * 1_000)
    out.prepare_close()
    out.write("RESTORED")
    stopper = threading.Thread(target=out.stop)
    stopper.start()
    wait_until(lambda: (pty.read(), pty.got.endswith(RESUME + b"RESTORED"))[1], 5, "the restoring bytes")
    stopper.join(5)
    assert not out.is_alive()


@pytest.mark.pty
def test_closing_while_nobody_reads_ends_soon(pty: Pty) -> None:
    out = Outflow(pty.slave, lambda: None)
    out.start()
    out.write("w" * 200_000)
    before = time.monotonic()
    out.stop()
    assert time.monotonic() - before < 2
    assert not out.is_alive()


def test_a_pipe_instead_of_a_terminal_works_too() -> None:
    reader, writer = os.pipe()
    out = Outflow(writer, lambda: None)
    out.start()
    out.write("to a pipe")
    assert os.read(reader, 100) == b"to a pipe"
    out.stop()
    os.close(reader)
    os.close(writer)
