"""JSON read without a second meaning: nothing doubled, nothing unbounded, nothing repaired.

Refused beside what JSON itself forbids: more than `MAX_BYTES`, nesting deeper than `MAX_DEPTH` (for what
comes from elsewhere `IMPORT_BYTES` and `IMPORT_DEPTH`), a byte order mark, invalid UTF-8, a key twice in
one object, NaN and Infinity, integers of more than 15 digits. A number with a point or exponent is kept
as `Decimal`.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

from screening_forms.types import FormError

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
IMPORT_BYTES = 4 * 1024 * 1024
IMPORT_DEPTH = 64
MAX_DIGITS = 15

# A string left open runs to the end of the text, so that no start is scanned twice.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_UNKNOWN_KEY_CAP = 60


class _RefusalError(ValueError):
    """Raised inside the JSON decoder's hooks; becomes a `FormError`."""


def parse(raw: bytes, path: str = "", *, imported: bool = False) -> Any:
    """Return the JSON value of these bytes; raises `FormError` saying what was found.

    What is `imported` from elsewhere may be `IMPORT_BYTES` large and `IMPORT_DEPTH` deep.
    """
    most = IMPORT_BYTES if imported else MAX_BYTES
    if len(raw) > most:
        raise FormError(path, "", f"larger than {most // 1024} KiB")
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise FormError(path, "", "starts with a byte order mark; save it as plain UTF-8")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormError(path, "", f"byte {error.start} is not valid UTF-8") from None
    _check_depth(text, path, IMPORT_DEPTH if imported else MAX_DEPTH)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise FormError(path, "", f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except (_RefusalError, RecursionError) as error:
        raise FormError(path, "", str(error)) from None


def read_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """Return a form file's content; refuses links, pipes, devices, directories and large files.

    Raises `FormError` naming the file for every reason it cannot be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        link = getattr(error, "errno", 0) == errno.ELOOP
        reason = "is a link; name the file itself" if link else getattr(error, "strerror", None) or str(error)
        raise FormError(str(path), "", f"cannot be opened: {reason}") from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise FormError(str(path), "", "is not a regular file")
        with open(handle, "rb", closefd=False) as file:
            raw = file.read(most + 1)
    except OSError as error:
        raise FormError(str(path), "", f"cannot be read: {error.strerror}") from None
    finally:
        os.close(handle)
    if len(raw) > most:
        raise FormError(str(path), "", f"larger than {most // 1024} KiB")
    return raw


def _check_depth(text: str, path: str, most: int) -> None:
    """Count brackets outside strings before the decoder recurses into them."""
    depth = 0
    for mark in _BRACKET.findall(_STRING.sub("", text)):
        if mark in "[{":
            depth += 1
            if depth > most:
                raise FormError(path, "", f"nested deeper than {most} levels")
        else:
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _RefusalError(f"key {twice[:_UNKNOWN_KEY_CAP]!r} stands twice in one object")
    return made


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise _RefusalError(f"a number of more than {MAX_DIGITS} digits")
    return int(digits)


def _decimal(digits: str) -> Decimal:
    if len(digits) > 2 * MAX_DIGITS:
        raise _RefusalError(f"a number of more than {2 * MAX_DIGITS} characters")
    return Decimal(digits)


def _constant(name: str) -> Any:
    raise _RefusalError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)
