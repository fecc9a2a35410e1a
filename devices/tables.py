"""Inputs and modules of a port as a configuration file describes them: tables in, frozen objects out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devices.inputs import DISCREPANCY_MS, LINES, SETTLE_MS, Input, InputError, Module, Scale

INPUT_KEYS = frozenset(
    {"name", "at", "module", "rest", "pair", "pair_rest", "settle_ms", "discrepancy_ms", "scale"}
)
MODULE_KEYS = frozenset({"address", "function", "start", "count", "expect"})
SCALE_KEYS = frozenset({"raw", "tenths", "danger_low", "danger_high"})


def input_from(table: Mapping[str, Any], profile: str) -> Input:
    """Return the input a table describes. Raises `InputError` naming the key.

    A normally-closed loop is the default: it reads 1 at rest, on ASCII modules 0.
    """
    _known(table, INPUT_KEYS, "name", "at")
    rest = _flag(table, "rest", profile != "adam-ascii")
    return Input(
        _text(table, "name"),
        _place(table, "at"),
        module=_whole(table, "module", 1),
        rest=rest,
        pair=_place(table, "pair") if "pair" in table else None,
        pair_rest=_flag(table, "pair_rest", rest),
        settle_ms=_whole(table, "settle_ms", SETTLE_MS[1]),
        discrepancy_ms=_whole(table, "discrepancy_ms", DISCREPANCY_MS[1]),
        scale=_scale(table["scale"]) if "scale" in table else None,
    )


def module_from(table: Mapping[str, Any]) -> Module:
    """Return the module a table describes. Raises `InputError` naming the key."""
    _known(table, MODULE_KEYS, "address")
    usual = Module()
    return Module(
        _whole(table, "address", usual.address),
        function=_whole(table, "function", usual.function),
        start=_whole(table, "start", usual.start),
        count=_whole(table, "count", usual.count),
        expect=_text(table, "expect") if "expect" in table else "",
    )


def _scale(table: Any) -> Scale:
    if not isinstance(table, Mapping):
        raise InputError("scale must be a table with raw")
    _known(table, SCALE_KEYS, "raw")
    usual = Scale((0, 1))
    return Scale(
        _ends(table, "raw", usual.raw),
        _ends(table, "tenths", usual.tenths),
        _whole(table, "danger_low", usual.danger_low),
        _whole(table, "danger_high", usual.danger_high),
    )


def _known(table: Mapping[str, Any], keys: frozenset[str], *needed: str) -> None:
    for key in table:
        if key not in keys:
            raise InputError(f"{key[:40]} is not known; known are {', '.join(sorted(keys))}")
    for key in needed:
        if key not in table:
            raise InputError(f"{key} must be given")


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table[key]
    if not isinstance(value, str):
        raise InputError(f"{key} must be text in quotes")
    return value


def _whole(table: Mapping[str, Any], key: str, usual: int) -> int:
    value = table.get(key, usual)
    if type(value) is not int:
        raise InputError(f"{key} must be a whole number")
    return value


def _flag(table: Mapping[str, Any], key: str, usual: bool) -> bool:
    value = table.get(key, usual)
    if not isinstance(value, bool):
        raise InputError(f"{key} must be true or false")
    return value


def _place(table: Mapping[str, Any], key: str) -> int:
    """Return the index of a place; modem lines go by their names."""
    value = table[key]
    if isinstance(value, str) and value in LINES:
        return LINES.index(value)
    if type(value) is not int:
        raise InputError(f"{key} must be a number, or one of {', '.join(LINES)}")
    return value


def _ends(table: Mapping[str, Any], key: str, usual: tuple[int, int]) -> tuple[int, int]:
    value = table.get(key, list(usual))
    if not isinstance(value, list) or len(value) != 2 or any(type(end) is not int for end in value):
        raise InputError(f"{key} must be two whole numbers")
    return value[0], value[1]
