"""The console's own Ed25519 key: made once, in the record's first row by its public half."""

from __future__ import annotations

from pathlib import Path

from mr_safety_console.journal import place
from mr_safety_console.journal.errors import Corrupt, guarded

_KEY_WORD = "ed25519"


def read_console_key(directory: Path) -> tuple[bytes, str]:
    """Return the console's Ed25519 seed (32 bytes) and its public key (hex)."""
    path = directory / place.CONSOLE_KEY
    with guarded(path):
        if not path.exists():
            raise Corrupt(path, "it is missing", "Put back the copy made at set-up")
        text = path.read_text("ascii", "replace")
    place.check_private(path)
    try:
        word, seed, public = text.split()
        raw = bytes.fromhex(seed)
        good = word == _KEY_WORD and len(raw) == 32 and len(bytes.fromhex(public)) == 32
    except ValueError:
        good = False
    if not good:
        raise Corrupt(path, "it does not hold a key", "Put back the copy made at set-up")
    return raw, public


def make_console_key(directory: Path) -> str:
    """Make the console's key if there is none; return its public half in hex."""
    path = directory / place.CONSOLE_KEY
    if not path.exists():
        # Only ever needed once in the life of a console.
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

        key = Ed25519PrivateKey.generate()
        seed, public = key.private_bytes_raw().hex(), key.public_key().public_bytes_raw().hex()
        building = path.with_suffix(".new")
        building.unlink(missing_ok=True)
        place.make_file(building, f"{_KEY_WORD} {seed} {public}\n".encode(), place.KEY_MODE)
        with guarded(path):
            building.rename(path)
        place.sync_dir(directory)
    return read_console_key(directory)[1]
