"""The checks of the site file: all of them without a table, never less than the floors with one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from suite_files import SITE, Home
from support.live_suite import LiveSuite
from support.waiting import wait_until

from mr_safety_console.domain.check_rules import lines
from mr_safety_console.domain.check_template import TEMPLATE, Band, Every
from mr_safety_console.domain.checks import Standing
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.engine.face import trial_context
from mr_safety_console.settings import ConfigError, read_site
from mr_safety_console.start import demo, demo_run


def read(home: Home, table: str) -> SiteProfile:
    home.site.write_text(SITE.replace("[call]", f"{table}\n[call]", 1))
    return read_site(home.site)


def test_a_site_that_says_nothing_makes_every_check_and_has_approved_none(home: Home) -> None:
    site = read(home, "")
    assert site.checks == TEMPLATE
    assert (site.checks_approved, site.instead) == ("", "")


def test_a_site_makes_its_checks_stricter(home: Home) -> None:
    site = read(
        home,
        '[checks]\napproved_by = "an officer"\ninstead = "Scanner 2"\noff = ["C22"]\n'
        '[checks.every]\nC07 = "daily"\n'
        '[checks.bands]\nC23 = { low = 18, high = 22.5, unit = "°C" }\n',
    )
    made = {one.id: one for one in site.checks}
    assert len(made) == len(TEMPLATE) - 1
    assert made["C07"].every is Every.DAILY
    assert made["C23"].band == Band(Decimal(18), Decimal("22.5"))
    assert made["C23"].unit == "°C"
    assert (site.checks_approved, site.instead) == ("an officer", "Scanner 2")


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ("[checks]\nof = []", "checks.of"),
        ("[checks]\noff = 1", "checks.off"),
        ('[checks]\noff = ["C07"]', "checks.off"),
        ('[checks]\noff = ["C27"]', "checks.C27"),
        ("[checks]\ninstead = 1", "checks.instead"),
        ("[checks]\nevery = 1", "checks.every"),
        ('[checks.every]\nC05 = "daily"', "checks.every.C05"),
        ("[checks.every]\nC05 = 1", "checks.every.C05"),
        ("[checks.bands]\nC23 = 1", "checks.bands.C23"),
        ("[checks.bands]\nC23 = { low = 18 }", "checks.bands.C23.high"),
        ('[checks.bands]\nC23 = { low = 22, high = 18, unit = "°C" }', "checks.bands.C23.low"),
        ('[checks.bands]\nC23 = { low = nan, high = 18, unit = "°C" }', "checks.bands.C23.low"),
        ("[checks.bands]\nC23 = { low = 1, high = 18 }", "checks.bands.C23"),
        ('[checks.bands]\nC06 = { low = 19, high = 21, unit = "% O2" }', "checks.bands.C06"),
    ],
)
def test_what_would_loosen_or_is_wrong_is_refused_by_name(home: Home, table: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named.replace(".", r"\.")):
        read(home, table)


def test_the_demonstration_has_made_its_checks_and_nobody_is_signed_on(tmp_path: Path) -> None:
    with LiveSuite(tmp_path, profile=demo.SITE) as suite:
        demo_run.make_checks(suite.running)

        def made() -> bool:
            return suite.state.staff.session is None and len(suite.state.checks.kept) == len(demo.SITE.checks)

        wait_until(made, 10.0, "the checks of the demonstration")
        running = suite.running
        now = running.clock.now()
        ctx = trial_context(running.engine.state, running.profile, running.forms, now)
        listed = lines(suite.state, ctx)
        assert {one.standing for one in listed} == {Standing.DONE}
        assert not any(one.check.sensed for one in listed), "nothing a reading speaks for is made up"
        before = len(suite.state.checks.kept["C05"].trend)
        demo_run.make_checks(suite.running)
        assert len(suite.state.checks.kept["C05"].trend) == before, "nothing is made twice"
