"""A Modbus unit that is not ours: pymodbus's simulated device on a serial port, moved through its input.

Run as `python modbus_peer.py PORT`. Prints `ready`; then each line `FUNCTION ADDRESS VALUE` on its
standard input sets a bit or register, and `done` answers.
"""

from __future__ import annotations

import asyncio
import sys

from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice


def device() -> SimDevice:
    """Sixteen bits of each kind, all on, and eight registers of 17376: a meter at 20.9 %."""
    bits = [SimData(0, values=[True] * 16, datatype=DataType.BITS)]
    words = [SimData(0, values=[17376] * 8, datatype=DataType.REGISTERS)]
    return SimDevice(id=1, simdata=(bits, bits, words, words))


async def serve(port: str) -> None:
    """Serve until the input ends."""
    server = ModbusSerialServer(device(), framer=FramerType.RTU, port=port, baudrate=9600)
    await server.serve_forever(background=True)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        function, address, value = map(int, line.split())
        given = [bool(value)] if function in (1, 2) else [value]
        await server.async_setValues(1, function, address, given)
        print("done", flush=True)
    await server.shutdown()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
