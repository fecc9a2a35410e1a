"""MRSC-1, the native wire protocol: one CRC-protected ASCII line per sentence, read and written.

The complete description, with the vectors the tests use, is in docs/wire-protocol.md.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from devices.framing import LIMIT
from devices.payload import (
    COUNTER_MODULUS,
    MAX_CHANNELS,
    SEQ_MODULUS,
    Fault,
    Identity,
    Payload,
    SelfTest,
    Sentence,
    State,
)

VERSION = "MRSC1"
LETTERS = frozenset("NATFXU")
DIRECTIONS = frozenset("IOU")


_PRINTABLE = re.compile(rb"[\x20-\x7e]*")
_CRC = re.compile(rb"[0-9A-F]{8}")
_TYPE = re.compile(r"[A-Z]{2}")
_DEVICE = re.compile(r"[A-Za-z0-9_-]{1,16}")
_COUNT = re.compile(r"[0-9]{1,10}")
_SEQ = re.compile(r"[0-9]{4}")
_KEY = re.compile(r"[A-Z]{2}")
_FLAGS = re.compile(r"[0-9A-F]{4}")
_VALUE = re.compile(r"[+-][0-9]{1,6}")
_FORBIDDEN = frozenset(",*$")


class MalformedError(ValueError):
    """A line is not a sentence. `reason` is the counter it belongs to."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse(line: bytes) -> Sentence:
    """Return the sentence of one line that starts with `$` and ends with CR (LF already cut off).

    Raises `MalformedError` with the first rule broken, in this order: long, eol, start, char, nocrc,
    crc, version, head, field, missing. Nothing of a malformed line is ever used.
    """
    head, fields = _open(line)
    kind, device, boot, seq, up_ms = head
    found = _fields(fields)
    reader = _PAYLOADS.get(kind)
    if reader is None:
        return Sentence(kind, device, int(boot), int(seq), int(up_ms), None)
    read, known = reader
    payload = read(found, kind)
    return Sentence(
        kind, device, int(boot), int(seq), int(up_ms), payload, sum(key not in known for key in found)
    )


def _open(line: bytes) -> tuple[list[str], list[str]]:
    """Check everything outside the payload; return the five head fields and the raw pairs."""
    _require(len(line) < LIMIT, "long")
    _require(line.endswith(b"\r"), "eol")
    _require(line.startswith(b"$"), "start")
    body = line[1:-1]
    _require(_PRINTABLE.fullmatch(body) is not None, "char")
    text, star, crc = body.rpartition(b"*")
    _require(star == b"*" and _CRC.fullmatch(crc) is not None, "nocrc")
    _require(zlib.crc32(text) == int(crc, 16), "crc")
    version, *rest = text.decode("ascii").split(",")
    _require(version == VERSION, "version")
    shapes = (_TYPE, _DEVICE, _COUNT, _SEQ, _COUNT)
    head, fields = rest[:5], rest[5:]
    _require(len(head) == 5 and all(s.fullmatch(h) for s, h in zip(shapes, head, strict=True)), "head")
    return head, fields


def _require(met: bool, reason: str) -> None:
    if not met:
        raise MalformedError(reason)


def _fields(pairs: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        _require(equals == "=" and _KEY.fullmatch(key) is not None and key not in found, "field")
        _require("*" not in value and "$" not in value, "field")
        found[key] = value
    return found


def _need(found: Mapping[str, str], *keys: str) -> list[str]:
    _require(all(key in found for key in keys), "missing")
    return [found[key] for key in keys]


def _state(found: Mapping[str, str], kind: str) -> State:
    letters, flags = _need(found, "CH", "FL")
    width = len(letters)
    _require(1 <= width <= MAX_CHANNELS and LETTERS.issuperset(letters), "field")
    _require(_FLAGS.fullmatch(flags) is not None, "field")
    directions = found.get("DR", "")
    _require("DR" not in found or (len(directions) == width and DIRECTIONS.issuperset(directions)), "field")
    alarms = _counts(found["AC"], width) if "AC" in found else ()
    crossings = _counts(found["XC"], 2) if "XC" in found else None
    return State(
        letters=letters,
        flags=int(flags, 16),
        values=_values(found["AN"], width) if "AN" in found else (),
        alarms=alarms,
        directions=directions,
        crossings=(crossings[0], crossings[1]) if crossings else None,
        event=kind == "EV",
    )


def _counts(text: str, width: int) -> tuple[int, ...]:
    parts = text.split("/")
    _require(len(parts) == width and all(_COUNT.fullmatch(part) for part in parts), "field")
    counts = tuple(int(part) for part in parts)
    _require(max(counts) < COUNTER_MODULUS, "field")
    return counts


def _values(text: str, width: int) -> tuple[int | None, ...]:
    parts = text.split("/")
    _require(len(parts) <= width and all(not part or _VALUE.fullmatch(part) for part in parts), "field")
    return tuple(int(part) if part else None for part in parts)


def _identity(found: Mapping[str, str], _kind: str) -> Identity:
    protocol, firmware, hardware, serial, channels, names, heartbeat = _need(
        found, "PR", "FW", "HW", "SN", "NC", "NM", "HB"
    )
    _require(_COUNT.fullmatch(channels) is not None and _COUNT.fullmatch(heartbeat) is not None, "field")
    listed = tuple(names.split("/"))
    _require(len(listed) == int(channels) and 1 <= len(listed) <= MAX_CHANNELS, "field")
    return Identity(protocol, firmware, hardware, serial, listed, int(heartbeat))


def _self_test(found: Mapping[str, str], _kind: str) -> SelfTest:
    result, coverage = _need(found, "RS", "CV")
    _require(result in ("P", "F"), "field")
    return SelfTest(result == "P", coverage)


def _fault(found: Mapping[str, str], _kind: str) -> Fault:
    return Fault(*_need(found, "EC"))


_STATE_KEYS = frozenset({"CH", "DR", "XC", "AN", "AC", "FL"})
_Reader = Callable[[Mapping[str, str], str], Payload]
_PAYLOADS: Mapping[str, tuple[_Reader, frozenset[str]]] = MappingProxyType(
    {
        "ST": (_state, _STATE_KEYS),
        "EV": (_state, _STATE_KEYS),
        "ID": (_identity, frozenset({"PR", "FW", "HW", "SN", "NC", "NM", "HB"})),
        "TS": (_self_test, frozenset({"RS", "CV"})),
        "ER": (_fault, frozenset({"EC"})),
    }
)


def render(device: str, boot: int, seq: int, up_ms: int, payload: Payload) -> bytes:
    """Return one whole sentence, CR and LF included.

    Raises `ValueError` for a text the protocol cannot carry or a sentence longer than `LIMIT`.
    """
    kind, pairs = _pairs(payload)
    for key, value in pairs:
        if _FORBIDDEN.intersection(value) or not _PRINTABLE.fullmatch(value.encode("utf-8")):
            raise ValueError(f"{key}: {value[:40]!r} has a character the protocol cannot carry")
    head = f"{VERSION},{kind},{device},{boot},{seq % SEQ_MODULUS:04d},{up_ms}"
    return seal(",".join([head, *(f"{key}={value}" for key, value in pairs)]))


def seal(text: str) -> bytes:
    """Return `text` between `$` and its checksum, with CR and LF; raises `ValueError` if too long."""
    body = text.encode("ascii")
    line = b"$" + body + b"*%08X\r\n" % zlib.crc32(body)
    if len(line) > LIMIT:
        raise ValueError(f"sentence of {len(line)} bytes; the limit is {LIMIT}")
    return line


def _pairs(payload: Payload) -> tuple[str, list[tuple[str, str]]]:
    if isinstance(payload, State):
        return ("EV" if payload.event else "ST"), _state_pairs(payload)
    if isinstance(payload, Identity):
        names = payload.names
        return "ID", [
            ("PR", payload.protocol),
            ("FW", payload.firmware),
            ("HW", payload.hardware),
            ("SN", payload.serial),
            ("NC", str(len(names))),
            ("NM", "/".join(names)),
            ("HB", str(payload.heartbeat_ms)),
        ]
    if isinstance(payload, SelfTest):
        return "TS", [("RS", "P" if payload.passed else "F"), ("CV", payload.coverage)]
    return "ER", [("EC", payload.code)]


def _state_pairs(state: State) -> list[tuple[str, str]]:
    pairs = [("CH", state.letters)]
    if state.directions:
        pairs.append(("DR", state.directions))
    if state.crossings is not None:
        pairs.append(("XC", "/".join(map(str, state.crossings))))
    if state.values:
        pairs.append(("AN", "/".join("" if v is None else f"{v:+06d}" for v in state.values)))
    if state.alarms:
        pairs.append(("AC", "/".join(map(str, state.alarms))))
    pairs.append(("FL", f"{state.flags:04X}"))
    return pairs
