"""A command on a pseudo-terminal of its own, told apart by its words: for starts that end at a prompt."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import termios
import threading
from collections.abc import Iterator, Sequence

from support.waiting import wait_until


class Pty:
    """Runs `argv` with `env` and nothing else of ours; `text` is all it has written."""

    def __init__(self, argv: Sequence[str], env: dict[str, str]) -> None:
        self.master, slave = os.openpty()
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )
        os.close(slave)
        self.text = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self.master, 65536):
                self.text += data.decode("utf-8", "replace")

    def expect(self, words: str, deadline_s: float = 10.0) -> None:
        try:
            wait_until(lambda: words in self.text, deadline_s, f"{words!r} on the terminal")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text}") from None

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(5)
        self._reader.join(5)
        os.close(self.master)


@contextlib.contextmanager
def on_terminal(argv: Sequence[str], env: dict[str, str]) -> Iterator[Pty]:
    pty = Pty(argv, env)
    try:
        yield pty
    finally:
        pty.close()
