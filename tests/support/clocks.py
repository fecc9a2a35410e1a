"""A clock that moves only when told."""

from __future__ import annotations

from mr_safety_console.domain.context import NS, US, Instant


class HandClock:
    """Both clocks in one hand; `step_wall` moves the wall clock alone."""

    def __init__(self, utc: int = 1_780_000_000 * US, bt: int = 1_000 * NS, boot: str = "boot-1") -> None:
        self.utc, self.bt, self.boot = utc, bt, boot

    def now(self) -> Instant:
        return Instant(self.utc, self.bt, self.boot)

    def advance(self, seconds: float) -> Instant:
        self.utc += int(seconds * US)
        self.bt += int(seconds * NS)
        return self.now()

    def step_wall(self, seconds: float) -> None:
        self.utc += int(seconds * US)

    def reboot(self, seconds: float = 60) -> None:
        self.utc += int(seconds * US)
        self.bt, self.boot = 5 * NS, self.boot + "x"
