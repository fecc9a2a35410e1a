"""Input nobody should send: each case through a whole link, with what must remain true afterwards."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from support.device_wire import Heard, Ports, ScriptedPort, config, state
from support.waiting import wait_until

from devices import mrsc1
from devices.link import Link
from devices.reading import Condition, NoteKind

NORMAL, DANGER, UNKNOWN = Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN
MS = 1_000_000


def run(pieces: list[bytes], step_ns: int = MS) -> tuple[Heard, dict[str, int]]:
    """Read all pieces through a link on its own thread and return what was heard and counted."""
    heard, port, numbers = Heard(), ScriptedPort(pieces), itertools.count(0, step_ns)
    link = Link(config(), heard, lambda: next(numbers), opener=Ports(port))
    link.start()
    try:
        wait_until(port.done.is_set, 20, "all input to be read")
    finally:
        assert link.close()
    assert NoteKind.READER_FAILED not in heard.kinds
    return heard, dict(link.counts())


def good(first: int, count: int = 3, letters: str = "N") -> list[bytes]:
    return [state(n, 10 * n, letters) for n in range(first, first + count)]


GOOD = good(1)[0]
UNUSABLE = {
    "carriage return only": GOOD[:-1],
    "line feed only": GOOD[:-2] + b"\n",
    "lower-case checksum": GOOD[:-10] + GOOD[-10:-2].lower() + b"\r\n",
    "NUL inside": GOOD[:20] + b"\x00" + GOOD[20:],
    "0xFF inside": GOOD[:20] + b"\xff" + GOOD[20:],
    "UTF-8 inside": GOOD[:20] + "Ω".encode() + GOOD[20:],
    "escape sequence": b"\x1b[2J\x1b]0;x\x07\r\n",
    "dollar in the payload": mrsc1.seal("MRSC1,ER,FMD01,7,0001,10,EC=A$B"),
    "another version": mrsc1.seal("MRSC2,ST,FMD01,7,0001,10,CH=N,FL=0000"),
    "duplicate key": mrsc1.seal("MRSC1,ST,FMD01,7,0001,10,CH=N,CH=N,FL=0000"),
    "missing key": mrsc1.seal("MRSC1,ST,FMD01,7,0001,10,CH=N"),
    "empty line": b"\r\n",
    "only a dollar": b"$\r\n",
    "half a line": GOOD[:30],
}


@pytest.mark.parametrize("piece", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_nothing_is_taken_from_it_and_what_follows_is_read(piece: bytes) -> None:
    end = b"" if piece.endswith(b"\n") else b"\r\n"
    heard, counts = run([piece, end, *good(2)])
    assert [reading.seq for reading in heard.readings] == [2, 3, 4]
    assert heard.conditions() == [UNKNOWN, NORMAL, NORMAL]
    assert sum(count for name, count in counts.items() if name.startswith("error_")) >= 1


def test_half_a_line_then_a_pause_then_the_rest() -> None:
    heard, counts = run([GOOD[:30], b"", b"", GOOD[30:], *good(2)])
    assert [reading.seq for reading in heard.readings] == [1, 2, 3, 4]
    assert not any(name.startswith("error_") for name in counts)


def test_two_lines_glued_in_one_piece() -> None:
    heard, _ = run([b"".join(good(1, 3))])
    assert [reading.seq for reading in heard.readings] == [1, 2, 3]


def test_unknown_type_and_field_with_a_valid_checksum_are_counted() -> None:
    heard, counts = run(
        [
            *good(1, 2),
            mrsc1.seal("MRSC1,QQ,FMD01,7,0003,30,AA=1"),
            mrsc1.seal("MRSC1,ST,FMD01,7,0004,40,CH=N,FL=0000,ZZ=9"),
        ]
    )
    assert (counts["unknown_types"], counts["unknown_keys"]) == (1, 1)
    assert heard.conditions() == [UNKNOWN, NORMAL, NORMAL]


def test_sequence_jump_repeat_and_wrap() -> None:
    lines = [state(seq, 10 * n) for n, seq in enumerate((9997, 9998, 9998, 9999, 0, 5))]
    heard, counts = run(lines)
    assert counts["not_fresh_repeated"] == 1
    assert counts["lost_sentences"] == 4
    assert heard.conditions() == [UNKNOWN, NORMAL, UNKNOWN, UNKNOWN, NORMAL, NORMAL]


def test_a_pty_full_of_stale_lines_after_a_stall() -> None:
    """429 lines of a heartbeat a second that nobody read: none may be believed but the newest."""
    fresh = [state(n, 10 * n) for n in range(1, 4)]
    stale = [state(3 + n, 30 + 1000 * n) for n in range(1, 430)]
    heard = Heard()
    now = [0]
    link = Link(config(), heard, lambda: now[0], opener=Ports())
    for piece in fresh:
        now[0] += 10 * MS
        link._take(ScriptedPort([piece]))
    assert heard.conditions()[-1] is NORMAL
    now[0] += 430_000 * MS
    link._take(ScriptedPort([b"".join(stale)]))
    late = heard.conditions()[3:]
    assert late[:420] == [UNKNOWN] * 420
    assert NoteKind.SILENT in heard.kinds
    assert NoteKind.STALE_DISCARDED in heard.kinds


@pytest.mark.timing
def test_a_megabyte_of_0xff_costs_little_and_is_over_quickly() -> None:
    began = time.process_time()
    heard, _ = run([b"\xff" * 4096] * 256)
    assert time.process_time() - began <= 0.5
    assert heard.kinds.count(NoteKind.LINE_ERRORS) == 1


def fuzz(seed: int, lines: int, noise: int) -> None:
    """P5: damaged sentences and noise between two real ones; no NORMAL that no two readings carry."""
    chance = random.Random(seed)
    pieces: list[bytes] = []
    for n in range(lines):
        line = bytearray(state(n, 10 * n))
        for place in chance.sample(range(len(line)), chance.randint(1, 6)):
            line[place] ^= chance.randint(1, 255)
        pieces.append(bytes(line))
    pieces += [chance.randbytes(4096) for _ in range(noise // 4096)]
    pieces += [b"\r\n", state(lines, 10 * lines + 10, "A")]
    heard, _ = run(pieces)
    assert NORMAL not in heard.conditions()
    assert heard.conditions()[-1] is DANGER


@pytest.mark.parametrize("seed", range(2))
def test_damaged_sentences_and_noise_are_never_normal(seed: int) -> None:
    fuzz(seed, 1_000, 100_000)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(5))
def test_damaged_sentences_and_noise_in_bulk(seed: int) -> None:
    fuzz(seed, 10_000, 1_000_000)
