"""A whole console, without its screen, on ports that have no words of their own."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from suite_files import SITE, Home, kinds, started
from support.waiting import wait_until

from devices.mock.faults import Fault
from devices.mock.station import open_station
from mr_safety_console.bootstrap import Running, StartError, port_configs
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.settings import ConfigError, layered, site_from

pytestmark = pytest.mark.pty

SUITE = SITE.replace('port = "detector"', 'port = "io"').replace(
    'port = "door"\ndevice = "DOOR4"', 'port = "io"\ndevice = "IO"\nchannel = 1'
)
PORTS = """
[ports.io]
url = "{url}"
expect_device = "{expect}"
profile = "{profile}"

[[ports.io.inputs]]
name = "Detector"
at = 0

[[ports.io.inputs]]
name = "Zone IV door"
at = 1
pair = 2
pair_rest = {pair_rest}
settle_ms = 500

[[ports.io.modules]]
address = 1
"""


def condition(running: Running, point: str) -> Condition | None:
    level = running.engine.state.live.get(point)
    return level.condition if level is not None else None


@pytest.mark.parametrize(("profile", "pair_rest"), [("modbus-di", "false"), ("adam-ascii", "true")])
def test_a_console_hears_a_detector_and_a_door_on_one_bus(
    home: Home, tmp_path: Path, profile: str, pair_rest: str
) -> None:
    home.site.write_text(SUITE)
    with open_station(profile, tmp_path / "bus") as station:
        text = PORTS.format(url=tmp_path / "bus", profile=profile, pair_rest=pair_rest, expect="IO")
        home.console.write_text(text)
        with started(home) as running:
            assert running.simulated
            for point in ("fmd-iv", "door-iv"):
                wait_until(lambda point=point: condition(running, point) is Condition.NORMAL, 10, point)
            station.detector.alarm()
            wait_until(lambda: condition(running, "fmd-iv") is Condition.DANGER, 2, "the alarm")
            station.door.open()
            wait_until(lambda: condition(running, "door-iv") is Condition.DANGER, 2, "the open door")
            station.disturb(Fault.UNPLUG)
            wait_until(lambda: condition(running, "door-iv") is Condition.UNKNOWN, 3, "the lost line")
            wait_until(lambda: "alarm-raised" in kinds(home), 5, "the alarm on the record")


def test_a_production_suite_refuses_a_mock_bus(home: Home, tmp_path: Path) -> None:
    with open_station("modbus-di", tmp_path / "bus"):
        home.console.write_text(
            PORTS.format(url=tmp_path / "bus", profile="modbus-di", pair_rest="false", expect="IO")
        )
        settings = layered((home.console,), {}, {}, {"data": str(home.data), "site": str(home.site)})
        site = site_from(tomllib.loads(SUITE.replace('"demo"', '"production"')), "site.toml", "")
        with pytest.raises(StartError, match="is simulated and the site file says production"):
            port_configs(settings, site)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("at = 0", 'at = "TXD"', r"ports.io.inputs\[0\]: at must be a number, or one of"),
        ("settle_ms = 500", "settle = 500", r"ports.io.inputs\[1\]: settle is not known"),
        ("address = 1", "address = 0", r"ports.io.modules\[0\]: address must be"),
        ('profile = "modbus-di"', 'profile = "modbus-di"\nmodules = 5', "write each as a table"),
    ],
)
def test_a_wrong_table_is_refused_by_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = PORTS.format(url="/dev/x", profile="modbus-di", pair_rest="false", expect="IO")
    file = tmp_path / "console.toml"
    text = text.replace(old, new)
    file.write_text(text.partition("[[ports.io.modules]]")[0] if "modules = 5" in new else text)
    with pytest.raises(ConfigError, match=said):
        layered((file,), {}, {}, {"data": "unused", "site": "unused"})
