"""One entry to its stored bytes and back.

The body is canonical JSON (UTF-8, keys sorted by code point, no spaces, no floats) and is hashed
and stored as it stands, never made again. Its keys: `app` version · `boot` id · `bt` boot-time
ns · `by` people · `cause` · `con` console · `data` public fields · `kind` · `kv` fact version ·
`mode` · `occ` when it happened, or null · `off` minutes · `priv` SHA-256 of the ciphertext, or
null · `refs` · `seq` · `ses` · `src` · `subj` · `utc` µs · `v` of this format.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from json.encoder import encode_basestring as _text
from typing import Any

from mr_safety_console.domain.codec import CodecError, Entry, Fact, join, split
from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.value import frozen

FORMAT = 1
_PAD = 64
_ENVELOPE = "app boot bt by cause con data kind kv mode occ off priv refs seq ses src subj utc v"
_KEYS = frozenset(_ENVELOPE.split(" "))
_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


class RecordError(ValueError):
    """An entry has no canonical form, or stored bytes are not one; the message says why."""


@frozen
class Sealed:
    """The encrypted private fields of one row."""

    subject: str
    nonce: bytes
    ct: bytes


@frozen
class Row:
    """One entry ready to be stored."""

    seq: int
    body: bytes
    private: Sealed | None


Seal = Callable[[int, str, bytes], Sealed]
"""(row, subject, plain text) → the sealed text."""
Open = Callable[[int, str], bytes | None]
"""(row, subject) → the plain text, or None once the subject's key is gone."""


def encode_entry(entry: Entry, seal: Seal) -> Row:
    """Return the stored form; `seal` is called only for a fact with private fields.

    Raises `RecordError` for a float, a lone surrogate, or private fields without a subject.
    """
    fact = entry.fact
    try:
        subject, public, hidden = split(fact)
        sealed = seal(entry.seq, _subject(subject, fact), _plain(hidden)) if hidden else None
        return Row(entry.seq, _body(entry, subject, public, sealed), sealed)
    except (UnicodeEncodeError, TypeError, ValueError) as error:
        raise RecordError(f"row {entry.seq}, {fact.kind}: {error}") from error


def _body(entry: Entry, subject: str | None, public: Mapping[str, Any], sealed: Sealed | None) -> bytes:
    """Write the envelope by hand, in key order: this is on the path of every fact."""
    fact, at = entry.fact, entry.at
    by = ",".join([f'{{"person":{_text(who.person)},"role":{_text(who.role)}}}' for who in entry.by])
    priv = "null" if sealed is None else f'"{sha256(sealed.ct).hexdigest()}"'
    return (
        f'{{"app":{_text(entry.app)},"boot":{_text(at.boot)},"bt":{at.bt:d},"by":[{by}],'
        f'"cause":{_text(entry.cause)},"con":{_text(entry.con)},"data":{_map(public)},'
        f'"kind":{_text(fact.kind)},"kv":{fact.v:d},"mode":{_text(entry.mode)},'
        f'"occ":{_moment(entry.occ)},"off":{entry.off:d},"priv":{priv},'
        f'"refs":[{",".join([f"{ref:d}" for ref in entry.refs])}],"seq":{entry.seq:d},'
        f'"ses":{_text(entry.ses)},"src":{_text(entry.src)},'
        f'"subj":{"null" if subject is None else _text(subject)},"utc":{at.utc:d},"v":{FORMAT}}}'
    ).encode()


def _moment(occ: Instant | None) -> str:
    return "null" if occ is None else f'{{"boot":{_text(occ.boot)},"bt":{occ.bt:d},"utc":{occ.utc:d}}}'


def _subject(subject: str | None, fact: Fact) -> str:
    if not subject:
        raise RecordError(f"{type(fact).__name__} has private fields but names no subject")
    return subject


def _plain(hidden: Mapping[str, str]) -> bytes:
    """Pad to a multiple of 64 bytes with blanks, so that the length does not tell yes from no."""
    text = _json(hidden).encode()
    return text.ljust(-(-len(text) // _PAD) * _PAD)


def _map(items: Mapping[str, Any]) -> str:
    """Spell a JSON object. Small ones are quicker by hand than through an encoder made anew each time."""
    spelled = [
        f"{_text(name)}:{_SPELL.get(type(item), _other)(item)}" for name, item in sorted(items.items())
    ]
    return f"{{{','.join(spelled)}}}"


def _list(items: Iterable[Any]) -> str:
    return f"[{','.join([_SPELL.get(type(item), _other)(item) for item in items])}]"


def _other(item: Any) -> str:
    """Spell what is of no plain kind. The record is hashed; a float has more than one spelling."""
    if isinstance(item, float):
        raise RecordError("a float has no place in the record")
    return _json(item)


_SPELL: dict[type, Callable[[Any], str]] = {
    str: _text,
    int: int.__repr__,
    bool: lambda item: "true" if item else "false",
    type(None): lambda _item: "null",
    dict: _map,
    list: _list,
}


def envelope(body: bytes) -> dict[str, Any]:
    """Return the body as JSON data, its keys and format checked but its fact not decoded.

    Raises `RecordError`.
    """
    try:
        data = json.loads(body)
    except (ValueError, TypeError) as error:
        raise RecordError(f"not JSON: {error}") from error
    if type(data) is not dict or data.keys() != _KEYS:
        raise RecordError("not the keys of a row")
    if data["v"] != FORMAT:
        raise RecordError(f"format {data['v']!r}; this program knows {FORMAT}")
    return data


def decode_entry(body: bytes, open_: Open) -> Entry:
    """Build the entry back; `open_` is called only for a row with private fields.

    Raises `RecordError` for bytes that are not a row and `CodecError` for a fact this program
    does not know.
    """
    data = envelope(body)
    hidden = None
    if data["priv"] is not None:
        text = open_(data["seq"], data["subj"])
        hidden = None if text is None else json.loads(text)
    fact = join(data["kind"], data["kv"], data["subj"], data["data"], hidden)
    occ = data["occ"]
    try:
        return Entry(
            seq=data["seq"],
            at=Instant(data["utc"], data["bt"], data["boot"]),
            fact=fact,
            cause=data["cause"],
            src=data["src"],
            by=tuple(Who(who["person"], who["role"]) for who in data["by"]),
            occ=None if occ is None else Instant(occ["utc"], occ["bt"], occ["boot"]),
            ses=data["ses"],
            off=data["off"],
            con=data["con"],
            app=data["app"],
            mode=data["mode"],
            refs=tuple(data["refs"]),
        )
    except (KeyError, TypeError) as error:
        raise RecordError(f"the envelope of row {data['seq']} is not one: {error!r}") from error


__all__ = [
    "FORMAT",
    "CodecError",
    "Open",
    "RecordError",
    "Row",
    "Seal",
    "Sealed",
    "decode_entry",
    "encode_entry",
    "envelope",
]
