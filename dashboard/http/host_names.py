"""Which names this server answers to.

A page elsewhere can let its own name point at this machine (DNS rebinding); the browser then takes
both for one site, but still says the foreign name. So a request is answered only if the name it was
made for is ours.
"""

import re
import socket
from collections.abc import Iterable
from typing import NamedTuple

from core.schema.network import IpAddress, ip_address

_AUTHORITY = re.compile(r"(?:\[(?P<v6>[\da-f:.]+)\]|(?P<name>[\w.-]+))(?::(?P<port>\d{0,5}))?")
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#@\\]+)", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


class Authority(NamedTuple):
    """Name and port of a server, each in one form."""

    name: str
    port: int | None


def authority(text: str) -> Authority | None:
    """What a Host header names: `SCANWARD.:8501` is ("scanward", 8501); None if it names nothing."""
    match = _AUTHORITY.fullmatch(text.lower())
    if match is None:
        return None
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 0 < port < 65536:
        return None
    name = normalised_name(match["v6"] or match["name"])
    return Authority(name, port) if name else None


def normalised_name(name: str) -> str:
    """A name or an address as it is compared: small letters, no dot at its end, IDNA, short IPv6."""
    name = name.lower().removesuffix(".")
    address = ip_address(name)
    if address is not None:
        return str(address)
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def is_same_origin(origin: str, host: Authority) -> bool:
    """Was it a page of the server named `host` that asked? `null`, and what is no web page, is not."""
    match = _ORIGIN.fullmatch(origin)
    page = authority(match["authority"]) if match else None
    if match is None or page is None:
        return False
    default = _PORTS[match["scheme"].lower()]
    return (page.name, page.port or default) == (host.name, host.port or default)


class OwnNames:
    """The names of this machine and those that the site file adds."""

    def __init__(self, configured: Iterable[str]) -> None:
        machine = socket.gethostname()
        short = machine.partition(".")[0]
        names = ("localhost", machine, short, f"{short}.local", *configured)
        self._names = frozenset(filter(None, map(normalised_name, names)))

    def knows(self, name: str) -> bool:
        """Is it one of them, or an address of this machine?"""
        address = ip_address(name)
        return name in self._names or (address is not None and _is_of_this_machine(address))


def _is_of_this_machine(address: IpAddress) -> bool:
    """Only an address of one's own can be bound to. Asked each time: a lease may change it."""
    if address.is_loopback:
        return True
    if address.is_unspecified or address.is_multicast or address.is_reserved:
        return False
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True
