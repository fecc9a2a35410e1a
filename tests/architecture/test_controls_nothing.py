"""The console advises and records; there is nothing in it that could act on the suite."""

from __future__ import annotations

import ast
import importlib
import re

from support.source import inside, modules

from mr_safety_console.domain.codec import command_kinds

ACTING = re.compile(
    r"^(?:trigger|fire|activate|press|start-scan|stop-scan|abort|unlock|lock-door|open-door|close-door|release-door"
    r"|power-off|cut-power|ramp|quench)(?:-|$)"
)
LINE_SETTERS = {"dtr", "rts", "break_condition", "setDTR", "setRTS", "send_break"}


def test_no_command_acts_on_magnet_scanner_power_or_door() -> None:
    """I1: I2: every command records what people did or said; none names an act of the console."""
    for module in inside("mr_safety_console.domain"):
        importlib.import_module(module.name)
    kinds = sorted(command_kinds())
    assert kinds
    assert not [kind for kind in kinds if ACTING.search(kind)]


def test_only_one_place_may_ask_a_device_and_nothing_moves_a_line() -> None:
    """I1: I2: outside the mocks one function writes to a port, and it lets reading requests through only."""
    rooms = [room for room in inside("devices") if not room.name.startswith("devices.mock")]
    sent = [
        room.where(node)
        for room in rooms
        for node in ast.walk(room.tree)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and writes_to_a_port(node.func)
        )
        or (isinstance(node, ast.Attribute) and node.attr in LINE_SETTERS and isinstance(node.ctx, ast.Load))
    ]
    assert rooms
    assert len(sent) == 1
    transport = next(room for room in rooms if room.name == "devices.transport")
    send = next(
        node for node in ast.walk(transport.tree) if isinstance(node, ast.FunctionDef) and node.name == "send"
    )
    assert sent[0] in [transport.where(node) for node in ast.walk(send) if isinstance(node, ast.Call)]
    assert ast.unparse(send.body[1]) == "request = permit(self._profile, request)"


def writes_to_a_port(called: ast.Attribute) -> bool:
    if called.attr not in {"write", "writelines"}:
        return False
    owner = called.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return bool(re.search(r"port|serial|ser$|conn", name))


def test_no_module_starts_another_program_but_the_ones_that_make_sound_or_start_us() -> None:
    starters = {"mr_safety_console.engine.sound", "mr_safety_console.entry", "mr_safety_console.cli"}
    assert not [
        module.where(node)
        for module in modules()
        if module.name not in starters
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and "subprocess" in ast.dump(node)
    ]
