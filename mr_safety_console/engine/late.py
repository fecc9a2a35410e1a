"""From the spool to the engine: records that are not facts yet become commands again."""

from __future__ import annotations

from collections.abc import Container

from mr_safety_console.domain import emergency, quench, upkeep
from mr_safety_console.domain.codec import CodecError, Command, decode_command
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.value import frozen
from mr_safety_console.engine.spool_reader import SpoolReader
from mr_safety_console.engine.spool_record import SpoolRecord

LANE_COMMANDS = (
    emergency.OpenEmergency,
    emergency.ChooseEmergencyKind,
    emergency.AddEmergencyKind,
    emergency.StampEmergencyStep,
    emergency.AttributeEmergency,
    *quench.COMMANDS,
    upkeep.KeepAlarm,
)
"""What may take this lane: commands that are never refused. Ending an emergency goes to the engine."""


@frozen
class Late:
    """A record that is not a fact yet, as the engine takes it in."""

    command: Command
    occ: Instant
    cause: str


@frozen
class Unreadable:
    """A sound record that this program cannot turn into a command."""

    cause: str
    why: str


def unread(reader: SpoolReader, done: Container[str]) -> tuple[Late | Unreadable, ...]:
    """Return the spool's records that are not facts yet, oldest first, each once a reader.

    `done` holds the causes already recorded (`domain.emergency_lane.LaneState`).
    """
    return tuple(_late(record) for record in reader.poll() if record.cause not in done)


def _late(record: SpoolRecord) -> Late | Unreadable:
    try:
        command = decode_command({"kind": record.kind, "data": dict(record.data)})
    except (CodecError, ValueError, TypeError, AttributeError) as error:
        return Unreadable(record.cause, f"{record.kind}: {error}")
    if not isinstance(command, LANE_COMMANDS):
        return Unreadable(record.cause, f"{record.kind}: not a command of the emergency lane")
    return Late(command, record.at, record.cause)
