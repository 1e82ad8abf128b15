"""Hosts, ports and addresses of servers."""

import ipaddress
import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

_NOT_A_HOST = re.compile(r"[\s/@]|^[^:]*:\d*$")


_IPV4_LIKE = re.compile(r"[\d.]+")


def _host(text: object) -> str:
    if not isinstance(text, str) or not text or _NOT_A_HOST.search(text):
        raise ValueError(
            f"{text!r} is not a host; write a name or an address, and `port` by itself"
        )
    if _IPV4_LIKE.fullmatch(text):
        try:
            ipaddress.IPv4Address(text)
        except ValueError:
            raise ValueError(f"{text!r} is not an address: four numbers from 0 to 255") from None
    return text


Host = Annotated[str, BeforeValidator(_host)]


def _public_name(text: object) -> str:
    if text == "*":
        raise ValueError("write each name in full: `*` would let every page in the world ask")
    return _host(text)


PublicName = Annotated[str, BeforeValidator(_public_name)]


Port = Annotated[int, Field(ge=1, le=65535)]


def _network(text: object) -> str:
    try:
        return str(ipaddress.ip_network(text if isinstance(text, str) else ""))
    except ValueError:
        raise ValueError(
            f"{text!r} is not an address, nor a network such as 192.0.2.0/24"
        ) from None


Network = Annotated[str, BeforeValidator(_network)]


# This machine, and what no router of the internet carries: RFC 1918, 3927, 4193, 4291.
PRIVATE_NETWORKS = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                    "169.254.0.0/16", "fc00::/7", "fe80::/10")  # fmt: skip


IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def ip_address(text: str) -> IpAddress | None:
    """The address; None for what is none. `::ffff:10.0.0.9` is 10.0.0.9."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Is it an address of one of these networks? What is no address is in none."""
    known = ip_address(address)
    return known is not None and any(known in ipaddress.ip_network(network) for network in networks)


# No user before an @: a password there would be printed with the address.
ServerUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/@?#]+(/[^\s@?#]*)?$")]
