"""Frozen values: what `@frozen` promises, compared with the standard library's own dataclasses."""

from __future__ import annotations

import copy
import subprocess
import sys
import threading
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest

from mr_safety_console.domain.value import frozen


@frozen
class Door:
    point: str
    open: bool = False
    notes: tuple[str, ...] = ()
    seen: dict[str, int] = field(default_factory=dict)
    age: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reference:
    point: str
    open: bool = False
    notes: tuple[str, ...] = ()
    seen: dict[str, int] = field(default_factory=dict)
    age: int = field(default=0, compare=False)


GIVEN: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("D1",), {}),
    (("D1", True), {"notes": ("a",)}),
    ((), {"point": "D1", "seen": {"x": 1}, "age": 4}),
]


@pytest.mark.parametrize(("args", "kwargs"), GIVEN)
def test_a_value_is_built_and_told_as_a_dataclass_is(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    ours, theirs = Door(*args, **kwargs), Reference(*args, **kwargs)
    assert repr(ours) == repr(theirs).replace("Reference", "Door")
    assert replace(ours, open=True) == Door(*args[:1], **{**kwargs, "open": True, "notes": theirs.notes})
    assert [item.name for item in fields(ours)] == [item.name for item in fields(theirs)]
    assert is_dataclass(Door)


@pytest.mark.parametrize(
    ("args", "kwargs"), [((), {}), (("D1", True, (), {}, 0, 1), {}), (("D1",), {"x": 1})]
)
def test_what_does_not_fit_is_refused(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    for kind in (Door, Reference):
        with pytest.raises(TypeError):
            kind(*args, **kwargs)


def test_nothing_of_a_value_can_be_changed() -> None:
    door: Any = Door("D1")
    with pytest.raises(FrozenInstanceError, match="open"):
        door.open = True
    with pytest.raises(FrozenInstanceError, match="point"):
        del door.point
    with pytest.raises(FrozenInstanceError):
        door.unknown = 1
    assert door == Door("D1")


def test_values_are_equal_by_fields_within_one_class_and_hash_so() -> None:
    @frozen
    class Twin:
        point: str

    @frozen
    class Other:
        point: str

    assert Twin("D1") == Twin("D1")
    assert hash(Twin("D1")) == hash(Twin("D1"))
    assert Twin("D1") != Twin("D2")
    assert Twin("D1") != Other("D1")  # type: ignore[comparison-overlap]
    assert Door("D1", age=3) == Door("D1", age=4)
    assert {Twin("D1"): 1}[Twin("D1")] == 1


def test_what_a_class_says_itself_stands() -> None:
    @frozen
    class Loud:
        point: str

        def __repr__(self) -> str:
            return self.point.upper()

        def __hash__(self) -> int:
            return 7

    assert (repr(Loud("d1")), hash(Loud("d1"))) == ("D1", 7)
    assert Loud("d1") == Loud("d1")


def test_a_default_made_anew_is_not_shared() -> None:
    first, second = Door("D1"), Door("D2")
    first.seen["x"] = 1
    assert second.seen == {}


def test_a_copy_is_equal_and_frozen_too() -> None:
    twin: Any = copy.deepcopy(Door("D1", seen={"x": 1}))
    assert twin == Door("D1", seen={"x": 1})
    with pytest.raises(FrozenInstanceError):
        twin.point = "D2"


def test_many_threads_may_be_the_first_at_once() -> None:
    for _ in range(50):

        @frozen
        class Fresh:
            point: str

        wrong: list[Exception] = []
        begin = threading.Barrier(4)

        def build(kind: type[Fresh] = Fresh, gate: threading.Barrier = begin, told: Any = wrong) -> None:
            try:
                gate.wait(5)
                assert kind("D1") == kind("D1")
                assert hash(kind("D1")) == hash(kind("D1"))
            except Exception as error:  # noqa: BLE001  # told to the thread that asserts
                told.append(error)

        threads = [threading.Thread(target=build) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        assert wrong == []


def test_declaring_compiles_nothing() -> None:
    code = """
import mr_safety_console.domain.suite as suite, mr_safety_console.domain.value as value
from mr_safety_console.domain.codec import fact_kinds
waiting = [kind for kind in fact_kinds().values() if kind.__dict__["__init__"] is value._init]
print(len(waiting), len(fact_kinds()))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    waiting, declared = map(int, done.stdout.split())
    assert declared > 50
    assert waiting == declared
