from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator

import pytest
from support.device_wire import Heard, Ports, ScriptedPort, config, state
from support.waiting import wait_until

from devices.link import BackOff, Link
from devices.port import PortConfig, PortConfigError, PortLost
from devices.reading import Condition, Note, NoteKind, Reading

NORMAL, DANGER, UNKNOWN = Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN

Make = Callable[..., Link]


def ticking(step_ns: int = 1_000_000) -> Callable[[], int]:
    """A clock that moves by itself a little at every look."""
    numbers = itertools.count(0, step_ns)
    return lambda: next(numbers)


@pytest.fixture
def make() -> Iterator[Make]:
    links: list[Link] = []

    def build(sink: Callable[[Reading | Note], None], opener: Ports, **changes: object) -> Link:
        clock = changes.pop("clock", ticking())
        links.append(Link(config(**changes), sink, clock, opener=opener))  # type: ignore[arg-type]
        links[-1].start()
        return links[-1]

    yield build
    assert all(link.close() for link in links)


SENTENCES = [state(n, 20 * n) for n in range(1, 6)]
STREAM = b"".join(SENTENCES)

FAULTS = {
    "whole": [STREAM],
    "line by line": SENTENCES,
    "one byte at a time": [bytes([byte]) for byte in STREAM],
    "split in the middle": [STREAM[:100], STREAM[100:]],
    "noise in front": [b"\x00\xff\xfe", STREAM],
    "torn head in front": [SENTENCES[0][20:], STREAM],
}


@pytest.mark.parametrize("pieces", FAULTS.values(), ids=FAULTS.keys())
def test_the_same_readings_however_the_bytes_arrive(make: Make, pieces: list[bytes]) -> None:
    heard = Heard()
    make(heard, Ports(ScriptedPort(pieces)))
    wait_until(lambda: len(heard.readings) == 5, 2, "five readings")
    assert [reading.seq for reading in heard.readings] == [1, 2, 3, 4, 5]
    assert heard.conditions()[-1] is NORMAL


def test_garbled_sentence_is_lost_alone(make: Make) -> None:
    garbled = SENTENCES[2].replace(b"CH=N", b"CH=A")
    heard = Heard()
    link = make(heard, Ports(ScriptedPort([*SENTENCES[:2], garbled, *SENTENCES[3:]])))
    wait_until(lambda: len(heard.readings) == 4, 2, "four readings")
    assert DANGER not in heard.conditions()
    assert link.counts()["error_crc"] == 1
    assert heard.notes(NoteKind.SEQ_GAP)[0].count == 1


def test_silence_is_noted_while_the_port_stays_open(make: Make) -> None:
    heard = Heard()
    port = ScriptedPort(SENTENCES)
    make(heard, Ports(port), clock=ticking(100_000_000))
    wait_until(lambda: NoteKind.SILENT in heard.kinds, 5, "silence")
    assert not port.closed


def test_lost_port_is_noted_once_and_opened_again(make: Make) -> None:
    heard = Heard()
    ports = Ports(
        ScriptedPort([*SENTENCES, PortLost("gone")]),
        PortLost("nothing there"),
        ScriptedPort([state(6, 130), state(7, 150)]),
    )
    make(heard, ports)
    wait_until(lambda: len(heard.readings) == 7, 5, "readings after the reconnection")
    assert heard.kinds == [NoteKind.OPENED, NoteKind.LOST, NoteKind.OPENED]
    assert heard.conditions()[-2:] == [UNKNOWN, NORMAL]


def test_two_halves_from_before_and_after_a_loss_make_no_sentence(make: Make) -> None:
    heard = Heard()
    first, second = SENTENCES[0][:30], SENTENCES[0][30:]
    make(heard, Ports(ScriptedPort([first, PortLost("gone")]), ScriptedPort([second, *SENTENCES[1:]])))
    wait_until(lambda: len(heard.readings) == 4, 5, "the whole sentences")
    assert [reading.seq for reading in heard.readings] == [2, 3, 4, 5]


def test_a_port_that_was_never_there_is_lost_once_and_the_thread_beats(make: Make) -> None:
    heard, ports = Heard(), Ports()
    link = make(heard, ports)
    wait_until(lambda: ports.attempts >= 3, 5, "three attempts")
    beat = link.last_beat_ns
    wait_until(lambda: link.last_beat_ns > beat, 2, "another beat")
    assert heard.kinds == [NoteKind.LOST]
    assert "nothing there" in heard.notes(NoteKind.LOST)[0].text


def test_an_unexpected_error_is_reported_and_reading_goes_on(make: Make) -> None:
    heard = Heard()
    first = ScriptedPort([SENTENCES[0], KeyError("a bug of ours")])
    make(heard, Ports(first, ScriptedPort(SENTENCES[1:])))
    wait_until(lambda: len(heard.readings) == 5, 5, "readings after the failure")
    note = heard.notes(NoteKind.READER_FAILED)[0]
    assert note.text == "reader failed: KeyError"
    assert first.closed


def test_a_sink_that_raises_is_reported_and_reading_goes_on(make: Make) -> None:
    heard = Heard()
    raised = []

    def sink(item: Reading | Note) -> None:
        if isinstance(item, Reading) and not raised:
            raised.append(item)
            raise RuntimeError("full")
        heard(item)

    make(sink, Ports(ScriptedPort([SENTENCES[0]]), ScriptedPort(SENTENCES[1:])))
    wait_until(lambda: len(heard.readings) == 4, 5, "readings after the failure")
    assert heard.kinds == [NoteKind.OPENED, NoteKind.READER_FAILED, NoteKind.OPENED]


def test_a_sink_that_always_raises_does_not_end_the_thread(make: Make) -> None:
    def sink(_: Reading | Note) -> None:
        raise RuntimeError("broken")

    ports = Ports(ScriptedPort(SENTENCES), ScriptedPort(SENTENCES))
    link = make(sink, ports)
    wait_until(lambda: ports.attempts >= 3, 5, "three attempts")
    assert link.alive
    assert link.counts()["undelivered"] >= 2


def test_close_joins_at_once_while_waiting_and_may_be_called_twice() -> None:
    link = Link(config(), Heard(), ticking(), opener=Ports())
    assert link.close()
    link = Link(config(), Heard(), ticking(), opener=Ports(ScriptedPort([])))
    link.start()
    began = time.monotonic()
    assert link.close()
    assert link.close()
    assert not link.alive
    assert time.monotonic() - began < 1.0


def test_back_off_grows_to_two_seconds_and_starts_over() -> None:
    plain = BackOff(chance=lambda: 0.5)
    assert [plain.wait_s() for _ in range(6)] == pytest.approx([0.2, 0.4, 0.8, 1.6, 2.0, 2.0])
    plain.reset()
    assert plain.wait_s() == pytest.approx(0.2)
    assert BackOff(chance=lambda: 0.0).wait_s() == pytest.approx(0.16)
    assert BackOff(chance=lambda: 1.0).wait_s() == pytest.approx(0.24)


def test_back_off_is_reset_by_a_sentence_not_by_opening(make: Make) -> None:
    heard = Heard()
    empty = [ScriptedPort([PortLost("gone")]) for _ in range(3)]
    link = make(heard, Ports(*empty, ScriptedPort([b"noise\r\n", *SENTENCES])))
    wait_until(lambda: heard.kinds.count(NoteKind.OPENED) == 4, 10, "fourth opening")
    wait_until(lambda: len(heard.readings) == 5, 2, "readings")
    assert link._back_off.wait_s() <= 0.24


def test_raw_bytes_are_kept_as_they_came(make: Make, tmp_path) -> None:  # type: ignore[no-untyped-def]
    heard = Heard()
    link = make(heard, Ports(ScriptedPort([b"\xff\x00", *SENTENCES])), raw_dir=tmp_path)
    wait_until(lambda: len(heard.readings) == 5, 2, "readings")
    assert link.close()
    lines = (tmp_path / "fmd.raw").read_text().splitlines()
    assert b"".join(bytes.fromhex(line.split()[1]) for line in lines) == b"\xff\x00" + STREAM


def test_a_raw_directory_that_is_gone_is_told_and_stops_nothing(make: Make, tmp_path) -> None:  # type: ignore[no-untyped-def]
    heard = Heard()
    held: list[Link] = []

    def pieces() -> Iterator[bytes]:
        yield SENTENCES[0]
        wait_until(lambda: held and held[0]._raw and held[0]._raw.trouble, 5, "trouble of the ring")
        yield from SENTENCES[1:]

    held.append(make(heard, Ports(ScriptedPort(pieces())), raw_dir=tmp_path / "gone"))
    wait_until(lambda: len(heard.readings) == 5, 5, "all readings")
    assert heard.kinds.count(NoteKind.RAW_NOT_KEPT) == 1
    assert "gone" in heard.notes(NoteKind.RAW_NOT_KEPT)[0].text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"silence_s": 3.0}, "silence_s"),
        ({"silence_s": float("nan")}, "silence_s"),
        ({"profile": "nmea"}, "profile"),
        ({"expect_device": ""}, "expect_device"),
        ({"expect_device": "A,B"}, "expect_device"),
        ({"baud": 0}, "baud"),
        ({"url": ""}, "url"),
        ({"url": "a\x1b[2J"}, "url"),
    ],
)
def test_a_port_that_makes_no_sense_is_refused_by_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(PortConfigError, match=f"'fmd'.*{field} must be"):
        config(**changes)


@pytest.mark.parametrize("name", ["", "../up", "a/b", "x" * 33])
def test_a_port_name_is_fit_for_a_file_name(name: str) -> None:
    with pytest.raises(PortConfigError, match="name must be"):
        PortConfig(name, "/dev/null", expect_device="X")
