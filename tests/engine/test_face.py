"""The face can stand behind a socket: its contract holds directly, and with everything through JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from rigging import Table, running
from support.suite_world import DETECTOR, forms, site

from mr_safety_console.domain.codec import Command, Entry, decode, decode_command, encode, encode_command
from mr_safety_console.domain.detectors import Level
from mr_safety_console.domain.notes import WriteNote
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import SignOff, SignOn
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.visit_facts import IdentifyVisit, OpenVisit
from mr_safety_console.engine.face import (
    Accepted,
    Credential,
    Face,
    Line,
    Listener,
    Published,
    Recording,
    Snapshot,
    fold,
    trial_context,
)
from mr_safety_console.journal.errors import ReadOnly
from mr_safety_console.journal.record import Sealed, decode_entry, encode_entry


def over(value: Any) -> Any:
    """Send something over a wire."""
    return json.loads(json.dumps(value))


def entry_over(entry: Entry) -> Entry:
    kept: list[bytes] = []

    def seal(_seq: int, subject: str, plain: bytes) -> Sealed:
        kept.append(plain)
        return Sealed(subject, bytes(12), plain)

    body = over(encode_entry(entry, seal).body.decode())
    return decode_entry(body.encode(), lambda _seq, _subject: kept[0])


class Wire:
    """A face whose commands, facts, refusals and states all go through their JSON form."""

    def __init__(self, face: Face) -> None:
        self._face = face

    @property
    def beat_bt(self) -> int:
        return int(over(self._face.beat_bt))

    @property
    def state(self) -> Snapshot:
        shown = self._face.state
        return Snapshot(
            state=decode(SuiteState, over(encode(shown.state))),
            live={name: decode(Level, over(encode(level))) for name, level in shown.live.items()},
            seq=over(shown.seq),
            at=shown.at,
            recording=Recording(over(shown.recording.value)),
            unrecorded=tuple(entry_over(entry) for entry in shown.unrecorded),
            shown=decode(SuiteState, over(encode(shown.shown))),
            fault=over(shown.fault),
            sound=over(shown.sound),
            ready=over(shown.ready),
            lines={name: decode(Line, over(encode(line))) for name, line in shown.lines.items()},
        )

    def submit(
        self, command: Command, credentials: tuple[Credential, ...] = ()
    ) -> Future[Accepted | Refused]:
        answered: Future[Accepted | Refused] = Future()
        sent = decode_command(over(encode_command(command)))
        known = tuple(decode(Credential, over(encode(given))) for given in credentials)

        def back(done: Future[Accepted | Refused]) -> None:
            answer = done.result()
            answered.set_result(decode(type(answer), over(encode(answer))))

        self._face.submit(sent, known).add_done_callback(back)
        return answered

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        def heard(said: Published) -> None:
            listener(Published(tuple(entry_over(entry) for entry in said.entries)))

        return self._face.subscribe(heard)

    def close(self) -> None:
        self._face.close()


@pytest.fixture(params=["direct", "wire"])
def at(request: pytest.FixtureRequest) -> Iterator[tuple[Face, Table]]:
    with running() as table:
        yield (table.engine if request.param == "direct" else Wire(table.engine)), table


def ask(face: Face, command: Command, *signed: Credential) -> Accepted | Refused:
    return face.submit(command, signed).result(10)


def signed_on(face: Face, table: Table) -> str:
    person = table.hire("SO", "MRSO", "L2")
    assert isinstance(ask(face, SignOn(person=person), Credential(person, "246810")), Accepted)
    return person


def test_what_is_accepted_was_published_before_and_stands_in_the_state(at: tuple[Face, Table]) -> None:
    face, table = at
    signed_on(face, table)
    heard: list[Entry] = []
    face.subscribe(lambda said: heard.extend(said.entries))
    answer = ask(face, OpenVisit(name="Pät Example", birth_date="1970-01-01", exam="knee"))
    assert isinstance(answer, Accepted)
    assert [entry.seq for entry in heard] == list(answer.seqs)
    (visit,) = face.state.state.visits.open.values()
    assert visit.name == "Pät Example"
    assert face.state.seq == answer.seqs[-1]
    assert heard == table.record.entries[-len(heard) :]


def test_state_is_the_fold_of_what_was_published(at: tuple[Face, Table]) -> None:
    face, table = at
    signed_on(face, table)
    start = face.state
    heard: list[Entry] = []
    face.subscribe(lambda said: heard.extend(said.entries))
    for n in range(5):
        ask(face, OpenVisit(name=f"Pat {n}", birth_date="1970-01-01", exam="knee"))
    visit = next(iter(face.state.state.visits.open))
    ask(face, IdentifyVisit(visit=visit, identifiers=("name", "birth-date")))
    ask(face, SignOff())
    assert fold(start.state, tuple(heard)) == face.state.state


def test_a_refusal_says_the_rule_and_the_three_sentences(at: tuple[Face, Table]) -> None:
    face, _ = at
    answer = ask(face, WriteNote(text="by nobody"))
    assert isinstance(answer, Refused)
    assert answer.rule == "nobody-signed-on"
    assert all((answer.reason, answer.who_can, answer.what_now))


def test_who_stops_hearing_hears_nothing_more(at: tuple[Face, Table]) -> None:
    face, table = at
    signed_on(face, table)
    heard: list[Published] = []
    stop = face.subscribe(heard.append)
    ask(face, WriteNote(text="one"))
    count = len(heard)
    assert count == 1
    stop()
    ask(face, WriteNote(text="two"))
    assert len(heard) == count


def test_a_listener_may_submit_and_stop_from_inside(at: tuple[Face, Table]) -> None:
    face, table = at
    signed_on(face, table)
    done = threading.Event()
    answers: list[Future[Accepted | Refused]] = []

    def once(_said: Published) -> None:
        stop()
        answers.append(face.submit(WriteNote(text="from inside")))
        done.set()

    stop = face.subscribe(once)
    ask(face, WriteNote(text="first"))
    assert done.wait(5)
    assert isinstance(answers[0].result(10), Accepted)


def test_the_beat_and_the_levels_are_there(at: tuple[Face, Table]) -> None:
    face, table = at
    table.all_normal()
    table.clock.advance(0.5)
    table.until(lambda: face.beat_bt == table.clock.bt, "a beat")
    assert face.state.live[DETECTOR].condition == "NORMAL"
    assert face.state.ready


def test_what_is_not_on_the_disk_is_shown_apart_and_marked(at: tuple[Face, Table]) -> None:
    face, table = at
    signed_on(face, table)
    table.record.error = ReadOnly("place", "it cannot be written", "Mount it")
    waiting = face.submit(OpenVisit(name="Pat Example", birth_date="1970-01-01", exam="knee"))
    table.until(lambda: face.state.fault, "the fault")
    shown = face.state
    assert shown.recording is Recording.FAILED
    assert (len(shown.state.visits.open), len(shown.shown.visits.open)) == (0, 1)
    assert "visit-opened" in [entry.fact.kind for entry in shown.unrecorded]
    assert isinstance(ask(face, WriteNote(text="x")), Refused)
    table.record.error = None
    assert isinstance(waiting.result(10), Accepted)


def test_an_offer_is_tried_without_a_signature_and_without_fresh_tokens(at: tuple[Face, Table]) -> None:
    face, table = at
    person = signed_on(face, table)
    ctx = trial_context(face.state, site(), forms(), table.clock.now())
    assert ctx.actor is not None
    assert ctx.actor.person == person
    assert ctx.signers == ()
    assert all(token.startswith("offer-") for token in ctx.tokens)


def test_after_the_end_everything_is_refused_and_the_state_still_there(at: tuple[Face, Table]) -> None:
    face, table = at
    signed_on(face, table)
    face.close()
    face.close()
    answer = ask(face, WriteNote(text="after"))
    assert isinstance(answer, Refused)
    assert answer.rule == "stopping"
    assert not face.state.state.run.running
