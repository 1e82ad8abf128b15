"""Where the dashboard listens, and by whom it is called what."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from core.schema.network import (
    PRIVATE_NETWORKS,
    Host,
    Network,
    Port,
    PublicName,
    ServerUrl,
)
from core.schema.strict_model import Strict


class ServerTls(Strict):
    """A certificate, with those between it and its authority, and its key, both PEM."""

    certificate: Path
    key: Path


class Http(Strict):
    """Where the dashboard listens. Another address than this machine's lets in whoever reaches it."""

    port: Port = 8501
    address: Host = "127.0.0.1"
    names: list[PublicName] = []  # what else it is called: by a proxy, by the house's DNS
    # Where telephones reach it, `https://scanward.example`; messages then carry a link to acknowledge.
    public_url: ServerUrl | None = None
    tls: Literal["own"] | ServerTls | None = None  # own: of the site's own authority
    # Beside `port`, without TLS: leads to it, and serves `/healthz` and `/trust` itself.
    plain_port: Port | None = None
    proxies: list[Network] = []  # who may say for whom it asks
    proxy_headers: Literal["x-forwarded", "forwarded"] = "x-forwarded"  # in which headers
    # Who may report a fault without an account: the site's own networks.
    fault_form_from: list[Network] = list(PRIVATE_NETWORKS)
    metrics_from: list[Network] = []  # whose Prometheus may read `/metrics` without a token
    # What a token may ask of the API, and an address without one. A program that reads everything once a minute
    # asks some hundreds.
    api_per_minute: int = Field(default=6000, ge=10)

    @model_validator(mode="after")
    def _plain_beside_encrypted(self) -> Self:
        if self.plain_port is not None and self.tls is None:
            raise ValueError("`plain_port` leads to the encrypted port: it needs `tls`")
        if self.plain_port == self.port:
            raise ValueError("`plain_port` and `port` must differ")
        return self
