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
SUPERSEDED = "superseded"
"""The folder of versions a newer one took the place of, each `<id>-<version>.json`."""


class Library(Mapping[str, Form]):
    """Forms by id, each read when it is first asked for; `hashes` tells their SHA-256 without reading.

    What is in here was compared with the manifest byte for byte, and every released version reads.
    Going through the library goes through the forms in use; a version that a newer one took the place
    of is found by its full name, `library["screening-adult|0.1.0"]`, and so is the one in use.
    """

    def __init__(
        self, sources: Mapping[str, tuple[str, bytes]], versions: Mapping[str, tuple[str, bytes]]
    ) -> None:
        self._sources, self._versions = sources, versions
        self._read: dict[str, Form] = {}
        self.hashes = MappingProxyType({name: sha256 for name, (sha256, _) in sources.items()})

    def __getitem__(self, name: str) -> Form:
        sha256, raw = self._versions[name] if "|" in name else self._sources[name]
        form = self._read.get(sha256)
        if form is None:
            # Two threads may both read it; they get equal forms, and one of them stays.
            form = self._read.setdefault(sha256, _reader()(raw, f"{name}.json"))
        return form

    def source(self, name: str) -> bytes:
        """Return the file of a form, or of one version of it, as it was released."""
        return (self._versions[name] if "|" in name else self._sources[name])[1]

    def versions(self, name: str) -> tuple[str, ...]:
        """Return the released versions of a form in the order of the manifest, the one in use among them."""
        return tuple(key.partition("|")[2] for key in self._versions if key.partition("|")[0] == name)

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
    return Library(sources, _versions(folder, released, sources))


def _versions(
    folder: Traversable, released: Mapping[str, str], sources: Mapping[str, tuple[str, bytes]]
) -> Mapping[str, tuple[str, bytes]]:
    """Return every version in the manifest; one whose file is gone, or is not what it was, is refused."""
    found: dict[str, tuple[str, bytes]] = {}
    for key, sha256 in released.items():
        name, _, version = key.partition("|")
        source = sources.get(name)
        if source is None or source[0] != sha256:
            source = _superseded(folder, f"{name}-{version}.json", key)
        if source[0] != sha256:
            what = f"differs from what was released as {key}; restore the file"
            raise FormError(f"{SUPERSEDED}/{name}-{version}.json", "", what)
        found[key] = source
    return found


def _superseded(folder: Traversable, file: str, key: str) -> tuple[str, bytes]:
    place = folder / SUPERSEDED / file
    if not place.is_file():
        raise FormError(MANIFEST, "", f"{key} was released but its file is gone; restore it")
    raw = place.read_bytes()
    return hashlib.sha256(raw).hexdigest(), raw


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
