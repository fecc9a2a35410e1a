"""The forms shipped with the program, each held to the hash under which its version was released."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

from screening_forms import strict_json
from screening_forms.questionnaire import read_questionnaire
from screening_forms.types import Form, FormError

MANIFEST = "released.json"


def load_library() -> Mapping[str, Form]:
    """Return the shipped forms by id. Every call reads the files anew.

    Raises `FormError` naming the file when one is damaged, is not in the manifest, or no longer
    is what was released under its version.
    """
    return load_folder(resources.files("screening_forms") / "library")


def load_folder(folder: Traversable) -> Mapping[str, Form]:
    """Return the forms of a folder of `<id>.json` files with its `released.json`; see `load_library`."""
    released = _released(folder)
    forms: dict[str, Form] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name == MANIFEST or not entry.name.endswith(".json"):
            continue
        form = read_questionnaire(entry.read_bytes(), entry.name)
        _check_released(entry.name, form, released)
        forms[form.id] = form
    lost = sorted(key for key in released if key.partition("|")[0] not in forms)
    if lost:
        raise FormError(MANIFEST, "", f"{lost[0]} was released but its file is gone; restore it")
    return MappingProxyType(forms)


def _check_released(name: str, form: Form, released: Mapping[str, str]) -> None:
    if name != f"{form.id}.json":
        raise FormError(name, "", f"holds the form {form.id!r}; a file is named after its form")
    key = f"{form.id}|{form.version}"
    if key not in released:
        raise FormError(name, "", f"version {form.version} is not in {MANIFEST}; add its SHA-256 there")
    if released[key] != form.sha256:
        what = f"differs from what was released as {key}; restore the file, or raise its version"
        raise FormError(name, "", what)


def _released(folder: Traversable) -> Mapping[str, str]:
    data = strict_json.parse((folder / MANIFEST).read_bytes(), MANIFEST)
    if not isinstance(data, dict) or not all(_is_entry(*pair) for pair in data.items()):
        raise FormError(MANIFEST, "", 'expected an object of "id|version": "sha256"')
    return data


def _is_entry(key: str, value: object) -> bool:
    size = hashlib.sha256().digest_size * 2
    return "|" in key and isinstance(value, str) and len(value) == size
