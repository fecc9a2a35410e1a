"""The stored form of an entry: canonical, final, and read back as it was."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import SampleMoved, SampleNamed, at, entry, named

from mr_safety_console.domain.codec import ERASED, CodecError, Entry
from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.journal import record
from mr_safety_console.journal.record import RecordError, Sealed, decode_entry, encode_entry, envelope

texts = st.text(st.characters(exclude_categories=("Cs",)))
whole = st.integers(-(2**63), 2**63)
instants = st.builds(Instant, utc=whole, bt=whole, boot=texts)
facts = st.one_of(
    st.builds(SampleMoved, point=texts, count=whole),
    st.builds(SampleNamed, subject=texts.filter(bool), name=texts, note=texts, level=whole),
)
entries = st.builds(
    Entry,
    seq=st.integers(1, 2**62),
    at=instants,
    fact=facts,
    cause=texts,
    src=st.sampled_from(["person", "device", "timer", "system"]),
    by=st.lists(st.builds(Who, person=texts, role=texts), max_size=3).map(tuple),
    occ=st.none() | instants,
    ses=texts,
    off=st.integers(-900, 900),
    con=texts,
    app=texts,
    mode=st.sampled_from(["live", "sim", "drill"]),
    refs=st.lists(st.integers(1, 2**62), max_size=3).map(tuple),
)


def keep(kept: dict[int, bytes]) -> object:
    """Seal by keeping the plain text aside."""

    def seal(seq: int, subject: str, plain: bytes) -> Sealed:
        kept[seq] = plain
        return Sealed(subject, bytes(12), b"sealed:" + plain)

    return seal


@given(entries)
def test_an_entry_is_read_back_as_it_was(one: Entry) -> None:
    kept: dict[int, bytes] = {}
    row = encode_entry(one, keep(kept))  # type: ignore[arg-type]
    assert decode_entry(row.body, lambda seq, _subject: kept[seq]) == one


@given(entries)
def test_the_body_is_canonical(one: Entry) -> None:
    body = encode_entry(one, keep({})).body  # type: ignore[arg-type]
    again = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert body == again.encode()


plain = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | texts
nested = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)


@given(st.dictionaries(texts, nested, max_size=5))
def test_data_is_spelled_as_the_standard_library_would(data: dict[str, object]) -> None:
    wanted = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert record._map(data) == wanted


@given(st.dictionaries(texts, nested, max_size=3), st.floats() | st.lists(st.floats(), min_size=1))
def test_a_float_is_refused_however_deep_it_lies(data: dict[str, object], bad: object) -> None:
    with pytest.raises(RecordError, match="float"):
        record._map({"a": [{"b": {**data, "c": bad}}]})


def test_the_row_format_is_final() -> None:
    one = entry(7, occ=Instant(5, 6, "b1"), refs=(2, 3), ses="S", off=-60)
    assert encode_entry(one, keep({})).body == (  # type: ignore[arg-type]
        b'{"app":"0.0.0","boot":"b0071d","bt":7000000000,"by":[{"person":"P1","role":"MRT"}],'
        b'"cause":"cause-7","con":"CON1","data":{"count":7,"point":"door-7"},"kind":"sample-moved","kv":1,'
        b'"mode":"sim","occ":{"boot":"b1","bt":6,"utc":5},"off":-60,"priv":null,"refs":[2,3],"seq":7,'
        b'"ses":"S","src":"person","subj":null,"utc":1800000007000000,"v":1}'
    )


def test_private_fields_stand_apart() -> None:
    kept: dict[int, bytes] = {}
    row = encode_entry(named(3, name="Ada Sample", note="x"), keep(kept))  # type: ignore[arg-type]
    data = json.loads(row.body)
    assert data["data"] == {"level": 3}
    assert data["subj"] == "S1"
    assert row.private is not None
    assert data["priv"] == sha256(row.private.ct).hexdigest()
    assert json.loads(kept[3]) == {"name": "Ada Sample", "note": "x"}


def test_the_length_of_private_text_does_not_tell_yes_from_no() -> None:
    sizes = set()
    for note in ("no", "yes", "unsure", "refused to say"):
        kept: dict[int, bytes] = {}
        encode_entry(named(3, note=note), keep(kept))  # type: ignore[arg-type]
        sizes.add(len(kept[3]))
    assert len(sizes) == 1


def test_without_the_key_private_fields_read_erased() -> None:
    row = encode_entry(named(3), keep({}))  # type: ignore[arg-type]
    back = decode_entry(row.body, lambda _seq, _subject: None)
    assert back.fact == SampleNamed(subject="S1", name=ERASED, note=ERASED, level=3)


@pytest.mark.parametrize(
    "bad",
    [
        SampleMoved(point="x", count=0.5),  # type: ignore[arg-type]
        SampleMoved(point="x", count=float("nan")),  # type: ignore[arg-type]
        SampleMoved(point=["a", {"b": 1.0}]),  # type: ignore[arg-type]
        SampleMoved(point="\ud800"),
        SampleMoved(point=b"bytes"),  # type: ignore[arg-type]
        SampleNamed(subject="", name="x"),
    ],
)
def test_what_has_no_canonical_form_is_refused(bad: SampleMoved) -> None:
    with pytest.raises(RecordError, match=f"row 4, {bad.kind}"):
        encode_entry(entry(4, bad), keep({}))  # type: ignore[arg-type]


GOOD = json.loads(encode_entry(entry(4), keep({})).body)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff", "not JSON"),
        (b"[]", "keys of a row"),
        (json.dumps({k: v for k, v in GOOD.items() if k != "off"}).encode(), "keys of a row"),
        (json.dumps(GOOD | {"extra": 1}).encode(), "keys of a row"),
        (json.dumps(GOOD | {"v": 2}).encode(), "format 2"),
        (json.dumps(GOOD | {"by": [{"person": "P1"}]}).encode(), "envelope of row 4"),
    ],
)
def test_bytes_that_are_not_a_row_are_refused(body: bytes, reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        decode_entry(body, lambda _seq, _subject: None)


@pytest.mark.parametrize("change", [{"kind": "never-heard"}, {"kv": 9}, {"data": {"point": 3}}])
def test_a_fact_unknown_here_is_told_from_damage(change: dict[str, object]) -> None:
    with pytest.raises(CodecError):
        decode_entry(json.dumps(GOOD | change).encode(), lambda _seq, _subject: None)


def test_the_envelope_is_read_without_knowing_the_fact() -> None:
    assert envelope(json.dumps(GOOD | {"kind": "never-heard"}).encode())["utc"] == at(4).utc
