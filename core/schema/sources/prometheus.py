"""Prometheus text: the page on which a program tells of itself, and which of its samples are metrics."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from core.schema.names import Name
from core.schema.network import ServerUrl
from core.schema.secret import NamedSecret
from core.schema.sources.base import Misfit, SourceEntry, SourceMap
from core.schema.strict_model import Strict, did_you_mean
from core.schema.tls import TlsFiles
from core.time.clock import MINUTE, SECOND
from core.time.duration import Duration

if TYPE_CHECKING:
    from core.schema.profile import Profile
    from core.schema.site import SiteFile

_LABEL = re.compile(r"\{(\w+)\}")


class PrometheusValue(Strict):
    """Which samples of a page are one metric: those of this name that have all these labels.

    In `component`, `{device}` is the sample's label of that name. With `rate` a counter becomes its growth a
    second, which `scale` then multiplies.
    """

    metric: Name
    name: Annotated[str, StringConstraints(min_length=1)]  # as it stands on the page
    labels: dict[str, str] = {}
    component: str = ""
    scale: float = 1.0
    rate: bool = False
    missing: list[float] = []  # answers that mean "no sensor", such as -1

    def component_of(self, labels: Mapping[str, str]) -> str:
        """The component of a sample with these labels; a label that it lacks is empty."""
        return _LABEL.sub(lambda match: labels.get(match[1], ""), self.component)


class PrometheusMap(Strict, SourceMap):
    """What this kind of device tells on its page."""

    values: list[PrometheusValue] = []

    def named_metrics(self) -> Iterator[tuple[str, str]]:
        """Of each value."""
        return _named_metrics(self.values)


class PrometheusSource(SourceEntry):
    """A page of Prometheus text or OpenMetrics."""

    title: ClassVar[str] = "Prometheus"
    profile_map: ClassVar[type[SourceMap]] = PrometheusMap

    kind: Literal["prometheus"]
    url: ServerUrl
    user: str | None = None
    password: NamedSecret | None = None
    token: NamedSecret | None = None
    tls: TlsFiles | None = None
    component: str = ""  # put before the components that the profile names
    every: Duration = Field(default=60 * SECOND, ge=10 * SECOND)
    timeout: Duration = Field(default=10 * SECOND, ge=500, le=60 * SECOND)  # of the whole answer
    # What this one device tells beside its profile.
    values: list[PrometheusValue] = []

    @model_validator(mode="after")
    def _single_authentication(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("`user` and `password` belong together")
        if self.user is not None and self.token is not None:
            raise ValueError("give either `user` and `password`, or `token`")
        if self.tls is not None and not self.url.startswith("https:"):
            raise ValueError("`tls` needs a `url` that begins with https://")
        return self

    @property
    def part(self) -> str:
        """Which of its pages, if the site file says."""
        return self.component

    def samples(self, profile: "Profile") -> list[PrometheusValue]:
        """What is looked for on its page: the profile's, then its own."""
        return [*PrometheusMap.of(profile).values, *self.values]

    def reachable_within(self) -> int:
        """Three polls; a minute at least."""
        return max(3 * (self.every + self.timeout), MINUTE)

    def metrics_supplied(self, profile: "Profile") -> set[str]:
        """The metrics that the profile or the entry itself maps to a sample."""
        return {metric for _, metric in _named_metrics(self.samples(profile))}

    def check(self, profile: "Profile | None", site: "SiteFile") -> Iterator[Misfit]:
        """Its own values name metrics of the profile; without any, the profile must."""
        if profile is None:
            return
        for place, metric in _named_metrics(self.values):
            if metric not in profile.metrics:
                hint = did_you_mean(metric, profile.metrics)
                yield f"{place}.metric", f"unknown metric {metric!r}{hint}"
        if not self.values:
            yield from super().check(profile, site)

    @classmethod
    def check_siblings(cls, entries: Sequence[Self]) -> Iterator[str]:
        """Two of one device would write the same components."""
        if len({entry.component for entry in entries}) < len(entries):
            yield "two prometheus sources of one device need a `component` each"


def _named_metrics(values: Iterable[PrometheusValue]) -> Iterator[tuple[str, str]]:
    for index, value in enumerate(values):
        yield f"values[{index}]", value.metric
