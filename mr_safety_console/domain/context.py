"""What a decision may know beside the state: the time, the people, the site, fresh tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from mr_safety_console.domain.value import frozen

if TYPE_CHECKING:
    from mr_safety_console.domain.detectors import Level
    from mr_safety_console.domain.profile import SiteProfile
    from screening_forms.types import Form

NS = 1_000_000_000
US = 1_000_000


@frozen
class Instant:
    """One moment on both clocks: `utc` in µs since 1970, `bt` in boot-time ns, and which boot."""

    utc: int
    bt: int
    boot: str


@frozen
class Elapsed:
    """Seconds between two instants; `continuous` is False when the machine rebooted in between."""

    seconds: float
    continuous: bool


def elapsed(now: Instant, then: Instant) -> Elapsed:
    """Return the interval on the boot-time clock, or on the wall clock when the boot changed.

    A stepped wall clock therefore never alters an interval inside one boot (invariant I15).
    """
    if now.boot == then.boot:
        return Elapsed(max(0, now.bt - then.bt) / NS, continuous=True)
    return Elapsed(max(0, now.utc - then.utc) / US, continuous=False)


@frozen
class Who:
    """A person by pseudonym, in the role they acted in."""

    person: str
    role: str


@frozen
class Ctx:
    """Everything a decision may look at beside the state. Built by the engine, once per input.

    `actor` is who is signed on (an *attributed* act), `signers` are those who gave their PIN for
    this very act (a *signed* act). `tokens` are fresh 80-bit identifiers, never to be reused.
    """

    now: Instant
    profile: SiteProfile
    forms: Mapping[str, Form] = field(default_factory=dict)
    live: Mapping[str, Level] = field(default_factory=dict)
    actor: Who | None = None
    signers: tuple[Who, ...] = ()
    tokens: tuple[str, ...] = ()
    occ: Instant | None = None
    cause: str = ""

    @property
    def when(self) -> Instant:
        """Return when it happened: the moment of the key press if one was kept, else now."""
        return self.occ or self.now
