"""A broker's refusals as errors: what each means, and whether trying again can help."""

import socket
import ssl

from core.errors import SourceError
from core.schema.broker import Broker

# MQTT 3.1.1's five refusals, as paho numbers them (by MQTT 5). All but 136 need a person.
_REFUSED = {
    132: "it does not speak MQTT 3.1.1",
    133: "it does not accept the name {client_id!r}: change `client_id`",
    134: "user or password is wrong: check `user` and `password` of the broker",
    135: "user {user!r} may not connect: ask IT to allow it, or check `user` and `password`",
    136: "it is not available",
}
_NOT_AVAILABLE = 136


def refused(broker: Broker, code: int) -> SourceError:
    """The broker answered, and the answer was no."""
    text = _REFUSED.get(code, "it refused, code {code}")
    text = text.format(client_id=broker.client_id, user=broker.user, code=code)
    return SourceError(f"broker {broker.host}: {text}", permanent=code != _NOT_AVAILABLE)


def unreachable(broker: Broker, error: Exception) -> SourceError:
    """The connection could not be made."""
    text, permanent = _reason(error)
    return SourceError(f"broker {broker.host}:{broker.port}: {text}", permanent=permanent)


def _reason(error: Exception) -> tuple[str, bool]:
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"its certificate is not accepted ({_detail(error, 'verify_message')}): check `tls.ca`, that"
                " `host` is the name in the certificate, and this machine's clock",
                True,
            )
        case ssl.SSLError():
            return f"TLS failed ({_detail(error, 'reason')}): check `port` and `tls`", True
        case FileNotFoundError() | PermissionError():
            return f"a file under `tls` cannot be read: {error.strerror}", True
        case socket.gaierror():
            return "its name is not known: check `host` and the name server", False
        case TimeoutError():
            return "no answer in time", False
        case OSError():
            return error.strerror or "the connection broke", False
    return repr(error), False


def _detail(error: ssl.SSLError, name: str) -> str:
    # Python sets these only on the errors that OpenSSL itself reported.
    return str(getattr(error, name, None) or error)
