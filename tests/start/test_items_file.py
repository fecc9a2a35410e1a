"""The list of items: TOML and CSV give the same, a mistake has line, column and remedy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.items_facts import Evidence, ItemClass, ItemTold, Label
from mr_safety_console.start.items_file import COLUMNS, ItemsFileError, read

NOW = Instant(int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) * 1_000_000, 0, "boot")
HEAD = ",".join(COLUMNS)
PUMP = (
    "P-1,Infusion pump,pump,mr-conditional,maker-instructions,"
    '"manual, page 7",Ward 3,S1,20,1.5,2026-12-31,out'
)
CYLINDER = "O-1,Ward cylinder,oxygen-cylinder,unlabelled,,,,,,,,"
TOML = """
[[items]]
tag = "P-1"
name = "Infusion pump"
class = "pump"
label = "MR Conditional"
evidence = "maker-instructions"
reference = "manual, page 7"
owner = "Ward 3"
serial = "S1"
limit_mt = 20
tether_m = 1.5
inspection_due = 2026-12-31
home = "out"

[[items]]
tag = "O-1"
name = "Ward cylinder"
class = "oxygen-cylinder"
label = "unlabelled"
"""


def written(place: Path, text: str, name: str = "items.csv") -> Path:
    path = place / name
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(place: Path, text: str, name: str = "items.csv") -> tuple[str, ...]:
    with pytest.raises(ItemsFileError) as caught:
        read(written(place, text, name), NOW)
    return caught.value.mistakes


def test_both_kinds_of_file_give_the_same_items(tmp_path: Path) -> None:
    items = read(written(tmp_path, f"\ufeff{HEAD}\n{PUMP}\n\n{CYLINDER}\n"), NOW)
    assert items == read(written(tmp_path, TOML, "items.toml"), NOW)
    assert items[0] == ItemTold(
        tag="P-1",
        name="Infusion pump",
        sort=ItemClass.PUMP,
        label=Label.CONDITIONAL,
        evidence=Evidence.MAKER_INSTRUCTIONS,
        reference="manual, page 7",
        owner="Ward 3",
        serial="S1",
        limit_ut=20_000,
        tether_cm=150,
        due_day=20_818,
    )
    assert (items[1].sort, items[1].label) == (ItemClass.OXYGEN_CYLINDER, Label.UNLABELLED)


@pytest.mark.parametrize(
    ("old", "new", "where", "remedy"),
    [
        ("mr-conditional", "MR compatible", "line 2, label:", "no label"),
        ("mr-conditional", "fine", "line 2, label:", "Choose one of"),
        ('"manual, page 7"', "Non-magnetic", "line 2, reference:", "no label"),
        ('"manual, page 7"', "", "line 2, evidence:", "Name the kind"),
        ("maker-instructions", "a friend", "line 2, evidence:", "Write one of maker-label"),
        (",20,", ",,", "line 2, limit_mt:", "Read the line in mT"),
        (",20,", ",0,", "line 2, limit_mt:", "20 or 0.5"),
        (",20,", ",5 gauss,", "line 2, limit_mt:", "20 or 0.5"),
        (",20,", ",nan,", "line 2, limit_mt:", "20 or 0.5"),
        ("1.5", "1.555", "line 2, tether_m:", "like 1.5"),
        ("2026-12-31", "31.12.2026", "line 2, inspection_due:", "YYYY-MM-DD"),
        ("2026-12-31", "2026-02-28", "line 2, inspection_due:", "inspected"),
        (",out", ",V", "line 2, home:", "Choose one of"),
        (",pump,", ",gadget,", "line 2, class:", "Write one of oxygen-cylinder"),
        ("P-1,", ",", "line 2, tag:", "Write it"),
        ("Infusion pump", "", "line 2, name:", "Write it"),
        ("Infusion pump", "n" * 130, "line 2, name:", "Shorten"),
        ("P-1,", "O-1,", "line 3, tag:", "line 2"),
        (",,,,,,,,\n", ",,,,,,,\n", "line 3:", "Quote"),
        ("tether_m", "tether", "line 1, tether:", "Columns are"),
        ("tag,", "", "line 1:", "heading"),
        ('"manual', 'x"manual"y"', "line 2", ""),
    ],
)
def test_a_mistake_names_line_column_and_remedy(
    tmp_path: Path, old: str, new: str, where: str, remedy: str
) -> None:
    good = f"{HEAD}\n{PUMP}\n{CYLINDER}\n"
    assert old in good
    told = mistakes(tmp_path, good.replace(old, new, 1))
    assert told[0].startswith(where)
    assert remedy in told[0]


def test_every_mistake_is_named_not_only_the_first(tmp_path: Path) -> None:
    pump = PUMP.replace("20,", "x,").replace("pump,mr", "gadget,mr")
    text = f"{HEAD}\n{pump}\n{CYLINDER.replace('O-1', '')}\n"
    assert [told.split(":")[0] for told in mistakes(tmp_path, text)] == [
        "line 2, class",
        "line 2, limit_mt",
        "line 3, tag",
    ]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("limit_mt = 20", 'limit_mt = "x"', "line 11, limit_mt:"),
        ('class = "oxygen-cylinder"', 'class = "gas"', "line 19, class:"),
        ('owner = "Ward 3"', 'colour = "grey"', "line 9, colour:"),
        ('owner = "Ward 3"', "owner = true", "line 9, owner:"),
        ("[[items]]\n", "[[things]]\n", "line 1:"),
        ("tether_m = 1.5", "tether_m = ", ""),
    ],
)
def test_toml_mistakes_name_their_line_too(tmp_path: Path, old: str, new: str, where: str) -> None:
    told = mistakes(tmp_path, TOML.replace(old, new, 1), "items.toml")[0]
    assert told.startswith(where)
    assert "line" in told


def test_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    assert "ending" in mistakes(tmp_path, "x", "items.xls")[0]
    assert "0 items" in mistakes(tmp_path, f"{HEAD}\n")[0]
    with pytest.raises(ItemsFileError, match="Name a file"):
        read(tmp_path / "none.csv", NOW)
    (tmp_path / "items.csv").write_bytes(f"{HEAD}\n".encode() + b"\xff\xfe")
    with pytest.raises(ItemsFileError, match="line 2: not UTF-8"):
        read(tmp_path / "items.csv", NOW)
