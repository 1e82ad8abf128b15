"""An SNMP agent on a free loopback port that answers from a recording of a UPS, or from a few lines of our own."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pyasn1.error import PyAsn1Error  # type: ignore[import-untyped]

from simulator.servers.snmp_agent import respond
from simulator.wire.snmp import SnmpRaw, SnmpType
from tests.support.ports import UDP, free_port

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("SCANWARD_SHARED", ROOT.parent / "shared" / "data")) / "snmprec"
UPS = "1.3.6.1.2.1.33.1"
BATTERY_STATUS, LOW = f"{UPS}.2.1.0", 3
# As a UPS on the mains answers (RFC 1628): battery normal, 30 min, 100 %, 54.1 V, 25 degrees, mains.
OWN = {
    BATTERY_STATUS: 2,
    f"{UPS}.2.2.0": 0,
    f"{UPS}.2.3.0": 30,
    f"{UPS}.2.4.0": 100,
    f"{UPS}.2.5.0": 541,
    f"{UPS}.2.7.0": 25,
    f"{UPS}.3.3.1.3.1": 230,
    f"{UPS}.4.1.0": 3,
    f"{UPS}.4.4.1.5.1": 20,
}
_TYPES: dict[str, SnmpType] = {
    "2": "Integer",
    "65": "Counter32",
    "66": "Gauge32",
    "67": "TimeTicks",
    "70": "Counter64",
}


@dataclass
class RecordedAgent:
    """What it answers may be changed while it runs."""

    port: int
    answers: dict[str, SnmpRaw]

    def say(self, oid: str, value: int) -> None:
        """Answer that from now on."""
        self.answers = {**self.answers, oid: SnmpRaw("Integer", value)}


@contextmanager
def recorded_agent(name: str) -> Iterator[RecordedAgent]:
    """The recording of that name, where the folder of recordings is; else our own UPS."""
    path = FOLDER / f"{name}.snmprec"
    own = {oid: SnmpRaw("Integer", value) for oid, value in OWN.items()}
    agent = RecordedAgent(free_port(UDP), _recorded(path) if path.exists() else own)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", agent.port))
        thread = threading.Thread(target=_answer, args=(line, agent), daemon=True)
        thread.start()
        yield agent
    thread.join(5)


def _recorded(path: Path) -> dict[str, SnmpRaw]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    entries = (line.split("|", 2) for line in lines)
    return {oid: SnmpRaw(_TYPES[kind], int(text)) for oid, kind, text in entries if kind in _TYPES}


def _answer(line: socket.socket, agent: RecordedAgent) -> None:
    line.settimeout(0.5)
    while line.fileno() >= 0:
        with suppress(TimeoutError, OSError, PyAsn1Error):
            datagram, asker = line.recvfrom(4096)
            reply = respond(datagram, agent.answers, b"public")
            if reply is not None:
                line.sendto(reply, asker)
