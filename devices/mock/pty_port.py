"""A pseudo-terminal behind a path that stays the same, that can be pulled out and put back."""

from __future__ import annotations

import contextlib
import os
import tty
from pathlib import Path

from devices.port import DeviceError


class MockPort:
    """The device's end of a line. `path` is what a console opens; it survives `replug`.

    The reader's end is kept open here in raw mode: a console that closes does not hang the line
    up, and the device never hears its own echo.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fds: tuple[int, int] | None = None
        self.replug()

    @property
    def plugged(self) -> bool:
        """Tell whether the line is in."""
        return self._fds is not None

    @property
    def fd(self) -> int | None:
        """Return the descriptor to wait on, None while unplugged."""
        return self._fds[0] if self._fds is not None else None

    def write(self, data: bytes) -> bool:
        """Send bytes; False if unplugged or nobody has read for so long that the line is full."""
        if self._fds is None:
            return False
        try:
            return os.write(self._fds[0], data) == len(data)
        except BlockingIOError:
            return False

    def read(self) -> bytes:
        """Return what the console has written; a console of ours never writes."""
        if self._fds is None:
            return b""
        try:
            return os.read(self._fds[0], 4096)
        except OSError:
            return b""

    def unplug(self) -> None:
        """Pull the adapter out: a reader fails, a later open finds nothing."""
        if self._fds is not None:
            fds, self._fds = self._fds, None
            self._remove_link()
            for fd in fds:
                os.close(fd)

    def replug(self) -> None:
        """Put it back as a new terminal under the same path. No effect while plugged."""
        if self._fds is not None:
            return
        master, slave = os.openpty()
        try:
            tty.setraw(slave)
            os.set_blocking(master, False)
            self._link(os.ttyname(slave))
        except BaseException:
            os.close(master)
            os.close(slave)
            raise
        self._fds = (master, slave)

    def close(self) -> None:
        """Unplug for good."""
        self.unplug()

    def _link(self, target: str) -> None:
        if self.path.exists() and not self.path.is_symlink():
            raise DeviceError(f"{self.path} exists and is not a link of ours; choose another directory")
        spare = self.path.with_name(self.path.name + ".new")
        with contextlib.suppress(FileNotFoundError):
            spare.unlink()
        spare.symlink_to(target)
        os.replace(spare, self.path)

    def _remove_link(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink()
