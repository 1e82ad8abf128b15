"""The Grafana of a site."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from core.schema.network import ServerUrl
from core.schema.secret import NamedSecret
from core.schema.strict_model import Strict
from core.time.clock import SECOND
from core.time.duration import Duration


class GrafanaServer(Strict):
    """A Grafana that is given dashboards of this site, fed from its InfluxDB."""

    url: ServerUrl
    token: NamedSecret | None = None  # of a service account with the role Admin
    user: str | None = None  # with `password`, instead of a token
    password: NamedSecret | None = None
    influxdb_url: ServerUrl | None = None  # as Grafana reaches it; None: as Scanward does
    influxdb_token: NamedSecret | None = None  # one that may only read; None: Scanward's own
    timeout: Duration = Field(default=10 * SECOND, ge=1 * SECOND)
    ca: Path | None = None  # None: the system's authorities

    @model_validator(mode="after")
    def _credentials(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("`user` and `password` need one another")
        if (self.token is None) == (self.user is None):
            raise ValueError("write either `token`, or `user` and `password`")
        return self
