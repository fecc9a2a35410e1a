"""Facts, commands and the state to JSON and back, whatever they hold."""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.suite_inputs import BEGINNINGS, EMERGENCIES, play

from mr_safety_console.domain import codec
from mr_safety_console.domain.codec import (
    ERASED,
    CodecError,
    command_kinds,
    decode,
    decode_command,
    encode,
    encode_command,
    fact_kinds,
    join,
    split,
)
from mr_safety_console.domain.context import Who
from mr_safety_console.domain.doors import DoorClosed, DoorOpened
from mr_safety_console.domain.quench import QuenchKind, ReportQuench, StampQuenchStep
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.visit_facts import VisitOpened

PRODUCT = "mr_safety_console."
FACTS = {kind: cls for kind, cls in fact_kinds().items() if cls.__module__.startswith(PRODUCT)}
COMMANDS = {kind: cls for kind, cls in command_kinds().items() if cls.__module__.startswith(PRODUCT)}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for any type a declared field may have."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return values(args[0])
    if origin in (typing.Union, types.UnionType):
        return st.none() | values(next(arg for arg in args if arg is not type(None)))
    if origin is tuple:
        return st.lists(values(args[0]), max_size=3).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(st.text(max_size=4), values(args[1]), max_size=3)
    if issubclass(hint, enum.Enum):
        return st.sampled_from(hint)
    if dataclasses.is_dataclass(hint):
        return made(hint)
    plain = {str: st.text(max_size=12), int: st.integers(-(2**53), 2**53), bool: st.booleans()}
    return plain[hint]


def made(cls: Any) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(cls, include_extras=True)
    return st.builds(cls, **{item.name: values(hints[item.name]) for item in dataclasses.fields(cls)})


def through_json(data: Any) -> Any:
    return json.loads(json.dumps(data, sort_keys=True, allow_nan=False))


@pytest.mark.parametrize("kind", FACTS)
def test_every_fact_comes_back_as_it_was(kind: str) -> None:
    @settings(max_examples=8, deadline=None)
    @given(made(FACTS[kind]))
    def there_and_back(fact: Any) -> None:
        subject, public, private = split(fact)
        again = join(kind, fact.v, subject, through_json(public), through_json(private))
        assert again == fact
        assert type(again) is type(fact)

    there_and_back()


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_command_comes_back_as_it_was(kind: str) -> None:
    @settings(max_examples=8, deadline=None)
    @given(made(COMMANDS[kind]))
    def there_and_back(asked: Any) -> None:
        again = decode_command(through_json(encode_command(asked)))
        assert again == asked
        assert type(again) is type(asked)

    there_and_back()


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_full_state_comes_back_as_it_was(beginning: str) -> None:
    world, visit = BEGINNINGS[beginning]()
    world = world.clone()
    play(world, visit, [("device", 4), ("device", 11), ("emergency", 1), ("pause", 0), ("amend", 6)])
    world.do(ReportQuench(how=QuenchKind.PARTIAL))
    world.do(StampQuenchStep(step="Q3", earlier_s=30))
    EMERGENCIES["end emergency"](world, visit, 0)
    back = decode(SuiteState, through_json(encode(world.state)))
    assert back == world.state
    assert back.alarms.open
    assert back.quench.quenches
    assert decode(SuiteState, through_json(encode(SuiteState()))) == SuiteState()


def test_names_and_words_of_people_stay_out_of_the_public_part() -> None:
    """I14: what is hashed and exported by default names nobody."""
    fact = VisitOpened(
        subject="S1", visit="V1", no=3, name="Pat Example", birth_date="1970-01-01", exam="knee"
    )
    subject, public, private = split(fact)
    assert subject == "S1"
    assert public == {"visit": "V1", "no": 3, "category": "patient", "scanner": "", "b0_mt": 0, "of": ""}
    assert private == {"name": "Pat Example", "birth_date": "1970-01-01", "exam": "knee"}
    gone = join("visit-opened", 1, "S1", public, None)
    assert isinstance(gone, VisitOpened)
    assert (gone.name, gone.birth_date, gone.no) == (ERASED, ERASED, 3)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"announced": True}, "'point' is missing"),
        ({"point": "d", "announced": 1}, "expected bool"),
        ({"point": 7, "announced": True}, "expected str"),
        ({"point": "d", "announced": True, "extra": 1}, "unknown field 'extra'"),
    ],
)
def test_what_does_not_fit_is_named(data: dict[str, Any], says: str) -> None:
    with pytest.raises(CodecError, match=says):
        decode(DoorOpened, data)


def test_a_new_optional_field_is_filled_in_and_a_newer_version_is_refused() -> None:
    """I6: what was recorded once is read for ever; what is from the future is not guessed at."""
    assert join("door-opened", 1, None, {"point": "d", "announced": False}, None) == DoorOpened(
        point="d", announced=False
    )
    with pytest.raises(CodecError, match="version 9"):
        join("door-opened", 9, None, {}, None)
    with pytest.raises(CodecError, match="unknown fact kind"):
        join("door-melted", 1, None, {}, None)
    with pytest.raises(CodecError, match="unknown command kind"):
        decode_command({"kind": "melt-door", "data": {}})


def test_an_older_version_is_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DoorOpened, "v", 3)
    monkeypatch.setattr(codec, "_upcasters", {})
    codec.upcaster("door-opened", 1)(lambda data: {"point": data["door"]})
    codec.upcaster("door-opened", 2)(lambda data: {**data, "announced": True})
    assert join("door-opened", 1, None, {"door": "d"}, None) == DoorOpened(point="d", announced=True)


def test_shapes_that_have_no_exact_form_are_refused() -> None:
    @dataclasses.dataclass(frozen=True)
    class Loose:
        share: float

    @dataclasses.dataclass(frozen=True)
    class Whose:
        name: codec.Private[str]

    Loose.__annotations__["share"] = float
    Whose.__annotations__["name"] = codec.Private[str]
    with pytest.raises(CodecError, match="no JSON form"):
        encode(Loose(0.5))
    with pytest.raises(CodecError, match="subject"):
        encode(Whose("Pat"))


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(CodecError, match="twice"):

        @codec.fact("door-opened")
        class Other(codec.Fact):
            """Another one."""

    with pytest.raises(CodecError, match="twice"):

        @codec.command("announce-transit")
        class OtherCommand(codec.Command):
            """Another one."""


def test_a_person_is_data_too() -> None:
    assert decode(Who, encode(Who("P", "L2"))) == Who("P", "L2")


def test_facts_are_equal_by_kind_and_fields_and_say_both() -> None:
    one, same, other = DoorClosed(point="a"), DoorClosed(point="a"), DoorClosed(point="b")
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != DoorOpened(point="a", zone="IV", announced=False)
    assert repr(one) == "DoorClosed(point='a', zone='IV')"
