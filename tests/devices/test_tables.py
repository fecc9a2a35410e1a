"""Inputs and modules as configuration tables: what is left out, and what is refused by key."""

from __future__ import annotations

from typing import Any

import pytest

from devices.inputs import Input, InputError, Module, Scale
from devices.tables import input_from, module_from


def test_what_is_left_out_is_a_normally_closed_loop() -> None:
    assert input_from({"name": "door", "at": "DSR"}, "contact-lines") == Input("door", 1)
    assert input_from({"name": "door", "at": 3}, "modbus-di") == Input("door", 3)
    assert input_from({"name": "door", "at": 3}, "adam-ascii") == Input(
        "door", 3, rest=False, pair_rest=False
    )
    assert module_from({"address": 7}) == Module(7)


def test_everything_that_can_be_said() -> None:
    table = {
        "name": "O2",
        "at": 2,
        "module": 5,
        "settle_ms": 2000,
        "scale": {"raw": [0, 4095], "tenths": [0, 300], "danger_low": 190, "danger_high": 240},
    }
    made = input_from(table, "modbus-di")
    assert made == Input("O2", 2, module=5, settle_ms=2000, scale=Scale((0, 4095), (0, 300), 190, 240))
    door = {"name": "d", "at": "CTS", "rest": False, "pair": "RI", "pair_rest": True, "discrepancy_ms": 300}
    expected = Input("d", 0, rest=False, pair=3, pair_rest=True, discrepancy_ms=300)
    assert input_from(door, "contact-lines") == expected
    asked = {"address": 3, "function": 4, "start": 10, "count": 2, "expect": "X1"}
    assert module_from(asked) == Module(3, function=4, start=10, count=2, expect="X1")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": 1}, "colour is not known; known are at, discrepancy_ms"),
        ({"name": None}, "name must be text"),
        ({"at": "TXD"}, "at must be a number, or one of CTS, DSR, DCD, RI"),
        ({"at": True}, "at must be a number"),
        ({"rest": 1}, "rest must be true or false"),
        ({"settle_ms": 1.5}, "settle_ms must be a whole number"),
        ({"settle_ms": True}, "settle_ms must be a whole number"),
        ({"scale": 5}, "scale must be a table"),
        ({"scale": {}}, "raw must be given"),
        ({"scale": {"raw": [1]}}, "raw must be two whole numbers"),
        ({"scale": {"raw": [1, 2.0]}}, "raw must be two whole numbers"),
        ({"scale": {"raw": [0, 9], "danger_low": 100}}, "danger_low must be 180 to 209"),
    ],
)
def test_an_input_is_refused_by_key(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        input_from({"name": "door", "at": 0, **changes}, "modbus-di")


def test_what_is_needed_is_needed() -> None:
    for key in ("name", "at"):
        table = {"name": "door", "at": 0}
        del table[key]  # type: ignore[arg-type]
        with pytest.raises(InputError, match=f"{key} must be given"):
            input_from(table, "modbus-di")
    with pytest.raises(InputError, match="address must be given"):
        module_from({})
    with pytest.raises(InputError, match="unit is not known"):
        module_from({"address": 1, "unit": 2})
