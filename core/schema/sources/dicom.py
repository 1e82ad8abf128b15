"""DICOM: a node that is asked by C-ECHO whether it answers."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field

from core.schema.dicom import AeTitle, DicomTls
from core.schema.network import Host, Port
from core.schema.sources.base import Misfit, SourceEntry, SourceMap
from core.schema.strict_model import Strict
from core.time.clock import MINUTE, SECOND
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile
    from core.schema.site import SiteFile

_STEPS = 4  # of an echo, each with its time-out: connection, TLS, association, answer


class DicomMap(Strict, SourceMap):
    """Nothing: whether a node answers needs no map, so any profile may have it."""


class DicomSource(SourceEntry):
    """A node's DICOM port: that of a modality, a PACS, a workstation."""

    title: ClassVar[str] = "DICOM"
    profile_map: ClassVar[type[SourceMap]] = DicomMap

    kind: Literal["dicom"]
    host: Host
    port: Port = 104
    ae_title: AeTitle  # the node's own
    calling: AeTitle | None = None  # None: `dicom.ae_title` of the site
    tls: DicomTls | None = None
    component: str = ""  # which of the device's nodes, where it has more than one
    every: Duration = Field(default=60 * SECOND, ge=10 * SECOND)
    timeout: Duration = Field(default=5 * SECOND, ge=500, le=60 * SECOND)  # of each step

    @property
    def part(self) -> str:
        """Which of its nodes, if the site file says."""
        return self.component

    def reachable_within(self) -> int:
        """Three echoes at their slowest; a minute at least."""
        return max(3 * (self.every + _STEPS * self.timeout), MINUTE)

    def fresh_within(self) -> int | None:
        """It brings no readings."""
        return None

    def check(self, profile: "Profile | None", site: "SiteFile") -> Iterator[Misfit]:
        """Any profile may have it. Whose title it is, is checked with the site's others (check_dicom.py)."""
        return iter(())

    @classmethod
    def check_siblings(cls, entries: Sequence[Self]) -> Iterator[str]:
        """Two of one device would write the same `up`."""
        if len({entry.component for entry in entries}) < len(entries):
            yield "two dicom sources of one device need a `component` each"
