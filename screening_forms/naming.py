"""What an answer may call an option or a unit of a form: by key, code, system and code, or bare words."""

from __future__ import annotations

from screening_forms.objects import coding_of, load
from screening_forms.reading import Node
from screening_forms.types import Item, Option


def coding_text(node: Node) -> str:
    """Return `system|code` of a coding, the code without a system, or the bare words."""
    code = node.text("code", 255) if "code" in node else ""
    system = node.text("system", 500) if "system" in node else ""
    if not code:
        return node.text("display", 4_000)
    return f"{system}|{code}" if system else code


def unit_names(unit: Option) -> tuple[str, ...]:
    """Return every way a unit of a form may be named in an answer."""
    coding = load(unit.value) or {}
    code, system = coding.get("code", ""), coding.get("system", "")
    return tuple(name for name in (unit.code, f"{system}|{code}", code, unit.display) if name)


def matching(item: Item, text: str) -> Option | None:
    """Return the option that a coding written by `coding_text` means; a system left out is any system."""
    names = names_of(item)
    if text in names.exact:
        return names.exact[text]
    bare = names.by_code.get(text.rpartition("|")[2], [])
    loose = [option for option in bare if "|" not in text or not coding_of(option).get("system")]
    return loose[0] if len(loose) == 1 else None


class Names:
    """What the options of one item may be called, made once for the last few items."""

    def __init__(self, options: tuple[Option, ...]) -> None:
        self.options = options
        self.exact: dict[str, Option] = {}
        self.by_code: dict[str, list[Option]] = {}
        self.by_value: dict[str, str] = {}
        for option in options:
            names = option_names(option)
            for name in names[:2]:
                self.exact.setdefault(name, option)
            for name in names:
                self.by_code.setdefault(name, []).append(option)
            self.by_value[option.value] = option.code


_KEPT: dict[int, Names] = {}
_MOST = 64


def names_of(item: Item) -> Names:
    """Return the names of an item's options, kept for the last few items."""
    found = _KEPT.get(id(item.options))
    if found is None or found.options is not item.options:
        if len(_KEPT) >= _MOST:
            _KEPT.clear()
        found = _KEPT[id(item.options)] = Names(item.options)
    return found


def option_names(option: Option) -> tuple[str, ...]:
    """Return what an answer may call an option: its key, its code, system and code, or bare words."""
    coding = coding_of(option)
    code, system = coding.get("code", ""), coding.get("system", "")
    names = (
        option.code,
        f"{system}|{code}" if system else "",
        code,
        "" if code else coding.get("display", ""),
    )
    return tuple(dict.fromkeys(name for name in names if name))
