"""A site file describes one imaging centre: its devices, where they answer, who is told."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from core.errors import RefusedError
from core.schema.access import Access
from core.schema.alive import Heartbeat, StillHere
from core.schema.broker import Broker
from core.schema.channel_kinds.log import LogChannel
from core.schema.channels import Channel, NoticeSettings, Route
from core.schema.covered_hours import CoveredHours
from core.schema.dicom import DicomIdentity, DicomNode
from core.schema.grafana import GrafanaServer
from core.schema.http import Http
from core.schema.mail import Mail
from core.schema.names import DeviceId, Name
from core.schema.own_limits import OwnLimit
from core.schema.people import Person, Rota
from core.schema.plan import Plan, Risk
from core.schema.power import Power
from core.schema.profile import Profile
from core.schema.rules.base import Rule
from core.schema.sources.base import SourceEntry
from core.schema.sources.registry import Source
from core.schema.storage import Backup, Retention, Storage
from core.schema.strict_model import Strict, did_you_mean
from core.schema.windows import WindowLimits
from core.text.languages import Language
from core.time.covered_hours import Hours, always
from core.time.zone import Zone
from core.vocabulary.still_to_do import StillToDo


class ReportEntry(Strict):
    """A report that is made when a month is over, kept in the storage folder, and sent."""

    kind: Literal["management", "uptime", "maintenance", "vendor"]
    every: Literal["month"] = "month"
    formats: Annotated[list[Literal["pdf", "xlsx", "html"]], Field(min_length=1)] = ["pdf"]
    channels: list[str] = []  # who gets it; without one it is only kept
    language: Language | None = None  # None: the site's
    calendar: Literal["gregorian", "solar"] | None = None  # whose months; None: the site's


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
    limits: dict[Name, OwnLimit] = {}  # other numbers for rules of the profile
    power: Power = Power()  # over the profile's
    dicom: DicomIdentity = DicomIdentity()
    sources: list[Source] = []


class SiteFile(Strict):
    """The whole site file."""

    id: DeviceId
    name: str
    zone: Zone
    language: Language = "en"
    calendar: Literal["gregorian", "solar"] = "gregorian"
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"  # of all money
    storage: Storage = Storage()
    retention: Retention = Retention()
    backup: Backup | None = None
    broker: Broker | None = None
    dicom: DicomNode = DicomNode()
    http: Http = Http()
    access: Access = Access()
    grafana: GrafanaServer | None = None
    mail: Mail | None = None
    channels: list[Channel] = [LogChannel(kind="log", id="log")]
    routes: list[Route] = [
        Route(severities=["info", "warning", "error", "critical"], channels=["log"])
    ]
    windows: WindowLimits = WindowLimits()
    people: list[Person] = []
    rota: list[Rota] = []
    notices: NoticeSettings = NoticeSettings()
    reports: list[ReportEntry] = []
    still_here: StillHere | None = None
    heartbeat: Heartbeat | None = None
    put_aside: dict[StillToDo, str] = {}  # what the pages shall not ask for any more, and why
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
    sources: tuple[SourceEntry, ...]
    covered: CoveredHours | None = None
    plans: tuple[Plan, ...] = ()
    power: Power = field(default_factory=Power)
    risk: Risk | None = None
    dicom: DicomIdentity = field(default_factory=DicomIdentity)

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
    raw: object = field(
        default=None, repr=False, compare=False
    )  # what the file says, before any model

    def device(self, name: str) -> Device:
        """The device. RefusedError if the site file does not have it (any more)."""
        if name not in self.devices:
            hint = did_you_mean(name, self.devices)
            raise RefusedError("there is no device {device!r}{hint}", device=name, hint=hint)
        return self.devices[name]

    def rule(self, device: str, rule: str) -> Rule | None:
        """The rule of the device's profile; None if it is gone, or its device is."""
        known = self.devices.get(device)
        rules = () if known is None else known.profile.rules
        return next((own for own in rules if own.id == rule), None)

    def above(self, device: str) -> dict[str, int]:
        """What a device depends on, directly or not, and how many steps up it is, the nearest first."""
        steps: dict[str, int] = {}
        nearest, step = [device] if device in self.devices else [], 0
        while nearest:
            step += 1
            names = dict.fromkeys(up for name in nearest for up in self.devices[name].depends_on)
            nearest = [name for name in names if name != device and name not in steps]
            steps.update(dict.fromkeys(nearest, step))
        return steps

    @property
    def source_entries(self) -> list[SourceEntry]:
        """The sources of all devices."""
        return [source for device in self.devices.values() for source in device.sources]

    @property
    def due_within(self) -> float:
        """Within how many milliseconds any source must have said whether it answers."""
        return min((source.reachable_within() for source in self.source_entries), default=math.inf)

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
    def examinations_path(self) -> Path:
        """The ledger of what the scanners did, with hashes in place of the names that DICOM gives it."""
        return self.file.storage.folder / "examinations.db"

    @property
    def uid_key_path(self) -> Path:
        """The key of those hashes."""
        return self.file.storage.folder / "dicom-uid.key"

    @property
    def forward_path(self) -> Path:
        """How far the series have been forwarded."""
        return self.file.storage.folder / "forward.db"

    @property
    def link_key_path(self) -> Path:
        """The key that signs the links with which alerts are acknowledged."""
        return self.file.storage.folder / "acknowledge.key"

    @property
    def session_key_path(self) -> Path:
        """The key that signs the cookies of sessions."""
        return self.file.storage.folder / "session.key"

    @property
    def reply_key_path(self) -> Path:
        """The key that signs the replies which suppliers send as a file."""
        return self.file.storage.folder / "reply.key"

    @property
    def tls_path(self) -> Path:
        """The folder of the site's own authority and of the certificate that it gave the dashboard."""
        return self.file.storage.folder / "tls"

    @property
    def process_names(self) -> list[str]:
        """The commands that the site keeps running, each in a process of its own."""
        file = self.file
        settings_of = {"forward": file.storage.influxdb, "mail": file.mail, "backup": file.backup}
        others = [name for name, settings in settings_of.items() if settings is not None]
        return ["collect", "alert", "maintain", "dashboard", *others]

    @property
    def processes_path(self) -> Path:
        """The folder in which each process notes how it is."""
        return self.file.storage.folder / "processes"

    @property
    def alive_path(self) -> Path:
        """The file that the alert process touches for as long as it judges and sends."""
        return self.file.storage.folder / "alert.alive"

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
