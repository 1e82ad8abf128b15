"""The MQTT broker of a site."""

from core.schema.network import Host, Port
from core.schema.secret import NamedSecret
from core.schema.strict_model import Strict
from core.schema.tls import TlsFiles


class Broker(Strict):
    """The MQTT broker of the site."""

    host: Host
    port: Port = 1883
    user: str | None = None
    password: NamedSecret | None = None
    tls: TlsFiles | None = None
    client_id: str = "scanward"  # also the name of the persistent session
