"""Stories for the mock bench: TOML files that say what happens when, and a player for them.

A file is a `title` and a list of `[[step]]` with `at_s` (seconds from the start, not falling),
`do` (one of `ACTIONS`), and where the action takes one, `direction` or `fault`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from devices.mock.faults import Fault
from devices.mock.rig import Rig
from devices.mock.station import Station
from devices.port import DeviceError

FILE_CAP = 64 * 1024
_UNIT_ACTIONS = ("unplug", "replug", "silence", "speak", "garbage", "corrupt", "reboot", "inhibit", "enable")
ACTIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "detector.alarm": frozenset({"direction"}),
        "detector.passage": frozenset({"direction"}),
        "detector.lost_alarm": frozenset(),
        "door.open": frozenset(),
        "door.close": frozenset(),
        "door.discrepancy": frozenset(),
        "oxygen.low": frozenset(),
        "oxygen.back": frozenset(),
        "line.fault": frozenset({"fault"}),
        "line.mend": frozenset(),
        **{f"{unit}.{name}": frozenset() for unit in ("detector", "door") for name in _UNIT_ACTIONS},
    }
)
"""Every action a step may name, with the arguments it takes."""
_SPOKEN: Mapping[str, tuple[str, tuple[bool, ...]]] = MappingProxyType(
    {"speak": ("silence", (False,)), "enable": ("inhibit", (False,))}
)


class ScenarioError(DeviceError):
    """A scenario file cannot be played; the message names file and step."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, `at_s` seconds after the start."""

    at_s: float
    do: str
    direction: str = "I"
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A titled story; its steps are in order of time."""

    title: str
    steps: tuple[Step, ...]


Bench = Rig | Station
"""What a story is played on."""
Pace = Callable[[float], bool]
"""Waits the given seconds; returns False when the playing should end."""


def shipped_scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the program."""
    folder = resources.files("devices.mock") / "scenarios"
    return tuple(sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".toml")))


def load_scenario(source: str | Path) -> Scenario:
    """Read a shipped scenario by name, or a file by path. Raises `ScenarioError`."""
    name = str(source)
    try:
        if name in shipped_scenarios():
            text = (resources.files("devices.mock") / "scenarios" / f"{name}.toml").read_text("utf-8")
        else:
            with Path(source).open("rb") as file:
                text = file.read(FILE_CAP + 1).decode("utf-8")
        if len(text) > FILE_CAP:
            raise ScenarioError(f"{name}: longer than {FILE_CAP} bytes")
        data = tomllib.loads(text)
    except FileNotFoundError:
        known = ", ".join(shipped_scenarios())
        raise ScenarioError(f"no scenario {name!r}; shipped are {known}, or give a file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{name}: {error}") from error
    return _scenario(name, data)


def _scenario(name: str, data: dict[str, Any]) -> Scenario:
    title, listed = data.pop("title", ""), data.pop("step", [])
    if data:
        raise ScenarioError(f"{name}: unknown key {min(data)!r}")
    if not isinstance(title, str) or not isinstance(listed, list) or not listed:
        raise ScenarioError(f"{name}: needs a title in quotes and at least one [[step]]")
    steps: list[Step] = []
    for number, item in enumerate(listed, 1):
        step = _step(f"{name}, step {number}", item)
        if steps and step.at_s < steps[-1].at_s:
            raise ScenarioError(f"{name}, step {number}: at_s goes back; put the steps in order of time")
        steps.append(step)
    return Scenario(title, tuple(steps))


def _step(where: str, item: Any) -> Step:
    if not isinstance(item, dict) or "at_s" not in item or "do" not in item:
        raise ScenarioError(f"{where}: needs at_s and do")
    at_s, action = item["at_s"], item["do"]
    if isinstance(at_s, bool) or not isinstance(at_s, int | float) or not 0 <= at_s <= 86_400:
        raise ScenarioError(f"{where}: at_s must be 0 to 86400 seconds")
    if action not in ACTIONS:
        raise ScenarioError(f"{where}: unknown action {action!r}; known are {', '.join(ACTIONS)}")
    extra = set(item) - {"at_s", "do"} - ACTIONS[action]
    if extra:
        raise ScenarioError(f"{where}: {action} does not take {min(extra)!r}")
    direction = item.get("direction", "I")
    if direction not in ("I", "O", "U"):
        raise ScenarioError(f"{where}: direction must be I, O or U")
    fault = item.get("fault")
    if ("fault" in ACTIONS[action]) != (fault in set(Fault)):
        raise ScenarioError(f"{where}: line.fault takes fault, one of {', '.join(Fault)}")
    return Step(float(at_s), action, direction, Fault(fault) if fault else None)


def play(scenario: Scenario, bench: Bench, pace: Pace, told: Callable[[Step], None] | None = None) -> bool:
    """Play every step on the bench, waiting through `pace`; False if it was ended before the last."""
    at_s = 0.0
    for step in scenario.steps:
        if step.at_s > at_s and not pace(step.at_s - at_s):
            return False
        at_s = step.at_s
        perform(step, bench)
        if told is not None:
            told(step)
    return True


def perform(step: Step, bench: Bench) -> None:
    """Do one step on the bench now; what the bench has not got, nothing happens to."""
    part_name, _, action = step.do.partition(".")
    if part_name == "line":
        bench.disturb(step.fault)
        return
    part = getattr(bench, part_name)
    if part is None:
        return
    method, arguments = _SPOKEN.get(action, (action, ()))
    if "direction" in ACTIONS[step.do]:
        getattr(part, method)(step.direction)
    else:
        getattr(part, method)(*arguments)
