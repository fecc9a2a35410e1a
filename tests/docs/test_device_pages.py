"""One page for each profile, and every configuration on it is accepted as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.source import ROOT

from devices.port import PROFILES, PortConfig
from mr_safety_console.settings import layered

PAGES = sorted((ROOT / "docs/devices").glob("*.md"))
EXAMPLES = [
    (page, text) for page in PAGES for text in re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.S)
]


def test_each_profile_has_a_page_with_wiring_configuration_and_limits() -> None:
    for profile in PROFILES:
        text = (ROOT / f"docs/devices/{profile}.md").read_text("utf-8")
        assert text.startswith(f"# {profile}\n")
        assert [part for part in ("## Wiring", "## Configuration", "## Limits") if part not in text] == []


@pytest.mark.parametrize(
    ("page", "text"), EXAMPLES, ids=[f"{page.stem}-{n}" for n, (page, _) in enumerate(EXAMPLES)]
)
def test_the_configuration_of_a_page_is_accepted(page: Path, text: str, tmp_path: Path) -> None:
    file = tmp_path / "console.toml"
    file.write_text(text, encoding="utf-8")
    settings = layered((file,), {}, {}, {"data": "unused", "site": "unused"})
    for port in settings.ports:
        made = PortConfig(
            port.name,
            port.url,
            expect_device=port.expect_device,
            profile=port.profile,
            baud=port.baud,
            adapter=port.adapter,
            inputs=port.inputs,
            modules=port.modules,
        )
        assert page.stem in (made.profile, "oxygen")


def test_the_tables_of_a_page_are_really_read() -> None:
    assert len(EXAMPLES) == 6
