"""Labels read beside every other thread: what they say, why not, in order, and never without bound."""

from __future__ import annotations

import threading

import pytest

from devices import udi
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.udi import Udi
from mr_safety_console.domain.words import table
from mr_safety_console.engine import labels
from mr_safety_console.engine.labels import MOST_WAITING, RULES, Labels

GTIN = "09521101530001"


def rule(text: str) -> str:
    answer = labels.read(text)
    assert isinstance(answer, Refused)
    assert all((answer.reason, answer.who_can, answer.what_now))
    return answer.rule


def test_a_label_becomes_what_the_domain_knows() -> None:
    assert labels.read(f"01{GTIN}1728020010LOT9") == Udi("gs1", GTIN, lot="LOT9", expires="2028-02")
    assert labels.read("+A99912345/$10X3/16D20111231/14D202001313") == Udi(
        "hibc", "A9991234", lot="10X3", expires="2020-01-31", made="2011-12-31"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "label-text"),
        ("=/A9999XYZ", "label-issuer"),
        ("+A123BJC5D6E71H", "label-check"),
        (f"01{GTIN}17281301", "label-date"),
        (f"01{GTIN}10A21B", "label-doubt"),
        (f"01{GTIN}1728", "label-form"),
    ],
)
def test_each_kind_of_unreadable_label_is_refused_in_its_own_words(text: str, expected: str) -> None:
    assert rule(text) == expected


def test_every_kind_the_reader_knows_has_a_rule_with_words() -> None:
    kinds = {error.kind for error in udi.LabelError.__subclasses__()}
    assert kinds == set(RULES)
    assert set(RULES.values()) <= set(table()["refused"])


def test_the_words_name_the_place_and_hold_no_foreign_control() -> None:
    answer = labels.read(f"01{GTIN}10A\x1b[2J\u202e")
    assert isinstance(answer, Refused)
    assert answer.reason.isprintable()


def test_answers_come_in_the_order_of_asking_from_a_thread_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[str, str]] = []
    read = labels.read

    def watched(text: str) -> Udi | Refused:
        seen.append((text, threading.current_thread().name))
        return read(text)

    monkeypatch.setattr(labels, "read", watched)
    reader = Labels()
    texts = [f"01{GTIN}10L{n}" for n in range(MOST_WAITING)]
    found = [one.result(10) for one in [reader.read(text) for text in texts]]
    assert [one.lot for one in found if isinstance(one, Udi)] == [f"L{n}" for n in range(MOST_WAITING)]
    assert [text for text, _ in seen] == texts
    assert {thread for _, thread in seen} == {"labels"}


def test_more_than_may_wait_is_refused_at_once_and_what_waits_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go, begun = threading.Event(), threading.Event()

    def slow(_text: str) -> Udi:
        begun.set()
        assert go.wait(10)
        return Udi("gs1", GTIN)

    monkeypatch.setattr(labels, "read", slow)
    reader = Labels()
    asked = [reader.read("x")]
    assert begun.wait(10)
    asked += [reader.read("x") for _ in range(MOST_WAITING)]
    over = reader.read("x").result(0)
    assert isinstance(over, Refused)
    assert over.rule == "busy"
    go.set()
    assert {one.result(10) for one in asked} == {Udi("gs1", GTIN)}
    assert reader.read("x").result(10) == Udi("gs1", GTIN)


def test_a_fault_of_ours_is_told_to_whoever_asked_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = labels.read

    def broken(text: str) -> Udi | Refused:
        if not text:
            raise RuntimeError
        return read(text)

    monkeypatch.setattr(labels, "read", broken)
    reader = Labels()
    first, second = reader.read(""), reader.read(f"01{GTIN}")
    assert isinstance(first.exception(10), RuntimeError)
    assert second.result(10) == Udi("gs1", GTIN)
