from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.device_wire import DEVICE, Heard, S, sentence, state

from devices import mrsc1
from devices.payload import Fault, Identity, Payload, SelfTest, Sentence
from devices.reading import VOIDS_PORT, Condition, Note, NoteKind, Origin, Reading, Reason
from devices.trust import Expectation, Trust

NORMAL, DANGER, UNKNOWN = Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN
START = 1_000 * S


class Port:
    """Trust on a clock moved by hand; a healthy device sends once a second."""

    def __init__(self, device: str | None = DEVICE) -> None:
        self.trust = Trust(Expectation("fmd", device))
        self.heard = Heard()
        self.now = START
        self.seq = 0
        self.up_ms = 0
        self._take(self.trust.opened(Origin.SIMULATED, self.now))

    def _take(self, said: list[Reading | Note]) -> None:
        for item in said:
            self.heard(item)

    def pass_s(self, seconds: float) -> None:
        self.now += round(seconds * S)
        self.up_ms += round(seconds * 1000)

    def say(self, letters: str = "N", after_s: float = 1.0, **changes: object) -> Reading | None:
        self.pass_s(after_s)
        self.seq = (self.seq + 1) % 10_000
        return self.hear(sentence(self.seq, self.up_ms, letters, **changes))

    def hear(self, what: Sentence) -> Reading | None:
        before = len(self.heard.readings)
        self._take(self.trust.heard(what, self.now))
        new = self.heard.readings[before:]
        return new[-1] if new else None

    def payload(self, payload: Payload) -> None:
        self.seq += 1
        line = mrsc1.render(DEVICE, 7, self.seq, self.up_ms, payload)
        self.hear(mrsc1.parse(line[:-1]))

    def damaged(self, count: int = 1) -> None:
        self._take(self.trust.damaged("crc", self.now, count))

    def tick(self) -> None:
        self._take(self.trust.tick(self.now))

    def settle(self, letters: str = "N", **changes: object) -> Port:
        self.say(letters, **changes)
        self.say(letters, **changes)
        assert self.last() is NORMAL
        return self

    def last(self, channel: int = 0) -> Condition:
        return self.heard.readings[-1].channels[channel].condition

    def why(self, channel: int = 0) -> str:
        return self.heard.readings[-1].channels[channel].reason


def test_normal_needs_two_readings_and_danger_one() -> None:
    port = Port()
    port.say()
    assert (port.last(), port.why()) == (UNKNOWN, Reason.RECOVERING)
    port.say()
    assert (port.last(), port.why()) == (NORMAL, Reason.NONE)
    assert Port().say("A").channels[0].condition is DANGER  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("letters", "last"),
    [
        ("AN", UNKNOWN),
        ("AAN", UNKNOWN),
        ("NAN", UNKNOWN),
        ("UAN", UNKNOWN),
        ("NNUAN", UNKNOWN),
        ("ANANAN", UNKNOWN),
        ("ANN", NORMAL),
        ("NANN", NORMAL),
        ("NNAN", NORMAL),
    ],
)
def test_a_word_of_danger_is_none_of_the_two_words_of_rest(letters: str, last: Condition) -> None:
    """I3: from cold two words of rest must follow each other; an alarm of a believed channel ends at one."""
    port = Port()
    for letter in letters:
        port.say(letter)
    assert (port.last(), port.why()) == (last, "" if last is NORMAL else Reason.RECOVERING)


def test_alarm_is_an_edge_there_and_back() -> None:
    port = Port().settle()
    for letter in "ANAN":
        port.say(letter)
    assert port.heard.conditions()[-4:] == [DANGER, NORMAL, DANGER, NORMAL]


@pytest.mark.parametrize(
    ("letter", "reason"),
    [
        ("T", Reason.TAMPER),
        ("F", Reason.CHANNEL_FAULT),
        ("X", Reason.DISCREPANCY),
        ("U", Reason.NOT_READY),
    ],
)
def test_a_doubtful_letter_is_unknown_and_asks_for_two_readings_again(letter: str, reason: Reason) -> None:
    port = Port().settle("NN")
    port.say(letter + "N")
    assert (port.last(0), port.why(0), port.last(1)) == (UNKNOWN, reason, NORMAL)
    port.say("NN")
    assert (port.last(0), port.last(1)) == (UNKNOWN, NORMAL)
    port.say("NN")
    assert (port.last(0), port.last(1)) == (NORMAL, NORMAL)


@pytest.mark.parametrize("bit", range(16))
def test_every_flag_makes_every_channel_unknown_but_hides_no_alarm(bit: int) -> None:
    port = Port().settle("NN")
    port.say("NA", flags=1 << bit)
    assert (port.last(0), port.last(1)) == (UNKNOWN, DANGER)
    assert port.why() == (Reason.INHIBITED if bit == 7 else Reason.FLAGGED)
    assert port.heard.readings[-1].flags == 1 << bit


def test_silence_is_said_once_and_ends_belief() -> None:
    port = Port().settle()
    port.pass_s(2.499)
    port.tick()
    assert port.heard.notes(NoteKind.SILENT) == []
    port.pass_s(0.001)
    port.tick()
    port.tick()
    assert len(port.heard.notes(NoteKind.SILENT)) == 1
    assert port.say().channels[0].reason == Reason.RECOVERING  # type: ignore[union-attr]
    port.say()
    assert port.last() is NORMAL


def test_a_port_that_never_speaks_is_silent_too() -> None:
    port = Port()
    port.pass_s(2.6)
    port.tick()
    assert port.heard.kinds == [NoteKind.OPENED, NoteKind.SILENT]


def test_silence_found_only_by_the_next_sentence_still_counts() -> None:
    port = Port().settle()
    assert port.say(after_s=30).channels[0].condition is UNKNOWN  # type: ignore[union-attr]
    assert NoteKind.SILENT in port.heard.kinds


def test_heartbeats_just_inside_and_at_the_limit() -> None:
    """I3: at the very limit the watch has told UNKNOWN, so one word must not end it."""
    port = Port().settle()
    port.say(after_s=2.499)
    assert port.last() is NORMAL
    port.say(after_s=2.5)
    assert (port.last(), port.why()) == (UNKNOWN, Reason.RECOVERING)


def test_a_device_that_repeats_one_sentence_falls_silent() -> None:
    port = Port().settle()
    same = sentence(port.seq, port.up_ms)
    for _ in range(4):
        port.now += S
        assert port.hear(same) is None
    assert port.heard.kinds.count(NoteKind.SILENT) == 1
    assert port.trust.counts["repeated"] == 4


def test_another_content_under_the_same_number_is_doubted_but_its_alarm_is_heard() -> None:
    port = Port().settle()
    port.hear(sentence(port.seq, port.up_ms, "A"))
    assert port.last() is DANGER
    port.hear(sentence(port.seq, port.up_ms, "N"))
    assert (port.last(), port.why()) == (UNKNOWN, Reason.REPEATED)


def test_identity_and_test_sentences_do_not_keep_a_port_from_silence() -> None:
    port = Port().settle()
    for _ in range(3):
        port.pass_s(1)
        port.payload(SelfTest(passed=True, coverage="0F"))
    assert NoteKind.SILENT in port.heard.kinds


def test_another_identity_is_unknown_at_once_and_noted_once() -> None:
    port = Port().settle()
    port.say("A", device="OTHER")
    assert (port.last(), port.why()) == (UNKNOWN, Reason.WRONG_IDENTITY)
    port.say(device="OTHER")
    notes = port.heard.notes(NoteKind.WRONG_IDENTITY)
    assert [note.text for note in notes] == ["OTHER answers where FMD01 is expected; it reports an alarm"]
    port.say()
    assert port.last() is UNKNOWN
    port.say()
    assert port.last() is NORMAL


def test_another_identity_never_becomes_normal() -> None:
    port = Port()
    for _ in range(20):
        port.say(device="OTHER")
    assert set(port.heard.conditions()) == {UNKNOWN}
    assert NoteKind.SILENT in port.heard.kinds


def test_reboot_is_noted_and_asks_for_proof() -> None:
    port = Port().settle(alarms=(9,))
    port.up_ms = 0
    port.say(boot=8, alarms=(0,))
    assert (port.last(), port.heard.kinds[-1]) == (UNKNOWN, NoteKind.REBOOTED)
    port.say(boot=8, alarms=(0,))
    assert port.last() is NORMAL


def test_alarm_between_reboot_and_first_sentence_is_found() -> None:
    port = Port().settle(alarms=(9,))
    port.up_ms = 0
    port.say(boot=8, alarms=(1,))
    assert (port.last(), port.why()) == (DANGER, Reason.MISSED_ALARM)


def test_missed_alarm_is_an_edge_and_a_note_with_its_channel() -> None:
    port = Port().settle("NN", alarms=(3, 0))
    port.say("NN", alarms=(3, 2))
    assert (port.last(0), port.last(1), port.why(1)) == (NORMAL, DANGER, Reason.MISSED_ALARM)
    note = port.heard.notes(NoteKind.MISSED_ALARM)[0]
    assert (note.channel, note.count) == (1, 2)
    port.say("NN", alarms=(3, 2))
    assert port.last(1) is NORMAL


def test_an_alarm_that_was_seen_is_not_missed_but_one_between_is() -> None:
    port = Port().settle(alarms=(3,))
    port.say("A", alarms=(4,))
    port.say("A", alarms=(4,))
    port.say("N", alarms=(4,))
    assert port.heard.notes(NoteKind.MISSED_ALARM) == []
    port.say("A", alarms=(6,))
    port.say("A", alarms=(7,))
    assert [note.count for note in port.heard.notes(NoteKind.MISSED_ALARM)] == [1, 1]


def test_alarm_counter_wraps() -> None:
    port = Port().settle(alarms=(2**32 - 1,))
    port.say(alarms=(0,))
    assert port.last() is DANGER


def test_alarm_counter_that_falls_is_not_believed() -> None:
    port = Port().settle(alarms=(9,))
    port.say(alarms=(3,))
    assert (port.last(), port.why()) == (UNKNOWN, Reason.COUNTER_BACK)
    assert port.heard.kinds[-1] is NoteKind.DEVICE_ERROR


def test_alarm_during_an_outage_is_found_on_return() -> None:
    port = Port().settle(alarms=(3,))
    port._take(port.trust.lost("pulled out", port.now))
    port.pass_s(60)
    port._take(port.trust.opened(Origin.SIMULATED, port.now))
    port.say(alarms=(4,))
    assert (port.last(), port.why()) == (DANGER, Reason.MISSED_ALARM)


def test_third_damaged_line_in_ten_seconds_is_unknown_until_they_have_passed() -> None:
    port = Port().settle()
    port.damaged()
    port.damaged()
    port.say()
    assert port.last() is NORMAL
    port.damaged()
    assert port.heard.kinds[-1] is NoteKind.LINE_ERRORS
    for _ in range(9):
        port.say()
        assert (port.last(), port.why()) == (UNKNOWN, Reason.LINE_ERRORS)
    port.say(after_s=1.5)
    port.say()
    assert port.last() is NORMAL


def test_a_damaged_line_between_the_two_readings_starts_over() -> None:
    port = Port()
    port.say()
    port.damaged()
    port.say()
    assert port.last() is UNKNOWN
    port.say()
    assert port.last() is NORMAL


def test_alarm_is_heard_through_a_noisy_line() -> None:
    port = Port().settle()
    port.damaged(3)
    port.say("A")
    assert port.last() is DANGER


def test_gap_is_noted_and_belief_stays() -> None:
    port = Port().settle()
    port.seq += 3
    port.say()
    assert port.last() is NORMAL
    assert [note.count for note in port.heard.notes(NoteKind.SEQ_GAP)] == [3]


def test_a_recording_played_back_is_never_normal() -> None:
    port = Port()
    recording = [sentence(n, 1000 * n) for n in range(1, 40)]
    for n in range(1, 40):
        port.now = START + n * S
        port.hear(recording[n - 1])
    assert port.last() is NORMAL
    for n in range(1, 20):
        port.now += S
        port.hear(recording[n])
        assert (port.last(), port.why()) == (UNKNOWN, Reason.CLOCK_BACK)
    assert port.heard.kinds.count(NoteKind.SILENT) == 1
    assert port.heard.kinds.count(NoteKind.DEVICE_ERROR) == 1


def test_late_backlog_is_discarded_but_an_alarm_in_it_is_heard() -> None:
    port = Port().settle(alarms=(0,))
    port.now += 60 * S
    for n, letter in enumerate("NNANN"):
        port.hear(sentence(port.seq + 1 + n, port.up_ms + 1000 * (n + 1), letter, alarms=(int(n > 1),)))
    assert port.heard.conditions()[-5:] == [UNKNOWN, UNKNOWN, DANGER, UNKNOWN, UNKNOWN]
    assert port.heard.notes(NoteKind.STALE_DISCARDED)[0].count == 1
    assert port.heard.notes(NoteKind.MISSED_ALARM) == []
    port.up_ms += 60_000
    port.seq += 10
    port.say(alarms=(1,))
    assert port.heard.notes(NoteKind.STALE_DISCARDED)[-1].count == 5
    port.say(alarms=(1,))
    assert port.last() is NORMAL


def test_a_late_sentence_whose_alarm_count_grew_alarms_at_once() -> None:
    port = Port().settle(alarms=(0,))
    port.now += 60 * S
    port.hear(sentence(port.seq + 1, port.up_ms + 1000, "N", alarms=(1,)))
    assert (port.last(), port.why()) == (DANGER, Reason.MISSED_ALARM)
    assert [note.count for note in port.heard.notes(NoteKind.MISSED_ALARM)] == [1]


def test_failed_self_test_stands_until_a_passed_one() -> None:
    port = Port().settle()
    port.payload(SelfTest(passed=False, coverage="0F"))
    port.say()
    assert (port.last(), port.why()) == (UNKNOWN, Reason.SELF_TEST_FAILED)
    port.payload(SelfTest(passed=True, coverage="0F"))
    port.say()
    port.say()
    assert port.last() is NORMAL
    assert len(port.heard.notes(NoteKind.SELF_TEST)) == 2


def test_a_failed_self_test_is_not_mended_by_an_old_sentence_but_by_a_restart() -> None:
    port = Port().settle()
    passed = SelfTest(passed=True, coverage="0F")
    port.payload(passed)
    old = mrsc1.render(DEVICE, 7, port.seq - 2, port.up_ms - 1500, passed)
    port.payload(SelfTest(passed=False, coverage="0F"))
    port.hear(mrsc1.parse(old[:-1]))
    port.say()
    assert (port.last(), port.why()) == (UNKNOWN, Reason.SELF_TEST_FAILED)
    port.up_ms = 0
    port.say(boot=8)
    port.say(boot=8)
    assert port.last() is NORMAL


def test_names_come_from_the_identity_and_a_long_heartbeat_is_reported() -> None:
    port = Port()
    port.payload(Identity("1.0", "1", "A", "17", ("FMD", "DOOR"), 2000))
    port.settle("NN")
    assert [channel.name for channel in port.heard.readings[-1].channels] == ["FMD", "DOOR"]
    assert port.why() == Reason.SLOW_HEARTBEAT
    assert "2000 ms is above 1000 ms" in port.heard.notes(NoteKind.IDENTIFIED)[0].text
    port.payload(Identity("1.0", "1", "A", "17", ("FMD", "DOOR"), 2000))
    assert len(port.heard.notes(NoteKind.IDENTIFIED)) == 1


def test_an_exchanged_unit_of_the_same_name_is_told_and_proved_again() -> None:
    port = Port()
    port.payload(Identity("1.0", "1", "A", "17", ("FMD",), 1000))
    port.settle()
    port.payload(Identity("1.0", "1", "A", "18", ("FMD",), 1000))
    port.say()
    assert port.last() is UNKNOWN
    assert len(port.heard.notes(NoteKind.IDENTIFIED)) == 2


def test_another_number_of_channels_is_unknown_on_all_of_them() -> None:
    port = Port().settle("NNN")
    port.say("AN")
    assert [(c.condition, c.reason) for c in port.heard.readings[-1].channels] == [
        (DANGER, Reason.ACTIVE),
        (UNKNOWN, Reason.CHANNEL_COUNT),
        (UNKNOWN, Reason.CHANNEL_COUNT),
    ]


def test_fewer_channels_than_the_identity_promised_never_become_normal() -> None:
    port = Port()
    port.payload(Identity("1.0", "1", "A", "17", ("FMD", "DOOR"), 1000))
    for _ in range(5):
        port.say("N")
    assert set(port.heard.conditions(0)) | set(port.heard.conditions(1)) == {UNKNOWN}


def test_direction_and_crossings_are_handed_on_and_absent_ones_are_unknown() -> None:
    port = Port()
    port.say("A", directions="I", crossings=(12, 11), values=(913,), alarms=(4,))
    channel = port.heard.readings[-1].channels[0]
    assert (channel.direction, channel.crossings_in, channel.crossings_out) == ("I", 12, 11)
    assert (channel.value, channel.alarms) == (913, 4)
    port.say("A")
    channel = port.heard.readings[-1].channels[0]
    assert (channel.direction, channel.crossings_in, channel.value, channel.alarms) == ("U", None, None, None)


def test_device_error_is_noted() -> None:
    port = Port()
    port.payload(Fault("E21"))
    assert port.heard.notes(NoteKind.DEVICE_ERROR)[0].text == "device reports error E21"


def test_unknown_types_and_keys_are_counted_and_leave_no_gap() -> None:
    port = Port().settle()
    port.seq += 1
    port.hear(mrsc1.parse(mrsc1.seal(f"MRSC1,ZZ,{DEVICE},7,{port.seq:04d},{port.up_ms + 5}")[:-1]))
    port.say()
    assert port.last() is NORMAL
    assert (port.trust.counts["unknown_types"], NoteKind.SEQ_GAP in port.heard.kinds) == (1, False)


# Never a false NORMAL


class Story(Port):
    """A port with one method per thing that may happen to it; `up_ms` begins far from zero."""

    def __init__(self) -> None:
        super().__init__()
        self.boot = 7
        self.up_ms = 100_000
        self.step("U")

    def step(self, action: str) -> list[Condition]:
        """Let one thing happen and return what was said of channel 0."""
        before = len(self.heard.readings)
        if len(action) == 1:
            self.say(action, boot=self.boot)
            self.own = sentence(self.seq, self.up_ms, action, boot=self.boot)
        else:
            getattr(self, action)()
        return [reading.channels[0].condition for reading in self.heard.readings[before:]]

    def silence(self) -> None:
        self.pass_s(2.6)
        self.tick()

    def repeat(self) -> None:
        self.hear(self.own)

    def replay(self) -> None:
        self.hear(sentence(self.seq - 5, self.up_ms - 5000, boot=self.boot))

    def foreign(self) -> None:
        self.say(device="OTHER", boot=self.boot)

    def reboot(self) -> None:
        self.boot, self.up_ms = self.boot + 1, 100_000
        self.step("U")

    def reopen(self) -> None:
        self._take(self.trust.opened(Origin.SIMULATED, self.now))

    def flag(self) -> None:
        self.say(flags=1, boot=self.boot)
        self.own = sentence(self.seq, self.up_ms, flags=1, boot=self.boot)


ACTIONS = (
    "N",
    "N",
    "N",
    "A",
    "U",
    "silence",
    "damaged",
    "repeat",
    "replay",
    "foreign",
    "reboot",
    "reopen",
    "flag",
)


@given(st.lists(st.sampled_from(ACTIONS), max_size=60))
def test_normal_only_after_two_healthy_readings_in_a_row(actions: list[str]) -> None:
    """I3: repeats do nothing; danger and lone damaged lines start over until settled, the rest always."""
    port = Story()
    rests = 0
    for action in actions:
        said = port.step(action)
        if action == "N":
            rests += 1
        elif action != "repeat" and (action not in ("A", "damaged") or rests < 2):
            rests = 0
        assert (NORMAL not in said) or (rests >= 2 and action == "N")
        assert action != "A" or said == [DANGER]


@pytest.mark.parametrize("seed", range(5))
def test_damaged_sentences_are_never_believed_and_hide_no_alarm(seed: int) -> None:
    """P5 in short: 2 000 damaged sentences between 100 real alarms, each of which must be heard."""
    chance = random.Random(seed)
    port = Port()
    for n in range(2000):
        port.pass_s(0.05)
        line = bytearray(state(port.seq + 1, port.up_ms))[:-1]
        for place in chance.sample(range(len(line)), chance.randint(1, 6)):
            line[place] ^= chance.randint(1, 255)
        with pytest.raises(mrsc1.MalformedError) as refused:
            mrsc1.parse(bytes(line))
        port._take(port.trust.damaged(refused.value.reason, port.now))
        if n % 20 == 0:
            port.say("A", after_s=0.05)
    assert port.heard.conditions() == [DANGER] * 100


def test_every_way_to_lose_a_port_is_among_those_that_void_it() -> None:
    port = Port().settle()
    ways = {
        NoteKind.LOST: lambda: port._take(port.trust.lost("gone", port.now)),
        NoteKind.READER_FAILED: lambda: port._take(port.trust.failed("bug", port.now)),
        NoteKind.OPENED: lambda: port._take(port.trust.opened(Origin.LIVE, port.now)),
        NoteKind.LINE_ERRORS: lambda: port.damaged(3),
    }
    for kind, happen in ways.items():
        happen()
        assert port.heard.kinds[-1] is kind
        assert kind in VOIDS_PORT
        assert port.say().channels[0].condition is UNKNOWN  # type: ignore[union-attr]


def test_two_interleaved_sources_of_one_identity_are_not_believed() -> None:
    port = Port()
    for n in range(1, 10):
        port.now += S
        port.hear(sentence(n, 100_000 + 1000 * n))
        port.hear(sentence(5000 + n, 1000 * n))
    assert NORMAL not in itertools.islice(port.heard.conditions(), 2, None)
