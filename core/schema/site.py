"""A site file describes one imaging centre: its devices, where they answer, who is told."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    InstanceOf,
    StringConstraints,
    Tag,
    model_validator,
)

from core.schema.plan import Plan, Risk
from core.schema.profile import Profile, SnmpTable, SnmpValue
from core.schema.secret import Community, NamedSecret
from core.schema.strict_model import Strict
from core.time.clock import DAY, MINUTE, SECOND
from core.time.covered_hours import Hours, always
from core.time.duration import Duration
from core.vocabulary.severity import Severity

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
DeviceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Port = Annotated[int, Field(ge=1, le=65535)]

SourceKind = Literal["snmp", "mqtt", "logfile"]


def _zone(name: object) -> ZoneInfo:
    if isinstance(name, ZoneInfo):
        return name
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone such as Asia/Kabul") from None


Zone = Annotated[InstanceOf[ZoneInfo], BeforeValidator(_zone)]


class SnmpUser(Strict):
    """An SNMPv3 user. With `auth_password` it is authNoPriv, with both authPriv."""

    name: str
    auth: Literal["md5", "sha", "sha224", "sha256", "sha384", "sha512"] = "sha"
    auth_password: NamedSecret | None = None
    privacy: Literal["des", "aes", "aes192", "aes256"] = "aes"
    privacy_password: NamedSecret | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.privacy_password and not self.auth_password:
            raise ValueError("`privacy_password` needs `auth_password`: SNMPv3 has no noAuthPriv")
        return self


class SnmpSource(Strict):
    """An agent to be polled over UDP."""

    kind: Literal["snmp"]
    host: Host
    port: Port = 161
    version: Literal["1", "2c", "3"] = "2c"
    community: Community | None = None
    user: SnmpUser | None = None
    every: Duration = Field(default=30 * SECOND, ge=1 * SECOND)
    timeout: Duration = Field(default=2 * SECOND, ge=100)
    retries: int = Field(default=1, ge=0, le=5)
    # What this one device answers beside its profile.
    values: list[SnmpValue] = []
    tables: list[SnmpTable] = []

    @model_validator(mode="after")
    def _credentials(self) -> Self:
        if self.version == "3" and self.user is None:
            raise ValueError("version 3 needs `user`")
        if self.version != "3" and self.community is None:
            raise ValueError(f"version {self.version} needs `community`")
        return self


class MqttSource(Strict):
    """What the device, or a sensor put beside it, publishes on the site's broker."""

    kind: Literal["mqtt"]
    topic: str  # fills {topic} in the profile's messages
    component: str = ""  # put before the components that the profile names
    silent_after: Duration = Field(default=300 * SECOND, ge=10 * SECOND)


class LogSource(Strict):
    """A log file to be followed, usually on a share that IT mounts read-only."""

    kind: Literal["logfile"]
    path: Path
    format: str  # a name under the profile's `logfile`
    encoding: str = "utf-8"
    zone: Zone | None = None  # of the times in the file; None: the site's
    every: Duration = Field(default=5 * SECOND, ge=200)
    silent_after: Duration | None = None  # None: a quiet log is not a fault


def _source_kind(source: object) -> str:
    kind = source.get("kind") if isinstance(source, dict) else getattr(source, "kind", None)
    return str(kind)


Source = Annotated[
    Annotated[SnmpSource, Tag("snmp")]
    | Annotated[MqttSource, Tag("mqtt")]
    | Annotated[LogSource, Tag("logfile")],
    Discriminator(_source_kind),
]


def _time_of_day(text: object) -> time:
    # YAML reads 20:00 without quotes as the number 1200, base sixty.
    if not isinstance(text, str):
        raise ValueError("write a time of day in quotes, as '08:00'")
    return time.fromisoformat(text)


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]


class CoveredHours(Strict):
    """When a device is meant to be available, in the site's zone."""

    days: list[Literal["sat", "sun", "mon", "tue", "wed", "thu", "fri"]]
    start: TimeOfDay
    end: TimeOfDay

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError("`end` must be after `start`")
        return self

    def hours(self, zone: ZoneInfo) -> Hours:
        """The same as hours that can be counted."""
        opens, closes = (at.hour * 60 + at.minute for at in (self.start, self.end))
        return Hours(frozenset(self.days), opens, closes, zone)


class DeviceEntry(Strict):
    """One device as the site file writes it."""

    id: DeviceId
    name: str
    profile: str
    room: str = ""
    serial: str = ""
    depends_on: list[DeviceId] = []
    covered: CoveredHours | None = None  # None: day and night
    plans: list[str] | None = None  # instead of the profile's
    sources: list[Source] = []


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


class LogChannel(Strict):
    """Writes alerts to Scanward's own log."""

    kind: Literal["log"]
    id: str


class AppriseChannel(Strict):
    """Sends alerts by any service that apprise knows: e-mail, SMS gateways, Telegram, webhooks."""

    kind: Literal["apprise"]
    id: str
    url: NamedSecret


def _channel_kind(channel: object) -> str:
    kind = channel.get("kind") if isinstance(channel, dict) else getattr(channel, "kind", None)
    return str(kind)


Channel = Annotated[
    Annotated[LogChannel, Tag("log")] | Annotated[AppriseChannel, Tag("apprise")],
    Discriminator(_channel_kind),
]


class Route(Strict):
    """Which severities go to which channels."""

    severities: list[Severity]
    channels: list[str]


_LOOPBACK = ("127.0.0.1", "::1", "localhost")
Security = Literal["tls", "starttls", "none"]
MailAddress = Annotated[str, StringConstraints(pattern=r"^[^\s@<>\"]+@[^\s@<>\"]+$")]


class _MailServer(Strict):
    host: Host
    user: str | None = None
    password: NamedSecret | None = None
    security: Security
    ca: Path | None = None  # None: the system's authorities
    timeout: Duration = Field(default=30 * SECOND, ge=1 * SECOND)

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("`user` and `password` need one another")
        if self.security == "none" and self.user is not None and self.host not in _LOOPBACK:
            raise ValueError(
                "the password would cross the network in the clear: use starttls or tls"
            )
        return self


class SmtpServer(_MailServer):
    """Where mail goes out."""

    port: Port = 587
    security: Security = "starttls"


class ImapServer(_MailServer):
    """Where replies come in. Its mailbox is only read: nothing is moved, marked or deleted."""

    user: str
    password: NamedSecret
    port: Port = 993
    security: Security = "tls"
    mailbox: str = "INBOX"
    every: Duration = Field(default=1 * MINUTE, ge=5 * SECOND)


class Mail(Strict):
    """The mail of tickets: messages to vendors, and their replies."""

    sender: MailAddress = Field(alias="from")
    smtp: SmtpServer
    imap: ImapServer | None = None  # None: replies are read elsewhere
    plus_address: bool = False  # replies to name+token@host, where the server delivers that to name
    largest_mb: int = Field(
        default=10, ge=1, le=100
    )  # of an attachment, or of a whole mail times two


class Retention(Strict):
    """How long each level of the series store is kept; None keeps it for ever."""

    raw: Duration | None = 90 * DAY
    minutes: Duration | None = 365 * DAY
    hours: Duration | None = None  # days stay for ever
    journal: Duration = 14 * DAY  # how long who follows it (alerts, InfluxDB) may be away

    @model_validator(mode="after")
    def _coarser_is_kept_longer(self) -> Self:
        for finer, coarser in (("raw", "minutes"), ("minutes", "hours")):
            short, long = getattr(self, finer), getattr(self, coarser)
            if long is not None and (short is None or short > long):
                raise ValueError(f"`{coarser}` must be kept as long as `{finer}` or longer")
        return self


# No user before an @: a password there would be printed with the address.
ServerUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/@?#]+(/[^\s@?#]*)?$")]


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
    def _one_way_in(self) -> Self:
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
    def _something_to_read_from(self) -> Self:
        if self.read_from == "influxdb" and self.influxdb is None:
            raise ValueError("`read_from: influxdb` needs `influxdb`")
        return self


class Backup(Strict):
    """Copies of everything, on another disk: one that dies must not take both."""

    folder: Path
    same_disk: bool = False  # true: it is meant to be on the disk that it copies
    every: Duration = Field(default=1 * DAY, ge=1 * MINUTE)
    keep: int = Field(default=14, ge=1)  # the newest so many


class Grafana(Strict):
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
    def _one_way_in(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("`user` and `password` need one another")
        if (self.token is None) == (self.user is None):
            raise ValueError("write either `token`, or `user` and `password`")
        return self


class Http(Strict):
    """Where the dashboard listens. Another address than this machine's lets in whoever reaches it."""

    port: Port = 8501
    address: Host = "127.0.0.1"


class ReportEntry(Strict):
    """A report that is made when a month is over, kept in the storage folder, and sent."""

    kind: Literal["uptime", "maintenance", "vendor"]
    every: Literal["month"] = "month"
    formats: Annotated[list[Literal["pdf", "xlsx", "html"]], Field(min_length=1)] = ["pdf"]
    channels: list[str] = []  # who gets it; without one it is only kept
    language: Literal["en", "fa"] | None = None  # None: the site's
    calendar: Literal["gregorian", "solar"] | None = None  # whose months; None: the site's


class SiteFile(Strict):
    """The whole site file."""

    id: DeviceId
    name: str
    zone: Zone
    language: Literal["en", "fa"] = "en"
    calendar: Literal["gregorian", "solar"] = "gregorian"
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"  # of all money
    storage: Storage = Storage()
    retention: Retention = Retention()
    backup: Backup | None = None
    broker: Broker | None = None
    http: Http = Http()
    grafana: Grafana | None = None
    mail: Mail | None = None
    channels: list[Channel] = [LogChannel(kind="log", id="log")]
    routes: list[Route] = [
        Route(severities=["info", "warning", "error", "critical"], channels=["log"])
    ]
    reports: list[ReportEntry] = []
    devices: list[DeviceEntry]


@dataclass(frozen=True, slots=True)
class Device:
    """A device with its profile beside it, as the rest of Scanward uses it."""

    id: str
    name: str
    room: str
    serial: str
    profile_name: str
    profile: Profile
    depends_on: tuple[str, ...]
    sources: tuple[SnmpSource | MqttSource | LogSource, ...]
    covered: CoveredHours | None = None
    plans: tuple[Plan, ...] = ()
    risk: Risk | None = None

    def hours(self, zone: ZoneInfo) -> Hours:
        """When it is meant to be available; day and night unless the site file says."""
        return always(zone) if self.covered is None else self.covered.hours(zone)

    def plan(self, name: str) -> Plan | None:
        """Its plan of that id."""
        return next((plan for plan in self.plans if plan.id == name), None)


@dataclass(frozen=True, slots=True)
class Site:
    """A checked site: the file's settings, and its devices by id in the file's order."""

    file: SiteFile
    devices: dict[str, Device]

    @property
    def zone(self) -> ZoneInfo:
        """The zone a person at the site lives in."""
        return self.file.zone

    @property
    def series_path(self) -> Path:
        """The series database."""
        return self.file.storage.folder / "series.db"

    @property
    def reports_path(self) -> Path:
        """The folder of the reports that were made by schedule."""
        return self.file.storage.folder / "reports"

    @property
    def forward_path(self) -> Path:
        """How far the series have been forwarded."""
        return self.file.storage.folder / "forward.db"

    @property
    def models_path(self) -> Path:
        """The folder of what the detectors have learned."""
        return self.file.storage.folder / "models"

    @property
    def records_url(self) -> str:
        """SQLAlchemy URL of the records database."""
        if self.file.storage.records is not None:
            return self.file.storage.records.reveal()
        return f"sqlite:///{self.file.storage.folder / 'records.db'}"
