"""The names and addresses under which browsers reach the dashboard of a site."""

import ipaddress
import socket
from urllib.parse import urlsplit

from core.schema.site import Site
from dashboard.http.host_names import normalised_name

# Sends nothing: the kernel says from which address it would. RFC 5737 and RFC 3849, of nobody.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def certificate_names(site: Site, address: str = "") -> list[str]:
    """What a certificate of the dashboard is for, in one form each; `address` instead of the site file's."""
    http = site.file.http
    address = address or http.address
    machine = socket.gethostname()
    names = ["localhost", "127.0.0.1", "::1", machine, f"{machine.partition('.')[0]}.local"]
    names += [*_addresses_for(address), *configured_names(site)]
    return list(dict.fromkeys(filter(None, map(normalised_name, names))))


def configured_names(site: Site) -> list[str]:
    """Those that the site file says."""
    public = urlsplit(site.file.http.public_url or "").hostname
    names = [*site.file.http.names, *([public] if public else [])]
    return list(filter(None, map(normalised_name, names)))


def _addresses_for(address: str) -> list[str]:
    """The address that is listened on; for every address, those that lead away from this machine."""
    try:
        if not ipaddress.ip_address(address).is_unspecified:
            return [address]
    except ValueError:
        return [address]
    found = []
    for family, elsewhere in _ELSEWHERE:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((elsewhere, 9))
            except OSError:
                continue
            found.append(str(probe.getsockname()[0]))
    return found
