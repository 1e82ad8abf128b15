"""A process that answers SNMP for as many agents as are asked: every address of 127.1.0.0/16, at one port.

    python -m benchmarks.snmp.agents PORT

Version 2c, community `public`; version 3, user `bench`, SHA and AES with the password below.
"""

import socket
import struct
import sys
import time

from collectors.snmp.ber import message_id
from collectors.snmp.usm import EngineTime, UsmUser
from tests.collectors.snmp.ber import Oid, integer, oid, read_request, tlv
from tests.collectors.snmp.v3_agent import V3Agent

VALUES = 20
BASE = (1, 3, 6, 1, 4, 1, 99999, 1)
PASSWORD = "bench-password"
USER = UsmUser(b"bench", "sha", PASSWORD.encode(), "aes", PASSWORD.encode())
DEAF_FROM = 200  # in the third octet of an address: those from here on answer nothing
_PACKET_INFO = 8  # Linux's IP_PKTINFO, which Python does not name: the address that was asked


def address(number: int) -> str:
    """Of the agent of this number."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def deaf_address(number: int) -> str:
    """Of an agent that answers nothing."""
    return f"127.1.{DEAF_FROM + number // 250}.{number % 250 + 1}"


class Replies:
    """The replies to requests; what is in them is made once for each question."""

    def __init__(self) -> None:
        self._values: dict[bytes, bytes] = {}  # of the list of OIDs that is asked
        self._agents: dict[bytes, V3Agent] = {}

    def to(self, datagram: bytes, address: bytes) -> bytes:
        """The reply of the agent at an address."""
        if datagram[_content(datagram, 0) + 2] == 3:
            return self._secured(datagram, address)
        at = _content(datagram, 0) + 3  # behind the version
        pdu = at + 2 + datagram[at + 1]
        number = _content(datagram, pdu)
        status = number + 2 + datagram[number + 1]
        asked = datagram[status + 6 :]
        if asked not in self._values:
            self._values[asked] = _values(read_request(datagram).oids)
        reply = datagram[number:status] + b"\2\1\0\2\1\0" + self._values[asked]
        return tlv(0x30, datagram[at - 3 : pdu] + tlv(0xA2, reply))

    def _secured(self, datagram: bytes, address: bytes) -> bytes:
        if address not in self._agents:
            engine_id = b"\x80\0\x1f\x88\1" + address
            self._agents[address] = V3Agent(USER, engine_id, EngineTime(1, 0))
        agent = self._agents[address]
        agent.moment = EngineTime(1, int(time.monotonic()))
        asked = agent.asked(datagram)
        if asked is None:
            return agent.report(datagram)
        key = repr(asked.oids).encode()
        if key not in self._values:
            self._values[key] = _values(asked.oids)
        head = integer(asked.id) + b"\2\1\0\2\1\0"
        return agent.whole(message_id(datagram) or 0, tlv(0xA2, head + self._values[key]))


def _content(datagram: bytes, at: int) -> int:
    """Where the content of the element at this place begins."""
    size = datagram[at + 1]
    return at + 2 + (size & 0x7F if size & 0x80 else 0)


def _values(oids: list[Oid]) -> bytes:
    numbers = ((arcs, integer(1000 + n, 0x42)) for n, arcs in enumerate(oids))
    return tlv(0x30, b"".join(tlv(0x30, oid(arcs) + number) for arcs, number in numbers))


def main(port: int) -> None:
    """Answer until ended."""
    replies = Replies()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 * 1024 * 1024)
        own.setsockopt(socket.IPPROTO_IP, _PACKET_INFO, 1)
        own.bind(("0.0.0.0", port))
        while True:
            request, info, _, asker = own.recvmsg(4096, 64)
            asked = info[0][2][8:12]
            if asked[2] < DEAF_FROM:
                here = struct.pack("I4s4s", 0, asked, b"\0\0\0\0")
                own.sendmsg(
                    [replies.to(request, asked)],
                    [(socket.IPPROTO_IP, _PACKET_INFO, here)],
                    0,
                    asker,
                )


if __name__ == "__main__":
    main(int(sys.argv[1]))
