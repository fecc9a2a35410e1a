"""What the repository itself may hold: no machine's paths, no addresses of package sources."""

from __future__ import annotations

import re
import tomllib

import pytest
from support.source import PACKAGES, ROOT, text_files

MACHINE_PATH = re.compile(r"(?<![\w.*}])/(?:home|Users|root|work|workspace|opt|mnt)/\w")
BUILD_FILES = ("Makefile", "constraints.txt", "pyproject.toml", ".ci/run")
PIN = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+")


def test_no_file_names_a_path_of_one_machine() -> None:
    texts = [(path, text) for path, text in text_files() if path != "tests/architecture/test_repository.py"]
    assert len(texts) > 20
    assert not [(path, hit.group()) for path, text in texts if (hit := MACHINE_PATH.search(text))]


@pytest.mark.parametrize("name", BUILD_FILES)
def test_build_files_name_no_address_to_fetch_from(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.strip()
    assert "://" not in text
    assert not re.search(r"--(?:extra-)?index-url|--find-links|--trusted-host", text)


def test_constraints_are_one_exact_version_a_line() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 20
    assert not [line for line in pins if not PIN.fullmatch(line)]


def test_constraints_pin_every_dependency_we_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = {
        canonical(line.split("==")[0])
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    assert not {canonical(re.split(r"[<>=!~\[; ]", entry)[0]) for entry in named} - pinned


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_one_wheel_carries_the_three_packages_and_says_they_are_typed() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert set(build["targets"]["wheel"]["packages"]) == set(PACKAGES)
    assert all((ROOT / package / "py.typed").exists() for package in PACKAGES)


def test_the_licence_named_is_the_licence_given() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert project["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text


def test_make_refuses_an_old_python_with_a_sentence() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "needs Python 3.11 or newer" in makefile
    assert "ensurepip" in makefile
