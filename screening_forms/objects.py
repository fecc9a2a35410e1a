"""Answers that are small objects, references and attachments, held to what can be judged offline.

The canonical answer is the object as compact JSON with sorted keys.
"""

from __future__ import annotations

import binascii
import json
import re
from hashlib import sha1
from typing import Any

from screening_forms.types import Item, Option

MAX_OBJECT = 1024 * 1024
_KIND = r"(?:.*/)?([A-Z][A-Za-z]{1,63})/[A-Za-z0-9.-]{1,64}(?:/_history/[A-Za-z0-9.-]{1,64})?\Z"
_TARGET = r"(#|[A-Za-z][A-Za-z0-9+.-]{0,31}:|[A-Z][A-Za-z]{1,63}/)[!-~]{1,500}\Z"
_MIME = r"[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}(;.{1,200})?\Z"
_REFERENCE = frozenset({"reference", "type", "identifier", "display"})
_ATTACHMENT = frozenset({"contentType", "language", "data", "url", "size", "hash", "title", "creation"})


def compact(value: Any) -> str:
    """Return JSON as it is stored: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def load(text: str) -> dict[str, Any] | None:
    """Return the object a canonical answer holds, or None."""
    if len(text) > MAX_OBJECT or not text.startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def coding_of(option: Option) -> dict[str, Any]:
    """Return the coding an option stands for; empty if it is none."""
    if not option.value:
        return {"code": option.code, "display": option.display}
    found = json.loads(option.value).get("valueCoding")
    return found if isinstance(found, dict) else {}


def _texts(made: dict[str, Any], names: frozenset[str]) -> str | None:
    """Return what is wrong with the names and texts of an object, or None."""
    stray = sorted(made.keys() - names)
    if stray:
        return f"{stray[0][:60]} is not supported here"
    for key, value in made.items():
        if key not in ("size", "identifier") and not (isinstance(value, str) and value.strip()):
            return f"expected text for {key}"
    return None


def check_reference(item: Item, value: str) -> str | None:
    """Return what is wrong with a reference: its form, and the kind of resource it names."""
    made = load(value)
    if made is None or not made:
        return 'expected a reference such as {"reference":"Patient/1"}'
    wrong = _texts(made, _REFERENCE)
    if wrong:
        return wrong
    target = made.get("reference", "")
    if target and not re.match(_TARGET, target):
        return "expected a reference as Type/id, an address or #id"
    if "identifier" in made and not isinstance(made["identifier"], dict):
        return "expected an object for identifier"
    found = re.match(_KIND, target)
    kind = made.get("type") or (found[1] if found else "")
    if item.rules.kinds and kind and kind not in item.rules.kinds:
        return f"expected a reference to one of: {', '.join(item.rules.kinds)}"
    return None


def check_attachment(item: Item, value: str) -> str | None:
    """Return what is wrong with an attachment: its elements, and whether size and hash fit the data."""
    made = load(value)
    if made is None:
        return "expected an attachment with its data or its address"
    wrong = _texts(made, _ATTACHMENT) or _check_size(made)
    if wrong:
        return wrong
    if not ("data" in made or "url" in made):
        return "expected the data of the attachment, or its address"
    kind = made.get("contentType", "")
    if ("data" in made or kind) and not re.match(_MIME, kind):
        return "expected the type of the data in contentType, such as image/png"
    plain = kind.partition(";")[0]
    if item.rules.formats and not {plain, plain.partition("/")[0] + "/*", "*/*"} & set(item.rules.formats):
        return f"expected one of: {', '.join(item.rules.formats)}"
    return _check_data(item, made)


def _check_size(made: dict[str, Any]) -> str | None:
    size = made.get("size", 0)
    whole = isinstance(size, int) and not isinstance(size, bool) and size >= 0
    return None if whole else "expected a whole number of bytes in size"


def _check_data(item: Item, made: dict[str, Any]) -> str | None:
    size = made.get("size")
    if "data" in made:
        try:
            data = binascii.a2b_base64("".join(made["data"].split()), strict_mode=True)
        except (binascii.Error, ValueError):
            return "expected the data in base64"
        if size is not None and size != len(data):
            return f"size says {size} bytes; the data has {len(data)}"
        digest = binascii.b2a_base64(sha1(data, usedforsecurity=False).digest(), newline=False).decode()
        if "hash" in made and made["hash"] != digest:
            return "the hash is not that of the data"
        size = len(data)
    if item.rules.max_size is not None and size is not None and size > item.rules.max_size:
        return f"expected at most {item.rules.max_size} bytes"
    return None
