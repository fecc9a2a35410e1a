"""The package observes: nothing in it can move a line, a coil or a byte towards a device."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import devices

ROOT = Path(devices.__file__).parent
SOURCES = sorted(path for path in ROOT.rglob("*.py"))
LIVE_SOURCES = [path for path in SOURCES if "mock" not in path.relative_to(ROOT).parts]


def names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return attributes | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("path", LIVE_SOURCES, ids=lambda path: path.name)
def test_no_modem_line_is_driven_and_no_break_is_sent(path: Path) -> None:
    forbidden = {
        "dtr",
        "rts",
        "setDTR",
        "setRTS",
        "send_break",
        "break_condition",
        "write_register",
        "write_bit",
    }
    assert not forbidden & names(path)


@pytest.mark.parametrize("path", LIVE_SOURCES, ids=lambda path: path.name)
def test_no_writing_function_of_modbus_is_named(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(
        r"write_(coil|register|bit|multiple)|\bFC ?(05|06|0F|10|15|16)\b", text, re.IGNORECASE
    )


def test_one_module_touches_pyserial_and_one_of_its_functions_writes() -> None:
    users = [
        path.name for path in LIVE_SOURCES if re.search(r"^\s*(import|from) serial\b", path.read_text(), re.M)
    ]
    assert sorted(users) == ["bench.py", "transport.py"]
    assert (ROOT / "transport.py").read_text("utf-8").count(".write(") == 1
    assert not {"write", "writelines"} & names(ROOT / "link.py")


def test_neither_the_package_nor_its_mocks_need_pyserial_to_be_imported() -> None:
    code = "import sys, devices, devices.mock, devices.bench; sys.exit('serial' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
