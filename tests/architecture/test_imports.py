"""What each room may import, and that importing a module needs nothing from its surroundings."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from support.source import PACKAGES, ROOT, imports, modules

# The most specific entry wins. Libraries a room may name itself, beside the standard library.
LIBRARIES = {
    "screening_forms": set(),
    "screening_forms.types": set(),
    "screening_forms.answering": set(),
    "devices": {"serial", "minimalmodbus"},
    "devices.udi": {"biip"},
    "mr_safety_console": set(),
    "mr_safety_console.journal": {"sqlmodel", "sqlalchemy", "cryptography"},
    "mr_safety_console.journal.store": set(),
    "mr_safety_console.journal.private": {"cryptography"},
    "mr_safety_console.engine": {"argon2"},
    "mr_safety_console.console": {"textual", "rich"},
    "mr_safety_console.bootstrap": {"argon2", "textual"},
    "mr_safety_console.start": {"typer", "rich", "textual", "argon2"},
    "mr_safety_console.cli": {"typer", "click", "rich", "argon2"},
}

# Modules only the named importers may import; `tests` are free.
RESERVED = {
    "serial": {"devices.transport", "devices.bench", "devices.mock.line_server"},
    "biip": {"devices.udi"},
    "devices.udi": {"mr_safety_console.engine.labels"},
    "devices.mock": {"mr_safety_console.start", "mr_safety_console.bootstrap", "mr_safety_console.cli"},
    "devices.transport": {"devices", "mr_safety_console.start", "mr_safety_console.bootstrap"},
    "mr_safety_console.journal.schema": {"mr_safety_console.journal"},
    "mr_safety_console.lifeboat": {"mr_safety_console.entry"},
    "sqlmodel": {"mr_safety_console.journal"},
    "sqlalchemy": {"mr_safety_console.journal"},
}


def allowed_libraries(module: str) -> set[str]:
    owner = max((name for name in LIBRARIES if within(module, name)), key=len)
    return LIBRARIES[owner]


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def test_each_room_names_only_its_own_libraries() -> None:
    strangers = [
        (found.where, root)
        for found in imports()
        if (root := found.target.split(".")[0]) not in sys.stdlib_module_names
        and root not in PACKAGES
        and root not in allowed_libraries(found.importer)
    ]
    assert imports()
    assert not strangers


IMPORTED_AS = {"argon2-cffi": "argon2", "pyserial": "serial"}
DATA_ONLY = {"tzdata"}  # read by zoneinfo


def test_every_library_we_declare_is_one_we_import() -> None:
    """A library nobody imports is still installed, updated and vouched for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split("[<>=~!]", line)[0] for line in project["dependencies"]} - DATA_ONLY
    used = {found.target.split(".")[0] for found in imports()}
    assert len(declared) > 5
    assert {name for name in declared if IMPORTED_AS.get(name, name) not in used} == set()


@pytest.mark.parametrize("target", RESERVED)
def test_reserved_modules_have_only_their_own_importers(target: str) -> None:
    importers = RESERVED[target] | {target}
    assert not [
        (found.where, found.target)
        for found in imports()
        if found.reaches(target) and not any(within(found.importer, name) for name in importers)
    ]


def run(code: str, *arguments: str, cwd: Path = ROOT, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


LOADED_AFTER = """
import importlib, json, sys
before = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted({name.split(".")[0] for name in set(sys.modules) - before})))
"""

# What a fresh interpreter may have loaded after importing these: the standard library and our own.
STDLIB_ONLY = (
    ("screening_forms.types", "screening_forms.answering"),
    ("mr_safety_console.domain",),
    ("mr_safety_console.entry",),
    ("mr_safety_console.lifeboat",),
    ("mr_safety_console.engine.intake", "mr_safety_console.engine.spool"),
    ("mr_safety_console.journal.store",),
)


@pytest.mark.parametrize("names", STDLIB_ONLY, ids=lambda names: names[0])
def test_these_rooms_load_the_standard_library_and_nothing_else(names: tuple[str, ...]) -> None:
    present = [module.name for module in modules() if any(within(module.name, name) for name in names)]
    if not present:
        pytest.skip(f"{names[0]} is not built yet")
    loaded = set(json.loads(run(LOADED_AFTER, *present)))
    assert not loaded - set(sys.stdlib_module_names) - set(PACKAGES)


def test_every_module_imports_without_a_home_in_a_directory_it_cannot_write(tmp_path: Path) -> None:
    names = [module.name for module in modules() if not module.name.endswith("__main__")]
    tmp_path.chmod(0o500)
    assert names[0] in PACKAGES
    run(LOADED_AFTER, *names, cwd=tmp_path)
    tmp_path.chmod(0o700)
    assert not list(tmp_path.iterdir())


def test_the_three_packages_come_from_one_directory() -> None:
    code = "import sys, importlib, os\nfor n in sys.argv[1:]: print(os.path.dirname(os.path.dirname("
    code += "importlib.import_module(n).__file__)))"
    places = set(run(code, *PACKAGES).split())
    assert places == {str(ROOT)}
