from __future__ import annotations

from support.device_wire import MS

from devices.freshness import DRIFT, Freshness, Judgement
from devices.reading import Reason

HOST = 5_000_000


class Stream:
    """Judges sentences of boot 7 given as (seq, up_ms, host ms since the first)."""

    def __init__(self) -> None:
        self.freshness = Freshness()

    def __call__(
        self, seq: int, up_ms: int, host_ms: float, boot: int = 7, settled: bool = True
    ) -> Judgement:
        return self.freshness.judge(boot, seq, up_ms, round((HOST + host_ms) * MS), settled=settled)


def test_first_and_following_sentences_are_fresh() -> None:
    judge = Stream()
    assert judge(1, 1000, 0) == Judgement(fresh=True, afresh=True)
    assert judge(2, 2000, 1000) == Judgement(fresh=True)


def test_exact_repetition_is_a_repeat() -> None:
    judge = Stream()
    judge(1, 1000, 0)
    assert judge(1, 1000, 10).repeat


def test_sequence_that_stands_still_is_not_fresh() -> None:
    judge = Stream()
    judge(1, 1000, 0)
    assert judge(1, 2000, 1000).reason is Reason.REPEATED


def test_sequence_that_goes_back_while_the_running_time_goes_on_is_not_fresh() -> None:
    judge = Stream()
    judge(50, 1000, 0)
    for n, seq in enumerate((49, 45, 1, 5051), start=1):
        judged = judge(seq, 1000 + 1000 * n, 1000 * n)
        assert (judged.fresh, judged.reason, judged.repeat) == (False, Reason.REPEATED, False), seq
    assert judge(51, 6000, 5000).fresh


def test_wrap_of_the_sequence_is_an_advance() -> None:
    judge = Stream()
    judge(9999, 1000, 0)
    assert judge(0, 2000, 1000) == Judgement(fresh=True)


def test_gap_is_counted() -> None:
    judge = Stream()
    judge(9998, 1000, 0)
    assert judge(3, 2000, 1000) == Judgement(fresh=True, gap=4)


def test_after_an_hour_the_sequence_says_nothing() -> None:
    judge = Stream()
    judge(5, 1000, 0)
    assert judge(5, 3_601_000, 3_600_000).fresh


def test_running_time_that_goes_back_is_not_fresh_until_it_has_overtaken() -> None:
    judge = Stream()
    judge(1, 1000, 0)
    judge(50, 50_000, 49_000)
    assert judge(2, 2000, 50_000).reason is Reason.CLOCK_BACK
    assert judge(49, 49_000, 97_000).reason is Reason.CLOCK_BACK
    assert judge(51, 98_500, 97_500).fresh


def test_next_boot_starts_again_and_the_last_one_is_refused() -> None:
    judge = Stream()
    judge(1, 1000, 0)
    assert judge(0, 10, 1000, boot=8) == Judgement(fresh=True, afresh=True, rebooted=True)
    assert judge(2, 2000, 1100, boot=7).reason is Reason.OLD_BOOT


def test_backlog_after_a_stall_is_late_until_it_has_caught_up() -> None:
    judge = Stream()
    judge(0, 0, 0)
    judge(1, 1000, 1000)
    answers = [judge(1 + n, 1000 + 1000 * n, 31_000) for n in range(1, 31)]
    assert [a.fresh for a in answers] == [False] * 27 + [True] * 3
    assert answers[0].reason is Reason.LATE
    assert answers[0].late_ms > 28_000


def test_backlog_at_the_very_start_keeps_asking_for_proof() -> None:
    judge = Stream()
    answers = [judge(n, 250 * n, 0.1 * n, settled=False) for n in range(20)]
    assert all(answer.afresh for answer in answers)
    assert not judge(20, 5000, 240, settled=False).afresh


def test_five_seconds_of_latency_are_late_for_as_long_as_they_last() -> None:
    judge = Stream()
    judge(0, 0, 0)
    judge(1, 1000, 1000)
    assert all(judge(n, 1000 * n, 1000 * n + 5000).reason is Reason.LATE for n in range(2, 60))


def test_a_drifting_clock_is_followed_for_weeks() -> None:
    for drift in (-0.9 * DRIFT, 0.9 * DRIFT):
        judge = Stream()
        judge(0, 0, 0)
        for n in range(1, 3000):
            host_ms = 600_000 * n
            answer = judge(n % 10_000, round(host_ms * (1 + drift)), host_ms, settled=False)
            assert answer.fresh
