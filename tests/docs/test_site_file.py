"""The page about the two site files: its examples are accepted, its tables are those of the code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.known_tests import rows
from support.source import ROOT

from devices.tables import INPUT_KEYS, MODULE_KEYS
from mr_safety_console.domain import zones
from mr_safety_console.domain.profile import LIMITS, NAMINGS, ZONES, strictest
from mr_safety_console.settings import ConfigError, ConsoleSettings, layered, read_site, site_from

PAGE = (ROOT / "docs/site-file.md").read_text(encoding="utf-8")
SITE, CONSOLE = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
LEVELS = {
    "### Top level": "",
    "### [magnet]": "magnet",
    "### [[points]]": "points",
    "### [[doors]]": "doors",
    "### [rules]": "rules",
    "### [scanner]": "scanner",
    "### [[wands]]": "wands",
    "### [hearing]": "hearing",
    "### [[protectors]]": "protectors",
}


def section(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading."""
    below = PAGE.split(f"{heading}\n", 1)[1]
    return rows(below.split("\n#", 1)[0])


def keys(heading: str) -> set[str]:
    return {row[0].strip("`") for row in section(heading)}


def known(error: ConfigError) -> set[str]:
    return set(error.remedy.partition("known are ")[2].split(", "))


def console_settings(tmp_path: Path, text: str) -> ConsoleSettings:
    file = tmp_path / "console.toml"
    file.write_text(text, encoding="utf-8")
    return layered((file,), {}, {}, {"data": "unused", "site": "unused"})


def test_the_site_example_is_accepted_and_uses_every_key(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(SITE, encoding="utf-8")
    site = read_site(file)
    assert (site.b0_mt, site.limit("evac_target_s"), site.door_iv.id) == (3000, 45, "door-iv")
    assert [point.id for point in site.detectors_iv] == ["fmd-iv", "fmd-side"]
    tables = tomllib.loads(SITE)
    assert set(tables) == keys("### Top level")
    assert set(tables["magnet"]) == keys("### [magnet]")
    assert {key for point in tables["points"] for key in point} == keys("### [[points]]")
    assert {key for door in tables["doors"] for key in door} == keys("### [[doors]]")
    assert set(tables["rules"]) == keys("### [rules]")
    assert set(tables["scanner"]) == keys("### [scanner]")
    assert {key for wand in tables["wands"] for key in wand} == keys("### [[wands]]")
    assert set(tables["hearing"]) == keys("### [hearing]")
    assert {key for one in tables["protectors"] for key in one} == keys("### [[protectors]]")


def test_the_console_example_is_accepted_and_has_every_port_of_the_site(tmp_path: Path) -> None:
    settings = console_settings(tmp_path, CONSOLE)
    named = {point["port"] for point in tomllib.loads(SITE)["points"]}
    assert {port.name for port in settings.ports} == named
    tables = tomllib.loads(CONSOLE)
    assert set(tables) == keys("## console.toml")
    assert {key for port in tables["ports"].values() for key in port} == keys("### [ports.NAME]")


@pytest.mark.parametrize("heading", LEVELS)
def test_the_site_tables_list_the_keys_that_are_known(heading: str) -> None:
    tables: dict[str, Any] = tomllib.loads(SITE)
    level = tables
    if LEVELS[heading]:
        level = tables[LEVELS[heading]]
    if isinstance(level, list):
        level = level[0]
    level["no-such-key"] = 1
    with pytest.raises(ConfigError) as caught:
        site_from(tables, "site.toml", "")
    assert known(caught.value) == keys(heading)


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("## console.toml", "no-such-key = 1"),
        ("### [sound]", "[sound]\nno-such-key = 1"),
        ("### [ports.NAME]", "[ports.a]\nno-such-key = 1"),
    ],
)
def test_the_console_tables_list_the_keys_that_are_known(tmp_path: Path, heading: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        console_settings(tmp_path, text)
    assert known(caught.value) == keys(heading)


@pytest.mark.parametrize(("heading", "known_keys"), [("inputs", INPUT_KEYS), ("modules", MODULE_KEYS)])
def test_the_tables_of_inputs_and_modules_list_the_keys_that_are_known(
    heading: str, known_keys: frozenset[str]
) -> None:
    assert keys(f"### [[ports.NAME.{heading}]]") == known_keys


def needed(heading: str) -> list[str]:
    return [row[0].strip("`") for row in section(heading) if row[1] == "yes"]


@pytest.mark.parametrize("heading", LEVELS)
def test_needed_keys_are_needed_and_the_others_may_be_left_out(heading: str) -> None:
    for key in keys(heading):
        tables: dict[str, Any] = tomllib.loads(SITE)
        level = tables[LEVELS[heading]] if LEVELS[heading] else tables
        holder = next(one for one in level if key in one) if isinstance(level, list) else level
        holder.pop(key)
        if key in needed(heading):
            with pytest.raises(ConfigError):
                site_from(tables, "site.toml", "")
        else:
            assert site_from(tables, "site.toml", "").points


def test_the_names_of_the_zones_are_those_in_code() -> None:
    acr, uk = (replace(site_from(tomllib.loads(SITE), "", ""), naming=naming) for naming in NAMINGS)
    assert section("### What the zones are called") == [
        [f"`{zone}`", zones.name(acr, zone), zones.name(uk, zone), f"`{zones.short(uk, zone)}`"]
        for zone in ZONES
    ]


def test_the_limits_table_is_the_one_in_code() -> None:
    strict = strictest(site_from(tomllib.loads(SITE), "site.toml", "")).limits
    expected = [
        [
            f"`{limit.name}`",
            str(limit.default),
            str(limit.low),
            str(limit.high),
            limit.unit,
            "as set" if limit.name == "silence_ms" else str(strict[limit.name]),
        ]
        for limit in LIMITS
    ]
    assert [row[:6] for row in section("### Limits")] == expected
