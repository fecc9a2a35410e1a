"""PINs: checked beside the engine, guessed slowly, kept nowhere; two signatures are two people."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from rigging import FIRST, MemoryRecord, PlainPins, Table, make, running, tokens
from support.clocks import HandClock
from support.suite_world import World

from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.lifecycle import LogBegun
from mr_safety_console.domain.notes import WriteNote
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import FREE_TRIES, AddStaff, PinRefused, SignOn, may
from mr_safety_console.domain.visit_facts import OpenVisit
from mr_safety_console.engine import resume
from mr_safety_console.engine.auth import PepperError, Pins, WeakPinError, load_pepper
from mr_safety_console.engine.face import Accepted, Credential
from mr_safety_console.journal.store import Journal

GOOD, WRONG = "246810", "975313"


def test_a_wrong_pin_is_refused_counted_and_a_right_one_ends_the_count() -> None:
    with running() as t:
        person = t.hire("SO", "MRSO")
        assert t.refused(SignOn(person=person), Credential(person, WRONG)) == "pin-wrong"
        assert [f.failures for f in t.record.facts(PinRefused)] == [1]
        t.sign_on(person)
        session = t.engine.state.state.staff.session
        assert session is not None
        assert session.who.person == person
        assert person not in t.engine.state.state.staff.tries
        assert t.refused(SignOn(person="nobody"), Credential("nobody", GOOD)) == "person-unknown"


def guess(t: Table, person: str, times: int) -> list[str]:
    return [t.refused(SignOn(person=person), Credential(person, WRONG)) for _ in range(times)]


def test_guessing_gets_slower_and_no_restart_reboot_or_clock_hastens_it() -> None:
    with running() as t:
        person = t.hire("SO", "MRSO")
        assert guess(t, person, FREE_TRIES + 1) == ["pin-wrong"] * (FREE_TRIES + 1)
        compared = t.pins.compared
        assert guess(t, person, 20) == ["pin-resting"] * 20
        assert t.refused(SignOn(person=person), Credential(person, GOOD)) == "pin-resting"
        assert t.pins.compared == compared, "a resting PIN is not even compared"
        t.clock.step_wall(86_400)
        assert guess(t, person, 1) == ["pin-resting"]
        t.clock.step_wall(-86_400)
        state, seq, clock = t.engine.state.state, t.engine.state.seq, t.clock
    clock.reboot(seconds=1)
    with running(clock, resumed=state, seq=seq + 1, record=MemoryRecord(seq + 1)) as t:
        assert guess(t, person, 1) == ["pin-resting"]
        clock.advance(31)
        t.sign_on(person)


def test_guesses_sent_all_at_once_get_no_more_tries_than_one_by_one() -> None:
    with running() as t:
        person = t.hire("SO", "MRSO")
        futures = [t.engine.submit(SignOn(person=person), (Credential(person, WRONG),)) for _ in range(60)]
        rules = [getattr(future.result(20), "rule", "accepted") for future in futures]
        assert rules == ["pin-wrong"] * (FREE_TRIES + 1) + ["pin-resting"] * (60 - FREE_TRIES - 1)
        assert t.pins.compared == FREE_TRIES + 1


def test_the_same_person_twice_is_one_signature() -> None:
    with running() as t:
        so = t.hire("SO", "MRSO", "L2")
        t.sign_on(so)
        both = (Credential(so, GOOD), Credential(so, GOOD))
        t.do(OpenVisit(name="Pat Example", birth_date="1970-01-01", exam="knee"), *both)
        signers = t.record.entries[-1].by
        assert [who.person for who in signers] == [so, so]
        assert MAY["final-check"][1] == 2
        state = t.engine.state.state.staff
        why = may(state, "final-check", replace(World().ctx(), signers=signers))
        assert why is not None
        assert why.rule == "signature-missing"


def test_one_wrong_pin_of_two_signs_nothing() -> None:
    with running() as t:
        so = t.hire("SO", "MRSO")
        other = t.hire("TT", "MRST", by=so)
        rows = len(t.record.entries)
        asked = AddStaff(name="N", initials="NN", roles=("L1",), pin_hash="x")
        assert t.refused(asked, Credential(so, GOOD), Credential(other, WRONG)) == "pin-wrong"
        assert [entry.fact.kind for entry in t.record.entries[rows:]] == ["pin-refused"]


# --- real hashes ---


def test_hashes_are_salted_peppered_and_never_match_rubbish() -> None:
    pins = Pins(b"p" * 32)
    first, second = pins.hash(GOOD), pins.hash(GOOD)
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert pins.matches(first, GOOD)
    assert not pins.matches(first, WRONG)
    assert not pins.matches("rubbish", GOOD)
    assert not Pins(b"q" * 32).matches(first, GOOD)


@pytest.mark.parametrize("pin", ["", "12345", "000000", "abcdef", "12 456", "١٢٣٤٥٦"])
def test_weak_pins_are_not_hashed(pin: str) -> None:
    with pytest.raises(WeakPinError):
        Pins(b"p").hash(pin)


def test_the_pepper_is_made_once_privately_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pepper"
    (tmp_path / "pepper.new").write_bytes(b"left by a kill")
    made = load_pepper(path)
    assert len(made) == 32
    assert load_pepper(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["pepper"]
    path.write_bytes(made[:5])
    with pytest.raises(PepperError, match="Put back its copy"):
        load_pepper(path)


# --- nothing leaks ---

CANARIES = ("Zebrowska-Canary", "Querida-Canary", "1961-02-03", "482913", "482914")


def test_neither_pins_nor_names_nor_texts_stand_in_any_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place, clock = tmp_path / "data", HandClock()

    def genesis(key: str) -> Entry:
        begun = LogBegun(console="C", public_key=key, profile_hash="")
        return Entry(1, clock.now(), begun, "genesis", "system")

    journal = Journal.open(place, genesis, ballast_bytes=4096)
    pins = Pins(load_pepper(place / "pepper"))
    engine = make(
        clock,
        journal,  # type: ignore[arg-type]
        pins=pins,
        seals=tokens(),
        seq=1,
        resumed=resume.resume(journal, place),
        saved=lambda state, seq: resume.save(journal, place, state, seq),
    )
    engine.start((), FIRST).result(10)
    hashed = pins.hash("482913")
    added = AddStaff(name="Zebrowska-Canary", initials="ZC", roles=("MRSO", "L2"), pin_hash=hashed)
    engine.submit(added).result(10)
    person = next(iter(engine.state.state.staff.people))
    wrong, right = (
        engine.submit(SignOn(person=person), (Credential(person, pin),)).result(10)
        for pin in ("482914", "482913")
    )
    assert isinstance(wrong, Refused)
    assert isinstance(right, Accepted)
    engine.submit(OpenVisit(name="Zebrowska-Canary", birth_date="1961-02-03", exam="knee")).result(10)
    engine.submit(WriteNote(text="Querida-Canary")).result(10)
    engine.close()
    journal.close()
    files = [path for path in place.rglob("*") if path.is_file()]
    assert (place / "state.cache") in files
    for path in files:
        raw = path.read_bytes()
        for canary in (*CANARIES, hashed):
            assert canary.encode() not in raw, f"{canary} in {path.name}"
    assert not [canary for canary in CANARIES if canary in caplog.text]
    again = Journal.open(place)
    try:
        state = resume.resume(again, place)
    finally:
        again.close()
    assert [person.name for person in state.staff.people.values()] == ["Zebrowska-Canary"]


def test_a_pin_check_that_breaks_signs_nothing_and_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    with running() as t:
        so = t.hire("SO", "MRSO")

        def broken(_self: PlainPins, _hash: str, _pin: str) -> bool:
            raise MemoryError

        monkeypatch.setattr(PlainPins, "matches", broken)
        assert t.refused(SignOn(person=so), Credential(so, GOOD)) == "decision-failed"
        assert t.engine.state.state.staff.session is None
