"""The chain against a second reading of its definition, and against every kind of meddling."""

from __future__ import annotations

import hashlib
import struct

from hypothesis import given
from hypothesis import strategies as st

from mr_safety_console.journal.chain import START, Broken, Whole, link, verify_rows

bodies = st.lists(st.binary(max_size=40), min_size=1, max_size=12)
Rows = list[tuple[int, bytes, bytes]]


def chained(parts: list[bytes]) -> Rows:
    """Chain by the definition alone, written a second time."""
    rows, before = [], b"\x00" * 32
    for seq, body in enumerate(parts, 1):
        before = hashlib.sha256(b"MRSC1\x00" + before + struct.pack(">Q", len(body)) + body).digest()
        rows.append((seq, body, before))
    return rows


@given(bodies)
def test_what_was_chained_verifies(parts: list[bytes]) -> None:
    rows = chained(parts)
    assert verify_rows(rows) == Whole(len(parts), rows[-1][2])
    assert link(START, parts[0]) == rows[0][2]


@given(bodies, st.data())
def test_any_changed_bit_is_named_by_its_row(parts: list[bytes], data: st.DataObject) -> None:
    rows = chained(parts)
    at = data.draw(st.integers(0, len(rows) - 1))
    seq, body, h = rows[at]
    field = data.draw(st.sampled_from(["body", "h"] if body else ["h"]))
    value = bytearray(body if field == "body" else h)
    value[data.draw(st.integers(0, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    rows[at] = (seq, bytes(value), h) if field == "body" else (seq, body, bytes(value))
    found = verify_rows(rows)
    assert isinstance(found, Broken)
    assert found.row == seq


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=12, unique=True), st.data())
def test_a_missing_row_is_named(parts: list[bytes], data: st.DataObject) -> None:
    rows = chained(parts)
    at = data.draw(st.integers(0, len(rows) - 2))
    del rows[at]
    found = verify_rows(rows)
    assert isinstance(found, Broken)
    assert found.row == at + 1
    assert "missing" in found.reason or "hash" in found.reason


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=12, unique=True), st.data())
def test_swapped_rows_are_named_by_the_first(parts: list[bytes], data: st.DataObject) -> None:
    rows = chained(parts)
    a, b = sorted(data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True)))
    rows[a], rows[b] = (a + 1, *rows[b][1:]), (b + 1, *rows[a][1:])
    found = verify_rows(rows)
    assert isinstance(found, Broken)
    assert found.row == a + 1


def test_a_chunk_goes_on_from_the_one_before() -> None:
    rows = chained([b"a", b"b", b"c"])
    first = verify_rows(rows[:2])
    assert isinstance(first, Whole)
    assert verify_rows(rows[2:], first.rows, first.head) == Whole(3, rows[2][2])
    assert verify_rows(rows[2:], first.rows, START) == Broken(
        3, "its hash does not fit its content and the row before it"
    )


def test_what_is_not_bytes_is_not_a_row() -> None:
    assert verify_rows([(1, "text", b"")]) == Broken(1, "it does not hold bytes")  # type: ignore[list-item]
