"""What may leave this computer towards a device: reading requests, and nothing else."""

from __future__ import annotations

import os
import tty

import minimalmodbus
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.inputs import Input, Module
from devices.port import PortConfig
from devices.requests import MODBUS_READS, ForbiddenRequestError, adam_sum, crc16, permit
from devices.transport import open_port


def modbus(body: bytes) -> bytes:
    return body + crc16(body).to_bytes(2, "little")


def adam(body: bytes) -> bytes:
    return body + adam_sum(body) + b"\r"


def test_check_values_of_both_sums() -> None:
    assert crc16(b"123456789") == 0x4B37
    assert modbus(bytes.fromhex("010200000008")) == bytes.fromhex("01020000000879cc")
    assert adam_sum(b"$012") == b"B7"
    assert adam_sum(b"$016") == b"BB"
    assert adam_sum(b"!01400600") == b"AC"


@given(address=st.integers(0, 255), function=st.integers(0, 255), rest=st.binary(min_size=0, max_size=12))
def test_of_modbus_only_reading_one_module_passes(address: int, function: int, rest: bytes) -> None:
    """I1: a request passes only if it is whole, to one module, and of function 1 to 4."""
    request = modbus(bytes([address, function]) + rest)
    reads = function in MODBUS_READS and 1 <= address <= 247 and len(rest) == 4
    if reads:
        assert permit("modbus-di", request) == request
    else:
        with pytest.raises(ForbiddenRequestError):
            permit("modbus-di", request)


@given(body=st.binary(max_size=12))
def test_of_ascii_only_five_questions_pass(body: bytes) -> None:
    """I1: outputs (#..), settings (%..), watchdogs (~..) and resets of counters never pass."""
    with pytest.raises(ForbiddenRequestError):
        permit("adam-ascii", adam(body.replace(b"$", b"#")))


@pytest.mark.parametrize("command", ["2", "5", "6", "F", "M"])
def test_the_five_questions(command: str) -> None:
    request = adam(f"$01{command}".encode())
    assert permit("adam-ascii", request) == request
    with pytest.raises(ForbiddenRequestError):
        permit("adam-ascii", request[:-3] + b"00\r")


@pytest.mark.parametrize("body", [b"#010001", b"%0101400600", b"~010", b"$01C0", b"$011", b"@01DO", b"$01"])
def test_setting_commands_of_ascii_modules_are_refused(body: bytes) -> None:
    with pytest.raises(ForbiddenRequestError, match="no reading request"):
        permit("adam-ascii", adam(body))


@pytest.mark.parametrize("profile", ["mrsc1", "contact-lines", "anything"])
@given(request=st.binary(min_size=1, max_size=20))
def test_a_profile_that_never_asks_may_send_nothing(profile: str, request: bytes) -> None:
    with pytest.raises(ForbiddenRequestError):
        permit(profile, request)


@pytest.mark.pty
def test_a_library_that_writes_reaches_the_gate_and_not_the_wire() -> None:
    """I1: even minimalmodbus asked to write a coil puts no byte on the line."""
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    config = PortConfig(
        "io",
        os.ttyname(slave),
        expect_device="IO",
        profile="modbus-di",
        inputs=(Input("door", 0),),
        modules=(Module(1),),
    )
    transport = open_port(config)
    try:
        from devices.modbus_di import Wire  # noqa: PLC0415 - only this test plays with the library

        wire = Wire("io", 9600)
        wire.line = transport
        instrument = minimalmodbus.Instrument(wire, 1)
        with pytest.raises(ForbiddenRequestError):
            instrument.write_bit(0, 1)
        with pytest.raises(ForbiddenRequestError):
            instrument.write_register(0, 1)
        with pytest.raises(BlockingIOError):
            os.read(master, 10)
    finally:
        transport.close()
        os.close(master)
        os.close(slave)
