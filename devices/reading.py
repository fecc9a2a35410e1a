"""What a port says, as frozen data: readings of channels, and notes about the port itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from devices.value import frozen


class Condition(StrEnum):
    """What may be believed of a channel now. There is no fourth word and no default to NORMAL."""

    NORMAL = "NORMAL"
    DANGER = "DANGER"
    UNKNOWN = "UNKNOWN"


class Origin(StrEnum):
    """Where the bytes come from: a device, or something that plays one."""

    LIVE = "LIVE"
    SIMULATED = "SIMULATED"


class Reason(StrEnum):
    """Why a channel is DANGER or UNKNOWN; `SLOW_HEARTBEAT` may also stand beside NORMAL."""

    NONE = ""
    ACTIVE = "active"
    MISSED_ALARM = "missed-alarm"
    RECOVERING = "recovering"
    NOT_READY = "not-ready"
    TAMPER = "tamper"
    CHANNEL_FAULT = "channel-fault"
    DISCREPANCY = "discrepancy"
    FLAGGED = "flagged"
    INHIBITED = "inhibited"
    SELF_TEST_FAILED = "self-test-failed"
    LINE_ERRORS = "line-errors"
    LATE = "late"
    CLOCK_BACK = "clock-back"
    OLD_BOOT = "old-boot"
    REPEATED = "repeated"
    WRONG_IDENTITY = "wrong-identity"
    CHANNEL_COUNT = "channel-count"
    COUNTER_BACK = "counter-back"
    SLOW_HEARTBEAT = "slow-heartbeat"
    NO_ANSWER = "no-answer"


REASON_TEXT: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.NONE: "",
        Reason.ACTIVE: "the device reports it",
        Reason.MISSED_ALARM: "the device counted an alarm that never arrived as a sentence",
        Reason.RECOVERING: "one more fresh reading is needed",
        Reason.NOT_READY: "the device says it is not ready or does not know",
        Reason.TAMPER: "short or open circuit in a supervised loop",
        Reason.CHANNEL_FAULT: "the device reports a fault of this channel",
        Reason.DISCREPANCY: "the two contacts of this channel disagree",
        Reason.FLAGGED: "the device reports a fault of its own",
        Reason.INHIBITED: "the device is in test, inhibit or bypass",
        Reason.SELF_TEST_FAILED: "the device failed its self-test",
        Reason.LINE_ERRORS: "damaged lines: 3 or more within 10 s",
        Reason.LATE: "the sentence is more than 2 s old",
        Reason.CLOCK_BACK: "the device's running time went back without a restart",
        Reason.OLD_BOOT: "the sentence belongs to an earlier start of the device",
        Reason.REPEATED: "the sequence number does not advance",
        Reason.WRONG_IDENTITY: "another device answers on this port",
        Reason.CHANNEL_COUNT: "the number of channels changed",
        Reason.COUNTER_BACK: "the device's alarm counter went back without a restart",
        Reason.NO_ANSWER: "the module on the bus does not answer",
        Reason.SLOW_HEARTBEAT: "the announced heartbeat is longer than 1 s",
    }
)
"""The plain meaning of each reason, for the bench; the console has its own words."""


class NoteKind(StrEnum):
    """What may be said about a port beside its readings."""

    OPENED = "opened"
    LOST = "lost"
    SILENT = "silent"
    IDENTIFIED = "identified"
    WRONG_IDENTITY = "wrong-identity"
    REBOOTED = "rebooted"
    SEQ_GAP = "seq-gap"
    MISSED_ALARM = "missed-alarm"
    LINE_ERRORS = "line-errors"
    SELF_TEST = "self-test"
    DEVICE_ERROR = "device-error"
    READER_FAILED = "reader-failed"
    STALE_DISCARDED = "stale-discarded"
    RAW_NOT_KEPT = "raw-not-kept"


VOIDS_PORT: frozenset[NoteKind] = frozenset(
    {
        NoteKind.OPENED,
        NoteKind.LOST,
        NoteKind.SILENT,
        NoteKind.WRONG_IDENTITY,
        NoteKind.REBOOTED,
        NoteKind.LINE_ERRORS,
        NoteKind.READER_FAILED,
    }
)
"""After one of these every channel of the port is UNKNOWN until a later reading says otherwise."""


@frozen
class ChannelReading:
    """One channel in one sentence.

    `channel` counts from 0; `name` is what the device calls it, empty until it has said so.
    `value` is the analogue level in the device's unit. `direction` is I (inwards), O (outwards)
    or U (unknown). `crossings_in` and `crossings_out` belong to the device and are repeated on
    each of its channels; None means the device does not count. `alarms` is the device's own
    count of alarm edges of this channel since it started.
    """

    channel: int
    name: str
    condition: Condition
    reason: str = Reason.NONE
    value: int | None = None
    direction: str = "U"
    crossings_in: int | None = None
    crossings_out: int | None = None
    alarms: int | None = None


@frozen
class Reading:
    """One valid sentence after the trust rules; `bt_ns` is its arrival on the host's clock.

    `device`, `boot`, `seq`, `up_ms` and `flags` are the sentence's own words.
    """

    port: str
    device: str
    origin: Origin
    bt_ns: int
    boot: int
    seq: int
    up_ms: int
    flags: int
    channels: tuple[ChannelReading, ...]


@frozen
class Note:
    """Something about the port: `count` counts what `kind` names; `channel` only where one is meant.

    `text` is plain English and may quote the device; it is bounded in length but not cleaned.
    """

    port: str
    kind: NoteKind
    text: str
    channel: int | None = None
    count: int = 0
    bt_ns: int = 0


Sink = Callable[[Reading | Note], None]
"""Where a link delivers; called on the link's own thread, must return at once."""
