"""The project's own source as data: what the architecture tests read."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("mr_safety_console", "devices", "screening_forms")


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, its path inside the repository, its text and its tree."""

    name: str
    path: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    def where(self, node: ast.AST) -> str:
        """Return `path:line` of a node."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


@dataclass(frozen=True)
class Import:
    """One import statement's target: `importer` imports `target` at `where`."""

    importer: str
    target: str
    where: str

    def reaches(self, package: str) -> bool:
        """Return whether the target is `package` or lies inside it."""
        return self.target == package or self.target.startswith(package + ".")


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the three packages."""
    return tuple(_read(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))


@cache
def modules_of_tests() -> tuple[Module, ...]:
    """Return every file of tests/, helpers included."""
    return tuple(_read(path) for path in sorted((ROOT / "tests").rglob("*.py")))


def inside(*packages: str) -> tuple[Module, ...]:
    """Return the modules that are, or lie inside, one of the dotted names."""
    return tuple(m for m in modules() if any(m.name == p or m.name.startswith(p + ".") for p in packages))


@cache
def imports() -> tuple[Import, ...]:
    """Return every import in the three packages; `from a import b` gives `a.b` if that is a module."""
    known = {m.name for m in modules()}
    return tuple(found for module in modules() for found in _imports_of(module, known))


def _read(path: Path) -> Module:
    relative = path.relative_to(ROOT)
    parts = relative.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Module(name, str(relative), text, ast.parse(text, str(relative)))


def _imports_of(module: Module, known: set[str]) -> Iterator[Import]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module.name, alias.name, module.where(node))
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                yield Import(module.name, deeper if deeper in known else node.module, module.where(node))


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files the repository holds or is about to hold, or everything but caches without git."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if done.returncode == 0:
        names = done.stdout.decode().split("\0")
        return tuple(sorted(path for name in names if name and (path := ROOT / name).is_file()))
    return tuple(sorted(p for p in ROOT.rglob("*") if p.is_file() and not _is_cache(p)))


def _is_cache(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(ROOT).parts[:-1])


@cache
def text_files() -> tuple[tuple[str, str], ...]:
    """Return (path inside the repository, text) of every file of the project that is text."""
    out = []
    for path in tracked_files():
        try:
            out.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return tuple(out)
