"""Which addresses are of this computer: the simulator listens on no other."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Is it `localhost` or an address such as 127.0.0.1?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
