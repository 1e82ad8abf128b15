"""Where data rests, for how long, and where it is copied to."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from core.schema.network import ServerUrl
from core.schema.secret import NamedSecret
from core.schema.strict_model import Strict
from core.time.clock import DAY, MINUTE, SECOND
from core.time.duration import Duration


class Retention(Strict):
    """How long each level of the series store is kept; None keeps it for ever."""

    raw: Duration | None = 90 * DAY
    minutes: Duration | None = 365 * DAY
    hours: Duration | None = None  # days stay for ever
    # Who changed what in the records. None: for ever. Scanward's own least, against a slip of the pen.
    audit: Annotated[Duration | None, Field(ge=90 * DAY)] = None
    journal: Duration = 14 * DAY  # how long who follows it (alerts, InfluxDB) may be away

    @model_validator(mode="after")
    def _coarser_outlives_finer(self) -> Self:
        for finer, coarser in (("raw", "minutes"), ("minutes", "hours")):
            short, long = getattr(self, finer), getattr(self, coarser)
            if long is not None and (short is None or short > long):
                raise ValueError(f"`{coarser}` must be kept as long as `{finer}` or longer")
        return self


class Influx(Strict):
    """An InfluxDB that gets a copy of every reading and event."""

    url: ServerUrl
    bucket: Annotated[str, StringConstraints(min_length=1)]  # 1.x: database, or database/policy
    org: str = ""  # 2.x and Cloud need it
    token: NamedSecret | None = None
    user: str | None = None  # with `password`, instead of a token: 1.x
    password: NamedSecret | None = None
    batch: int = Field(default=5_000, ge=1, le=50_000)  # lines at once
    gzip: bool = True
    timeout: Duration = Field(default=30 * SECOND, ge=1 * SECOND)
    ca: Path | None = None  # None: the system's authorities
    verify: bool = True  # false trusts any certificate

    @model_validator(mode="after")
    def _credentials(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("`user` and `password` need one another")
        if self.token and self.user:
            raise ValueError("write `token`, or `user` and `password`, not both")
        return self


class Storage(Strict):
    """Where data rests."""

    folder: Path = Path("var")  # series.db and, unless `records` says otherwise, records.db
    records: NamedSecret | None = None  # a SQLAlchemy URL; it holds a password, so it is a secret
    influxdb: Influx | None = None
    read_from: Literal["sqlite", "influxdb"] = "sqlite"  # what the dashboard and reports ask

    @model_validator(mode="after")
    def _source_to_read_from(self) -> Self:
        if self.read_from == "influxdb" and self.influxdb is None:
            raise ValueError("`read_from: influxdb` needs `influxdb`")
        return self


class Backup(Strict):
    """Copies of everything, on another disk: one that dies must not take both."""

    folder: Path
    same_disk: bool = False  # true: it is meant to be on the disk that it copies
    every: Duration = Field(default=1 * DAY, ge=1 * MINUTE)
    keep: int = Field(default=14, ge=1)  # the newest so many
