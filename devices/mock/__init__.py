"""Devices that behave like real ones, on pseudo-terminals: for demonstrations, practice and tests."""

from devices.mock.faults import Fault
from devices.mock.pty_port import MockPort
from devices.mock.rig import Rig
from devices.mock.scenario import Scenario, ScenarioError, Step, load_scenario, play, shipped_scenarios
from devices.mock.simulate import simulate, terminal_keys
from devices.mock.station import Station, open_station
from devices.mock.unit import DetectorUnit, DoorUnit, Unit

__all__ = [
    "DetectorUnit",
    "DoorUnit",
    "Fault",
    "MockPort",
    "Rig",
    "Scenario",
    "ScenarioError",
    "Station",
    "Step",
    "Unit",
    "load_scenario",
    "open_station",
    "play",
    "shipped_scenarios",
    "simulate",
    "terminal_keys",
]
