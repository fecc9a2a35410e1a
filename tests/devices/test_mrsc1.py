from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import mrsc1
from devices.payload import Fault, Sentence, State, flag_text

GOLDEN = (
    b"$MRSC1,ID,FMD01,7,0000,12,PR=1.0,FW=1.2.0,HW=A,SN=0017,NC=4,NM=FMD/DOOR/O2/LOCK,HB=1000*33EA05BE\r\n",
    b"$MRSC1,ST,FMD01,7,0001,1012,CH=NNNF,AN=+00012/+00003,AC=3/0/0/0,FL=0004*75AED1F4\r\n",
    b"$MRSC1,EV,FMD01,7,0002,1480,CH=ANNN,AN=+00913/+00003,AC=4/0/0/0,FL=0000*3FA51868\r\n",
    b"$MRSC1,TS,FMD01,7,0003,2012,RS=P,CV=0F*8D3824CF\r\n",
    b"$MRSC1,ER,FMD01,7,0004,2100,EC=E21*C946E551\r\n",
    b"$MRSC1,EV,FMD01,7,0002,1480,CH=ANNN,DR=IUUU,XC=12/11,AC=4/0/0/0,FL=0000*22E0EE15\r\n",
)


def read(text: str) -> Sentence:
    return mrsc1.parse(mrsc1.seal(text)[:-1])


def refusal(line: bytes) -> str:
    with pytest.raises(mrsc1.MalformedError) as refused:
        mrsc1.parse(line)
    return refused.value.reason


def test_checksum_is_the_ieee_one() -> None:
    assert zlib.crc32(b"123456789") == 0xCBF43926


@pytest.mark.parametrize("line", GOLDEN)
def test_golden_vectors_read_and_write_to_the_same_bytes(line: bytes) -> None:
    said = mrsc1.parse(line[:-1])
    assert said.payload is not None
    assert mrsc1.render(said.device, said.boot, said.seq, said.up_ms, said.payload) == line


def test_alarm_vector_means_what_the_protocol_says() -> None:
    said = mrsc1.parse(GOLDEN[5][:-1])
    assert (said.type, said.device, said.boot, said.seq, said.up_ms) == ("EV", "FMD01", 7, 2, 1480)
    assert said.payload == State(
        "ANNN", 0, (), (4, 0, 0, 0), directions="IUUU", crossings=(12, 11), event=True
    )


def test_analogue_values_may_be_fewer_than_channels_or_left_out() -> None:
    said = read("MRSC1,ST,D,1,0000,5,CH=NNN,AN=+1//-999999,FL=0000").payload
    assert isinstance(said, State)
    assert said.values == (1, None, -999999)


def test_unknown_keys_are_counted_and_ignored() -> None:
    said = read("MRSC1,ST,D,1,0000,5,CH=N,QQ=7,ZZ=,FL=0000")
    assert said.unknown_keys == 2
    assert said.payload == State("N", 0)


def test_unknown_type_is_a_sentence_without_payload() -> None:
    said = read("MRSC1,ZZ,D,1,0000,5,WHATEVER=1".replace("WHATEVER", "WH"))
    assert (said.type, said.payload) == ("ZZ", None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("MRSC2,ST,D,1,0000,5,CH=N,FL=0000", "version"),
        ("MRSC1,ST,D,1,0000", "head"),
        ("MRSC1,st,D,1,0000,5,CH=N,FL=0000", "head"),
        ("MRSC1,ST,,1,0000,5,CH=N,FL=0000", "head"),
        ("MRSC1,ST,D D,1,0000,5,CH=N,FL=0000", "head"),
        ("MRSC1,ST,D,-1,0000,5,CH=N,FL=0000", "head"),
        ("MRSC1,ST,D,1,000,5,CH=N,FL=0000", "head"),
        ("MRSC1,ST,D,1,00000,5,CH=N,FL=0000", "head"),
        ("MRSC1,ST,D,1,0000,12345678901,CH=N,FL=0000", "head"),
        ("MRSC1,ST,D,1,0000,5,CH=N,CH=A,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,QQ=1,QQ=1,CH=N,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=N,FL=0000,", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=n,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=NNNNNNNNNNNNNNNNN,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=N,FL=00ff", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=N,FL=0", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=N,DR=IO,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=N,DR=,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=N,XC=1,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=N,XC=1/4294967296,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=N,AC=1/2,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=N,AN=12,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=N,AN=+1/+2,FL=0000", "field"),
        ("MRSC1,ST,D,1,0000,5,CH=N", "missing"),
        ("MRSC1,EV,D,1,0000,5,FL=0000", "missing"),
        ("MRSC1,ID,D,1,0000,5,PR=1,FW=1,HW=1,SN=1,NC=1,NM=A", "missing"),
        ("MRSC1,ID,D,1,0000,5,PR=1,FW=1,HW=1,SN=1,NC=2,NM=A,HB=1000", "field"),
        ("MRSC1,TS,D,1,0000,5,RS=X,CV=0", "field"),
        ("MRSC1,ER,D,1,0000,5", "missing"),
    ],
)
def test_a_valid_checksum_does_not_excuse_a_broken_rule(text: str, reason: str) -> None:
    assert refusal(mrsc1.seal(text)[:-1]) == reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda line: line[:-1], "eol"),
        (lambda line: line[1:], "start"),
        (lambda line: line[:-9] + line[-9:-1].lower() + b"\r", "nocrc"),
        (lambda line: line.replace(b"*", b"+"), "nocrc"),
        (lambda line: line.replace(b"CH", b"C\x00"), "char"),
        (lambda line: line.replace(b"CH", b"\xff\xfe"), "char"),
        (lambda line: line.replace(b"CH", "é".encode()), "char"),
        (lambda line: line.replace(b"0001", b"0003"), "crc"),
        (lambda line: line[:1] + b"x" * 200 + line[1:], "long"),
        (lambda line: line[:20] + b"\r" + line[20:], "char"),
    ],
)
def test_lines_that_are_no_sentence(change, reason: str) -> None:  # type: ignore[no-untyped-def]
    assert refusal(change(GOLDEN[1][:-1])) == reason


names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabc0189-_", min_size=1, max_size=8)
states = st.integers(1, 3).flatmap(
    lambda width: st.builds(
        State,
        letters=st.text("NATFXU", min_size=width, max_size=width),
        flags=st.integers(0, 0xFFFF),
        values=st.lists(st.none() | st.integers(-999_999, 999_999), max_size=width)
        .map(tuple)
        .filter(lambda values: values != (None,)),
        alarms=st.just(()) | st.lists(st.integers(0, 2**32 - 1), min_size=width, max_size=width).map(tuple),
        directions=st.just("") | st.text("IOU", min_size=width, max_size=width),
        crossings=st.none() | st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
        event=st.booleans(),
    )
)


@given(names, st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 10**10 - 1), states)
def test_whatever_fits_is_read_back_as_written(
    device: str, boot: int, seq: int, up_ms: int, payload: State
) -> None:
    line = mrsc1.render(device, boot, seq, up_ms, payload)
    assert mrsc1.parse(line[:-1]) == Sentence(
        "EV" if payload.event else "ST", device, boot, seq, up_ms, payload
    )


@given(
    st.sampled_from(GOLDEN),
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_changed_bytes_are_never_accepted_as_something_else(
    line: bytes, edits: list[tuple[int, int]]
) -> None:
    damaged = bytearray(line[:-1])
    for place, byte in edits:
        damaged[place % len(damaged)] = byte
    if bytes(damaged) == line[:-1]:
        assert mrsc1.parse(bytes(damaged)).payload is not None
        return
    assert refusal(bytes(damaged))


@given(st.binary(max_size=200))
def test_noise_is_refused_and_nothing_else_is_raised(noise: bytes) -> None:
    assert refusal(noise) in {"long", "eol", "start", "char", "nocrc", "crc"}


@pytest.mark.parametrize("name", ["A,B", "A*B", "A$B", "Ä", "A\n"])
def test_writing_refuses_what_the_wire_cannot_carry(name: str) -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        mrsc1.render("D", 1, 0, 0, Fault(name))


def test_flags_have_words() -> None:
    assert flag_text(0x0081) == "supply low, inhibit or bypass"
    assert flag_text(0) == ""


def test_writing_refuses_a_sentence_beyond_the_limit() -> None:
    with pytest.raises(ValueError, match="limit is 160"):
        mrsc1.render("D", 1, 0, 0, Fault("x" * 130))
