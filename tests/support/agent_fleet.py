"""A process of its own that answers SNMP v2c from memory: as many agents as ask it.

python -m tests.support.agent_fleet      prints its port and answers until it is ended
"""

import socket

from tests.collectors.snmp.ber import Oid, integer, read_request, response
from tests.collectors.snmp.own_agent import right_pairs

UPTIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)


def main() -> None:
    """Answer every request at once."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        own.bind(("127.0.0.1", 0))
        print(own.getsockname()[1], flush=True)  # noqa: T201  it is what the test waits for
        while True:
            datagram, asker = own.recvfrom(2000)
            request = read_request(datagram)
            own.sendto(response(request, right_pairs({UPTIME: integer(100)}, request)), asker)


if __name__ == "__main__":
    main()
