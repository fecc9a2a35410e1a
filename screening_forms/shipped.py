"""The forms shipped with the program, each held to the hash under which its version was released."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

from screening_forms import strict_json
from screening_forms.types import Form, FormError

MANIFEST = "released.json"


class Library(Mapping[str, Form]):
    """Forms by id, each read when it is first asked for; `hashes` tells their SHA-256 without reading.

    What is in here was compared with the manifest byte for byte, and every released version reads.
    """

    def __init__(self, sources: Mapping[str, tuple[str, bytes]]) -> None:
        self._sources = sources
        self._read: dict[str, Form] = {}
        self.hashes = MappingProxyType({name: sha256 for name, (sha256, _) in sources.items()})

    def __getitem__(self, name: str) -> Form:
        form = self._read.get(name)
        if form is None:
            # Two threads may both read it; they get equal forms, and one of them stays.
            form = self._read.setdefault(name, _reader()(self._sources[name][1], f"{name}.json"))
        return form

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


def load_library() -> Library:
    """Return the shipped forms by id. Every call looks at the files anew.

    Raises `FormError` naming the file when one is damaged, is not in the manifest, or no longer
    is what was released under its version.
    """
    return load_folder(resources.files("screening_forms") / "library")


def load_folder(folder: Traversable) -> Library:
    """Return the forms of a folder of `<id>.json` files with its `released.json`; see `load_library`."""
    released = _released(folder)
    sources: dict[str, tuple[str, bytes]] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name == MANIFEST or not entry.name.endswith(".json"):
            continue
        raw = entry.read_bytes()
        sha256, name = hashlib.sha256(raw).hexdigest(), entry.name.removesuffix(".json")
        if not any(was == sha256 and key.partition("|")[0] == name for key, was in released.items()):
            _check_released(entry.name, _reader()(raw, entry.name), released)
        sources[name] = sha256, raw
    lost = sorted(key for key in released if key.partition("|")[0] not in sources)
    if lost:
        raise FormError(MANIFEST, "", f"{lost[0]} was released but its file is gone; restore it")
    return Library(sources)


def _reader() -> Callable[[bytes, str], Form]:
    """Return the reader of forms; it loads with the first form, so that no start waits for it."""
    from screening_forms.questionnaire import read_questionnaire  # noqa: PLC0415

    return read_questionnaire


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
