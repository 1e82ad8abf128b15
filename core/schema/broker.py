"""The MQTT broker of a site."""

from pathlib import Path

from core.schema.network import Host, Port
from core.schema.secret import NamedSecret
from core.schema.strict_model import Strict


class BrokerTls(Strict):
    """TLS to the broker; `ca` is the file of the authority that signed its certificate."""

    ca: Path | None = None  # None: the system's authorities
    certificate: Path | None = None
    key: Path | None = None


class Broker(Strict):
    """The MQTT broker of the site."""

    host: Host
    port: Port = 1883
    user: str | None = None
    password: NamedSecret | None = None
    tls: BrokerTls | None = None
    client_id: str = "scanward"  # also the name of the persistent session
