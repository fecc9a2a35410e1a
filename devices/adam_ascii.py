"""Profile `adam-ascii`: digital input modules of the ADAM-4000 family, with their checksum.

An answer does not say who gives it. So a module is believed only while it calls itself what the site
expects, its checksum is switched on, and nothing else was heard on the line.
Wiring and limits: docs/devices/adam-ascii.md.
"""

from __future__ import annotations

import re

from devices.belief import Answer
from devices.dialogue import Tap
from devices.inputs import Module
from devices.polled import BadAnswerError, Bus, NoAnswerError
from devices.port import PortConfig, Transport
from devices.requests import adam_sum

LONGEST = 24
NAMED_EVERY_S = 2
"""How often a module is asked again who it is: within the time another one must be noticed."""
CHECKSUM_ON = 0x40
_INPUTS = re.compile(rb"!([0-9A-F]{4})00")
_SETTING = re.compile(rb"!([0-9A-F]{2})[0-9A-F]{4}([0-9A-F]{2})")
_NAME = re.compile(rb"!([0-9A-F]{2})([A-Za-z0-9_-]{1,16})")
_RESET = re.compile(rb"!([0-9A-F]{2})([01])")


def adam_bus(config: PortConfig) -> Bus:
    """Return the bus of a port with this profile."""
    return Bus(config, AdamAsker(NAMED_EVERY_S * config.poll_hz))


class AdamAsker:
    """Asks one module for its reset status and its inputs, and now and then who it is."""

    def __init__(self, named_every: int) -> None:
        self._named_every = named_every
        self._rounds: dict[int, int] = {}
        self._names: dict[int, str] = {}

    def forget(self) -> None:
        """Ask every module again who it is."""
        self._rounds.clear()
        self._names.clear()

    def rescued(self, strays: bytes, module: Module) -> Answer | None:
        """Return the last whole input word among stray bytes; it does not say whose it is."""
        for line in reversed(strays.split(b"\r")[:-1]):
            body = line[line.rfind(b"!") : -2] if b"!" in line else b""
            word = _INPUTS.fullmatch(body)
            if word is not None and adam_sum(body) == line[-2:]:
                bits = int(word.group(1), 16)
                return Answer([bits >> place & 1 for place in range(16)])
        return None

    def ask(self, port: Transport, module: Module, tap: Tap) -> Answer:
        """Return sixteen bits. Raises `NoAnswerError`, `BadAnswerError` or `PortLost`."""
        known = module.address in self._names
        rounds = self._rounds.get(module.address, 0)
        try:
            if not known or rounds % self._named_every == 0:
                self._identify(port, module, tap)
            restarted = self._matched(_RESET, port, module, b"5", tap).group(2) == b"1"
            bits = self._inputs(port, module, tap)
        except (NoAnswerError, BadAnswerError):
            self._names.pop(module.address, None)
            raise
        self._rounds[module.address] = rounds + 1
        values = [bits >> place & 1 for place in range(16)]
        return Answer(values, self._names[module.address], restarted and rounds > 0)

    def _identify(self, port: Transport, module: Module, tap: Tap) -> None:
        """Learn the module's name, and that its checksum is on."""
        setting = self._matched(_SETTING, port, module, b"2", tap)
        if not int(setting.group(2), 16) & CHECKSUM_ON:
            raise BadAnswerError("checksum_off")
        named = self._matched(_NAME, port, module, b"M", tap)
        self._names[module.address] = named.group(2).decode("ascii") if module.expect else ""

    def _inputs(self, port: Transport, module: Module, tap: Tap) -> int:
        """Return the input word: four digits and two zeros, without an address."""
        word = _INPUTS.fullmatch(self._answer(port, module, b"6", tap))
        if word is None:
            raise BadAnswerError("shape")
        return int(word.group(1), 16)

    def _matched(
        self, shape: re.Pattern[bytes], port: Transport, module: Module, command: bytes, tap: Tap
    ) -> re.Match[bytes]:
        return _of(module, shape.fullmatch(self._answer(port, module, command, tap)))

    def _answer(self, port: Transport, module: Module, command: bytes, tap: Tap) -> bytes:
        """Return an answer without its checksum and end; refuse it if something else spoke before."""
        strays = port.discard()
        if strays:
            tap(strays)
            raise BadAnswerError("stray", strays)
        question = b"$%02X%s" % (module.address, command)
        port.send(question + adam_sum(question) + b"\r")
        heard = port.receive_line(LONGEST)
        if not heard:
            raise NoAnswerError
        tap(heard)
        if not heard.endswith(b"\r"):
            raise BadAnswerError("length", heard)
        if adam_sum(heard[:-3]) != heard[-3:-1]:
            raise BadAnswerError("checksum", heard)
        if heard.startswith(b"?"):
            raise BadAnswerError("exception")
        return heard[:-3]


def _of(module: Module, match: re.Match[bytes] | None) -> re.Match[bytes]:
    """Return the match of an answer that carries this module's address."""
    if match is None:
        raise BadAnswerError("shape")
    if int(match.group(1), 16) != module.address:
        raise BadAnswerError("address")
    return match
