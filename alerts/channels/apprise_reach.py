"""Can the server behind an apprise URL be reached at all? Sends nothing."""

import socket
from typing import Any
from urllib.parse import urlsplit

import apprise

from core.errors import DeliveryError

_WITHIN_S = 5.0


def reach(url: str) -> str:
    """`host:port` that accepted a connection, or that this kind of channel has none to try.

    DeliveryError, without the URL, which holds secrets: apprise does not know it, or nobody is there.
    """
    service: Any = apprise.Apprise.instantiate(url)
    if not service:
        text = "apprise does not understand this url; see its documentation for your service"
        raise DeliveryError(text, permanent=True)
    host, port = _address(service)
    if not host:
        return f"{service.service_name}: is understood; `--tell` tries it"
    try:
        socket.create_connection((host, port), _WITHIN_S).close()
    except socket.gaierror:
        raise DeliveryError(f"{host} is not known: check the url, and the name server") from None
    except OSError as error:
        raise DeliveryError(f"{host}:{port} cannot be reached: {error.strerror or error}") from None
    return f"{service.service_name}: {host}:{port} is there"


def _address(service: Any) -> tuple[str, int]:
    """E-mail names its server, a webhook its host, and a service of the internet its own URL."""
    if host := getattr(service, "smtp_host", None) or getattr(service, "host", None):
        return str(host), int(service.port or (443 if service.secure else 80))
    address = urlsplit(str(getattr(service, "notify_url", "") or ""))
    return address.hostname or "", address.port or (443 if address.scheme == "https" else 80)
