"""A PACS that is asked what the scanners of the site have sent it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from core.schema.dicom import AeTitle, DicomTls
from core.schema.names import DeviceId
from core.schema.network import Host, Port, ServerUrl
from core.schema.secret import NamedSecret
from core.schema.sources.base import Misfit, SourceEntry, SourceMap
from core.schema.strict_model import Strict, did_you_mean
from core.time.clock import DAY, MINUTE, SECOND
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile
    from core.schema.site import SiteFile


class PacsMap(Strict, SourceMap):
    """A profile says nothing of a PACS: what it knows are counts of the scanners."""


class PacsSource(SourceEntry):
    """A PACS, beside the device that it runs on; what it tells are readings of the scanners."""

    title: ClassVar[str] = "PACS"
    profile_map: ClassVar[type[SourceMap]] = PacsMap

    kind: Literal["pacs"]
    via: Literal["find", "qido", "orthanc"]  # C-FIND, DICOMweb, Orthanc's feed of changes
    # via find:
    host: Host | None = None
    port: Port = 104
    ae_title: AeTitle | None = None
    calling: AeTitle | None = None  # as what we ask; None: the site's `dicom.ae_title`
    level: Literal["series", "study"] = "series"  # study: it does not answer for series
    # via qido or orthanc: where its DICOMweb or its REST interface begins
    url: ServerUrl | None = None
    # Where its DICOMweb begins, if the exposures of scanners without dose reports are to be read from headers.
    wado_url: ServerUrl | None = None
    user: str | None = None
    password: NamedSecret | None = None
    token: NamedSecret | None = None  # a bearer token, instead of a user
    tls: DicomTls | None = None
    every: Duration = Field(default=5 * MINUTE, ge=5 * SECOND)
    timeout: Duration = Field(default=30 * SECOND, ge=1 * SECOND)
    history: Duration = Field(default=30 * DAY, ge=1 * DAY)  # how far back at the first start
    recheck: Duration = Field(default=7 * DAY, ge=1 * DAY)  # how far back late arrivals are sought
    # Whose a series of this modality is when the PACS names neither AE title, station nor serial.
    modalities: dict[str, DeviceId] = {}

    @model_validator(mode="after")
    def _addressed(self) -> Self:
        if self.via == "find" and (self.host is None or self.ae_title is None):
            raise ValueError("`via: find` needs `host` and `ae_title`")
        if self.via != "find" and self.url is None:
            raise ValueError(f"`via: {self.via}` needs `url`")
        if (self.user is None) != (self.password is None):
            raise ValueError("`user` and `password` need one another")
        if self.token and self.user:
            raise ValueError("write `token`, or `user` and `password`, not both")
        return self

    def reachable_within(self) -> int:
        """Three polls, each with time for its answers."""
        return 3 * (self.every + self.timeout)

    def fresh_within(self) -> None:
        """What it brings comes as scanners work."""

    def metrics_supplied(self, profile: "Profile") -> set[str]:
        """None of the device that it runs on."""
        return set()

    def check(self, profile: "Profile | None", site: "SiteFile") -> Iterator[Misfit]:
        """Modalities are of devices of the site."""
        devices = [device.id for device in site.devices]
        for modality, device in self.modalities.items():
            if device not in devices:
                hint = did_you_mean(device, devices)
                yield f"modalities.{modality}", f"unknown device {device!r}{hint}"
