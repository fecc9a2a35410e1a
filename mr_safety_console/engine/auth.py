"""PINs: hashed with a pepper and argon2id, checked on a thread of their own, never kept."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import StaffState, may_try
from mr_safety_console.domain.words import refused
from mr_safety_console.engine.face import Credential

MIN_PIN = 6
PEPPER_BYTES = 32


class WeakPinError(ValueError):
    """A PIN is too short or not made of digits."""


class PepperError(ValueError):
    """The pepper is not whole: no PIN would ever match."""

    def __init__(self, path: Path, what: str = f"it does not hold {PEPPER_BYTES} bytes") -> None:
        super().__init__(f"{path}: {what}. Put back its copy")
        self.path = path


class PepperMissing(PepperError):  # noqa: N818 - the condition is the name
    """There are PINs, and the pepper they were hashed with is gone."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "it is missing, without it no PIN matches")


def load_pepper(path: Path, *, make: bool = True) -> bytes:
    """Return the pepper beside the record, made on first use: a stolen hash alone is then useless.

    `make` is for a register without anybody. Otherwise a pepper that is not there raises
    `PepperMissing`: a new one would match no PIN, and stand in the way of the copy put back.
    Raises `PepperError` for one that is damaged, and `OSError`.
    """
    try:
        pepper = path.read_bytes()
    except FileNotFoundError:
        if not make:
            raise PepperMissing(path) from None
        return _make_pepper(path)
    if len(pepper) != PEPPER_BYTES:
        raise PepperError(path)
    return pepper


def lost_pepper() -> bytes:
    """Return a pepper no PIN was hashed with, for a run whose own is missing: nobody signs on."""
    return secrets.token_bytes(PEPPER_BYTES)


def _make_pepper(path: Path) -> bytes:
    """Make it under another name first: a kill leaves a whole one or none."""
    made, building = secrets.token_bytes(PEPPER_BYTES), path.with_name(path.name + ".new")
    building.unlink(missing_ok=True)
    fd = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    building.rename(path)
    return made


def check_pin(pin: str) -> str:
    """Return the PIN if it may be used: at least six digits, not all the same. Raises `WeakPinError`."""
    if len(pin) < MIN_PIN or not pin.isascii() or not pin.isdigit():
        raise WeakPinError(f"a PIN has at least {MIN_PIN} digits and nothing else; choose another")
    if len(set(pin)) == 1:
        raise WeakPinError("a PIN is not one digit repeated; choose another")
    return pin


class Pins:
    """Hashes and checks PINs with one site's pepper (argon2id, m = 19 MiB, t = 2, p = 1)."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def _mixed(self, pin: str) -> str:
        return hmac.new(self._pepper, pin.encode(), hashlib.sha256).hexdigest()

    def hash(self, pin: str) -> str:
        """Return the hash of a PIN. Raises `WeakPinError`. Takes some 50 ms: never on a deciding thread."""
        from argon2 import PasswordHasher  # noqa: PLC0415  -- not before the first PIN

        return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(
            self._mixed(check_pin(pin))
        )

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Tell whether a PIN belongs to a hash; a hash that cannot be read never matches."""
        from argon2 import PasswordHasher  # noqa: PLC0415
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

        try:
            return PasswordHasher().verify(pin_hash, self._mixed(pin))
        except (VerificationError, InvalidHashError):
            return False


Checked = Callable[[tuple[Who, ...]], None]
Failed = Callable[[Refused, str], None]


class Desk:
    """Checks credentials in order on one thread, so that guessing is slow and deciding is not."""

    def __init__(self, pins: Pins) -> None:
        self._pins = pins
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pin")
        self._jobs: deque[Future[None]] = deque()
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """Return how many checks are not finished."""
        with self._lock:
            while self._jobs and self._jobs[0].done():
                self._jobs.popleft()
            return len(self._jobs)

    def check(
        self,
        staff: Callable[[], StaffState],
        now: Callable[[], Instant],
        given: tuple[Credential, ...],
        checked: Checked,
        failed: Failed,
    ) -> None:
        """Call `checked` with everybody who matched, or `failed` with the refusal and the person.

        `failed`'s person is empty when no PIN was compared; the next check begins once it returns.
        """

        def job() -> None:
            try:
                self._check(staff, now, given, checked, failed)
            except Exception:  # noqa: BLE001  -- a check that breaks signs nothing and is answered
                failed(refused("decision-failed"), "")

        def ended(job: Future[None]) -> None:
            if job.cancelled():
                failed(refused("stopping"), "")

        try:
            asked = self._pool.submit(job)
            with self._lock:
                self._jobs.append(asked)
            asked.add_done_callback(ended)
        except RuntimeError:  # closed a moment ago
            failed(refused("stopping"), "")

    def _check(
        self,
        staff: Callable[[], StaffState],
        now: Callable[[], Instant],
        given: tuple[Credential, ...],
        checked: Checked,
        failed: Failed,
    ) -> None:
        signers: list[Who] = []
        for credential in given:
            register = staff()
            person = register.people.get(credential.person)
            if person is None:
                return failed(refused("person-unknown"), "")
            if why := may_try(register, person.id, now()):
                return failed(why, "")
            if not self._pins.matches(person.pin_hash, credential.pin):
                return failed(refused("pin-wrong"), person.id)
            signers.append(Who(person.id, person.roles[0]))
        return checked(tuple(signers))

    def close(self) -> None:
        """Stop; a check under way is let finish, those that wait are refused."""
        self._pool.shutdown(wait=True, cancel_futures=True)
